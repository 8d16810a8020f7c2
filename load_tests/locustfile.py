"""Tills on a market day: what cashiers really do, mistakes and bad connections included.

Each user is one till with its own key. ``PAS_MARKET`` names the file with tills and cards, which
``market.py`` writes beside the city that it serves.
"""

import base64
import itertools
import os
import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from locust import FastHttpUser, between, events, task

from market import FILE, Market, MarketCard
from pas.auth.till_signature import sign_request
from pas.ids import MunicipalityName, TillId, uuid7
from pas.passes.codes import new_token

PRICES: Final = (250, 400, 450, 600, 750, 1_200, 1_750, 2_500, 4_999)
DEAR_CENTS: Final = 12_500
"""More than any budget holds, so that the holder adds the rest."""
UNKNOWN_AFTER_SECONDS: Final = 200.0
"""A till is paused at the fifth unknown card in ten minutes; nobody here gets that far."""
GOOD: Final = frozenset({"booked"})
EVERYDAY: Final = frozenset({"budget-empty", "card-limit-reached"})
"""Refusals that a cashier meets on any day; all others are failures here."""
RETRIED: Final = "sell, retried"


class Refusal(msgspec.Struct):
    code: str


class Loss(msgspec.Struct, rename="camel"):
    """What a cashier tells the holder would be lost."""

    lost_cents: int
    lost_visits: int


class Item(msgspec.Struct, rename="camel"):
    """The part of an answer that a cashier acts on."""

    id: UUID
    outcome: str
    take_cents: int
    ask_cents: int
    refusal: Refusal | None = None
    warnings: list[Loss] = []


class Answers(msgspec.Struct):
    items: list[Item]


ANSWERS: Final = msgspec.json.Decoder(Answers)
MARKET: Final = msgspec.json.decode(
    Path(os.environ.get("PAS_MARKET", FILE)).read_bytes(), type=Market
)
FAMILIES: Final = [card for card in MARKET.cards if card.children]
tills = itertools.cycle(MARKET.tills)


