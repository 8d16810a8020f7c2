"""The numbered SQL files: where they are, what they say, and for which municipality."""

import hashlib
import re
from pathlib import Path

import msgspec

from pas.ids import MunicipalityName

ROLE_WORD = re.compile(r"\b(owner|ledger|app|auditor)_municipality\b")
FILE_NAME = re.compile(r"^(\d{4})_([a-z0-9_]+)\.sql$")


class DamagedMigrations(Exception):
    """The files of the program are not as they should be."""


class Migration(msgspec.Struct, frozen=True):
    """One file; its hash is recorded, and a file that was applied may never change again."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.sql.encode()).digest()

    def sql_for(self, municipality: MunicipalityName | None) -> str:
        """Put in the roles of the municipality; the schema comes from search_path."""
        if municipality is None:
            return self.sql
        return ROLE_WORD.sub(rf"\1_{municipality}", self.sql)


def migrations_dir() -> Path:
    """Inside the wheel when installed, at the top of the repository when run from source."""
    package = Path(__file__).parents[1]
    for place in (package / "migrations", package.parents[1] / "migrations"):
        if (place / "installation").is_dir():
            return place
    raise DamagedMigrations("The migrations are missing from this installation of pas.")


def read_migrations(folder: Path) -> list[Migration]:
    """Read a folder of migrations in order; numbers are 1, 2, 3 … without gap or double."""
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        matched = FILE_NAME.match(path.name)
        if matched is None:
            raise DamagedMigrations(f"{path.name} is not called like 0001_what_it_does.sql.")
        found.append(Migration(int(matched[1]), matched[2], path.read_text(encoding="utf-8")))
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise DamagedMigrations(f"The numbers of the migrations in {folder.name} have a gap.")
    return found
