"""The guide: where a pass can be used, for whoever has one and for everybody."""
