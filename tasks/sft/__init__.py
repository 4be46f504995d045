"""Tasks of the SFT build, one stage a file."""
