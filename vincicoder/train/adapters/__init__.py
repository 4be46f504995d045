"""The reward in the form that each trainer asks for."""
