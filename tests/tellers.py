"""Tills in processes of their own, that send signed sales to a real server and try again."""

import asyncio
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519

from given import Till
from signing import SigningTill

PROCESSES = 3
AT_ONCE = 20
PATIENCE_SECONDS = 120
AGAIN_AFTER_SECONDS = 0.2
PATH = "/v1/velsen/redemptions"


class Order(msgspec.Struct, frozen=True):
    """One sale of one item, under the id that its till made."""

    id: str
    scanned: str
    cents: int


class Heard(msgspec.Struct, frozen=True):
    """What the till heard in the end, and how often it had asked."""

    id: str
    outcome: str
    code: str
    asked: int


def sell_all(url: str, till: Till, key: bytes, orders: Sequence[Order]) -> list[Heard]:
    """Send these from several processes at once, each many at a time."""
    shares = [list(orders[number::PROCESSES]) for number in range(PROCESSES)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        told = [pool.submit(serve_queue, url, till, key, share) for share in shares]
        return [heard for one in told for heard in one.result()]


def serve_queue(url: str, till: Till, key: bytes, orders: Sequence[Order]) -> list[Heard]:
    return asyncio.run(_queue(url, till, key, orders))


async def _queue(url: str, till: Till, key: bytes, orders: Sequence[Order]) -> list[Heard]:
    limits = httpx.Limits(max_connections=AT_ONCE)
    private = ed25519.Ed25519PrivateKey.from_private_bytes(key)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=PATIENCE_SECONDS) as client:
        sender = SigningTill(client, till, private)
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await asyncio.gather(*(_sold(sender, order) for order in orders))


async def _sold(till: SigningTill, order: Order) -> Heard:
    """The same id until there is an answer that holds."""
    item = {
        "id": order.id,
        "scanned": order.scanned,
        "priceCents": order.cents,
        "takeCents": order.cents,
    }
    asked = 0
    while True:
        asked += 1
        try:
            answer = await till.post(PATH, {"items": [item]})
        except httpx.TransportError:
            await asyncio.sleep(AGAIN_AFTER_SECONDS)
            continue
        assert answer.status_code in {200, 503}, answer.text
        if answer.status_code == 200:
            [told] = answer.json()["items"]
            code = (told["refusal"] or {}).get("code", "")
            if code != "busy":
                return Heard(order.id, told["outcome"], code, asked)
        await asyncio.sleep(AGAIN_AFTER_SECONDS)
