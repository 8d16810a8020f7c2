"""A place where makers of tills try everything, with cards that everybody knows and money that is none."""
