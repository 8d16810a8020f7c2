"""What the API says of files that were read."""

import msgspec

from pas.imports.record import Import, ImportRow


class Imports(msgspec.Struct, frozen=True):
    """The newest files, the newest first."""

    items: list[Import]


class ImportAnswer(msgspec.Struct, frozen=True):
    """What became of a file, and of a page of its rows; the next page starts after the last line."""

    summary: Import
    rows: list[ImportRow]
