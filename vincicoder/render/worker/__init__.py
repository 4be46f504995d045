"""The worker side: the process that loads one language's renderer and draws its samples."""
