"""Gives holders what a list says that they had: the pass of the year, the card that they have, and the balance.

Everything within the transaction of the caller, who holds the grants and the take-over.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import uuid4

import msgspec

from pas.auth.actor import Actor
from pas.auth.processing import note_processing
from pas.days import day_of, start_of
from pas.db import Connection, Statement
from pas.grants import periods
from pas.grants.decide import WRITE_DECISIONS
from pas.grants.facts import Award, Verdict, outcome_of
from pas.grants.ground import Ground
from pas.ids import (
    DecisionId,
    EntryId,
    GrantId,
    HouseholdNumber,
    PassId,
    ResidentId,
    SchemeId,
    TakeoverId,
    uuid7,
)
from pas.ledger.accounts import new_account_id
from pas.ledger.fingerprint import encoded_field
from pas.money import Cents
from pas.passes.issue import WantedPass, issue_passes
from pas.passes.take_over_cards import TakenOver, take_over_cards
from pas.schemes.model import StoredVersion

PRINT: Final = b"pas opening 1\x00"


class WaitingRow(msgspec.Struct, frozen=True):
    """A row that waits; the household is that of the day, None for who is not here."""

    line: int
    scheme_id: SchemeId
    amount_cents: Cents
    entry_id: EntryId
    resident_id: ResidentId
    number_hash: bytes
    key_id: str
    household_number: HouseholdNumber | None


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Where a chunk is booked, by whom and when."""

    connection: Connection
    takeover: TakeoverId
    ground: Ground
    actor: Actor
    now: datetime


class Fit(msgspec.Struct, frozen=True):
    """A row with money, and what it grants."""

    row: WaitingRow
    scheme: StoredVersion
    award: Award


TAKE_OVER: Final = Statement(
    """
    SELECT take_over_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20)
    """,
    None,
)


async def give_cards(desk: Desk, rows: Sequence[WaitingRow]) -> None:
    cards = {
        row.resident_id: TakenOver(row.resident_id, row.number_hash, row.key_id) for row in rows
    }
    await take_over_cards(desk.connection, list(cards.values()), actor=desk.actor, now=desk.now)


async def give_passes(desk: Desk, rows: Sequence[WaitingRow]) -> dict[ResidentId, PassId]:
    """Give everybody the pass of the year; who has it keeps it."""
    plan = desk.ground.plan
    ends_on = periods.pass_year(plan.calendar, plan.year).ends_on
    residents = sorted({row.resident_id for row in rows})
    wanted = [WantedPass(one, plan.year, plan.effective_on, ends_on) for one in residents]
    issued = await issue_passes(desk.connection, wanted, actor=desk.actor)
    return {one.resident_id: one.id for one in issued}


async def give_balances(desk: Desk, fits: Sequence[Fit], passes: dict[ResidentId, PassId]) -> None:
    """In random order, as grants are booked: the order of entries tells nothing about the list."""
    decisions = await _decide(desk, fits)
    shuffled = sorted(fits, key=lambda _: secrets.randbits(64))
    cells = [_cells(fit, passes, decisions) for fit in shuffled]
    laid_out = [list(column) for column in zip(*cells, strict=True)]
    await TAKE_OVER.run(
        desk.connection,
        desk.takeover,
        *laid_out[:11],
        desk.ground.plan.assessed_on,
        *laid_out[11:],
        *(start_of(day_of(desk.now)), desk.actor.kind, desk.actor.id),
    )


async def _decide(desk: Desk, fits: Sequence[Fit]) -> dict[ResidentId, DecisionId]:
    """One decision for each person, about what was taken over and nothing else."""
    verdicts: dict[ResidentId, list[Verdict]] = {}
    homes: dict[ResidentId, HouseholdNumber] = {}
    for fit in fits:
        assert fit.row.household_number is not None, "who is not here was refused"
        verdicts.setdefault(fit.row.resident_id, []).append(_verdict(fit))
        homes[fit.row.resident_id] = fit.row.household_number
    decisions = {resident: DecisionId(uuid7()) for resident in verdicts}
    plan, actor = desk.ground.plan, desk.actor
    await WRITE_DECISIONS.run(
        desk.connection,
        list(decisions.values()),
        list(decisions),
        [homes[resident] for resident in decisions],
        [msgspec.json.encode(verdicts[resident]).decode() for resident in decisions],
        ["takeover"] * len(decisions),
        *(plan.year, plan.assessed_on, desk.now, actor.kind, actor.id),
    )
    people = list(decisions)
    await note_processing(desk.connection, people, "takeover.booked", actor=actor, now=desk.now)
    return decisions


def _verdict(fit: Fit) -> Verdict:
    return Verdict(
        scheme=fit.scheme.version.code,
        title=fit.scheme.version.title,
        version=fit.scheme.id,
        outcome=outcome_of("taken-over"),
        reason="taken-over",
        award=fit.award,
    )


def _cells(
    fit: Fit, passes: dict[ResidentId, PassId], decisions: dict[ResidentId, DecisionId]
) -> tuple[object, ...]:
    """Fill the arrays of ``take_over_batch`` in its order, without the day of the grant."""
    row, award = fit.row, fit.award
    told = b"".join(map(encoded_field, (row.entry_id, row.amount_cents)))
    return (
        row.line,
        hashlib.sha256(PRINT + told).digest(),
        GrantId(uuid4()),
        decisions[row.resident_id],
        passes[row.resident_id],
        row.household_number,
        fit.scheme.id,
        award.claim_key,
        award.period_key,
        award.starts_on,
        award.ends_on,
        new_account_id(),
        start_of(award.starts_on),
        start_of(award.lapses_on),
        new_account_id(),
    )
