"""Many clients in several processes, on the same money at the same moment."""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from booking import Claim, a_sale, an_item, balance, held, taking_back
from checker import judge
from clients import Block, End, Grant, Lapse, Post, Redeem, Revoke, Spend, Undo
from given.city import (
    LAST_DAY,
    Budget,
    Scheme,
    Till,
    a_budget,
    a_child_of,
    a_holder,
    a_merchant,
    a_scheme,
    a_till,
)
from given.logins import NOON
from history import Call, read_books
from mutate import rewrite, without_ddl_guard
from pas.db import Connection
from pas.ids import EntryId, uuid7
from pas.installation import Access
from pas.ledger.book import Item, Line
from racers import RaceAll, Racers


def spend(budget: Budget, till: Till, cents: int, entry: EntryId | None = None) -> Spend:
    return Spend(entry or EntryId(uuid7()), secrets.token_bytes(32), budget, till, cents)


def outcomes(calls: Sequence[Call]) -> Counter[str | None]:
    return Counter(call.outcome for call in calls)


async def a_purse(connection: Connection, scheme: Scheme, cents: int = 20000) -> Budget:
    return await a_budget(connection, scheme, await a_holder(connection), cents=cents)


async def sold(race: RaceAll, budget: Budget, till: Till, *, times: int, cents: int) -> list[Item]:
    """Sales that are booked already, one call each."""
    sales = [a_sale(till, budget, cents) for _ in range(times)]
    calls = await race([Redeem((sale,)) for sale in sales])
    assert outcomes(calls) == {"booked": times}
    return [sale.item for sale in sales]


async def test_two_hundred_redemptions_on_one_budget(
    race: RaceAll, connection: Connection, scheme: Scheme, till: Till
) -> None:
    budget = await a_purse(connection, scheme)
    calls = await race([spend(budget, till, 150) for _ in range(200)], connections=10)
    heard = outcomes(calls)
    assert heard["booked"] == 20000 // 150
    assert heard["declined"] == 200 - 20000 // 150
    assert await balance(connection, budget.account) == 20000 % 150


async def test_one_id_fifty_times_is_booked_once(
    race: RaceAll, connection: Connection, scheme: Scheme, till: Till
) -> None:
    budget = await a_purse(connection, scheme)
    once = Redeem((a_sale(till, budget, 700),), tries=9)
    heard = outcomes(await race([once] * 50, connections=10))
    assert (heard["booked"], heard["replay"]) == (1, 49)


async def test_one_id_on_fifty_budgets_is_booked_once(
    race: RaceAll, connection: Connection, scheme: Scheme, till: Till
) -> None:
    """Nobody waits on a budget here, only on the id; who loses sends again and sees what won."""
    entry, print_ = EntryId(uuid7()), secrets.token_bytes(32)
    budgets = [await a_purse(connection, scheme) for _ in range(10)]
    sales = [
        Redeem((a_sale(till, budget, 700, id=entry, fingerprint=print_),), tries=20)
        for budget in budgets * 5
    ]
    heard = outcomes(await race(sales, connections=10))
    assert (heard["booked"], heard["replay"]) == (1, 49)
    left = sum([await balance(connection, budget.account) for budget in budgets])
    assert left == 10 * 20000 - 700


async def test_redeem_against_void(
    race: RaceAll, connection: Connection, scheme: Scheme, till: Till
) -> None:
    budget = await a_purse(connection, scheme)
    sales = await sold(race, budget, till, times=40, cents=500)
    voids = [Undo(taking_back("void", sale)) for sale in sales for _ in range(2)]
    calls = await race([*voids, *(spend(budget, till, 700) for _ in range(40))])
    voided = [call for call in calls if call.item.kind == "void"]
    assert outcomes(voided)["booked"] == 40
    assert outcomes(voided)["over_reversed"] == 40


