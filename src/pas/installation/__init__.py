"""An installation: its registry, its roles, its municipalities, and the migrations of each."""

from pas.installation.access import Access, opened
from pas.installation.migrate import MigrationRefused, migrate_installation, migrate_municipality
from pas.installation.migrations import (
    DamagedMigrations,
    Migration,
    migrations_dir,
    read_migrations,
)
from pas.installation.municipalities import (
    DropNeedsExport,
    DropNeedsName,
    MunicipalityExists,
    UnfitName,
    add_municipality,
    drop_municipality,
    fit_name,
)
from pas.installation.prepare import (
    CREATED_BY,
    DEMO,
    facts,
    migrate_everything,
    prepare,
    record_fact,
)
from pas.installation.raise_epoch import raise_epoch

__all__ = [
    "CREATED_BY",
    "DEMO",
    "Access",
    "DamagedMigrations",
    "DropNeedsExport",
    "DropNeedsName",
    "Migration",
    "MigrationRefused",
    "MunicipalityExists",
    "UnfitName",
    "add_municipality",
    "drop_municipality",
    "facts",
    "fit_name",
    "migrate_everything",
    "migrate_installation",
    "migrate_municipality",
    "migrations_dir",
    "opened",
    "prepare",
    "raise_epoch",
    "read_migrations",
    "record_fact",
]
