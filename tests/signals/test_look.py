"""What is found in the books, once: looking again, at once, halfway or later doubles nothing."""

from datetime import datetime, timedelta

import asyncpg
import pytest

from given.city import a_budget, a_holder, a_scheme
from given.logins import an_actor
from given.signals import MONDAY, SUNDAY, Town, a_town, looked, until_decided
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import SignalId
from pas.signals.judge import judge_signal
from pas.signals.look import Looked, look, look_at_week
from pas.signals.model import Signal
from pas.signals.show import list_open, read_signal_sales, whose_card
from together import VELSEN, at_once


async def open_kinds(connection: Connection) -> list[str]:
    return sorted(one.kind for one in await list_open(connection))


async def the_signal(connection: Connection) -> Signal:
    [signal] = await list_open(connection)
    return signal


async def test_each_kind_is_found_in_what_tills_really_sold(
    database: Database, connection: Connection, town: Town
) -> None:
    for number in range(10):
        await town.sells((1_000, 2_000, 3_000, 4_000, 5_000)[number % 5], day=number % 5)
    for number in range(15):
        await town.sells(1_115 + number, till="pool", at=f"15:{number:02}")
    for number in range(3):
        await town.sells(795, till="pool", day=number, at="23:30")
    for number in range(6):
        await town.voids(await town.sells(450, till="pool", day=number % 2), till="pool")
    await town.sells(995, day=5, holder=3)
    await town.sells(995, till="pool", day=5, at="14:04", holder=3)
    await looked(database)
    assert await open_kinds(connection) == [
        *("many_cards", "odd_hours", "round_amounts", "two_places", "voids")
    ]


async def test_what_is_found_says_how_many_and_which(
    database: Database, connection: Connection, town: Town
) -> None:
    sold = [await town.sells(cents) for cents in (1_000, 2_000, 3_000, 4_000, 5_000) * 2]
    await town.sells(1_295)
    await looked(database)
    signal = await the_signal(connection)
    assert (signal.counted, signal.out_of, signal.different) == (10, 11, 5)
    assert (signal.merchant, signal.till, signal.cents) == ("shop", "bar", 30_000)
    assert signal.week == MONDAY.date()
    sales = await read_signal_sales(connection, signal.id)
    assert {sale.id for sale in sales} == set(sold)


async def test_a_budget_that_is_emptied_is_known_from_the_books(
    database: Database, connection: Connection
) -> None:
    """Also the last of a budget that something was paid from before; not when a cent is left."""
    town = await a_town_with_odd_budgets(connection)
    for number in range(7):
        await town.sells(4_134 + number, holder=number, day=1)
    await looked(database)
    assert await open_kinds(connection) == []
    for number in range(7, 14):
        await town.sells(1_000, holder=number, day=2)
        await town.sells(3_135 + number, holder=number, day=3)
    await looked(database)
    assert await open_kinds(connection) == []
    for number in range(14, 28):
        await town.sells(4_135 + number, holder=number, day=4)
    await looked(database)
    signal = await the_signal(connection)
    assert (signal.kind, signal.counted, signal.out_of) == ("emptied_budgets", 21, 35)


async def a_town_with_odd_budgets(connection: Connection) -> Town:
    town = await a_town(connection, holders=0)
    scheme = await a_scheme(connection)
    for number in range(28):
        holder = await a_holder(connection)
        await a_budget(connection, scheme, holder, cents=4_135 + number)
        town.holders.append(holder)
    return town


async def test_looking_twice_finds_nothing_twice(
    database: Database, connection: Connection, town: Town
) -> None:
    await town.round_week()
    assert await looked(database) == Looked(weeks=1, new=1, grown=0)
    assert await looked(database) == Looked(weeks=0, new=0, grown=0)
    async with database.connection(VELSEN) as other:
        assert await look_at_week(other, MONDAY.date(), now=SUNDAY) == ["leave"]
    assert len(await list_open(connection)) == 1


