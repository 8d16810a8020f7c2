"""Webhooks: a merchant's own program hears what happened, signed, again until it has arrived."""
