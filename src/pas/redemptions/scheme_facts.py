"""What never changes about a scheme's version and year: read once, then remembered by the worker.

Versions are immutable but for their end and status, which decide on granting and not on spending;
the accounts of a scheme and year are opened once. So remembering cannot become wrong.
"""

from collections.abc import Collection
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ids import AccountId, SchemeId, SchemeVersionId
from pas.money import BasisPoints
from pas.redemptions.facts import AllowanceKind

MAX_REMEMBERED: Final = 50_000
"""Versions times years over all municipalities of a worker; past it the memory starts anew.
Ids of versions are random, so one memory serves all municipalities."""


class SchemeFacts(msgspec.Struct, frozen=True):
    """A version in one budget year, with the accounts its parts move to."""

    scheme_id: SchemeId
    categories: frozenset[str]
    kind: AllowanceKind
    share_basis_points: BasisPoints | None
    spend_at_once: bool
    once_per_year: bool
    precondition: str | None
    appropriation: AccountId
    visits_appropriation: AccountId | None
    used: AccountId | None


class SchemeFactsRow(msgspec.Struct, frozen=True):
    scheme_version_id: SchemeVersionId
    budget_year: int
    scheme_id: SchemeId
    categories: list[str]
    allowance: AllowanceKind
    share_basis_points: BasisPoints | None
    spend_at_once: bool
    once_per_year: bool
    precondition: str | None
    appropriation: AccountId
    visits_appropriation: AccountId | None
    used: AccountId | None


READ_SCHEMES: Final = Statement(
    """
    SELECT v.id AS scheme_version_id, p.budget_year::int, v.scheme_id, v.categories, v.allowance, v.share_basis_points,
        v.spend_at_once, v.once_per_year, v.precondition, p.account_id AS appropriation,
        p.visits_account_id AS visits_appropriation,
        (SELECT a.id FROM account a WHERE a.kind = 'used' AND a.unit = 'visits' AND a.scheme_id = v.scheme_id
            AND a.budget_year = p.budget_year) AS used
    FROM unnest($1::uuid[], $2::int[]) AS w (id, year)
    JOIN scheme_version v ON v.id = w.id
    JOIN appropriation p ON p.scheme_id = v.scheme_id AND p.budget_year = w.year
    """,
    SchemeFactsRow,
)

Key = tuple[SchemeVersionId, int]
_remembered: dict[Key, SchemeFacts] = {}


async def scheme_facts(connection: Connection, wanted: Collection[Key]) -> dict[Key, SchemeFacts]:
    """Give the facts of versions and years; asks the database only for what is new."""
    if len(_remembered) > MAX_REMEMBERED:
        _remembered.clear()
    known = {key: _remembered[key] for key in wanted if key in _remembered}
    unknown = [key for key in wanted if key not in known]
    if unknown:
        versions, years = [key[0] for key in unknown], [key[1] for key in unknown]
        for row in await READ_SCHEMES.all(connection, versions, years):
            known[row.scheme_version_id, row.budget_year] = SchemeFacts(
                row.scheme_id,
                frozenset(row.categories),
                row.allowance,
                *(row.share_basis_points, row.spend_at_once, row.once_per_year),
                *(
                    row.precondition,
                    row.appropriation,
                    row.visits_appropriation,
                    row.used,
                ),
            )
        _remembered.update(known)
    return known
