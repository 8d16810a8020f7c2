"""Budgets and tills as the plan of a demonstration's year sees them."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from pas.demo.plan_year import Market, Purse, Shop
from pas.demo.seasons import habits
from pas.ids import TillId
from pas.money import Cents

PLANNED_YEAR: Final = 2026


def a_purse_to_plan(number: int = 1, category: str = "sport", **changes: object) -> Purse:
    """A hundred euros of one person, the whole year."""
    purse = Purse(
        person_number=f"P{number}",
        token_hash=bytes([number % 256]) * 32,
        scheme=f"for_{category}",
        categories=[category],
        amount_cents=Cents(10_000),
        visits=None,
        usable_from=date(PLANNED_YEAR, 1, 1),
        until=date(PLANNED_YEAR + 1, 1, 1),
        spared=False,
    )
    return msgspec.structs.replace(purse, **changes)


def a_market() -> Market:
    """One till for each purpose, each with a price of a visit."""
    shops = [
        Shop(TillId(UUID(int=number)), category, Cents(500))
        for number, category in enumerate(sorted(habits()), start=1)
    ]
    return Market(shops, PLANNED_YEAR)
