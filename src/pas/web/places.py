"""Whose page is it? The municipality in the path says its name, its telephone and its hours."""

import re
import time
from collections.abc import Mapping
from typing import Final, cast

import msgspec

from pas.db import CONNECTION_LOST, Database, Statement, UnknownMunicipality
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.installation.municipalities import OF_THE_ADDRESSES
from pas.web.templates import Place

KEEP_SECONDS: Final = 30.0
MOST_PLACES: Final = 1_000
SEGMENT: Final = re.compile(r"/([a-z][a-z0-9_]{0,62})(?:/|\Z)")
KEYS: Final = ("product", "telephone", "telephone_hours")


class Told(msgspec.Struct, frozen=True):
    """One setting that pages show."""

    key: str
    text: str


READ_SHOWN_SETTINGS = Statement(
    """
    SELECT DISTINCT ON (key) key, value #>> '{}' AS text
    FROM setting
    WHERE key = ANY ($1::text[])
    ORDER BY key, recorded_at DESC, id DESC
    """,
    Told,
)


class Places:
    """The places of one process, each remembered for half a minute."""

    def __init__(self, database: Database, elsewhere: Place) -> None:
        self._database = database
        self._elsewhere = elsewhere
        self._kept: dict[str, tuple[float, Place]] = {}

    async def of_path(self, path: str) -> Place:
        """The place of the first part of a path; ours where that names no municipality.

        It never fails: a page that says what went wrong needs a place most of all.
        """
        found = SEGMENT.match(path)
        if found is None or found[1] in OF_THE_ADDRESSES:
            return self._elsewhere
        kept = self._kept.get(found[1])
        if kept is not None and time.monotonic() - kept[0] < KEEP_SECONDS:
            return kept[1]
        try:
            place = await self._read(MunicipalityName(found[1]))
        except UnknownMunicipality:
            place = self._elsewhere
        except (Refusal, *CONNECTION_LOST):
            return kept[1] if kept is not None else self._elsewhere
        if len(self._kept) >= MOST_PLACES:
            self._kept.clear()
        self._kept[found[1]] = (time.monotonic(), place)
        return place

    async def _read(self, name: MunicipalityName) -> Place:
        registered = await self._database.municipality(name)
        async with self._database.connection(name) as connection:
            told = await READ_SHOWN_SETTINGS.all(connection, KEYS)
        return msgspec.structs.replace(
            self._elsewhere,
            title=registered.title,
            demonstration=registered.demo,
            sandbox=registered.sandbox,
            home=f"/{name}",
            **{setting.key: setting.text for setting in told},
        )


def place_of(state: Mapping[str, object]) -> Place:
    """The place that the edge found for this request; ``state`` is the scope's."""
    return cast("Place", state["place"])
