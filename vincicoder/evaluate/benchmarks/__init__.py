"""The benchmarks that answers are judged by, one file each."""
