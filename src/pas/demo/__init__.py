"""A demonstration city of the size of Velsen, made from its published figures."""
