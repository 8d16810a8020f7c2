"""Redemptions: a pass is scanned, what can be taken is quoted, taken, undone or paid back."""
