"""Calls of the ledger's functions as a use case makes them: items in, one outcome per item out."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

import msgspec
import pytest

from given.city import FIRST_DAY, LAST_DAY, Budget, Holder, Scheme, Till
from given.logins import NOON, OFFICER
from pas.days import day_of
from pas.db import Connection
from pas.ids import AccountId, EntryId, uuid7
from pas.ledger.accounts import new_account_id
from pas.ledger.book import Item, Line, line_arrays
from pas.money import Cents
from pas.redemptions.facts import Limits

Connect = Callable[[], Awaitable[Connection]]
UNLIMITED = Limits(till_sales=10**6, card_sales=10**6, card_cents=Cents(10**12))

BOOK = "SELECT book($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
REDEEM = (
    "SELECT redeem_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
    " $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)"
)
REVERSE = (
    "SELECT reverse_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
    " $17, $18)"
)

GRANT = (
    "SELECT grant_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
    " $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)"
)
LAPSE = "SELECT lapse_batch($1, $2, $3, $4, $5, $6, $7)"


def an_item(kind: str, *lines: Line, **fields: object) -> Item:
    """An item to book, new unless its id is given."""
    given = {
        "id": EntryId(uuid7()),
        "fingerprint": secrets.token_bytes(32),
        "occurred_at": NOON,
        "actor_kind": "till",
        "actor_id": OFFICER,
        **fields,
    }
    return Item(kind=kind, lines=lines, **given)  # pyright: ignore[reportArgumentType]


async def book(owner: Connection, *items: Item) -> list[str]:
    """Call book() itself; the connection is the owner's, since nobody who logs in may."""
    arrays = line_arrays(items)
    return await owner.fetchval(
        BOOK,
        [item.id for item in items],
        [item.kind for item in items],
        [item.refusal for item in items],
        [item.fingerprint for item in items],
        [item.reverses for item in items],
        [item.replaces for item in items],
        [item.occurred_at for item in items],
        [item.actor_kind for item in items],
        [item.actor_id for item in items],
        *(arrays.accounts, arrays.items, arrays.debits, arrays.credits),
        *(arrays.amounts, arrays.reversed, arrays.seen),
    )


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """A sale that the rules decided: an item, who paid, and what was asked and taken."""

    item: Item
    till: Till
    subject: Holder
    card: UUID
    category: str = "sport"
    price_cents: int
    visits: int = 0
    sale: UUID | None = None
    taken: int | None = None
    """What is said to be taken, when it is not what the lines move."""

    @property
    def taken_cents(self) -> int:
        if self.taken is not None:
            return self.taken
        paid = self.till.merchant.account
        return sum(line.amount for line in self.item.lines if line.credit == paid)


def a_sale(
    till: Till,
    budget: Budget,
    cents: int,
    *lines: Line,
    card: Holder | None = None,
    **fields: object,
) -> Sale:
    """Pay from one budget, with any further lines; by the holder's own card unless another's."""
    paid = Line(debit=budget.account, credit=till.merchant.account, amount=cents)
    item = an_item("redeem", paid, *lines, actor_id=till.id, **fields)
    return Sale(
        item=item,
        till=till,
        subject=budget.holder,
        card=(card or budget.holder).card,
        price_cents=sum(line.amount for line in item.lines if line.credit == till.merchant.account),
        visits=sum(line.amount for line in item.lines if line.credit == budget.scheme.used),
    )


def a_refusal(till: Till, holder: Holder, refusal: str, **fields: object) -> Sale:
    """A sale that the rules declined; `seen` in the fields names what that rests on."""
    item = an_item("redeem", refusal=refusal, actor_id=till.id, **fields)
    return Sale(item=item, till=till, subject=holder, card=holder.card, price_cents=1000)


async def redeem(connection: Connection, *sales: Sale, limits: Limits = UNLIMITED) -> list[str]:
    """Book sales in one call; the connection is the app's. Races go faster than limits allow."""
    return await connection.fetchval(REDEEM, *redeem_arguments(sales, limits))


def redeem_arguments(sales: Sequence[Sale], limits: Limits = UNLIMITED) -> list[object]:
    """The arrays of a call: fourteen of the ledger, twelve beside them, and three limits."""
    items = [sale.item for sale in sales]
    arrays = line_arrays(items)
    return [
        [item.id for item in items],
        [item.kind for item in items],
        [item.refusal for item in items],
        [item.fingerprint for item in items],
        [item.replaces for item in items],
        [item.occurred_at for item in items],
        [item.actor_kind for item in items],
        [item.actor_id for item in items],
        *(arrays.accounts, arrays.items, arrays.debits, arrays.credits),
        *(arrays.amounts, arrays.seen),
        [sale.till.id for sale in sales],
        [sale.till.merchant.id for sale in sales],
        [sale.till.merchant.location for sale in sales],
        [sale.card for sale in sales],
        [sale.subject.id for sale in sales],
        [sale.category for sale in sales],
        [sale.price_cents for sale in sales],
        [sale.taken_cents for sale in sales],
        [sale.visits for sale in sales],
        [sale.sale for sale in sales],
        ["0" * 32 for _ in sales],
        [0 for _ in sales],
        *(limits.till_sales, limits.card_sales, limits.card_cents),
    ]


def a_reversal(
    kind: str, sale: Sale, cents: int | None = None, *onward: Line, **fields: object
) -> Item:
    """Take back a sale, whole or so many cents of its first line; `onward` moves on what came."""
    return taking_back(kind, sale.item, cents, *onward, **fields)


