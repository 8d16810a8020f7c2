"""Sales without a network: what a till may take by itself, and what becomes of it afterwards."""
