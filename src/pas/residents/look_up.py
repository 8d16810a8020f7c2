"""Finds and shows residents to people of the municipality: each look is written down, with its purpose.

The row of the processing log stands in the same transaction as the look, one for each resident who
was on the screen. So a resident can be told who used which data, and why.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Final, Literal

import msgspec

from pas.auth.actor import Actor
from pas.auth.citizen_number import bsn_hashes, read_citizen_number
from pas.auth.keys import KeyRing
from pas.auth.processing import NOTE
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import HouseholdNumber, ResidentId
from pas.passes.residents import Resident
from pas.residents.managing_adults import ManagingAdult, managing_adults_of
from pas.residents.stored import StateRow, resident_of

Purpose = Literal["application", "assessment", "card", "correction", "objection", "question"]

MOST_FOUND: Final = 50
SHORTEST_NAME: Final = 2


class ResidentUnknown(Refusal):
    """Deze inwoner kennen wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Zoek de inwoner op. Of lees eerst het bestand met inwoners in."


class SearchTooWide(Refusal):
    """Zo vindt u te veel mensen."""

    next_step: ClassVar[str] = (
        "Zoek op persoonsnummer, huishouden of BSN. Of op achternaam met geboortedatum of postcode."
    )


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks, and why."""

    actor: Actor
    purpose: Purpose
    trace_id: str
    now: datetime


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of whom is looked for; names match from their start."""

    person_number: str | None = None
    household_number: str | None = None
    citizen_number: str | None = None
    family_name: str | None = None
    birth_date: date | None = None
    postcode: str | None = None

    def __repr__(self) -> str:
        """Nobody's data reaches a log by accident."""
        return "Search(…)"


class FoundResident(msgspec.Struct, frozen=True, rename="camel"):
    """Enough of a resident to tell them from somebody else."""

    id: ResidentId
    person_number: str
    given_name: str
    family_name: str
    birth_date: date
    postcode: str | None
    area: str | None
    household_number: HouseholdNumber
    left_on: date | None
    died_on: date | None


class ShownResident(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A resident with what was known from each day on, newest first, and who manages the pass."""

    id: ResidentId
    has_citizen_number: bool
    states: list[Resident]
    managing_adults: list[ManagingAdult]


FIND: Final = Statement(
    """
    SELECT r.id, r.person_number, v.given_name, v.family_name, v.birth_date, v.postcode, v.area,
        v.household_number, v.left_on, v.died_on
    FROM (
        SELECT id FROM resident WHERE person_number = $1 OR bsn_hash = ANY ($3::bytea[])
        UNION
        SELECT resident_id FROM resident_version WHERE household_number = $2
        UNION
        SELECT resident_id FROM resident_version
        WHERE birth_date = $5 AND ($6::text IS NULL OR postcode = $6)
            AND ($4::text IS NULL OR starts_with(lower(family_name), lower($4)))
    ) f
    JOIN resident r ON r.id = f.id
    CROSS JOIN LATERAL (
        SELECT * FROM resident_version v WHERE v.resident_id = r.id
        ORDER BY v.valid_from <= $7::date DESC, abs(v.valid_from - $7::date) LIMIT 1
    ) v
    ORDER BY lower(v.family_name), v.birth_date, r.id
    LIMIT $8
    """,
    FoundResident,
)
FIND_TWINS: Final = Statement(
    """
    WITH state AS (
        SELECT DISTINCT ON (resident_id) resident_id, given_name, family_name, birth_date, postcode,
            area, household_number, left_on, died_on
        FROM resident_version WHERE valid_from <= $1::date ORDER BY resident_id, valid_from DESC
    ), twin AS (
        SELECT lower(given_name) AS given_name, lower(family_name) AS family_name, birth_date,
            household_number
        FROM state GROUP BY 1, 2, 3, 4 HAVING count(*) > 1
        ORDER BY 2, 3, 1, 4 LIMIT $2
    )
    SELECT r.id, r.person_number, s.given_name, s.family_name, s.birth_date, s.postcode, s.area,
        s.household_number, s.left_on, s.died_on
    FROM twin t
    JOIN state s ON lower(s.given_name) = t.given_name AND lower(s.family_name) = t.family_name
        AND s.birth_date = t.birth_date AND s.household_number = t.household_number
    JOIN resident r ON r.id = s.resident_id
    ORDER BY t.family_name, t.birth_date, t.given_name, t.household_number, r.created_at, r.id
    """,
    FoundResident,
)
READ: Final = Statement(
    """
    SELECT r.id, r.person_number, r.bsn_hash IS NOT NULL AS has_citizen_number, v.valid_from,
        v.given_name, v.family_name, v.birth_date, v.address, v.postcode, v.city, v.area,
        v.household_number, v.household_type, v.income, v.income_source, v.school_type, v.left_on,
        v.died_on, v.guardian_number
    FROM resident r JOIN resident_version v ON v.resident_id = r.id
    WHERE r.id = $1
    ORDER BY v.valid_from DESC
    """,
    StateRow,
)


async def search_residents(
    connection: Connection, search: Search, *, ring: KeyRing, look: Look, today: date
) -> list[FoundResident]:
    """Find at most fifty residents, by family name; raises SearchTooWide."""
    _refuse_wide(search)
    hashes: list[bytes] = []
    if search.citizen_number is not None:
        hashes = bsn_hashes(ring, read_citizen_number(search.citizen_number))
    name = search.family_name
    async with connection.transaction():
        found = await FIND.all(
            connection,
            search.person_number,
            search.household_number,
            hashes,
            None if name is None else name.strip(),
            search.birth_date,
            search.postcode,
            today,
            MOST_FOUND,
        )
        await note_look(connection, [one.id for one in found], look, what="searched")
    return found


async def possible_duplicates(
    connection: Connection, *, look: Look, today: date
) -> list[FoundResident]:
    """Give who may be one person under two numbers, side by side: an officer finds out."""
    async with connection.transaction():
        found = await FIND_TWINS.all(connection, today, MOST_FOUND)
        await note_look(connection, [one.id for one in found], look, what="listed")
    return found


async def show_resident(
    connection: Connection, resident_id: ResidentId, *, look: Look
) -> ShownResident:
    """Show what is known of a resident; the citizen number itself is shown nowhere."""
    async with connection.transaction():
        rows = await READ.all(connection, resident_id)
        if not rows:
            raise ResidentUnknown
        await note_look(connection, [resident_id], look, what="shown")
        return ShownResident(
            id=resident_id,
            has_citizen_number=rows[0].has_citizen_number,
            states=[resident_of(row) for row in rows],
            managing_adults=await managing_adults_of(connection, resident_id),
        )


async def note_look(
    connection: Connection, residents: Sequence[ResidentId], look: Look, *, what: str
) -> None:
    """Write down that data of these residents were used: ``what`` was done, and for which purpose."""
    await NOTE.run(
        connection,
        residents,
        f"resident.{what}.{look.purpose}",
        look.actor.kind,
        look.actor.id,
        look.trace_id,
        look.now,
    )


def _refuse_wide(search: Search) -> None:
    name = (search.family_name or "").strip()
    by_number = search.person_number or search.household_number or search.citizen_number
    by_birth = search.birth_date and (search.postcode or len(name) >= SHORTEST_NAME)
    if not (by_number or by_birth):
        raise SearchTooWide