def taking_back(
    kind: str, original: Item, cents: int | None = None, *onward: Line, **fields: object
) -> Item:
    back = [
        Line(debit=line.credit, credit=line.debit, amount=line.amount, reversed_line=number)
        for number, line in enumerate(original.lines, start=1)
    ]
    if cents is not None:
        back = [msgspec.structs.replace(back[0], amount=cents)]
    given = {"actor_id": original.actor_id, **fields}
    return an_item(kind, *back, *onward, reverses=original.id, **given)


def taken_back(item: Item) -> int:
    """What the merchant gives back: its line of the original comes first."""
    club = item.lines[0].debit
    return sum(line.amount for line in item.lines if line.reversed_line and line.debit == club)


async def reverse(
    connection: Connection,
    *items: Item,
    takes: list[int] | None = None,
    voids_since: datetime = FIRST_DAY,
) -> list[str]:
    """Void or refund in one call, at the till of its actor; the connection is the app's."""
    return await connection.fetchval(REVERSE, *reverse_arguments(items, takes), voids_since)


def reverse_arguments(items: Sequence[Item], takes: list[int] | None = None) -> list[object]:
    """The arrays of a call: thirteen of the ledger, and four beside them."""
    arrays = line_arrays(items)
    return [
        [item.id for item in items],
        [item.kind for item in items],
        [item.fingerprint for item in items],
        [item.reverses for item in items],
        [item.occurred_at for item in items],
        [item.actor_kind for item in items],
        [item.actor_id for item in items],
        *(arrays.accounts, arrays.items, arrays.debits, arrays.credits),
        *(arrays.amounts, arrays.reversed),
        [item.actor_id if item.actor_kind == "till" else None for item in items],
        takes or [taken_back(item) for item in items],
        ["mistake" for _ in items],
        ["0" * 32 for _ in items],
    ]


class Claim(msgspec.Struct, frozen=True):
    """One grant to make: what, for whom, how much."""

    scheme: Scheme
    holder: Holder
    claim: str
    cents: int = 5000
    visits: int | None = None
    entry: EntryId = msgspec.field(default_factory=lambda: EntryId(uuid7()))
    account: AccountId = msgspec.field(default_factory=new_account_id)
    print_: bytes = msgspec.field(default_factory=lambda: secrets.token_bytes(32))

    def item(self) -> Item:
        """The entry that this grant will be."""
        line = Line(self.scheme.appropriation, self.account, self.cents)
        return an_item("grant", line, id=self.entry, fingerprint=self.print_)


async def grant(connection: Connection, *claims: Claim) -> list[str]:
    decisions = [uuid4() for _ in claims]
    await connection.executemany(
        """
        INSERT INTO decision (id, resident_id, household_number, year, cause, assessed_on,
            decided_at, verdicts, actor_kind, actor_id)
        VALUES ($1, $2, 'H', 2026, 'assessment', $3, $4, '[]', 'login', $5)
        """,
        [
            (decision, claim.holder.id, NOON.date(), NOON, OFFICER)
            for decision, claim in zip(decisions, claims, strict=True)
        ],
    )
    return await connection.fetchval(GRANT, *grant_arguments(claims, decisions))


def grant_arguments(claims: Sequence[Claim], decisions: Sequence[UUID]) -> list[object]:
    """Twenty-two arrays, with the day after the fifteenth, and then when and by whom."""
    many = len(claims)
    return [
        [claim.entry for claim in claims],
        [claim.print_ for claim in claims],
        [uuid4() for _ in claims],
        decisions,
        [claim.holder.id for claim in claims],
        ["H"] * many,
        [claim.scheme.id for claim in claims],
        [claim.scheme.version for claim in claims],
        [claim.scheme.year for claim in claims],
        [claim.claim for claim in claims],
        ["2026"] * many,
        [claim.cents for claim in claims],
        [claim.visits for claim in claims],
        *([day_of(FIRST_DAY)] * many, [day_of(LAST_DAY)] * many, NOON.date()),
        [claim.holder.pass_id for claim in claims],
        [claim.account for claim in claims],
        [None if claim.visits is None else new_account_id() for claim in claims],
        *([FIRST_DAY] * many, [LAST_DAY] * many, [None] * many, [day_of(LAST_DAY)] * many),
        *(NOON, "login", OFFICER),
    ]


async def lapse(
    connection: Connection,
    budget: AccountId,
    amount: int,
    *,
    entry: EntryId | None = None,
    print_: bytes | None = None,
    at: datetime = NOON,
) -> str:
    """Return what is left of one budget to its appropriation."""
    (outcome,) = await connection.fetchval(
        LAPSE,
        *([entry or uuid7()], [print_ or secrets.token_bytes(32)], [budget], [amount]),
        *(at, "job", OFFICER),
    )
    return outcome


async def balance(connection: Connection, account: AccountId) -> int:
    """What a guarded account stores."""
    return await connection.fetchval("SELECT amount FROM balance WHERE account_id = $1", account)


async def held(owner: Connection, budget: Budget) -> AccountId:
    """Open an account where money of this budget's scheme waits for a club to confirm."""
    (account,) = await owner.fetchval(
        "SELECT open_accounts(ARRAY[$1::bigint], '{held}', '{cents}', ARRAY[$2::uuid], ARRAY[$3::smallint],"
        " '{null}', '{true}', '{-infinity}', ARRAY[$4::timestamptz])",
        *(new_account_id(), budget.scheme.id, budget.scheme.year, LAST_DAY),
    )
    return account


async def until_waiting(waiter: Connection, *, on: Connection) -> None:
    """Return when the waiter waits for a lock that the other holds."""
    for _ in range(500):
        waiting = await on.fetchval(
            "SELECT pg_backend_pid() = ANY (pg_blocking_pids($1))", waiter.get_server_pid()
        )
        if waiting:
            return
        await asyncio.sleep(0.01)
    pytest.fail("nobody waits")
