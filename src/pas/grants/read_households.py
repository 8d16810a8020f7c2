"""Reads everything that households are assessed on, set by set: a few statements for any number."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import count, groupby
from typing import Final

import msgspec
from msgspec.structs import replace

from pas.db import Connection, Statement
from pas.grants.facts import Claim, EarlierGrant, HouseholdFacts, PersonFacts, Without
from pas.grants.income import FiledIncome, IncomeVerdict, income_of
from pas.grants.plan import household_key
from pas.ids import HouseholdNumber, ResidentId, SchemeId, SchemeVersionId
from pas.money import BasisPoints
from pas.passes.residents import SchoolType
from pas.schemes.model import SchemeVersion


class MemberRow(msgspec.Struct, frozen=True):
    """A member of a household on a day."""

    household_number: HouseholdNumber
    resident_id: ResidentId
    birth_date: date
    school_type: SchoolType | None
    here_from: date
    left_on: date | None
    died_on: date | None
    diploma_on: date | None
    income: BasisPoints | None
    income_since: date
    income_changed: bool


class VerdictRow(msgspec.Struct, frozen=True):
    resident_id: ResidentId
    income: BasisPoints
    assessed_on: date
    recorded_at: datetime


class GrantRow(msgspec.Struct, frozen=True):
    scheme_version_id: SchemeVersionId
    resident_id: ResidentId
    claim_key: str
    period_key: str
    starts_on: date
    ends_on: date


class RefusedRow(msgspec.Struct, frozen=True):
    resident_id: ResidentId
    scheme: str


class HouseholdRow(msgspec.Struct, frozen=True):
    household_number: HouseholdNumber


NEXT_HOUSEHOLDS: Final = Statement(
    """
    SELECT DISTINCT household_number FROM resident_version
    WHERE household_number > $1 ORDER BY household_number LIMIT $2
    """,
    HouseholdRow,
)
READ_MEMBERS: Final = Statement(
    """
    SELECT v.household_number, v.resident_id, v.birth_date, v.school_type,
        (SELECT min(f.valid_from) FROM resident_version f WHERE f.resident_id = v.resident_id) AS here_from,
        v.left_on, v.died_on,
        (SELECT d.obtained_on FROM swimming_diploma d WHERE d.resident_id = v.resident_id) AS diploma_on, v.income,
        coalesce((SELECT min(s.valid_from) FROM resident_version s WHERE s.resident_id = v.resident_id
            AND s.valid_from <= v.valid_from AND (d.until IS NULL OR s.valid_from > d.until)), v.valid_from) AS income_since,
        d.until IS NOT NULL AS income_changed
    FROM resident_version v
    CROSS JOIN LATERAL (
        SELECT max(o.valid_from) AS until FROM resident_version o WHERE o.resident_id = v.resident_id
            AND o.valid_from < v.valid_from AND o.income IS DISTINCT FROM v.income
    ) d
    WHERE v.household_number = ANY ($1::text[]) AND v.valid_from <= $2::date
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
            AND n.valid_from > v.valid_from AND n.valid_from <= $2)
    ORDER BY v.household_number, v.birth_date, v.resident_id
    """,
    MemberRow,
)
READ_VERDICTS: Final = Statement(
    """
    SELECT DISTINCT ON (a.resident_id) a.resident_id, v.income, v.assessed_on, v.recorded_at
    FROM income_verdict_adult a JOIN income_verdict v ON v.id = a.verdict_id
    WHERE a.resident_id = ANY ($1::uuid[]) AND v.assessed_on <= $2
    ORDER BY a.resident_id, v.assessed_on DESC, v.recorded_at DESC
    """,
    VerdictRow,
)
READ_GRANTS: Final = Statement(
    """
    SELECT scheme_version_id, resident_id, claim_key, period_key, starts_on, ends_on
    FROM scheme_grant WHERE resident_id = ANY ($1::uuid[])
    """,
    GrantRow,
)
READ_CLAIMS: Final = Statement(
    """
    SELECT scheme_version_id, resident_id, claim_key, period_key, starts_on, ends_on
    FROM scheme_grant WHERE scheme_id = ANY ($1::uuid[]) AND claim_key = ANY ($2::text[])
    """,
    GrantRow,
)
READ_REFUSED: Final = Statement(
    """
    SELECT d.resident_id, s.code AS scheme
    FROM deviation d JOIN scheme_version v ON v.id = d.scheme_version_id
    JOIN scheme s ON s.id = v.scheme_id
    WHERE d.resident_id = ANY ($1::uuid[]) AND d.year = $2 AND d.effect = 'refuse'
        AND d.confirmed_at IS NOT NULL
    """,
    RefusedRow,
)


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """Of which day the facts are, of which the incomes, and since when a verdict counts."""

    on: date
    incomes_until: date
    verdicts_from: date


class Known(msgspec.Struct, frozen=True):
    """A household with what was decided about it before."""

    facts: HouseholdFacts
    earlier: tuple[EarlierGrant, ...]


class Households(msgspec.Struct, frozen=True):
    """Households in the order of their numbers, and who was turned down by a deviation."""

    known: tuple[Known, ...]
    refused: Without


async def next_households(connection: Connection, after: str, limit: int) -> list[HouseholdNumber]:
    """Give the numbers that come next; every number that anybody ever had is among them."""
    rows = await NEXT_HOUSEHOLDS.all(connection, after, limit)
    return [row.household_number for row in rows]


async def read_facts(
    connection: Connection, numbers: Sequence[HouseholdNumber], days: Days
) -> list[HouseholdFacts]:
    """Give the households that have members on the day."""
    members = await READ_MEMBERS.all(connection, numbers, days.on)
    present = [row.resident_id for row in members if _is_present(row, days.on)]
    verdicts = {
        row.resident_id: row
        for row in await READ_VERDICTS.all(connection, present, days.incomes_until)
    }
    return [
        _facts(number, list(rows), days, verdicts=verdicts)
        for number, rows in groupby(members, key=lambda row: row.household_number)
    ]


async def read_households(
    connection: Connection,
    numbers: Sequence[HouseholdNumber],
    days: Days,
    *,
    year: int,
    versions: Mapping[SchemeVersionId, SchemeVersion],
    household_schemes: Sequence[SchemeId],
) -> Households:
    """Give the facts with earlier grants; ``household_schemes`` are granted per household."""
    households = await read_facts(connection, numbers, days)
    residents = [member.resident for home in households for member in home.members]
    here = {
        home.number: {one.resident for one in home.members if not one.is_gone(days.on)}
        for home in households
    }
    taken = await _taken(connection, here, versions=versions, schemes=household_schemes)
    by_resident: dict[ResidentId, list[EarlierGrant]] = {}
    for row in await READ_GRANTS.all(connection, residents):
        grant = _earlier(row, versions[row.scheme_version_id])
        by_resident.setdefault(row.resident_id, []).append(grant)
    refused = await READ_REFUSED.all(connection, residents, year)
    known: list[Known] = []
    for home in households:
        facts = replace(home, taken=frozenset(taken.get(home.number, ())))
        earlier = [one for member in home.members for one in by_resident.get(member.resident, ())]
        known.append(Known(facts, tuple(earlier)))
    return Households(
        known=tuple(known),
        refused=frozenset((row.resident_id, row.scheme) for row in refused),
    )


async def _taken(
    connection: Connection,
    here: Mapping[HouseholdNumber, set[ResidentId]],
    *,
    versions: Mapping[SchemeVersionId, SchemeVersion],
    schemes: Sequence[SchemeId],
) -> dict[HouseholdNumber, list[Claim]]:
    """Give what was granted under these numbers to who is not here any more, time after time."""
    taken: dict[HouseholdNumber, list[Claim]] = {}
    asked = {household_key(number, 1): number for number in here}
    for time in count(2):
        rows = await READ_CLAIMS.all(connection, schemes, list(asked))
        left = [row for row in rows if row.resident_id not in here[asked[row.claim_key]]]
        for row in left:
            claim = (versions[row.scheme_version_id].code, row.claim_key, row.period_key)
            taken.setdefault(asked[row.claim_key], []).append(claim)
        asked = {household_key(asked[row.claim_key], time): asked[row.claim_key] for row in left}
        if not asked:
            break
    return taken


def _earlier(row: GrantRow, version: SchemeVersion) -> EarlierGrant:
    return EarlierGrant(
        version=version,
        resident=row.resident_id,
        claim_key=row.claim_key,
        period_key=row.period_key,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def _facts(
    number: HouseholdNumber,
    rows: Sequence[MemberRow],
    days: Days,
    *,
    verdicts: Mapping[ResidentId, VerdictRow],
) -> HouseholdFacts:
    found = [verdicts[row.resident_id] for row in rows if row.resident_id in verdicts]
    newest = max(found, key=lambda one: (one.assessed_on, one.recorded_at), default=None)
    verdict = None if newest is None else IncomeVerdict(newest.income, newest.assessed_on)
    present = [row for row in rows if _is_present(row, days.on)]
    filed = [_filed(row, present) for row in present]
    return HouseholdFacts(
        number=number,
        income=income_of(filed, verdict, counts_from=days.verdicts_from),
        members=tuple(
            PersonFacts(
                resident=row.resident_id,
                birth_date=row.birth_date,
                school_type=row.school_type,
                here_from=max(row.here_from, row.birth_date),
                left_on=row.left_on,
                died_on=row.died_on,
                diploma_on=row.diploma_on,
            )
            for row in rows
        ),
    )


def _filed(row: MemberRow, members: Sequence[MemberRow]) -> FiledIncome:
    if row.income_changed:
        return FiledIncome(row.income, row.income_since)
    if row.income is None:
        return FiledIncome(None, None)
    # Who is born or moves in is filed with the income of the household: that says nothing new.
    return FiledIncome(
        row.income, min(one.income_since for one in members if one.income == row.income)
    )


def _is_present(row: MemberRow, on: date) -> bool:
    return all(day is None or on < day for day in (row.left_on, row.died_on))
