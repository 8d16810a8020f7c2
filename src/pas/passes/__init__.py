"""Passes: households, holders, passes, and the cards that are scanned."""
