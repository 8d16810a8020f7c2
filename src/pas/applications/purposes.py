"""What can be asked for: the schemes that an intermediary, or the team, awards under their versions of a day."""

from datetime import date

import msgspec

from pas.db import Connection
from pas.ids import SchemeId
from pas.money import Cents
from pas.schemes.model import AwardedBy, StoredVersion, holds_on, reserved_cents
from pas.schemes.stored import read_version_rows, version_of


class Purpose(msgspec.Struct, frozen=True, kw_only=True):
    """A scheme that can be asked for on a day."""

    scheme_id: SchemeId
    stored: StoredVersion

    @property
    def code(self) -> str:
        return self.stored.version.code

    @property
    def title(self) -> str:
        return self.stored.version.title

    @property
    def most_cents(self) -> Cents:
        return reserved_cents(self.stored.version.allowance)


async def purposes_on(connection: Connection, on: date, by: AwardedBy) -> list[Purpose]:
    """In the order of their titles."""
    found = [
        Purpose(scheme_id=row.scheme_id, stored=StoredVersion(id=row.id, version=version_of(row)))
        for row in await read_version_rows(connection)
        if row.awarded_by == by and holds_on(version_of(row), on)
    ]
    return sorted(found, key=lambda one: one.title)


async def purpose_of(connection: Connection, scheme_id: SchemeId, on: date) -> Purpose | None:
    """The scheme of an application as it held on a day; None when it did not."""
    found = await purposes_on(connection, on, "intermediary")
    return next((one for one in found if one.scheme_id == scheme_id), None)
