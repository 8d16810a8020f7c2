"""Merchants that got too much, a while ago, and the notes that ask it back."""

from typing import Final

from given.days import NOW, TODAY
from given.settlements import (
    FINANCE,
    SECOND,
    Shop,
    a_shop,
    an_approved_run,
    an_exported_run,
    give_back,
    sell,
)
from mutate import by_hand
from pas.db import Connection
from pas.settlements.debit_notes.approve import approve_debit_note
from pas.settlements.debit_notes.model import DebitNote
from pas.settlements.debit_notes.propose import propose_debit_note
from pas.settlements.payments import mark_paid

LONG: Final = 90


async def a_debtor(
    connection: Connection,
    superuser: Connection,
    *,
    cents: int = 1_000,
    days: int = LONG,
    name: str = "Sportclub De Brug",
) -> Shop:
    """A shop that was paid for a sale, and gave it back so many days ago."""
    shop = await a_shop(connection, name=name)
    sale = await sell(connection, shop, cents)
    run = await an_exported_run(connection)
    await mark_paid(connection, run, paid_on=TODAY, actor=FINANCE, now=NOW)
    await give_back(connection, shop, sale)
    await put_back(superuser, shop, days=days)
    return shop


async def put_back(superuser: Connection, shop: Shop, *, days: int) -> None:
    """Let all that happened on the account of a shop be so many days in Amsterdam longer ago."""
    await by_hand(
        superuser,
        "entry",
        "UPDATE entry SET recorded_at = (recorded_at AT TIME ZONE 'Europe/Amsterdam'"
        f" - interval '{days} days') AT TIME ZONE 'Europe/Amsterdam' WHERE id IN"
        f" (SELECT entry_id FROM transfer WHERE {shop.merchant.account} IN (debit, credit))",
    )


async def a_proposed_note(
    connection: Connection, superuser: Connection, *, cents: int = 1_000
) -> DebitNote:
    shop = await a_debtor(connection, superuser, cents=cents)
    return await propose_debit_note(connection, shop.merchant.id, actor=FINANCE, now=NOW)


async def an_approved_note(
    connection: Connection, superuser: Connection, *, cents: int = 1_000
) -> DebitNote:
    note = await a_proposed_note(connection, superuser, cents=cents)
    return await approve_debit_note(connection, note.id, actor=SECOND, now=NOW)


async def settled(connection: Connection, shop: Shop, cents: int) -> None:
    """Sell something, and let a run be approved that pays all that is owed."""
    await sell(connection, shop, cents)
    await an_approved_run(connection)
