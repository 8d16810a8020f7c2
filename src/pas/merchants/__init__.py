"""Merchants: organisations with locations, agreements by category, payout accounts and tills."""
