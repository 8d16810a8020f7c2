"""What a client can do, and what it hears; it connects again when its connection is lost."""

import asyncio
import pickle
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Self, TypeAlias

import asyncpg
import msgspec

from booking import (
    Claim,
    Sale,
    a_refusal,
    a_sale,
    an_item,
    book,
    grant,
    lapse,
    redeem,
    reverse,
    taking_back,
)
from given.city import FIRST_DAY, Budget, Till
from history import Call, Ended, SwitchedOff
from pas.db import CONNECTION_LOST, Connection, Login
from pas.ids import AccountId, CardId, EntryId, TillId, uuid7
from pas.ledger.book import Item, Line, Seen

Heard: TypeAlias = Call | SwitchedOff | Ended
PROCESSES = 4
AGAIN = {"PA001", "55P03", "57014"}
"""An id booked elsewhere at that moment, a lock or a statement that took too long: send it again."""


class Spend(msgspec.Struct, frozen=True):
    """A sale as a till makes it: read, decide, book or decline; the same id until there is an answer."""

    id: EntryId
    fingerprint: bytes
    budget: Budget
    till: Till
    cents: int
    tries: int = 5


class Redeem(msgspec.Struct, frozen=True):
    """Sales in one call, already decided."""

    sales: tuple[Sale, ...]
    tries: int = 1


class Undo(msgspec.Struct, frozen=True):
    """A void or refund."""

    item: Item
    tries: int = 3


class Lapse(msgspec.Struct, frozen=True):
    """Return what is left, as read, at the end of a budget."""

    budget: Budget
    at: datetime
    tries: int = 3


class Post(msgspec.Struct, frozen=True):
    """Items straight to book(), for what has no function of its own yet; as superuser."""

    items: tuple[Item, ...]


class Grant(msgspec.Struct, frozen=True):
    """Grants in one call."""

    claims: tuple[Claim, ...]


class Block(msgspec.Struct, frozen=True):
    """Block a card."""

    card: CardId


class Revoke(msgspec.Struct, frozen=True):
    """Revoke a till."""

    till: TillId


class End(msgspec.Struct, frozen=True):
    """End a budget at an instant."""

    account: AccountId
    until: datetime


class Shop(msgspec.Struct, frozen=True):
    """Sales and voids over these budgets, until a file says that it is closed."""

    budgets: tuple[Budget, ...]
    till: Till
    seed: int
    closed: str


Act: TypeAlias = Spend | Redeem | Undo | Lapse | Post | Grant | Block | Revoke | End | Shop


class Race(msgspec.Struct, frozen=True):
    """What one process does: over how many connections, which acts, in turns."""

    login: Login
    connections: int
    acts: tuple[Act, ...]
    role: str | None = None
    patience_seconds: float = 60
    journal: str | None = None


class Client:
    """A connection that is made again when it is lost."""

    def __init__(self, race: Race) -> None:
        self.race = race
        self.connection: asyncpg.Connection[asyncpg.Record]

    def note(self, heard: Sequence[Call]) -> None:
        """Write down before asking and after hearing, so that it outlives a killed process."""
        if self.race.journal is not None:
            with Path(self.race.journal).open("ab", buffering=0) as file:
                file.write(pickle.dumps(heard))

    async def connect(self) -> Self:
        """Connect, as soon as the server is there."""
        deadline = time.monotonic() + self.race.patience_seconds
        while True:
            try:
                self.connection = await self.race.login.connect()
            except CONNECTION_LOST:
                assert time.monotonic() < deadline, "the server does not come back"
                await asyncio.sleep(0.05)
            else:
                return await self.prepared()

    async def prepared(self) -> Self:
        if self.race.role is not None:
            await self.connection.execute(f"SET search_path = {self.race.role}, pg_temp")
        return self

    async def renew(self) -> None:
        self.connection.terminate()
        await self.connect()


async def perform(client: Client, act: Act) -> list[Heard]:
    match act:
        case Spend():
            return await spend(client, act)
        case Redeem(sales, tries):
            return await sold(client, sales, tries=tries)
        case Undo(item, tries):
            asked = [msgspec.structs.replace(one, rests_on=(item.actor_id,)) for one in asks(item)]
            return await send(client, asked, lambda: reverse(client.connection, item), tries)
        case Lapse():
            return await lapsed(client, act)
        case Post(items):
            return await send(client, asks(*items), lambda: book(client.connection, *items), 3)
        case Grant(claims):
            return await granted(client, claims)
        case Shop():
            return await shop(client, act)
        case _:
            return [await changed(client.connection, act)]


def asks(*items: Item) -> list[Call]:
    return [Call(item=item, outcome=None, invoked=0) for item in items]


