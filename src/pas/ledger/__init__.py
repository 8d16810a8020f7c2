"""The ledger: accounts, entries and the proof that no cent is lost; it knows nothing above it."""
