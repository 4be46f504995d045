"""LaTeX documents and snippets."""
