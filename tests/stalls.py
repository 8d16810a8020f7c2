"""What a race over HTTP needs: a server in a city of today, tills with keys, holders with money."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from checker import judge
from given.city import Budget, Holder, Merchant, Scheme, a_budget, a_holder, a_till
from given.days import NEW_YEAR, YEAR
from given.logins import a_login
from history import Books, Call, Ended, Entry, read_books
from lifted import lifted, switched_off
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from pas.auth.roles import Role
from pas.days import start_of
from pas.db import Connection
from pas.ids import EntryId, MunicipalityName, uuid7
from pas.installation import Access
from pas.ledger.book import Item, Line
from pas.ledger.prove import prove
from pas.redemptions.sell import print_key
from people import a_token
from racers import Racers
from serving import Served, serving
from tellers import Act, Basket, Device, Errand, Take, TakeBack, do_all

VELSEN: Final = MunicipalityName("velsen")
FIRST_DAY: Final = start_of(NEW_YEAR)


class Market:
    """A running server, its keys, and the processes of its customers."""

    def __init__(self, served: Served, keys: KeyStore, racers: Racers) -> None:
        self.served, self.keys, self.racers = served, keys, racers

    @property
    def print_key(self) -> bytes:
        return print_key(self.keys.ring(VELSEN))

    async def officer(self, connection: Connection, *roles: Role) -> str:
        """The token of somebody who may block cards or revoke tills."""
        login = await a_login(connection, *roles)
        return await a_token(
            connection, self.keys, issuer=self.served.url, kind="login", subject=login
        )

    async def race(
        self,
        connection: Connection,
        acts: Sequence[Act],
        *,
        at_once: int = 5,
        beside: Awaitable[Sequence[Ended]] | None = None,
    ) -> list[Call]:
        """Let all act at once, and judge what they heard beside the books.

        ``beside`` ends budgets meanwhile, and lets what is left on them return.
        """
        before, invoked = await read_books(connection), time.monotonic_ns()
        errands = [
            Errand(self.served.url, share, at_once) for share in self.racers.shares(list(acts))
        ]
        heard, changes = await asyncio.gather(
            asyncio.to_thread(self.racers.let, do_all, errands), beside or nothing()
        )
        after = await read_books(connection)
        ended = {change.account for change in changes}
        calls = lifted(heard, after, key=self.print_key, ended=ended)
        calls += lapses(before, after, invoked)
        assert judge(before, after, calls, [*switched_off(heard), *changes]) == []
        proof = await prove(connection, datetime.now(UTC))
        assert proof.closes, proof
        return calls


async def nothing() -> Sequence[Ended]:
    return ()


def lapses(before: Books, after: Books, invoked: int) -> list[Call]:
    """What returned meanwhile; nobody at a till asked for it."""
    answered = time.monotonic_ns()
    return [
        Call(item=lapse, outcome="booked", invoked=invoked, answered=answered)
        for lapse in map(as_item, after.entries.values())
        if lapse.kind == "lapse" and lapse.id not in before.entries
    ]


def as_item(entry: Entry) -> Item:
    lines = tuple(Line(move.debit, move.credit, move.amount) for move in entry.moves)
    return Item(
        id=entry.id,
        kind=entry.kind,
        fingerprint=entry.fingerprint,
        occurred_at=datetime.now(UTC),
        actor_kind="job",
        actor_id=entry.id,
        lines=lines,
    )


@asynccontextmanager
async def a_market(access: Access, folder: Path, racers: Racers) -> AsyncGenerator[Market]:
    """``pas serve`` with two workers on this database; it never answered with an error or deadlock."""
    keys = KeyStore(folder / "keys")
    make_keys(keys, VELSEN, demo=False, now=datetime.now(UTC))
    settings = {
        "database_url": access.address.url,
        "database_secret": access.address.secret,
        "key_dir": str(keys.folder),
        "workers": "2",
    }
    with serving(folder, **settings) as served:
        yield Market(served, keys, racers)
    assert "unexpected-error" not in served.wrote()


async def a_device(connection: Connection, merchant: Merchant) -> Device:
    """A till with a key of its own."""
    till, key = await a_till(connection, merchant), ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    await connection.execute("UPDATE till SET public_key = $2 WHERE id = $1", till.id, public)
    return Device(till, key.private_bytes_raw())


async def a_purse(
    connection: Connection, scheme: Scheme, cents: int, *, holder: Holder | None = None
) -> Budget:
    """A budget of this year; of somebody new unless the holder is given."""
    holder = holder or await a_holder(connection, year=YEAR)
    return await a_budget(connection, scheme, holder, cents=cents)


def a_take(*budgets: Budget, cents: int, card: Holder | None = None, holder: int = 0) -> Take:
    card = card or budgets[0].holder
    return Take(
        id=EntryId(uuid7()),
        scanned=card.token.text(),
        card=card.card,
        cents=cents,
        budgets=tuple(budget.account for budget in budgets),
        holder=holder,
    )


def sale(device: Device, *takes: Take, of: UUID | None = None) -> Basket:
    return Basket(device, takes, of)


def void(device: Device, original: Take) -> TakeBack:
    return TakeBack(device=device, id=EntryId(uuid7()), kind="void", original=original)


def refund(device: Device, original: Take, cents: int) -> TakeBack:
    back = void(device, original)
    return msgspec.structs.replace(back, kind="refund", cents=cents)


def outcomes(calls: Sequence[Call], *kinds: str) -> Counter[str | None]:
    """Count what was answered; not "busy", after which the same was asked again."""
    wanted = (call for call in calls if not kinds or call.item.kind in kinds)
    return Counter(call.outcome for call in wanted if call.outcome != "busy")
