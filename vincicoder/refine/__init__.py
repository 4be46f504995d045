"""Makes refinement samples: a target picture, code that misses it, and the code that draws it."""