class Till(FastHttpUser):
    """A cashier with a device; a sale every few seconds, as in a queue."""

    wait_time = between(0.5, 3)

    def on_start(self) -> None:
        till = next(tills)
        self.till_id = TillId(UUID(till.id))
        self.key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(till.key))
        self.sold: list[tuple[UUID, bytes]] = []
        self.unknown_at = -UNKNOWN_AFTER_SECONDS

    @task(60)
    def sale(self) -> None:
        """Ask, tell the holder, take what was said."""
        self.sell(self.basket(random.choice(MARKET.cards), random.choice(PRICES)))

    @task(10)
    def part_payment(self) -> None:
        """Something dear: the pass pays what it can, the holder the rest."""
        self.sell(self.basket(random.choice(MARKET.cards), DEAR_CENTS))

    @task(10)
    def family(self) -> None:
        """A parent pays for the children, each from their own pass, in one sale."""
        if not FAMILIES:
            return
        card, price = random.choice(FAMILIES), random.choice(PRICES)
        category = random.choice(MARKET.categories)
        holders = range(1, card.children + 1)
        self.sell([{**self.item(card, price, category), "holder": child} for child in holders])

    @task(8)
    def only_ask(self) -> None:
        """The holder only wants to know, or changes their mind."""
        self.quote(self.basket(random.choice(MARKET.cards), random.choice(PRICES)))

    @task(5)
    def retry(self) -> None:
        """The answer got lost on the way: the same id again must give the same answer."""
        if not self.sold:
            return
        sale, body = random.choice(self.sold)
        answers = self.send("redemptions", body, name=RETRIED, expected=GOOD)
        assert answers is None or any(item.id == sale for item in answers.items)

    @task(3)
    def void(self) -> None:
        """A mistake, undone at once."""
        if not self.sold:
            return
        sale, _ = self.sold.pop()
        body = msgspec.json.encode({"id": uuid7(), "reason": "verkeerd bedrag"})
        target = f"/v1/{MARKET.municipality}/redemptions/{sale}/voids"
        with self.client.request(
            *("POST", target),
            data=body.decode(),
            headers=self.headers(target, body),
            name="void",
            catch_response=True,
        ) as answer:
            if answer.status_code != 200:
                answer.failure(f"{answer.status_code}: {answer.text}")

    @task(2)
    def look_back(self) -> None:
        """The list of this till's last sales."""
        target = f"/v1/{MARKET.municipality}/redemptions"
        self.client.get(target, headers=self.headers(target, b"", "GET"), name="list")

    @task(1)
    def unknown_card(self) -> None:
        """A card that nobody gave out is refused, and counts against the till."""
        if time.monotonic() < self.unknown_at + UNKNOWN_AFTER_SECONDS:
            return
        self.unknown_at = time.monotonic()
        code = new_token(MunicipalityName(MARKET.municipality)).text()
        item = self.item(MarketCard(code, 0), 400, random.choice(MARKET.categories))
        body = msgspec.json.encode({"items": [item]})
        self.send("quotes", body, name="unknown card", expected=frozenset({"refused"}))

    def basket(self, card: MarketCard, price: int) -> list[dict[str, object]]:
        return [self.item(card, price, random.choice(MARKET.categories))]

    def item(self, card: MarketCard, price: int, category: str) -> dict[str, object]:
        return {"scanned": card.code, "priceCents": price, "category": category}

    def quote(self, basket: list[dict[str, object]]) -> Answers | None:
        body = msgspec.json.encode({"items": basket})
        return self.send("quotes", body, name="ask", expected=frozenset({"quoted"}))

    def sell(self, basket: list[dict[str, object]]) -> None:
        """Take exactly what the quote said; when the world moved since, ask once more."""
        asked = self.quote(basket)
        if asked is None:
            return
        sale_id = uuid7()
        items = [
            {
                **item,
                "id": uuid7(),
                "takeCents": told.take_cents,
                "lostCents": sum(loss.lost_cents for loss in told.warnings),
                "lostVisits": sum(loss.lost_visits for loss in told.warnings),
            }
            for item, told in zip(basket, asked.items, strict=True)
        ]
        body = msgspec.json.encode({"items": items, "saleId": sale_id})
        expected = GOOD | {"moved"}
        answers = self.send("redemptions", body, name="sell", expected=expected)
        if answers is not None and all(item.outcome == "booked" for item in answers.items):
            self.sold = [*self.sold[-20:], (answers.items[0].id, body)]

    def send(
        self, what: str, body: bytes, *, name: str, expected: frozenset[str]
    ) -> Answers | None:
        """Send, and hold the answer against what a cashier may expect."""
        target = f"/v1/{MARKET.municipality}/{what}"
        with self.client.request(
            *("POST", target),
            data=body.decode(),
            headers=self.headers(target, body),
            name=name,
            catch_response=True,
        ) as answer:
            if answer.status_code != 200:
                answer.failure(f"{answer.status_code}: {answer.text}")
                return None
            answers = ANSWERS.decode(answer.content)
            others = [item for item in answers.items if item.outcome not in expected]
            for item in others:
                code = item.refusal.code if item.refusal else ""
                if code not in EVERYDAY:
                    answer.failure(f"{item.outcome}: {code}")
            return None if others else answers

    def headers(self, target: str, body: bytes, method: str = "POST") -> dict[str, str]:
        signed = sign_request(
            self.key,
            till_id=self.till_id,
            method=method,
            target=target,
            body=body,
            now=datetime.now(UTC),
        )
        return {"content-type": "application/json", **signed}


@events.test_stop.add_listener
def tell(environment: object, **_: object) -> None:
    """Say what to look at."""
    del environment
    print("A failure here is an answer that no cashier should have got.")
