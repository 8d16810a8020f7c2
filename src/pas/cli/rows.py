"""What commands that read a file or do long work show: a bar, the refused rows, and a summary."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pas.cli.screen import done, err, refused
from pas.imports.record import Import, ImportRow

REFUSED: Final = 1
SHOWN: Final = 50
"""Refused rows printed; all of them are in --json."""
MOST_SHOWN: Final = 1_000

Told = Callable[[int, int | None], None]


@contextmanager
def bar(what: str) -> Generator[Told]:
    """Show how far something is; gives whom to tell how much is done, and of how much."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=err, transient=True) as shown:
        task = shown.add_task(what, total=None)

        def told(so_far: int, total: int | None) -> None:
            shown.update(task, completed=so_far, total=total)

        yield told


def show_import(summary: Import, rows: list[ImportRow]) -> None:
    """Say which rows were refused and why; exit code 1 when there are any."""
    for row in rows[:SHOWN]:
        refused(f"line {row.line}: {row.reason or ''}")
    if summary.refused > SHOWN:
        refused(f"… and {summary.refused - SHOWN} more; see --json.")
    done(
        f"{summary.file_name}: {summary.added} added, {summary.changed} changed, "
        f"{summary.same} the same, {summary.refused} refused."
    )
    if summary.refused:
        sys.exit(REFUSED)
