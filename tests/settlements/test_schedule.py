"""A run is proposed on the day that the municipality chose, by nobody; one that waits is left alone."""

from datetime import timedelta

from given.days import NOW, TODAY
from given.settlements import FINANCE, a_setting, a_shop, sell
from pas.app.schedule import DAILY
from pas.db import Connection
from pas.demo.settling import until_decided
from pas.settlements.schedule_job import KIND, take_turn
from pas.settlements.withdraw import withdraw_settlement


async def every_week(connection: Connection) -> None:
    """On the weekday of today."""
    await a_setting(connection, "payout_rhythm", "weekly")
    await a_setting(connection, "payout_day", TODAY.isoweekday())


async def test_on_its_day_a_run_is_proposed_once(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    await until_decided(connection)
    assert (await take_turn(connection, now=NOW)).outcome == "not_due"
    await every_week(connection)
    first = await take_turn(connection, now=NOW)
    assert first.outcome == "proposed"
    assert (await take_turn(connection, now=NOW)).outcome == "not_due"
    assert (await take_turn(connection, now=NOW + timedelta(days=7))).outcome == "waits"
    assert first.settlement_id is not None
    await withdraw_settlement(connection, first.settlement_id, reason="x", actor=FINANCE, now=NOW)
    assert (await take_turn(connection, now=NOW + timedelta(days=7))).outcome == "proposed"


async def test_without_anything_to_pay_the_turn_says_so(connection: Connection) -> None:
    await every_week(connection)
    assert (await take_turn(connection, now=NOW)).outcome == "nothing_to_pay"


def test_the_turn_is_taken_every_day() -> None:
    assert KIND in {one.kind for one in DAILY}