async def test_looking_at_once_finds_nothing_twice(
    crowd: Database, connection: Connection, town: Town
) -> None:
    await town.round_week()

    async def one(connection: Connection) -> list[str]:
        return await look_at_week(connection, MONDAY.date(), now=SUNDAY)

    heard = await at_once(crowd, *[one] * 8)
    assert sorted(map(str, heard)) == ["['leave']"] * 7 + ["['new']"]
    assert len(await list_open(connection)) == 1


async def test_a_look_that_was_cut_off_is_done_again(
    database: Database, connection: Connection, town: Town
) -> None:
    await town.round_week()
    await until_decided(connection)
    async with database.connection(VELSEN) as other:
        await look_at_week(other, MONDAY.date(), now=SUNDAY)
    assert await looked(database) == Looked(weeks=1, new=0, grown=0)


async def test_an_open_signal_grows_with_the_week(
    database: Database, connection: Connection, town: Town
) -> None:
    await town.round_week()
    await looked(database, now=MONDAY + timedelta(days=1))
    await town.sells(6_000, day=3)
    assert await looked(database) == Looked(weeks=1, new=0, grown=1)
    signal = await the_signal(connection)
    assert (signal.counted, len(await read_signal_sales(connection, signal.id))) == (11, 11)


async def test_a_sale_that_is_still_being_booked_is_looked_at_the_next_time(
    database: Database, crowd: Database, connection: Connection, town: Town
) -> None:
    """Its number is older than what was looked at; passed over, it would never be seen."""
    await town.round_week(9)
    async with crowd.connection(VELSEN) as other:
        transaction = other.transaction()
        await transaction.start()
        slow = Town(other, town.holders, town.tills)
        await slow.sells(6_000)
        for _ in range(3):
            await town.sells(1_295, till="pool")
        await look(database, VELSEN, now=SUNDAY)
        await transaction.commit()
    await looked(database)
    assert await open_kinds(connection) == ["round_amounts"]


async def test_what_happened_long_ago_is_not_looked_at(
    database: Database, connection: Connection, town: Town
) -> None:
    await town.round_week()
    assert (await looked(database, now=SUNDAY + timedelta(days=36))).weeks == 0
    assert await list_open(connection) == []


# --- after a verdict ------------------------------------------------------------------------


async def judge(
    connection: Connection, signal: SignalId, verdict: str = "nothing", *, now: datetime = SUNDAY
) -> None:
    await judge_signal(
        connection,
        signal,
        verdict,  # pyright: ignore[reportArgumentType]
        reason="De club had een inschrijfavond.",
        actor=an_actor(Role.OFFICER),
        now=now,
    )


async def test_what_was_nothing_does_not_come_back_for_half_a_year(
    database: Database, connection: Connection, town: Town
) -> None:
    await town.round_week()
    await looked(database)
    await judge(connection, (await the_signal(connection)).id)
    await town.round_week(12, week=1)
    assert (await looked(database, now=SUNDAY + timedelta(days=7))).new == 0
    async with database.connection(VELSEN) as other:
        next_week = MONDAY.date() + timedelta(days=7)
        late = SUNDAY + timedelta(weeks=27)
        assert await look_at_week(other, next_week, now=late) == ["new"]


async def test_what_was_nothing_comes_back_when_it_is_clearly_worse(
    database: Database, connection: Connection, town: Town
) -> None:
    await town.round_week()
    await looked(database)
    first = (await the_signal(connection)).id
    await judge(connection, first)
    await town.round_week(10)
    assert (await looked(database)).new == 1
    signal = await the_signal(connection)
    assert (signal.number, signal.counted, signal.id != first) == (2, 20, True)


async def test_quiet_at_one_merchant_is_not_quiet_at_another(
    database: Database, connection: Connection, town: Town
) -> None:
    await town.round_week()
    await looked(database)
    await judge(connection, (await the_signal(connection)).id)
    await town.round_week(till="pool")
    await looked(database)
    assert (await the_signal(connection)).merchant == "pool"


async def test_what_was_handled_comes_back_the_next_week(
    database: Database, connection: Connection, town: Town
) -> None:
    await town.round_week()
    await looked(database)
    await judge(connection, (await the_signal(connection)).id, "handled")
    await town.round_week(10, week=1)
    assert (await looked(database, now=SUNDAY + timedelta(days=7))).new == 1


