"""A pass as its holder and an officer see it: cards, budgets, and a history that adds up.

Every line comes from the ledger itself, by the table that links a budget's account to the pass; so
the lines of a budget add up to its balance, to the cent and to the visit. What an officer looks at
is noted in the processing log, in the same transaction.
"""

from datetime import date, datetime
from typing import Final, Literal

import msgspec

from pas.auth.actor import Actor
from pas.auth.processing import NOTE, note_processing
from pas.db import Connection, Statement
from pas.ids import AccountId, EntryId, MerchantId, PassId, ResidentId
from pas.money import BasisPoints, Cents
from pas.passes.cards import Card, is_own, read_cards
from pas.passes.end import READ_PASS, PassNotFound, PassRow

MOST_LINES: Final = 2_000
MOST_PASSES: Final = 100

LineKind = Literal[
    "grant",
    "opening",
    "redeem",
    "offline",
    "confirm",
    "forfeit",
    "void",
    "refund",
    "lapse",
    "hold",
    "release",
    "correct",
]


class BudgetRow(msgspec.Struct, frozen=True):
    account_id: AccountId
    title: str
    purposes: list[str]
    spend_at_once: bool
    once_per_year: bool
    share_basis_points: BasisPoints | None
    categories: list[str]
    merchant_name: str | None
    merchant_id: MerchantId | None
    usable_from: datetime
    usable_until: datetime
    lapses_on: date
    cents: Cents
    visits: int | None


class LineRow(msgspec.Struct, frozen=True):
    account_id: AccountId
    entry_id: EntryId
    kind: LineKind
    occurred_at: datetime
    reverses: EntryId | None
    merchant_name: str | None
    category: str | None
    cents: Cents
    visits: int


class HistoryLine(msgspec.Struct, frozen=True, rename="camel"):
    """What came on or went off a budget; negative went off."""

    entry_id: EntryId
    kind: LineKind
    occurred_at: datetime
    merchant_name: str | None
    category: str | None
    amount_cents: Cents
    visits: int
    reverses: EntryId | None


class ShownBudget(msgspec.Struct, frozen=True, rename="camel"):
    """What is left, of what, until when; ``visits`` is None for a budget that counts no visits.

    ``purposes`` are the categories in words.
    """

    title: str
    categories: list[str]
    purposes: list[str]
    spend_at_once: bool
    once_per_year: bool
    share_basis_points: BasisPoints | None
    only_at: str | None
    usable_from: datetime
    usable_until: datetime
    lapses_on: date
    balance_cents: Cents
    visits: int | None
    history: list[HistoryLine]


class ShownPass(msgspec.Struct, frozen=True, rename="camel"):
    """All that a holder has this year."""

    pass_: PassRow = msgspec.field(name="pass")
    name: str
    cards: list[Card]
    budgets: list[ShownBudget]


class NameRow(msgspec.Struct, frozen=True):
    name: str


READ_PASSES_OF: Final = Statement(
    """
    SELECT id, resident_id, year::int AS year, starts_on, ends_on, ended_on, ended_because
    FROM pass WHERE resident_id = $1 ORDER BY year DESC LIMIT $2
    """,
    PassRow,
)
READ_NAME: Final = Statement(
    """
    SELECT given_name || ' ' || family_name AS name FROM resident_version
    WHERE resident_id = $1 ORDER BY valid_from DESC LIMIT 1
    """,
    NameRow,
)
READ_BUDGETS: Final = Statement(
    """
    SELECT b.account_id, v.title,
        ARRAY(SELECT c.title FROM category c WHERE c.code = b.category
            OR b.category IS NULL AND c.code = ANY (v.categories) ORDER BY c.title) AS purposes,
        v.spend_at_once, v.once_per_year, v.share_basis_points, v.categories, m.name AS merchant_name, b.merchant_id,
        c.usable_from, c.usable_until, b.lapses_on, c.amount AS cents, n.amount AS visits
    FROM budget b
    JOIN scheme_version v ON v.id = b.scheme_version_id
    JOIN balance c ON c.account_id = b.account_id
    LEFT JOIN balance n ON n.account_id = b.visits_account_id
    LEFT JOIN merchant m ON m.id = b.merchant_id
    WHERE b.pass_id = $1
    ORDER BY c.usable_until, v.title, b.account_id
    """,
    BudgetRow,
)
READ_LINES: Final = Statement(
    """
    SELECT x.budget AS account_id, e.id AS entry_id,
        CASE WHEN x.given_back AND e.kind IN ('redeem', 'confirm') THEN 'forfeit'
            WHEN x.given_back THEN 'lapse' ELSE e.kind END AS kind, e.occurred_at, e.reverses,
        m.name AS merchant_name, r.category, x.cents, x.visits
    FROM (
        SELECT b.account_id AS budget, t.entry_id,
            t.reversed_line IS NULL AND o.kind = 'appropriation' AND t.debit = u.account AS given_back,
            coalesce(sum(CASE WHEN t.credit = u.account THEN t.amount ELSE -t.amount END)
                FILTER (WHERE u.unit = 'cents'), 0)::bigint AS cents,
            coalesce(sum(CASE WHEN t.credit = u.account THEN t.amount ELSE -t.amount END)
                FILTER (WHERE u.unit = 'visits'), 0)::bigint AS visits
        FROM budget b
        CROSS JOIN LATERAL (VALUES (b.account_id, 'cents'), (b.visits_account_id, 'visits'))
            AS u (account, unit)
        CROSS JOIN LATERAL (
            SELECT * FROM transfer d WHERE d.debit = u.account
            UNION ALL
            SELECT * FROM transfer c WHERE c.credit = u.account
        ) t
        JOIN account o ON o.id = CASE WHEN t.debit = u.account THEN t.credit ELSE t.debit END
        WHERE b.pass_id = $1
        GROUP BY 1, 2, 3
    ) x
    JOIN entry e ON e.id = x.entry_id
    LEFT JOIN redemption r ON r.entry_id = coalesce(e.reverses, e.id)
    LEFT JOIN merchant m ON m.id = r.merchant_id
    ORDER BY e.occurred_at, e.id, x.given_back
    LIMIT $2
    """,
    LineRow,
)