async def send(
    client: Client,
    asked: Sequence[Call],
    call: Callable[[], Awaitable[list[str]]],
    tries: int = 1,
) -> list[Heard]:
    """Call, and note what was asked and heard; an error is an answer too, which the checker judges."""
    heard: list[Heard] = []
    for _ in range(tries):
        invoked, answered = time.monotonic_ns(), None
        outcomes: list[str | None] = [None] * len(asked)
        client.note([msgspec.structs.replace(one, invoked=invoked) for one in asked])
        try:
            outcomes = [*await call()]
            answered = time.monotonic_ns()
        except CONNECTION_LOST:
            pass
        except asyncpg.PostgresError as error:
            answered = time.monotonic_ns()
            again = error.sqlstate in AGAIN
            outcomes = ["again" if again else f"error {error.sqlstate}"] * len(asked)
        calls = [
            msgspec.structs.replace(one, outcome=outcome, invoked=invoked, answered=answered)
            for one, outcome in zip(asked, outcomes, strict=True)
        ]
        client.note(calls)
        heard += calls
        if answered is None:
            await client.renew()
        elif not {"busy", "again"} & {*outcomes}:
            break
    return heard


async def sold(
    client: Client, sales: Sequence[Sale], *, wanted: int = 0, tries: int = 1
) -> list[Heard]:
    """What a sale rests on is noted with it: its card and its till."""
    asked = [
        Call(
            item=sale.item,
            outcome=None,
            invoked=0,
            rests_on=(sale.card, sale.till.id),
            wanted=wanted,
        )
        for sale in sales
    ]
    return await send(client, asked, lambda: redeem(client.connection, *sales), tries)


async def spend(client: Client, act: Spend) -> list[Heard]:
    """Read and decide anew for each try: known, enough, or too little."""
    heard: list[Heard] = []
    for _ in range(act.tries):
        try:
            sale = await decided(client.connection, act)
        except CONNECTION_LOST:
            await client.renew()
            continue
        for call in await sold(client, [sale], wanted=act.cents):
            assert isinstance(call, Call)
            heard.append(call)
            if call.outcome not in {"moved", "insufficient", "again", "busy", None}:
                return heard
    return heard


async def decided(connection: Connection, act: Spend) -> Sale:
    (row,) = await connection.fetch(
        "SELECT amount, movements, EXISTS (SELECT 1 FROM entry e WHERE e.id = $2)"
        " FROM balance WHERE account_id = $1",
        *(act.budget.account, act.id),
    )
    amount, movements, is_known = row
    if amount >= act.cents or is_known:
        return a_sale(act.till, act.budget, act.cents, id=act.id, fingerprint=act.fingerprint)
    return a_refusal(
        act.till,
        act.budget.holder,
        "budget-empty",
        seen=(Seen(act.budget.account, movements),),
        id=act.id,
        fingerprint=act.fingerprint,
    )


async def shop(client: Client, act: Shop) -> list[Heard]:
    """Spend, and take some sales back."""
    heard: list[Heard] = []
    chance = random.Random(act.seed)
    closed = Path(act.closed)
    while not await asyncio.to_thread(closed.exists):
        budget, cents = chance.choice(act.budgets), chance.randrange(1, 500)
        sale = Spend(EntryId(uuid7()), chance.randbytes(32), budget, act.till, cents, tries=50)
        calls = await spend(client, sale)
        heard += calls
        for call in calls:
            if isinstance(call, Call) and call.outcome == "booked" and chance.random() < 0.3:
                heard += await perform(client, Undo(taking_back("void", call.item), tries=50))
    return heard


async def lapsed(client: Client, act: Lapse) -> list[Heard]:
    """Read what is left and send that; another read if it has moved."""
    heard: list[Heard] = []
    account, year = act.budget.account, act.budget.scheme.appropriation
    for _ in range(act.tries):
        amount = await client.connection.fetchval(
            "SELECT amount FROM balance WHERE account_id = $1", account
        )
        if amount == 0:
            break
        item = an_item("lapse", Line(account, year, amount), occurred_at=act.at)
        heard += await send(client, asks(item), partial(one_lapse, client, item))
        last = heard[-1]
        if isinstance(last, Call) and last.outcome == "booked":
            break
    return heard


async def one_lapse(client: Client, item: Item) -> list[str]:
    (line,) = item.lines
    return [
        await lapse(
            *(client.connection, line.debit, line.amount),
            entry=item.id,
            print_=item.fingerprint,
            at=item.occurred_at,
        )
    ]


async def granted(client: Client, claims: Sequence[Claim]) -> list[Heard]:
    """Only what was granted is noted: who was granted before has no entry of this call."""
    asked = asks(*(claim.item() for claim in claims))
    calls = await send(client, asked, lambda: grant(client.connection, *claims))
    return [call for call in calls if isinstance(call, Call) and call.outcome != "already"]


async def changed(connection: Connection, act: Block | Revoke | End) -> Heard:
    invoked = time.monotonic_ns()
    match act:
        case Block(card):
            await connection.execute("UPDATE card SET state = 'blocked' WHERE id = $1", card)
            return SwitchedOff(subject=card, invoked=invoked, answered=time.monotonic_ns())
        case Revoke(till):
            await connection.execute("UPDATE till SET state = 'revoked' WHERE id = $1", till)
            return SwitchedOff(subject=till, invoked=invoked, answered=time.monotonic_ns())
        case End(account, until):
            await connection.execute(
                "SELECT set_budget_usable($1, $2, $3)", account, FIRST_DAY, until
            )
            answered = time.monotonic_ns()
            return Ended(account=account, until=until, invoked=invoked, answered=answered)
