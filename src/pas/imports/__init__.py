"""Files that people hand over: kept until read, and what became of each of their rows."""
