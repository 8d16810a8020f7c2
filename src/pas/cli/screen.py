"""What commands write: results to standard output, everything else to standard error."""

import sys

from rich.console import Console

WIDE = 200
"""Columns of a table that goes to a file or another program."""

out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False)


def say(sentence: str) -> None:
    """Tell what is going on; a script that reads standard output does not see it."""
    err.print(sentence, style="dim", markup=False)


def done(sentence: str) -> None:
    err.print(f"✓ {sentence}", style="green", markup=False)


def refused(sentence: str) -> None:
    err.print(f"✗ {sentence}", style="yellow", markup=False)


def failed(*sentences: str) -> None:
    for sentence in sentences:
        err.print(f"✗ {sentence}", style="red", markup=False)
