"""Tasks that look at what was published."""
