"""A holder's own data and say: who used it, all of it in one file, and objecting, complaining or correcting."""
