"""Coupon booklets: money on paper for the day that everything is down, entered later from a tally list."""