async def show_pass(
    connection: Connection, pass_id: PassId, *, actor: Actor, now: datetime, trace_id: str = ""
) -> ShownPass:
    """Show one pass to its holder, to who manages it, or to an officer; to others it is not there.

    Everything is read at one moment.
    """
    async with connection.transaction(isolation="repeatable_read"):
        found = await READ_PASS.first(connection, pass_id)
        if found is None:
            raise PassNotFound
        await _refuse_stranger(connection, found.resident_id, actor, now=now)
        lines: dict[AccountId, list[HistoryLine]] = {}
        for row in await READ_LINES.all(connection, pass_id, MOST_LINES):
            lines.setdefault(row.account_id, []).append(_line(row))
        shown = ShownPass(
            pass_=found,
            name=await name_of(connection, found.resident_id),
            cards=await read_cards(connection, found.resident_id),
            budgets=[
                _budget(row, lines.get(row.account_id, []))
                for row in await READ_BUDGETS.all(connection, pass_id)
            ],
        )
        if actor.is_noted:
            row = ("pass.shown", actor.kind, actor.id, trace_id, now)
            await NOTE.run(connection, [found.resident_id], *row)
    return shown


async def holder_of_pass(
    connection: Connection, pass_id: PassId, *, actor: Actor, now: datetime
) -> ResidentId:
    """Whose pass it is, for its holder and who manages it; to others it is not there."""
    found = await READ_PASS.first(connection, pass_id)
    if found is None:
        raise PassNotFound
    await _refuse_stranger(connection, found.resident_id, actor, now=now)
    return found.resident_id


async def list_passes(
    connection: Connection, resident_id: ResidentId, *, actor: Actor, now: datetime
) -> list[PassRow]:
    """The passes of somebody, the newest year first."""
    await _refuse_stranger(connection, resident_id, actor, now=now)
    async with connection.transaction():
        if actor.is_noted:
            await note_processing(connection, [resident_id], "pass.listed", actor=actor, now=now)
        return await READ_PASSES_OF.all(connection, resident_id, MOST_PASSES)


async def _refuse_stranger(
    connection: Connection, resident_id: ResidentId, actor: Actor, *, now: datetime
) -> None:
    own = await is_own(connection, resident_id, actor=actor, now=now)
    if actor.kind == "holder" and not own:
        raise PassNotFound


async def name_of(connection: Connection, resident_id: ResidentId) -> str:
    """First and family name; empty for somebody who is not on file."""
    found = await READ_NAME.first(connection, resident_id)
    return "" if found is None else found.name


def _budget(row: BudgetRow, history: list[HistoryLine]) -> ShownBudget:
    return ShownBudget(
        title=row.title,
        categories=row.categories,
        purposes=row.purposes,
        spend_at_once=row.spend_at_once,
        once_per_year=row.once_per_year,
        share_basis_points=row.share_basis_points,
        only_at=row.merchant_name,
        usable_from=row.usable_from,
        usable_until=row.usable_until,
        lapses_on=row.lapses_on,
        balance_cents=row.cents,
        visits=row.visits,
        history=history,
    )


def _line(row: LineRow) -> HistoryLine:
    return HistoryLine(
        entry_id=row.entry_id,
        kind=row.kind,
        occurred_at=row.occurred_at,
        merchant_name=row.merchant_name,
        category=row.category,
        amount_cents=row.cents,
        visits=row.visits,
        reverses=row.reverses,
    )
