"""The command ``pas``: everything the program does, for people and for scripts.

Exit codes: 0 done, 1 refused (the sentence says why), 2 wrong usage, 3 something is wrong with the
machine, the settings or the database.
"""

from pas.cli.main import main

__all__ = ["main"]
