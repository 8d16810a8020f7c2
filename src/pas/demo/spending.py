"""Sales in the demonstration city: real ones, by the same lanes that a till's requests take."""

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec

from pas.auth.keys import KeyRing
from pas.db import Connection, Database, Statement
from pas.demo.draw import Draw
from pas.demo.merchants import PAST_TILL
from pas.ids import EntryId, TillId, uuid7
from pas.money import Cents
from pas.redemptions.facts import Request
from pas.redemptions.lanes import Lanes
from pas.redemptions.sale import Answer, SaleItem, Scan
from pas.redemptions.sell import moment_in
from pas.redemptions.verdicts import lost_cents, lost_visits

AT_ONCE: Final = 64
SEED: Final = 1976
IN_VISITS: Final = 50
"""The percentage, of what can be paid in visits or in money, that is paid in visits."""
PRICES: Final = (250, 375, 450, 600, 750, 995, 1250, 1750, 2500, 3995)


class Match(msgspec.Struct, frozen=True):
    """A card and a till that takes one of its purposes; in visits where that is agreed."""

    token_hash: bytes
    till_id: TillId
    in_visits: bool


READ_MATCHES: Final = Statement(
    """
    SELECT c.token_hash, t.id AS till_id, bool_or(g.visits_account_id IS NOT NULL) AS in_visits
    FROM budget g
    JOIN pass p ON p.id = g.pass_id
    JOIN card c ON c.resident_id = p.resident_id AND c.state = 'active' AND c.form <> 'voucher'
    JOIN scheme_version v ON v.id = g.scheme_version_id
    JOIN agreement a ON a.category = ANY (v.categories)
        AND (g.visits_account_id IS NULL OR a.visit_price_cents IS NOT NULL)
    JOIN till t ON t.merchant_id = a.merchant_id AND t.name <> $1 AND t.state = 'active'
    JOIN balance b ON b.account_id = g.account_id AND b.amount > 0 AND b.usable_until > now()
    GROUP BY c.token_hash, t.id
    ORDER BY c.token_hash, t.id
    """,
    Match,
)


async def spend(
    database: Database,
    ring: KeyRing,
    count: int,
    *,
    told: Callable[[int, int], None] = lambda _done, _of: None,
) -> dict[str, int]:
    """Try this many sales: ask, then take what the quote says; says how many had which outcome."""
    async with database.connection(ring.municipality) as connection:
        matches = await matches_in(connection)
    draw, lanes = Draw(SEED), Lanes(database)
    outcomes: dict[str, int] = {}
    left = count
    while left > 0 and matches:
        chosen = [draw.one(matches) for _ in range(min(AT_ONCE, left))]
        requests = [request_for(match, draw) for match in chosen]
        answers = await asyncio.gather(
            *(
                buy(lanes, ring, match=match, request=request)
                for match, request in zip(chosen, requests, strict=True)
            )
        )
        for answer in answers:
            outcomes[answer.outcome] = outcomes.get(answer.outcome, 0) + 1
        left -= len(chosen)
        told(count - left, count)
    return outcomes


async def matches_in(connection: Connection) -> list[Match]:
    return await READ_MATCHES.all(connection, PAST_TILL)


def request_for(match: Match, draw: Draw) -> Request:
    if match.in_visits and draw.chance(IN_VISITS):
        return Request(visits=1)
    return Request(price_cents=Cents(draw.one(PRICES)))


async def buy(lanes: Lanes, ring: KeyRing, *, match: Match, request: Request) -> Answer:
    """Ask first and then take exactly that, as a cashier does; a refused quote ends it."""
    sale = SaleItem(
        id=EntryId(uuid7()),
        till_id=match.till_id,
        scan=Scan(token_hash=match.token_hash),
        request=request,
        trace_id="demonstration",
    )
    [quote] = await lanes.sell(ring.municipality, [sale], lambda: moment_in(ring))
    if quote.outcome != "quoted":
        return quote
    confirmed = frozenset(condition.code for condition in quote.conditions)
    taken = msgspec.structs.replace(
        request,
        take_cents=quote.take_cents,
        lost_cents=lost_cents(quote.warnings),
        lost_visits=lost_visits(quote.warnings),
        confirmed=confirmed,
    )
    [answer] = await lanes.sell(
        ring.municipality,
        [msgspec.structs.replace(sale, request=taken)],
        lambda: moment_in(ring),
    )
    return answer
