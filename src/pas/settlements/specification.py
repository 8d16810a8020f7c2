"""What a payment to a merchant is made of, redemption by redemption: it adds up to the cent.

A line covers everything of its account between two positions. Where in there an earlier payment came
back that never left (it was withdrawn), what that one was made of is told in its place. Of holders
nothing is told: the merchant learns when, where, for what and how much.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.csvfile import write_rows
from pas.days import AMSTERDAM
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import AccountId, EntryId, MerchantId, SettlementId
from pas.merchants.stored import read_merchant
from pas.money import NO_CENTS, Cents, comma_euros

COLUMNS: Final = (
    *("datum", "tijd", "soort", "locatie", "kassa", "factuur", "bestedingsdoel"),
    *("prijs", "bij", "af", "boeking"),
)
KINDS: Final = {
    "redeem": "besteding",
    "confirm": "besteding",
    "capture": "besteding",
    "offline": "besteding zonder internet",
    "shortfall": "besteding zonder internet",
    "void": "ongedaan gemaakt",
    "refund": "teruggeboekt",
    "correct": "correctie",
    "bounce": "uitbetaling kwam terug",
    "debit_note": "terugbetaald door u",
}


class PayoutNotFound(Refusal):
    """Deze uitbetaling is er niet voor deze aanbieder."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een uitbetaling uit de lijst van de aanbieder."


class Range(msgspec.Struct, frozen=True):
    """What a line covers of an account; a withdrawn one that was approved covers it too."""

    run_id: SettlementId
    number: int
    account_id: AccountId
    from_epoch: int
    from_xid: int
    to_epoch: int
    to_xid: int
    amount_cents: Cents


class Part(msgspec.Struct, frozen=True):
    """One entry as the merchant sees it; ``unsent_run`` is where what came back had been."""

    entry_id: EntryId
    kind: str
    occurred_at: datetime
    location: str | None
    till: str | None
    invoice: str | None
    category: str | None
    price_cents: Cents | None
    credited_cents: Cents
    debited_cents: Cents
    unsent_run: SettlementId | None


READ_RANGE: Final = Statement(
    """
    SELECT run_id, number, account_id, from_epoch, from_xid, to_epoch, to_xid, amount_cents
    FROM settlement_line WHERE run_id = $1 AND merchant_id = $2 ORDER BY number
    """,
    Range,
)
READ_PARTS: Final = Statement(
    """
    WITH moved AS (
        SELECT t.entry_id, t.amount AS credited, 0 AS debited FROM transfer t
        WHERE t.credit = $1 AND (t.epoch, t.xid) >= ($2::int, $3::bigint) AND (t.epoch, t.xid) < ($4::int, $5::bigint)
        UNION ALL
        SELECT t.entry_id, 0, t.amount FROM transfer t JOIN account o ON o.id = t.credit AND o.kind <> 'run'
        WHERE t.debit = $1 AND (t.epoch, t.xid) >= ($2::int, $3::bigint) AND (t.epoch, t.xid) < ($4::int, $5::bigint)
    ), entries AS (
        SELECT entry_id, sum(credited)::bigint AS credited, sum(debited)::bigint AS debited FROM moved GROUP BY 1
    )
    SELECT e.id AS entry_id, e.kind, e.occurred_at, l.name AS location, t.name AS till, r.invoice_reference AS invoice, c.title AS category,
        r.price_cents, m.credited AS credited_cents, m.debited AS debited_cents,
        CASE WHEN b.state = 'withdrawn' THEN b.run_id END AS unsent_run
    FROM entries m JOIN entry e ON e.id = m.entry_id
    LEFT JOIN redemption r ON r.entry_id = coalesce(e.reverses, e.id)
    LEFT JOIN location l ON l.id = r.location_id LEFT JOIN till t ON t.id = r.till_id
    LEFT JOIN category c ON c.code = r.category
    LEFT JOIN settlement_line b ON b.bounce_entry_id = e.id
    ORDER BY e.occurred_at, e.id
    """,
    Part,
)


async def read_specification(
    connection: Connection, merchant_id: MerchantId, run_id: SettlementId, *, actor: Actor
) -> list[Part]:
    """Give everything a payment is made of, oldest first; it adds up to what was paid."""
    await read_merchant(connection, merchant_id, actor=actor)
    ranges = await READ_RANGE.all(connection, run_id, merchant_id)
    if not ranges:
        raise PayoutNotFound
    parts = [part for one in ranges for part in await _parts(connection, one, merchant_id)]
    paid = sum(one.amount_cents for one in ranges)
    assert sum(one.credited_cents - one.debited_cents for one in parts) == paid, "it adds up"
    return sorted(parts, key=lambda one: (one.occurred_at, one.entry_id))


async def specification_file(
    connection: Connection, merchant_id: MerchantId, run_id: SettlementId, *, actor: Actor
) -> str:
    """Write it for a spreadsheet; what is in ``bij`` less what is in ``af`` is the payment."""
    parts = await read_specification(connection, merchant_id, run_id, actor=actor)
    return "".join(write_rows(COLUMNS, map(_cells, parts)))


async def _parts(connection: Connection, of: Range, merchant_id: MerchantId) -> list[Part]:
    """Take apart one range, and in it every payment that never left."""
    waiting, parts = [of], list[Part]()
    while waiting:
        one = waiting.pop()
        limits = (one.from_epoch, one.from_xid, one.to_epoch, one.to_xid)
        found = await READ_PARTS.all(connection, one.account_id, *limits)
        parts += [part for part in found if part.unsent_run is None]
        for run_id in _unsent(found):
            of_run = await READ_RANGE.all(connection, run_id, merchant_id)
            waiting += [other for other in of_run if other.account_id == one.account_id]
    return parts


def _unsent(parts: Iterable[Part]) -> list[SettlementId]:
    return [part.unsent_run for part in parts if part.unsent_run is not None]


def _cells(one: Part) -> Sequence[str]:
    at = one.occurred_at.astimezone(AMSTERDAM)
    return (
        f"{at:%d-%m-%Y}",
        f"{at:%H:%M}",
        KINDS[one.kind],
        one.location or "",
        one.till or "",
        one.invoice or "",
        one.category or "",
        "" if one.price_cents is None else comma_euros(one.price_cents),
        _amount(one.credited_cents),
        _amount(one.debited_cents),
        str(one.entry_id),
    )


def _amount(cents: Cents) -> str:
    return comma_euros(cents) if cents != NO_CENTS else ""
