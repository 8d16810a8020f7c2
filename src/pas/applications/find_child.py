"""Finds the child of an application: by the pass that was scanned, or by what was typed.

Whoever shares birth date, family name and postcode (twins) is told apart by the given name.
"""

from datetime import date
from typing import Final

import msgspec

from pas.applications.open_cases import OpenCase
from pas.applications.rules import Question
from pas.db import Connection, Statement
from pas.ids import ResidentId
from pas.passes.residents import ADULT_AGE, age_on


class FoundRow(msgspec.Struct, frozen=True):
    resident_id: ResidentId
    given_name: str
    birth_date: date


class OwnRow(msgspec.Struct, frozen=True):
    perhaps: bool


FIND_BY_PASS: Final = Statement(
    """
    SELECT v.resident_id, v.given_name, v.birth_date
    FROM resident_version v
    WHERE v.resident_id IN (
            SELECT c.resident_id FROM card c WHERE c.token_hash = $1 AND c.form <> 'voucher'
            UNION ALL
            SELECT c.resident_id FROM card c WHERE c.number_hash = ANY ($2::bytea[]) AND c.form <> 'voucher')
        AND v.valid_from <= $3::date
        AND (v.left_on IS NULL OR v.left_on > $3) AND (v.died_on IS NULL OR v.died_on > $3)
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
            AND n.valid_from > v.valid_from AND n.valid_from <= $3)
    """,
    FoundRow,
)
FIND_BY_NAME: Final = Statement(
    """
    SELECT v.resident_id, v.given_name, v.birth_date
    FROM resident_version v
    WHERE v.birth_date = $1 AND lower(v.family_name) = lower($2) AND v.postcode = $3
        AND v.valid_from <= $4::date
        AND (v.left_on IS NULL OR v.left_on > $4) AND (v.died_on IS NULL OR v.died_on > $4)
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
            AND n.valid_from > v.valid_from AND n.valid_from <= $4)
    ORDER BY v.resident_id LIMIT 20
    """,
    FoundRow,
)
OWN_CHILD: Final = Statement(
    """
    SELECT EXISTS (
        SELECT 1 FROM resident_version c
        JOIN resident_version a ON a.household_number = c.household_number AND a.valid_from <= $3::date
        JOIN login l ON l.id = $2 AND lower(l.name) = lower(a.given_name || ' ' || a.family_name)
        WHERE c.resident_id = $1 AND c.valid_from <= $3
    ) AS perhaps
    """,
    OwnRow,
)


async def find_child(connection: Connection, case: OpenCase, *, on: date) -> ResidentId | Question:
    """Who it is, or why nobody can tell; one that was found before stays found."""
    if case.resident_id is not None:
        return case.resident_id
    if case.birth_date is None:
        found = await FIND_BY_PASS.all(
            connection, case.scanned_token, case.scanned_numbers or [], on
        )
        if any(age_on(one.birth_date, on) >= ADULT_AGE for one in found):
            return "card-of-adult"
    else:
        family_name = (case.family_name or "").strip()
        found = await FIND_BY_NAME.all(connection, case.birth_date, family_name, case.postcode, on)
    return _only(found, case.given_name)


async def own_child_perhaps(
    connection: Connection, case: OpenCase, resident: ResidentId, *, on: date
) -> bool:
    """Whether somebody with the name of the intermediary lives, or lived, with the child."""
    return (await OWN_CHILD.one(connection, resident, case.applied_by, on)).perhaps


def _only(found: list[FoundRow], given_name: str | None) -> ResidentId | Question:
    if len(found) > 1 and given_name is not None:
        typed = given_name.strip().casefold()
        found = [one for one in found if one.given_name.casefold() == typed] or found
    if len(found) > 1:
        return "several-children"
    return found[0].resident_id if found else "child-unknown"
