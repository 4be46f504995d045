"""The tests: a package of its own, since some libraries install one of this name."""
