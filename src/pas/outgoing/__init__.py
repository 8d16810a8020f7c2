"""Speaking to others over the internet: to an address that is not ours, and to nowhere inside."""
