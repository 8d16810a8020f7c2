"""Registrations: a club or shop registers itself, the municipality asks back, approves or refuses."""
