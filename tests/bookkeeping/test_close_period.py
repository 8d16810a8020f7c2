"""A month closes with its journal frozen; nothing comes into it any more, and it opens again by two people."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from given.books import (
    FINANCE,
    PROFILE,
    SECOND,
    VELSEN,
    at,
    books_since,
    closed,
    let_the_clock_be_set,
    ready_to_close,
    this_month,
)
from given.days import NOW
from given.settlements import Shop, a_proposal, a_shop, give_back, sell
from mutate import by_hand, without_ddl_guard
from pas.app.proving import prove_and_keep
from pas.auth.actor import SYSTEM, PermissionMissing
from pas.bookkeeping.close_period import (
    PeriodClosedAlready,
    PeriodNotProved,
    PeriodNotToClose,
    SettlementStillWaits,
    close_period,
)
from pas.bookkeeping.journal import read_groups
from pas.bookkeeping.periods import after, open_period, read_closings, read_period, read_periods
from pas.bookkeeping.profiles import JournalProfileNotFound, keep_profile
from pas.bookkeeping.reopen_period import (
    OwnReopening,
    PeriodInOtherState,
    confirm_reopening,
    propose_reopening,
    reject_reopening,
)
from pas.bookkeeping.rules import JournalUnmapped
from pas.db import Connection

PERIODS = "SELECT period, count(*) FROM entry GROUP BY 1 ORDER BY 1"


@pytest.fixture
async def shop(connection: Connection) -> Shop:
    shop = await a_shop(connection)
    await sell(connection, shop, 1_240)
    return shop


async def test_what_is_booked_after_closing_is_in_the_next_month(
    connection: Connection, shop: Shop
) -> None:
    before = await connection.fetchval("SELECT count(*) FROM entry")
    closing = await closed(connection)
    assert closing.state == "closed"
    sale = await sell(connection, shop, 500)
    await give_back(connection, shop, sale)
    month = this_month()
    assert [tuple(row) for row in await connection.fetch(PERIODS)] == [
        (month, before),
        (after(month), 2),
    ]
    now = datetime.now(UTC)
    assert open_period(await read_periods(connection, now=now), now=now) == after(month)


async def test_the_frozen_lines_are_the_journal_as_it_was_each_with_its_hash(
    connection: Connection, shop: Shop
) -> None:
    period = await read_period(connection, this_month(), now=NOW)
    before = await read_groups(connection, period)
    closing = await closed(connection)
    await sell(connection, shop, 500)
    after_closing = await read_period(connection, this_month(), now=NOW)
    assert await read_groups(connection, after_closing) == before
    rows = await connection.fetch("SELECT * FROM period_line ORDER BY number")
    hashes = b""
    for row in rows:
        scheme = None if row["scheme_id"] is None else str(row["scheme_id"])
        fields = [str(this_month()), row["number"], row["kind"], row["debit"], row["credit"]]
        fields += [scheme, row["budget_year"], row["transfers"], row["amount_cents"]]
        assert row["hash"] == hashlib.sha256(json.dumps(fields).encode()).digest()
        hashes += row["hash"]
    assert closing.content_hash == hashlib.sha256(hashes).hexdigest()
    assert closing.lines == len(before)
    assert closing.total_cents == sum(one.amount_cents for one in before)


async def test_closing_and_opening_again_are_events(connection: Connection, shop: Shop) -> None:
    month = (await closed(connection)).period
    await propose_reopening(connection, month, reason="Rekening fout", actor=FINANCE, now=NOW)
    await confirm_reopening(connection, month, actor=SECOND, now=NOW)
    kinds = [row["kind"] for row in await connection.fetch("SELECT kind FROM event ORDER BY id")]
    assert kinds[-3:] == ["period.closed", "period.reopening_proposed", "period.reopened"]


async def test_of_a_running_month_that_is_open_again_booking_goes_on_and_both_closings_stay(
    connection: Connection, shop: Shop
) -> None:
    first = await closed(connection)
    await sell(connection, shop, 100)
    await propose_reopening(connection, first.period, reason="Te vroeg", actor=FINANCE, now=NOW)
    await confirm_reopening(connection, first.period, actor=SECOND, now=NOW)
    await sell(connection, shop, 200)
    rows = await connection.fetch(PERIODS)
    assert tuple(rows[-1]) == (after(first.period), 1)
    second = await closed(connection)
    assert (first.number, second.number) == (1, 2)
    assert second.total_cents == (first.total_cents or 0) + 200
    assert [one.number for one in await read_closings(connection, first.period)] == [2, 1]


async def test_whoever_proposes_to_open_a_month_does_not_decide(
    connection: Connection, shop: Shop
) -> None:
    month = (await closed(connection)).period
    with pytest.raises(PeriodInOtherState):
        await confirm_reopening(connection, month, actor=SECOND, now=NOW)
    closing = await propose_reopening(connection, month, reason="x", actor=FINANCE, now=NOW)
    with pytest.raises(OwnReopening):
        await confirm_reopening(connection, month, actor=FINANCE, now=NOW)
    with pytest.raises(asyncpg.CheckViolationError, match="second_pair_of_eyes_on_reopening"):
        await connection.execute(
            "UPDATE period_closing SET reopened_at = now(), reopened_by = $2 WHERE id = $1",
            *(closing.id, FINANCE.id),
        )
    with pytest.raises(PeriodInOtherState):
        await propose_reopening(connection, month, reason="nog eens", actor=SECOND, now=NOW)
    left = await reject_reopening(connection, month, reason="Klopt zo", actor=SECOND, now=NOW)
    assert left.state == "closed"
    again = await propose_reopening(connection, month, reason="y", actor=FINANCE, now=NOW)
    assert again.reopening_because == "y"


async def test_a_program_closes_and_opens_nothing(connection: Connection, shop: Shop) -> None:
    await ready_to_close(connection)
    with pytest.raises(PermissionMissing):
        await close_period(connection, this_month(), actor=SYSTEM, now=NOW)
    month = (await closed(connection)).period
    with pytest.raises(PermissionMissing):
        await propose_reopening(connection, month, reason="x", actor=SYSTEM, now=NOW)


async def test_a_closed_month_is_not_closed_again(connection: Connection, shop: Shop) -> None:
    await closed(connection)
    with pytest.raises(PeriodClosedAlready):
        await closed(connection)


async def test_without_a_proof_of_today_the_running_month_stays_open(
    connection: Connection, shop: Shop
) -> None:
    await keep_profile(connection, PROFILE, actor=FINANCE)
    with pytest.raises(PeriodNotProved):
        await close_period(connection, this_month(), actor=FINANCE, now=NOW)
    await prove_and_keep(connection, VELSEN)
    late = datetime.now(UTC) + timedelta(days=1, minutes=5)
    with pytest.raises(PeriodNotProved):
        await close_period(connection, this_month(), actor=FINANCE, now=late)


@pytest.mark.tampered
async def test_books_that_do_not_close_keep_the_month_open(
    connection: Connection, superuser: Connection, shop: Shop
) -> None:
    await by_hand(
        superuser, "transfer", "UPDATE transfer SET amount = amount + 1 WHERE amount = 1240"
    )
    with pytest.raises(PeriodNotProved):
        await closed(connection)


async def test_a_proposal_that_waits_keeps_the_month_open(
    connection: Connection, shop: Shop
) -> None:
    await a_proposal(connection)
    with pytest.raises(SettlementStillWaits):
        await closed(connection)


async def test_what_has_no_account_keeps_the_month_open_and_is_named(
    connection: Connection, shop: Shop
) -> None:
    await ready_to_close(connection)
    with_less = [one for one in PROFILE.accounts if one.account != "merchant"]
    less = msgspec.structs.replace(PROFILE, accounts=tuple(with_less))
    await keep_profile(connection, less, actor=FINANCE)
    with pytest.raises(JournalUnmapped, match="te betalen aan aanbieders"):
        await close_period(connection, this_month(), actor=FINANCE, now=NOW)
    assert (await read_period(connection, this_month(), now=NOW)).state == "open"


async def test_without_a_profile_the_month_stays_open(connection: Connection, shop: Shop) -> None:
    await prove_and_keep(connection, VELSEN)
    with pytest.raises(JournalProfileNotFound):
        await close_period(connection, this_month(), actor=FINANCE, now=NOW)


async def test_months_close_in_order_and_the_database_says_so_too(
    connection: Connection, superuser: Connection
) -> None:
    month = this_month()
    earlier = (month - timedelta(days=1)).replace(day=1)
    await books_since(superuser, earlier + timedelta(days=14))
    with pytest.raises(PeriodNotToClose, match=f"{earlier:%Y-%m}"):
        await closed(connection, month)
    insert = "INSERT INTO period_closing (id, period, number, announced_by) VALUES (gen_random_uuid(), $1, $2, $3)"
    for wrong, number in ((month, 1), (after(month), 1), (earlier, 2), (date(2020, 1, 1), 1)):
        with pytest.raises(asyncpg.PostgresError, match="after every month before it"):
            await connection.execute(insert, wrong, number, FINANCE.id)
    assert (await closed(connection, earlier)).lines == 0
    assert (await closed(connection, month)).number == 1


async def test_a_month_in_the_past_that_is_open_again_takes_nothing_in(
    connection: Connection, superuser: Connection, shop: Shop
) -> None:
    month = this_month()
    earlier = (month - timedelta(days=1)).replace(day=1)
    await books_since(superuser, earlier)
    await closed(connection, earlier)
    await propose_reopening(connection, earlier, reason="Rekening", actor=FINANCE, now=NOW)
    await confirm_reopening(connection, earlier, actor=SECOND, now=NOW)
    await sell(connection, shop, 500)
    assert [row["period"] for row in await connection.fetch(PERIODS)] == [month]


AMSTERDAM = [
    ("2028-02-29T22:59:59.999999+00:00", date(2028, 2, 1), "leap day, its last microsecond"),
    ("2028-02-29T23:00:00+00:00", date(2028, 3, 1), "winter time, an hour ahead"),
    ("2027-12-31T22:59:59+00:00", date(2027, 12, 1), "the last second of the year"),
    ("2027-12-31T23:00:00+00:00", date(2028, 1, 1), "the year has turned, not yet in UTC"),
    ("2028-03-26T00:59:59+00:00", date(2028, 3, 1), "before summer time begins"),
    ("2028-03-31T21:59:59+00:00", date(2028, 3, 1), "summer time, two hours ahead"),
    ("2028-03-31T22:00:00+00:00", date(2028, 4, 1), "April has begun"),
    ("2028-10-31T22:59:59+00:00", date(2028, 10, 1), "winter time again"),
    ("2028-10-31T23:00:00+00:00", date(2028, 11, 1), "November has begun"),
]


@pytest.mark.parametrize(
    ("moment", "month"), [(m, p) for m, p, _ in AMSTERDAM], ids=[w for *_, w in AMSTERDAM]
)
async def test_an_entry_is_in_the_month_that_it_is_in_amsterdam(
    connection: Connection, superuser: Connection, moment: str, month: date
) -> None:
    shop = await a_shop(connection)
    await let_the_clock_be_set(superuser)
    await at(connection, datetime.fromisoformat(moment))
    sale = await sell(connection, shop, 500)
    assert await connection.fetchval("SELECT period FROM entry WHERE id = $1", sale) == month


async def test_a_clock_that_jumps_back_books_in_no_closed_month(
    connection: Connection, superuser: Connection
) -> None:
    shop, month = await a_shop(connection), this_month()
    earlier = (month - timedelta(days=1)).replace(day=1)
    await books_since(superuser, earlier)
    await closed(connection, earlier)
    await closed(connection, month)
    await let_the_clock_be_set(superuser)
    await at(connection, datetime(earlier.year, earlier.month, 15, tzinfo=UTC))
    sale = await sell(connection, shop, 500)
    period = "SELECT period FROM entry WHERE id = $1"
    assert await connection.fetchval(period, sale) == after(month)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE period_line SET amount_cents = amount_cents + 1 WHERE number = 1",
        "DELETE FROM period_line WHERE number = 1",
        "UPDATE period_closing SET transfers = transfers + 1",
        "UPDATE entry SET period = period + interval '1 month' WHERE kind = 'redeem'",
        "UPDATE period_line SET hash = sha256('x') WHERE number = 1",
    ],
)
@pytest.mark.tampered
async def test_the_proof_finds_what_was_changed_in_a_closed_month(
    connection: Connection, superuser: Connection, shop: Shop, change: str
) -> None:
    await closed(connection)
    assert (await prove_and_keep(connection, VELSEN)).closes
    await by_hand(superuser, change.replace("DELETE FROM", "UPDATE").split()[1], change)
    proof = await prove_and_keep(connection, VELSEN)
    assert {one.check for one in proof.findings} == {"closed period"}


async def test_nobody_writes_in_what_was_frozen(
    connection: Connection, superuser: Connection, owner: Connection, shop: Shop
) -> None:
    closing = await closed(connection)
    await without_ddl_guard(superuser)
    for who in (connection, owner):
        for change in (
            "UPDATE period_line SET transfers = 1",
            "DELETE FROM period_line",
            "INSERT INTO period_line SELECT * FROM period_line",
            "UPDATE period_closing SET total_cents = 1",
            "DELETE FROM period_closing",
            "UPDATE journal_profile SET content = '{}'",
            "UPDATE period_closing SET reopened_at = now(), reopened_by = gen_random_uuid()",
            "UPDATE period_closing SET period = period - 1",
        ):
            with pytest.raises(asyncpg.PostgresError):
                await who.execute(change)
    with pytest.raises(asyncpg.PostgresError, match="closed once"):
        await connection.execute(
            "SELECT close_period($1, $2, $3, '1s')", closing.id, closing.profile_id, UUID(int=1)
        )
