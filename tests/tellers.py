"""What tills and officers do over HTTP: signed, to a real server, again until there is an answer."""

import asyncio
import itertools
import pickle
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias
from uuid import UUID

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519

from given.city import Till
from pas.ids import AccountId, CardId, EntryId, TillId, uuid7
from signing import SigningTill

PATIENCE_SECONDS = 120
AGAIN_AFTER_SECONDS = 0.2
SALES = "/v1/velsen/redemptions"
REASON = "mistake"
PRICES = (50, 100, 150)
"""Of a stall: what they add up to empties some passes to the cent."""
ANSWERED = {200, 401, 403, 404, 409, 429}
"""Anything else is no answer to a till; 503 says to send the same again."""


class Device(msgspec.Struct, frozen=True):
    """A till with its own key."""

    till: Till
    key: bytes


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a sale: exactly so much from one pass, which has these budgets for it."""

    id: EntryId
    scanned: str
    card: CardId
    cents: int
    budgets: tuple[AccountId, ...]
    holder: int = 0


class Basket(msgspec.Struct, frozen=True):
    """A sale: its items in the order in which they are sent."""

    device: Device
    takes: tuple[Take, ...]
    sale: UUID | None = None


class TakeBack(msgspec.Struct, frozen=True, kw_only=True):
    """A void, or a refund of so much."""

    device: Device
    id: EntryId
    kind: Literal["void", "refund"]
    original: Take
    cents: int | None = None


class BlockCard(msgspec.Struct, frozen=True):
    """An officer blocks a card."""

    token: str
    card: CardId


class RevokeTill(msgspec.Struct, frozen=True):
    """An officer revokes a till."""

    token: str
    till: TillId


Act: TypeAlias = Basket | TakeBack | BlockCard | RevokeTill


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its answer; no status where the connection was lost."""

    act: Act
    invoked: int
    asked_at: datetime
    status: int | None = None
    body: bytes = b""
    answered: int | None = None


class Errand(msgspec.Struct, frozen=True):
    """What one process does: so many requests at once, each the next when it has its answer."""

    url: str
    acts: tuple[Act, ...]
    at_once: int = 6


async def do_all(errand: Errand, ready: Callable[[], object]) -> list[Heard]:
    heard: list[Heard] = []
    limits = httpx.Limits(max_connections=errand.at_once)
    async with httpx.AsyncClient(
        base_url=errand.url, limits=limits, timeout=PATIENCE_SECONDS
    ) as client:

        async def in_turn(acts: tuple[Act, ...]) -> None:
            for act in acts:
                await until_answered(client, act, heard.append)

        await asyncio.to_thread(ready)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(
                *(in_turn(errand.acts[at :: errand.at_once]) for at in range(errand.at_once))
            )
    return heard


async def until_answered(
    client: httpx.AsyncClient, act: Act, note: Callable[[Heard], object]
) -> Heard:
    """Send the same ids until there is an answer that holds; each request is told, before and after."""
    while True:
        heard = Heard(act=act, invoked=time.monotonic_ns(), asked_at=datetime.now(UTC))
        note(heard)
        try:
            answer = await send(client, act)
        except httpx.TransportError:
            await asyncio.sleep(AGAIN_AFTER_SECONDS)
            continue
        heard = msgspec.structs.replace(
            heard, status=answer.status_code, body=answer.content, answered=time.monotonic_ns()
        )
        note(heard)
        assert answer.status_code in {*ANSWERED, 503}, answer.text
        if answer.status_code != 503 and b'"busy"' not in answer.content:
            return heard
        await asyncio.sleep(AGAIN_AFTER_SECONDS)


async def send(client: httpx.AsyncClient, act: Act) -> httpx.Response:
    body: dict[str, object]
    match act:
        case Basket():
            return await signing(client, act.device).post(SALES, body_of(act))
        case TakeBack(id=id_, original=original, cents=cents):
            body = {"id": id_, "reason": REASON}
            if cents is not None:
                body["amountCents"] = cents
            path = f"{SALES}/{original.id}/{act.kind}s"
            return await signing(client, act.device).post(path, body)
        case BlockCard(token, card):
            path = f"/v1/velsen/cards/{card}/block"
            body = {"blocked": True, "reason": REASON}
        case RevokeTill(token, till):
            path = f"/v1/velsen/tills/{till}/revocation"
            body = {"reason": REASON}
    return await client.put(path, json=body, headers={"authorization": f"Bearer {token}"})


def signing(client: httpx.AsyncClient, device: Device) -> SigningTill:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(device.key)
    return SigningTill(client, device.till, key)


def body_of(basket: Basket) -> dict[str, object]:
    items = [
        {
            "id": take.id,
            "scanned": take.scanned,
            "priceCents": take.cents,
            "takeCents": take.cents,
            "holder": take.holder,
        }
        for take in basket.takes
    ]
    return {"items": items} if basket.sale is None else {"items": items, "saleId": basket.sale}


class Stall(msgspec.Struct, frozen=True, kw_only=True):
    """What a process sells until a file says that it is closed: at so many tills at once.

    ``passes`` are takes of which only pass and budgets count. Each till waits between two sales,
    so that no limit of a till or a card is reached.
    """

    url: str
    devices: tuple[Device, ...]
    passes: tuple[Take, ...]
    at_once: int
    pause_seconds: float
    seed: int
    journal: Path
    closed: Path


def keep_stall(stall: Stall) -> None:
    """Write each request in the journal before it is sent and after it is answered; count answers."""
    asyncio.run(_keep_stall(stall))


async def _keep_stall(stall: Stall) -> None:
    async with httpx.AsyncClient(base_url=stall.url, timeout=PATIENCE_SECONDS) as client:
        answers = stall.journal.with_name(f"answers-{stall.seed}")
        with stall.journal.open("ab", 0) as journal, answers.open("ab", 0) as counted:

            def note(heard: Heard) -> None:
                journal.write(pickle.dumps([heard]))
                if heard.status == 200:
                    counted.write(b".")

            await asyncio.gather(
                *(_keep_till(client, stall, number, note) for number in range(stall.at_once))
            )


async def _keep_till(
    client: httpx.AsyncClient, stall: Stall, number: int, note: Callable[[Heard], object]
) -> None:
    """Sell to all passes in turn, and take some sales back."""
    chance = random.Random(stall.seed + number)
    passes = list(stall.passes)
    chance.shuffle(passes)
    for place in itertools.count():
        if stall.closed.exists():
            return
        device = stall.devices[(number + place * stall.at_once) % len(stall.devices)]
        take = msgspec.structs.replace(
            passes[place % len(passes)], id=EntryId(uuid7()), cents=chance.choice(PRICES)
        )
        heard = await until_answered(client, Basket(device, (take,)), note)
        if b'"booked"' in heard.body and chance.random() < 0.3:
            back = TakeBack(device=device, id=EntryId(uuid7()), kind="void", original=take)
            await until_answered(client, back, note)
        await asyncio.sleep(stall.pause_seconds)
