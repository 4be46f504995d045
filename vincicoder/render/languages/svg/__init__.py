"""SVG documents."""
