"""Regelingen: who gets how much for what, from when to when, as data."""
