"""Sets type in a process that can open nothing; letters and documents of amounts are made by it."""
