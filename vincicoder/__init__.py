"""VinciCoder's core: collect, clean, render, verify and deduplicate image-code pairs.

Nothing here imports Prefect; `tasks/` and `flows/` wrap these functions.
"""

__version__ = "0.1.0"
