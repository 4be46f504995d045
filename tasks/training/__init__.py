"""Tasks of a training run."""
