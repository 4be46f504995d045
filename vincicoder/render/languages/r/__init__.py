"""R, with its own graphics, ggplot2 and lattice."""
