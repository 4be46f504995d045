"""Tasks of the RL set, one stage a file."""