async def test_redeem_against_refund(
    race: RaceAll, connection: Connection, scheme: Scheme, till: Till
) -> None:
    """Each original is refunded in parts that add up to more than itself, from all sides."""
    budget = await a_purse(connection, scheme)
    sales = await sold(race, budget, till, times=10, cents=2000)
    refunds = [Undo(taking_back("refund", sale, 300)) for sale in sales for _ in range(8)]
    calls = await race([*refunds, *(spend(budget, till, 90) for _ in range(40))])
    refunded = [call for call in calls if call.item.kind == "refund"]
    assert outcomes(refunded)["booked"] == 10 * (2000 // 300)


async def test_redeem_against_lapse(
    race: RaceAll, connection: Connection, scheme: Scheme, till: Till
) -> None:
    budgets = [await a_purse(connection, scheme, 3000) for _ in range(5)]
    lapses = [Lapse(budget, LAST_DAY, tries=9) for budget in budgets for _ in range(4)]
    spends = [spend(budget, till, 100) for budget in budgets for _ in range(12)]
    acts = [*lapses, *spends]
    random.Random(1).shuffle(acts)
    calls = await race(acts)
    lapsed = [call for call in calls if call.item.kind == "lapse"]
    assert outcomes(lapsed)["booked"] >= 5
    for budget in budgets:
        assert await balance(connection, budget.account) == 0


async def test_redeem_against_a_block_and_a_revocation(
    race: RaceAll, connection: Connection, scheme: Scheme
) -> None:
    """The checker finds a sale that was asked after the block was answered."""
    merchant = await a_merchant(connection)
    tills = [await a_till(connection, merchant) for _ in range(5)]
    budgets = [await a_purse(connection, scheme) for _ in range(5)]
    spends = [spend(*pair, 10) for pair in zip(budgets * 20, tills * 20, strict=True)]
    off = [Block(budget.holder.card) for budget in budgets[:3]]
    off += [Revoke(till.id) for till in tills[3:]]
    heard = outcomes(await race([*spends[:40], *off, *spends[40:]], connections=3))
    assert heard["booked"]
    assert heard["moved"]


async def test_a_void_against_a_revocation(
    race: RaceAll, connection: Connection, scheme: Scheme
) -> None:
    """The checker finds a void that was asked after its till was revoked."""
    merchant = await a_merchant(connection)
    tills = [await a_till(connection, merchant) for _ in range(4)]
    budget = await a_purse(connection, scheme)
    sales = [sale for till in tills for sale in await sold(race, budget, till, times=20, cents=10)]
    random.Random(5).shuffle(sales)
    voids = [Undo(taking_back("void", sale)) for sale in sales]
    off = [Revoke(till.id) for till in tills[2:]]
    heard = outcomes(await race([*voids[:20], *off, *voids[20:]], connections=3))
    assert heard["booked"]
    assert heard["moved"]


async def test_redeem_against_the_end_of_a_budget(
    race: RaceAll, connection: Connection, scheme: Scheme, till: Till
) -> None:
    budgets = [await a_purse(connection, scheme) for _ in range(4)]
    spends = [Redeem((a_sale(till, budget, 10),)) for budget in budgets * 20]
    ends = [End(budget.account, NOON) for budget in budgets]
    heard = outcomes(await race([*spends[:30], *ends, *spends[30:]], connections=3))
    assert heard["booked"]
    assert heard["not_usable"]


async def test_award_capture_and_release_of_one_hold(
    race: RaceAll, connection: Connection, owner: Connection, scheme: Scheme, till: Till
) -> None:
    """Six holds of 1,000 on 5,000; each captured twice, while it is also released."""
    budget = await a_purse(connection, scheme, 5000)
    waiting = [await held(owner, budget) for _ in range(6)]
    holds = [Post((an_item("hold", Line(budget.account, account, 1000)),)) for account in waiting]
    captures = [
        Post((an_item("capture", Line(account, till.merchant.account, 1000)),))
        for account in waiting * 2
    ]
    releases = [
        Post((an_item("release", Line(account, budget.account, 1000)),)) for account in waiting
    ]
    calls = await race([*holds, *captures, *releases], role="velsen", connections=6)
    calls += await race([*captures, *releases], role="velsen", connections=6)
    booked = Counter(call.item.kind for call in calls if call.outcome == "booked")
    assert 5 <= booked["hold"] <= 6
    assert booked["hold"] == booked["capture"] + booked["release"]


async def test_redeem_against_award(
    race: RaceAll, connection: Connection, owner: Connection, scheme: Scheme, till: Till
) -> None:
    """Sales and holds want the same 5,000, while what was held is captured and released."""
    budget = await a_purse(connection, scheme, 5000)
    club, purse = till.merchant.account, budget.account
    waiting = [await held(owner, budget) for _ in range(8)]
    holds = [Post((an_item("hold", Line(purse, account, 500)),)) for account in waiting]
    captures = [Post((an_item("capture", Line(account, club, 300)),)) for account in waiting * 2]
    releases = [Post((an_item("release", Line(account, purse, 200)),)) for account in waiting]
    sales = [Redeem((a_sale(till, budget, 90),)) for _ in range(60)]
    acts = [*holds, *captures, *releases, *sales]
    random.Random(5).shuffle(acts)
    calls = await race(acts, role="velsen", connections=6)
    calls += await race([*captures, *releases, *sales], role="velsen", connections=6)
    booked = Counter(call.item.kind for call in calls if call.outcome == "booked")
    assert booked["hold"]
    assert booked["capture"] == booked["release"] == booked["hold"]
    spent = booked["redeem"] * 90 + booked["capture"] * 300
    assert await balance(connection, budget.account) == 5000 - spent < 90


async def test_redeem_against_a_top_up(
    race: RaceAll, connection: Connection, scheme: Scheme, till: Till
) -> None:
    """Forty times 100 comes in while sales of 90 go out: every cent is spent, and none twice."""
    budget = await a_purse(connection, scheme, 100)
    top_up = Line(scheme.appropriation, budget.account, 100)
    grants = [Post((an_item("grant", top_up),)) for _ in range(40)]
    # What moves is decided again: with so much coming in, more often than a till would.
    sales = [msgspec.structs.replace(spend(budget, till, 90), tries=200) for _ in range(60)]
    acts = [*grants, *sales]
    random.Random(6).shuffle(acts)
    calls = await race(acts, role="velsen", connections=6)
    granted = [call for call in calls if call.item.kind == "grant"]
    assert outcomes(granted) == {"booked": 40}
    sold = outcomes([call for call in calls if call.item.kind == "redeem"])
    assert sold["booked"] + sold["declined"] == 60
    assert await balance(connection, budget.account) == 4100 - 90 * sold["booked"]


async def test_both_lock_directions(
    race: RaceAll, connection: Connection, scheme: Scheme, till: Till
) -> None:
    """Sales over two budgets, in either order, and calls over many, in any order."""
    holder = await a_holder(connection)
    schemes = [scheme, *[await a_scheme(connection) for _ in range(5)]]
    budgets = [await a_budget(connection, one, holder, cents=3000) for one in schemes]
    chance = random.Random(2)
    club = till.merchant.account

    def mixed() -> Redeem:
        sales = []
        for _ in range(chance.randrange(1, 6)):
            first, *others = chance.sample(budgets, chance.randrange(1, 5))
            lines = [Line(other.account, club, chance.randrange(1, 40)) for other in others]
            sales.append(a_sale(till, first, chance.randrange(1, 40), *lines))
        return Redeem(tuple(sales))

    heard = outcomes(await race([mixed() for _ in range(160)], connections=8))
    assert heard["booked"] > 100


async def test_families_pay_for_their_children(
    race: RaceAll, connection: Connection, scheme: Scheme, till: Till
) -> None:
    """One scan, three items under one sale; both parents at once, at two tills."""
    families = []
    for _ in range(4):
        parent = await a_holder(connection)
        children = [await a_child_of(connection, parent) for _ in range(3)]
        families.append(
            (parent, [await a_budget(connection, scheme, child, cents=900) for child in children])
        )
    other_till = await a_till(connection, await a_merchant(connection))
    acts = [
        Redeem(tuple(a_sale(at, budget, 100, card=parent) for budget in budgets))
        for parent, budgets in families
        for at in (till, other_till) * 8
    ]
    heard = outcomes(await race(acts, connections=6))
    assert heard["booked"] == 4 * 3 * 9
    assert heard["insufficient"] == 4 * 3 * 7


async def test_grants_twice_at_once(race: RaceAll, connection: Connection, scheme: Scheme) -> None:
    """Two assessments of the same people, in other chunks and another order; one with a closed pot."""
    pot = await a_scheme(connection, closed_pot=True, appropriated_cents=10**7)
    holders = [await a_holder(connection) for _ in range(40)]
    chance = random.Random(3)

    def assessment() -> list[Grant]:
        claims = [Claim(one, holder, str(holder.id)) for one in (scheme, pot) for holder in holders]
        chance.shuffle(claims)
        return [Grant(tuple(claims[at : at + 16])) for at in range(0, len(claims), 16)]

    calls = await race([*assessment(), *assessment(), *assessment()], connections=4)
    decided = await connection.fetch(
        "SELECT scheme_id, count(*) FROM scheme_grant GROUP BY scheme_id"
    )
    assert {row[1] for row in decided} == {40}
    assert outcomes(calls)["booked"] == 80
    assert await balance(connection, pot.appropriation) == 10**7 - 40 * 5000


async def test_everything_at_once(
    race: RaceAll, connection: Connection, scheme: Scheme, till: Till
) -> None:
    """Sales, voids, refunds, lapses, retries, blocks and ends over a few budgets."""
    chance = random.Random(4)
    budgets = [await a_purse(connection, scheme, 5000) for _ in range(4)]
    sales = [item for one in budgets for item in await sold(race, one, till, times=8, cents=200)]
    acts: list[Spend | Undo | Lapse | Block | End] = []
    for budget in budgets:
        acts += [spend(budget, till, chance.randrange(1, 600)) for _ in range(20)]
        acts += [Lapse(budget, LAST_DAY + timedelta(days=1))]
    acts += [Undo(taking_back("void", sale)) for sale in sales]
    acts += [Undo(taking_back("refund", sale, 150)) for sale in sales for _ in range(2)]
    acts += chance.sample(acts, 40)
    chance.shuffle(acts)
    acts[60:60] = [Block(budgets[0].holder.card), End(budgets[1].account, NOON)]
    heard = outcomes(await race(acts, connections=6))
    assert {"booked", "declined", "over_reversed", "replay"} <= heard.keys()


async def test_without_its_walls_the_ledger_loses_and_the_checker_sees_it(
    connection: Connection,
    superuser: Connection,
    access: Access,
    racers: Racers,
    scheme: Scheme,
    till: Till,
) -> None:
    budgets = [await a_purse(connection, scheme, 1_000) for _ in range(20)]
    await without_ddl_guard(superuser)
    await rewrite(
        superuser, "book", ("ORDER BY account_id\n        FOR NO KEY UPDATE", "ORDER BY account_id")
    )
    await superuser.execute(
        "ALTER TABLE balance DROP CONSTRAINT balance_never_below_zero;"
        "DROP INDEX transfer_debit; DROP INDEX transfer_credit"
    )
    before = await read_books(connection)
    # Each budget can be overspent at its last sale only: there are as many chances as budgets.
    acts = [Redeem((a_sale(till, one, 150),)) for one in budgets for _ in range(20)]
    login = access.address.login("app_velsen")
    heard = await asyncio.to_thread(racers.run, login, acts, connections=10)
    calls = [one for one in heard if isinstance(one, Call)]
    faults = {fault.what for fault in judge(before, await read_books(connection), calls)}
    assert {"overspent", "places are not dense", "turns are not dense"} <= faults
