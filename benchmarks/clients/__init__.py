"""Whether the programs that read releases read them: each one's own classes on a fresh release."""
