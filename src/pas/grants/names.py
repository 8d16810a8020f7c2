"""What residents and logins are called, for a list that knows their ids."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement


class NameRow(msgspec.Struct, frozen=True):
    id: UUID
    name: str


READ_NAMES: Final = Statement(
    """
    SELECT DISTINCT ON (resident_id) resident_id AS id, given_name || ' ' || family_name AS name
    FROM resident_version WHERE resident_id = ANY ($1::uuid[])
    ORDER BY resident_id, valid_from DESC
    """,
    NameRow,
)
READ_LOGINS: Final = Statement("SELECT id, name FROM login WHERE id = ANY ($1::uuid[])", NameRow)


async def read_names(connection: Connection, residents: Iterable[UUID]) -> dict[UUID, str]:
    return {row.id: row.name for row in await READ_NAMES.all(connection, list(residents))}


async def read_logins(connection: Connection, logins: Iterable[UUID]) -> dict[UUID, str]:
    return {row.id: row.name for row in await READ_LOGINS.all(connection, list(logins))}
