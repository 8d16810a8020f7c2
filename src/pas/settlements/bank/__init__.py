"""Answers of the bank: read, matched with what was paid, and booked once."""
