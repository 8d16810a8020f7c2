"""A municipality leaves and arrives: everything of it in a folder that any program can read, and back again."""
