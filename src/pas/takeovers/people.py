"""Reads the residents that rows of a list may be about."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from pas.auth.citizen_number import CitizenNumber, bsn_hashes
from pas.auth.keys import KeyRing
from pas.csvfile import chunks
from pas.db import Connection, Statement
from pas.ids import HouseholdNumber, ResidentId
from pas.takeovers.files import Listed
from pas.takeovers.rules import Candidate, whose

CHUNK: Final = 1_000


class CandidateRow(msgspec.Struct, frozen=True):
    id: ResidentId
    bsn_hash: bytes | None
    given_name: str
    family_name: str
    birth_date: date
    postcode: str | None
    household_number: HouseholdNumber
    left_on: date | None
    died_on: date | None


READ: Final = Statement(
    """
    SELECT r.id, r.bsn_hash, v.given_name, v.family_name, v.birth_date, v.postcode, v.household_number, v.left_on, v.died_on
    FROM (
        SELECT id FROM resident WHERE bsn_hash = ANY ($1::bytea[])
        UNION
        SELECT resident_id FROM resident_version WHERE birth_date = ANY ($2::date[])
    ) f
    JOIN resident r ON r.id = f.id
    CROSS JOIN LATERAL (
        SELECT * FROM resident_version v WHERE v.resident_id = r.id AND v.valid_from <= $3::date
        ORDER BY v.valid_from DESC LIMIT 1
    ) v
    ORDER BY r.id
    """,
    CandidateRow,
)


async def find_people(
    connection: Connection, rows: Sequence[Listed], *, ring: KeyRing, on: date
) -> dict[int, Candidate | str]:
    """Say by line whose each row is on a day, or why nobody can tell."""
    found: dict[int, Candidate | str] = {}
    for some in chunks(rows, CHUNK):
        hashes = {
            row.line: bsn_hashes(ring, CitizenNumber(row.person.bsn))
            for row in some
            if row.person.bsn
        }
        born = {row.person.birth_date for row in some if not row.person.bsn} - {None}
        asked = [one for several in hashes.values() for one in several]
        by_number, by_day = _sorted_out(await READ.all(connection, asked, list(born), on))
        for row in some:
            own = hashes.get(row.line, ())
            numbered = [by_number[one] for one in own if one in by_number]
            meant = numbered if row.person.bsn else by_day[row.person.birth_date]
            found[row.line] = whose(row.person, [_candidate(one, own, on) for one in meant])
    return found


def _sorted_out(
    rows: Sequence[CandidateRow],
) -> tuple[dict[bytes, CandidateRow], defaultdict[date | None, list[CandidateRow]]]:
    """Give residents by their citizen number and by their day of birth."""
    by_day = defaultdict[date | None, list[CandidateRow]](list)
    for row in rows:
        by_day[row.birth_date].append(row)
    return {row.bsn_hash: row for row in rows if row.bsn_hash is not None}, by_day


def _candidate(row: CandidateRow, hashes: Sequence[bytes], on: date) -> Candidate:
    return Candidate(
        id=row.id,
        has_bsn=row.bsn_hash is not None and row.bsn_hash in hashes,
        given_name=row.given_name,
        family_name=row.family_name,
        birth_date=row.birth_date,
        postcode=row.postcode or "",
        household=row.household_number,
        is_gone=any(day is not None and day <= on for day in (row.left_on, row.died_on)),
    )
