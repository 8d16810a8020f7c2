"""Granting: the yearly assessment, applications of households, and what follows from them."""
