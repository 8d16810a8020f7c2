"""Asks the rules for a quote, and says in short what they answered."""

from datetime import date, timedelta
from uuid import UUID

import msgspec

from given.sales import (
    NOW,
    TODAY,
    budget_facts,
    sale_facts,
)
from pas.ids import MerchantId
from pas.money import Cents
from pas.redemptions.facts import CardFacts, Facts, PassFacts, Request
from pas.redemptions.rules import decide
from pas.redemptions.verdicts import Quote, Refused, Verdict

PRICE = Request(price_cents=Cents(2000))
VISITS = Request(visits=2)
SPORT = budget_facts()
ELSEWHERE = MerchantId(UUID(int=101))
A_DAY = timedelta(days=1)


def verdict(facts: Facts, request: Request = PRICE, *, today: date = TODAY) -> Verdict:
    return decide(facts, request, now=NOW, today=today)


def quote(facts: Facts, request: Request = PRICE, *, today: date = TODAY) -> Quote:
    found = verdict(facts, request, today=today)
    assert isinstance(found, Quote), found
    return found


def paid(facts: Facts, request: Request = PRICE, *, today: date = TODAY) -> dict[int, int]:
    """Which account pays how many cents, in the order of the parts."""
    return {part.account: part.take_cents for part in quote(facts, request, today=today).parts}


def code(facts: Facts, request: Request = PRICE, *, today: date = TODAY) -> str:
    found = verdict(facts, request, today=today)
    assert isinstance(found, Refused), found
    return found.code


def the_pass(**changes: object) -> PassFacts:
    facts = sale_facts().pass_
    assert facts is not None
    return msgspec.structs.replace(facts, **changes)


def the_card(**changes: object) -> CardFacts:
    facts = sale_facts().card
    assert facts is not None
    return msgspec.structs.replace(facts, **changes)
