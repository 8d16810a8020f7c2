"""Writes grants down: the pass, the grant, its accounts and the booking, in arrays.

``grant_batch`` refuses what was granted before. Whoever calls it holds the closed pots already and
has read the earlier grants under the lock of ``lock_grants``; so a refusal there is no outcome but
a sign that somebody granted by another road, and the caller reads and decides again.

Once the rows of ``budget`` are gone, nothing else may tell whose budget an account was. So grants
are booked in random order, under random ids, at the beginning of their day, and a fingerprint
holds nothing of a person: decision and entry share no more than their transaction.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import uuid4

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.days import day_of, start_of
from pas.db import Connection, Statement
from pas.grants.facts import Award
from pas.grants.ground import Ground
from pas.ids import (
    AccountId,
    ApplicationId,
    DecisionId,
    EntryId,
    GrantId,
    HouseholdNumber,
    MerchantId,
    PassId,
    ResidentId,
    SchemeVersionId,
)
from pas.ledger.accounts import new_account_id
from pas.ledger.book import MAX_ITEMS
from pas.ledger.fingerprint import encoded_field
from pas.money import NO_CENTS, Cents

PRINT: Final = b"pas grant 2\x00"
NOT_BOOKED: Final = "PA230"
"""SQLSTATE: a closed pot holds less than was read, or an id of the call is known."""


class GrantedElsewhere(Exception):
    """Something was granted since the facts were read: read again and decide again."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One grant to be; the scheme by its code."""

    decision: DecisionId
    resident: ResidentId
    household: HouseholdNumber
    scheme: str
    version: SchemeVersionId
    award: Award
    merchant: MerchantId | None = None
    """Where alone it can be spent at first."""
    application: ApplicationId | None = None
    category: str | None = None
    """The only purpose it is for, where its scheme has more."""


class OutcomesRow(msgspec.Struct, frozen=True):
    outcomes: list[str]


class PotRow(msgspec.Struct, frozen=True):
    account_id: AccountId
    amount: Cents


STEER: Final = Statement(
    """
    SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
        set_config('enable_mergejoin', 'off', true)
    """,
    None,
)
LOCK_GRANTS: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.scheme_grant'))", None
)
LOCK_POTS: Final = Statement("SELECT account_id, amount FROM lock_pots($1)", PotRow)
READ_POTS: Final = Statement(
    "SELECT account_id, amount FROM balance WHERE account_id = ANY ($1::bigint[])", PotRow
)
GRANT_BATCH: Final = Statement(
    """
    SELECT grant_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
        $18, $19, $20, $21, $22, $23, $24, $25, $26) AS outcomes
    """,
    OutcomesRow,
)


BUDGET_ACCOUNTS: Final = 16
"""Where ``grant_batch`` has the new accounts, in the cells of a grant."""
MARK_BUDGETS: Final = Statement(
    """
    UPDATE budget SET application_id = m.application_id, category = m.category
    FROM unnest($1::bigint[], $2::uuid[], $3::text[]) AS m (account_id, application_id, category)
    WHERE budget.account_id = m.account_id
    """,
    None,
)


async def steer(connection: Connection) -> None:
    """Keep to the indexes until the end of the transaction.

    A plan made while the tables were empty reads them whole, and is kept while they fill.
    """
    await STEER.run(connection)


async def lock_grants(connection: Connection, ground: Ground) -> dict[str, Cents]:
    """Let nobody else grant until the end of the transaction; gives what is left in closed pots."""
    await steer(connection)
    await LOCK_GRANTS.run(connection)
    rows = await LOCK_POTS.all(connection, ground.closed) if ground.closed else []
    return _by_code(ground, rows)


async def read_pots(connection: Connection, ground: Ground) -> dict[str, Cents]:
    """Give what is left in closed pots, for a decision that is not written down."""
    unopened = {
        one.version.code: NO_CENTS
        for one in ground.plan.schemes
        if one.version.closed_pot and one.version.code not in ground.pots
    }
    return unopened | _by_code(ground, await READ_POTS.all(connection, ground.closed))


async def write_grants(
    connection: Connection,
    wanted: Sequence[Wanted],
    passes: dict[ResidentId, PassId],
    *,
    ground: Ground,
    actor: Actor,
    now: datetime,
) -> None:
    """Grant everything or raise GrantedElsewhere; after ``lock_grants``, in its transaction."""
    in_any_order = sorted(wanted, key=lambda _: secrets.randbits(64))
    for first in range(0, len(in_any_order), MAX_ITEMS):
        batch = in_any_order[first : first + MAX_ITEMS]
        arrays = _arrays(batch, passes, ground=ground)
        accounts = arrays[BUDGET_ACCOUNTS]
        granted_on = ground.plan.assessed_on
        arguments = (
            *arrays[:15],
            granted_on,
            *arrays[15:],
            start_of(day_of(now)),
            actor.kind,
            actor.id,
        )
        try:
            row = await GRANT_BATCH.one(connection, *arguments)
        except asyncpg.PostgresError as error:
            if error.sqlstate != NOT_BOOKED:
                raise
            raise GrantedElsewhere from error
        if any(outcome != "booked" for outcome in row.outcomes):
            raise GrantedElsewhere
        if any(one.application or one.category for one in batch):
            await MARK_BUDGETS.run(
                connection,
                accounts,
                [one.application for one in batch],
                [one.category for one in batch],
            )


def _by_code(ground: Ground, rows: Sequence[PotRow]) -> dict[str, Cents]:
    amounts = {row.account_id: row.amount for row in rows}
    return {
        code: amounts.get(pot.account_id, NO_CENTS)
        for code, pot in ground.pots.items()
        if pot.closed
    }


def _arrays(
    batch: Sequence[Wanted], passes: dict[ResidentId, PassId], *, ground: Ground
) -> tuple[list[object], ...]:
    """Fill the arrays of ``grant_batch`` in its order, without the day of the grant."""
    moments = _Moments()
    rows = [_cells(one, passes[one.resident], ground, moments=moments) for one in batch]
    return tuple(list(column) for column in zip(*rows, strict=True))


def _cells(
    one: Wanted, pass_id: PassId, ground: Ground, *, moments: "_Moments"
) -> tuple[object, ...]:
    award, year = one.award, ground.plan.year
    entry = EntryId(uuid4())
    scheme_id = ground.scheme_ids[one.scheme]
    return (
        entry,
        _fingerprint(entry, one),
        GrantId(uuid4()),
        one.decision,
        one.resident,
        one.household,
        scheme_id,
        one.version,
        year,
        award.claim_key,
        award.period_key,
        award.amount_cents,
        award.visits,
        award.starts_on,
        award.ends_on,
        pass_id,
        new_account_id(),
        None if award.visits is None else new_account_id(),
        moments.of(award.starts_on),
        # Until then a season that began in time may still be paid; the question is the till's.
        moments.of(award.lapses_on),
        one.merchant,
        award.ends_on,
    )


class _Moments:
    """When days begin; a batch knows only a few."""

    def __init__(self) -> None:
        self._known: dict[date, datetime] = {}

    def of(self, day: date) -> datetime:
        if day not in self._known:
            self._known[day] = start_of(day)
        return self._known[day]


def _fingerprint(entry: EntryId, one: Wanted) -> bytes:
    award = one.award
    # A period of one application alone would tell whose it was.
    period = award.period_key if one.application is None else ""
    fields = (entry, one.version, period, award.amount_cents, award.visits)
    return hashlib.sha256(PRINT + b"".join(map(encoded_field, fields))).digest()