# --- whose it was ---------------------------------------------------------------------------


async def two_places(town: Town, database: Database) -> Signal:
    await town.sells(995, day=5, holder=3)
    await town.sells(995, till="pool", day=5, at="14:04", holder=3)
    await looked(database)
    return await the_signal(town.connection)


async def test_a_signal_knows_no_card_and_no_person(
    database: Database, connection: Connection, superuser: Connection, town: Town
) -> None:
    """Only the processing log does, and when its rows are gone nothing says it any more."""
    signal = await two_places(town, database)
    holder = town.holders[3]
    assert await whose_card(connection, signal.id) == holder.id
    for table in ("signal", "signal_sale", "signal_verdict"):
        rows = await superuser.fetch(f"SELECT t::text AS row FROM {table} t")
        for row in rows:
            assert not any(
                str(one) in row["row"] for one in (holder.id, holder.card, holder.pass_id)
            )
    await connection.execute("DELETE FROM processing_log")
    assert await whose_card(connection, signal.id) is None


async def test_that_a_card_was_in_two_places_stands_in_the_log_of_its_holder_once(
    database: Database, connection: Connection, town: Town
) -> None:
    await two_places(town, database)
    async with database.connection(VELSEN) as other:
        await look_at_week(other, MONDAY.date(), now=SUNDAY)
    rows = await connection.fetch(
        "SELECT subject_id FROM processing_log WHERE activity = 'signal.found'"
    )
    assert [row["subject_id"] for row in rows] == [town.holders[3].id]


# --- walls ----------------------------------------------------------------------------------


async def test_a_verdict_is_never_changed_and_what_was_judged_neither(
    database: Database, connection: Connection, owner: Connection, town: Town
) -> None:
    await town.round_week()
    await looked(database)
    signal = (await the_signal(connection)).id
    await judge(connection, signal)
    for statement, code in (
        ("UPDATE signal_verdict SET reason = 'x'", "PA255"),
        ("TRUNCATE signal_verdict", "PA255"),
        ("UPDATE signal SET counted = 1", "PA256"),
    ):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await owner.execute(statement)
        assert refused.value.sqlstate == code, statement
    for statement in (
        "DELETE FROM signal",
        "DELETE FROM signal_sale",
        "DELETE FROM signal_verdict",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


async def test_two_officers_at_once_say_the_same_thing_once(
    database: Database, crowd: Database, connection: Connection, town: Town
) -> None:
    await town.round_week()
    await looked(database)
    signal = (await the_signal(connection)).id

    async def one(connection: Connection) -> str:
        await judge(connection, signal)
        return "judged"

    heard = await at_once(crowd, *[one] * 6)
    assert [str(type(each).__name__) for each in heard].count("str") == 1
    assert await connection.fetchval("SELECT count(*) FROM signal_verdict") == 1


async def test_the_same_verdict_again_is_refused_by_the_database_too(
    database: Database, connection: Connection, town: Town
) -> None:
    await town.round_week()
    await looked(database)
    signal = (await the_signal(connection)).id
    await judge(connection, signal)
    again = """
        INSERT INTO signal_verdict (id, signal_id, verdict, reason, counted, judged_by, judged_at)
        SELECT gen_random_uuid(), signal_id, verdict, reason, counted, judged_by, judged_at + interval '1 s'
        FROM signal_verdict
    """
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(again)
    assert refused.value.sqlstate == "PA257"


async def test_a_signal_goes_on_its_clock_with_its_sales_and_what_was_said_of_it(
    database: Database, connection: Connection, town: Town
) -> None:
    await town.round_week()
    await looked(database)
    await judge(connection, (await the_signal(connection)).id)
    assert await connection.fetchval("SELECT forget_signals($1, 100)", SUNDAY) == 0
    later = SUNDAY + timedelta(seconds=1)
    assert await connection.fetchval("SELECT forget_signals($1, 100)", later) == 1
    for table in ("signal", "signal_sale", "signal_verdict"):
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
    assert await connection.fetchval("SELECT count(*) FROM redemption") == 10
