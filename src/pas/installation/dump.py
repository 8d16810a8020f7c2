"""``migrations/schema.sql``: what the migrations add up to, as pg_dump sees it."""

import re
import subprocess
from typing import Final

from pas.embedded import DataDir
from pas.embedded.binaries import binary
from pas.embedded.cluster import environment
from pas.ids import MunicipalityName
from pas.installation.access import Access, embedded_access
from pas.installation.municipalities import add_municipality
from pas.installation.prepare import migrator, prepare

EXAMPLE = MunicipalityName("municipality")
HEADER = (
    "-- What migrations/municipality/*.sql add up to. Written by: make schema. Never edit it.\n\n"
)
NOISE = re.compile(
    r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)\n", re.MULTILINE
)

NUMBERED: Final = re.compile(r" CONSTRAINT \w+_not_null\d+(?= NOT NULL)")
"""PostgreSQL 18 names what must not be null, and numbers it where two tables make one name; 16 does not."""


async def dump_schema(place: DataDir, database: str = "schema_dump") -> str:
    """Migrate an example municipality in a database of its own and dump its structure."""
    access = embedded_access(place, database)
    await prepare(access)
    async with migrator(access) as connection:
        await add_municipality(connection, access.address, EXAMPLE, title="Voorbeeld")
    return dump_municipality(access, EXAMPLE)


def dump_municipality(access: Access, municipality: MunicipalityName) -> str:
    """Dump the structure of one municipality's schema, under the name of the example."""
    superuser = access.superuser
    assert superuser is not None, "only on a server of our own"
    command = [
        str(binary("pg_dump", "18")),
        "--schema-only",
        f"--schema={municipality}",
        f"--dbname={superuser.url}",
        f"--username={superuser.user}",
    ]
    password = {"PGPASSWORD": superuser.password or ""}
    done = subprocess.run(
        command, env={**environment(), **password}, capture_output=True, text=True, check=True
    )
    return HEADER + normalised(done.stdout, municipality)


def normalised(text: str, municipality: MunicipalityName) -> str:
    """Leave out what differs between two dumps of the same structure."""
    text = NUMBERED.sub("", NOISE.sub("", text))
    if municipality != EXAMPLE:
        text = re.sub(rf"\b(owner|ledger|app|auditor)_{municipality}\b", rf"\1_{EXAMPLE}", text)
        text = re.sub(rf"\b{municipality}\b", EXAMPLE, text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
