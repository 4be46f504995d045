"""Published corpora, one declaration a file."""
