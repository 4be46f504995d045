"""Tasks of an evaluation, one stage a file."""
