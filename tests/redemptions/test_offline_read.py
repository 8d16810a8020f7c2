"""Everybody who reads what was sold reads what was sold without a network too, and reads it right."""

import csv
from datetime import date, datetime, timedelta
from io import StringIO

import msgspec

from given.cards import as_holder
from given.city import YEAR, Budget, a_holder
from given.days import NOW
from given.logins import NOON
from given.merchants import of_merchant
from given.offline import an_offline_till
from given.reach import a_reach_town, granted
from given.settlements import an_account, an_approved_run
from offline_desk import VELSEN, Desk
from pas.db import Connection, Database
from pas.demo.settling import until_decided
from pas.passes.show import show_pass
from pas.reach.make_report import make_report
from pas.reach.numbers import Number
from pas.redemptions.till_list import till_sales
from pas.retention.clean_up import clean_up
from pas.settlements.specification import read_specification
from pas.settlements.specification_files import specification_table
from pas.tables import csv_text


async def both(desk: Desk, purse: Budget) -> dict[str, object]:
    """A sale of fifteen euros, of which the pass can pay ten."""
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 1500)
    assert (await desk.sold(sale))[:4] == ("booked", "both", 1000, 500)
    return sale


async def test_the_holder_sees_what_went_off_the_pass_and_when(desk: Desk, purse: Budget) -> None:
    await both(desk, purse)
    holder = purse.holder
    shown = await show_pass(desk.connection, holder.pass_id, actor=as_holder(holder.id), now=NOON)
    lines = [
        (line.kind, line.amount_cents, line.merchant_name, line.occurred_at)
        for line in shown.budgets[0].history
        if line.kind != "grant"
    ]
    assert lines == [("offline", -1000, "Zwembad De Golfslag", NOON)]


async def test_the_till_and_the_merchant_see_the_whole_price(desk: Desk, purse: Budget) -> None:
    sale = await both(desk, purse)
    refused = desk.till.sell(await desk.allowed(), "onzin", 400)
    await desk.hand_in(refused)
    listed = await till_sales(desk.connection, desk.till.till.id)
    told = [(str(one.id), one.refusal, one.price_cents, one.taken_cents) for one in listed]
    assert told == [
        (refused["id"], "card-unreadable", 400, 0),
        (sale["id"], None, 1500, 1500),
    ]


async def test_a_payout_pays_it_and_its_specification_says_so(desk: Desk, purse: Budget) -> None:
    await an_account(desk.connection, desk.merchant)
    await both(desk, purse)
    run = await an_approved_run(desk.connection)
    actor = of_merchant(desk.merchant.id)
    found = await read_specification(desk.connection, desk.merchant.id, run, actor=actor, most=9)
    assert [(one.kind, one.credited_cents) for one in found.parts] == [("offline", 1500)]
    text = csv_text(await specification_table(desk.connection, desk.merchant.id, run, actor=actor))
    [row] = csv.DictReader(StringIO(text), delimiter=";")
    assert (row["soort"], row["bij"]) == ("besteding zonder internet", "15,00")


async def test_a_user_is_who_spent_of_a_budget_and_not_who_had_none(
    desk: Desk, connection: Connection
) -> None:
    town = await a_reach_town(connection)
    till = await an_offline_till(connection, town.till.merchant)
    desk = msgspec.structs.replace(desk, till=till, merchant=town.till.merchant)
    budgets = await granted(connection, town, people=40)
    permit = await desk.allowed()
    for budget in budgets[:12]:
        till.sell(permit, budget.holder.token.text(), 100)
    await desk.hand_in()
    await connection.execute(
        "UPDATE card SET state = 'blocked', state_since = $1 WHERE resident_id = $2",
        *(NOON + timedelta(minutes=1), budgets[20].holder.id),
    )
    late = NOON + timedelta(minutes=2)
    blocked = till.sell(permit, budgets[20].holder.token.text(), 100, at=late)
    assert (await desk.sold(blocked))[:2] == ("booked", "municipality")

    await until_decided(connection)
    report = await make_report(connection, year=YEAR, now=NOON, parts={})
    sport = report.scheme("sport")
    assert sport is not None
    numbers = sport.numbers("persons")
    assert numbers is not None
    assert numbers.periods["year"].used == Number(12)
    assert sport.spent_cents == 1200


async def test_the_link_of_a_person_goes_on_its_clock_and_nothing_else_leads_back(
    desk: Desk, purse: Budget, superuser: Connection, database: Database
) -> None:
    """What a sale without a network leaves behind has no card, no code and no hash of one."""
    await both(desk, purse)
    await superuser.execute("UPDATE pass SET starts_on = '2020-01-01', ends_on = '2021-01-01'")
    await superuser.execute("UPDATE processing_log SET recorded_at = '2021-01-01'")
    await superuser.execute(
        "SELECT set_budget_usable($1, '2020-01-01', '2021-01-01')", purse.account
    )
    await clean_up(database, VELSEN, now=datetime.now(NOW.tzinfo))
    assert await superuser.fetchval("SELECT count(*) FROM budget") == 0
    assert await superuser.fetchval("SELECT count(*) FROM processing_log") == 0
    kept = await superuser.fetch("SELECT to_json(s)::text AS row FROM offline_sale s")
    secrets = (purse.holder.id, purse.holder.card, purse.holder.number, purse.holder.pass_id)
    assert not any(str(secret) in row["row"] for row in kept for secret in secrets)
    assert (await desk.proof()).closes


async def test_a_digest_is_not_the_hash_of_the_text(desk: Desk, purse: Budget) -> None:
    """Or the twelve digits of a card could be tried until one fits."""
    await both(desk, purse)
    digest = await desk.connection.fetchval("SELECT digest FROM offline_sale")
    assert digest.hex() != desk.till.hash


async def test_how_a_card_stood_is_forgotten_on_its_clock(
    desk: Desk, database: Database, connection: Connection
) -> None:
    holder = await a_holder(connection)
    for state, day in (("blocked", date(2024, 5, 1)), ("active", date(2024, 6, 1))):
        await connection.execute(
            "UPDATE card SET state = $1, state_since = $2 WHERE id = $3",
            *(state, datetime(day.year, day.month, 1, tzinfo=NOON.tzinfo), holder.card),
        )
    await connection.execute("UPDATE card SET state = 'blocked', state_since = now()")
    await clean_up(database, VELSEN, now=datetime.now(NOON.tzinfo))
    kept = await connection.fetch("SELECT state FROM former_state")
    assert [row["state"] for row in kept] == ["active"]
