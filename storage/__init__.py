"""Where everything is kept: shard outputs, render results, releases and their catalogues."""
