"""Notes what a program that draws with matplotlib calls and shows: for metrics, only where that is asked."""
