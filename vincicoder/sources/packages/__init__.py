"""What package registries ship inside packages."""
