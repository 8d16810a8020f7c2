"""Seals: a tree over everything that was booked and changed, signed, so that the past cannot be rewritten."""
