"""The city pass that a municipality can trust."""
