"""What people look at: pages of HTML, plots, thumbnails, made from plain values alone.

Samples are hostile: their code, names and reasons reach a page only through Jinja2's escaping, and every page
forbids scripts but the project's own by its content security policy.
"""
