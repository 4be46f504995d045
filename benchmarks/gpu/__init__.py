"""What needs a GPU: whether it works on one, how fast, and in how much memory: `python -m benchmarks.gpu`."""
