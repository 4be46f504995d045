"""How many programs of which years each stack draws."""
