"""What the database itself refuses of a sale without a network, whatever the program says."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
import pytest

from given.city import Budget, a_budget, a_holder, a_merchant, a_scheme
from given.logins import NOON
from given.offline import an_offline_till
from mutate import rewrite, without_ddl_guard
from offline_desk import LATER, VELSEN, Desk, a_desk, ten_euros
from pas.auth.actor import SYSTEM
from pas.auth.municipality_settings import change_municipality_settings
from pas.auth.till_keys import TillKeys
from pas.db import Connection, Database
from pas.ids import uuid7
from pas.redemptions.offline.book_offline import REDEEM_OFFLINE, arguments
from pas.redemptions.offline.facts_then import Till, judged, reading_of
from pas.redemptions.offline.permits_kept import permits_of
from pas.redemptions.offline.queue import read_item
from pas.redemptions.sell import print_key

NAMES: Final = (
    *(
        "item_id",
        "print",
        "refusal",
        "is_stored",
        "occurred",
        "replaces",
        "replaced_was",
        "closing",
    ),
    *("till", "merchant", "location", "card", "subject", "category", "price", "visits", "asked"),
    *("sale", "trace", "debits", "credits", "amounts", "seen"),
    *("risk_scheme", "risk_year", "risk_cents", "risk_candidate"),
    *("permit", "sequence", "digest", "holds", "outcome", "bearer", "take", "reason"),
    *("chain", "clock", "said"),
)
"""The parameters of redeem_offline(), in their order."""


@pytest.fixture
async def desk(connection: Connection, database: Database, tmp_path: Path) -> Desk:
    return await a_desk(connection, database, tmp_path)


@pytest.fixture
async def purse(connection: Connection) -> Budget:
    return await ten_euros(connection)


async def call_of(desk: Desk, purse: Budget, cents: int) -> dict[str, object]:
    """What the program would send for a sale, by the names of the parameters."""
    item = desk.till.sell(await desk.allowed(), purse.holder.token.text(), cents)
    key = await TillKeys(desk.database).find(VELSEN, desk.till.till.id)
    handed = read_item(item, municipality=VELSEN, till=key, key=print_key(desk.ring), now=LATER)
    assert handed is not None
    assert handed.permit is not None
    permits = await permits_of(desk.connection, key.till_id, [handed.permit])
    till = Till(municipality=VELSEN, key=key, merchant=desk.merchant.id, ring=desk.ring)
    reading = reading_of(till, handed, permits.get(handed.permit))
    judgement = await judged(desk.connection, till, reading, now=LATER)
    return dict(zip(NAMES, arguments(judgement), strict=True))


async def send(connection: Connection, call: dict[str, object]) -> None:
    await REDEEM_OFFLINE.one(connection, *call.values())


async def refused(connection: Connection, call: dict[str, object], sqlstate: str) -> None:
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await send(connection, call)
    assert refusal.value.sqlstate == sqlstate
    assert await connection.fetchval("SELECT count(*) FROM entry WHERE kind <> 'grant'") == 0
    assert await connection.fetchval("SELECT count(*) FROM offline_sale") == 0
    assert (
        await connection.fetchval("SELECT count(*) FROM account WHERE kind = 'offline_risk'") == 0
    )


async def test_as_the_program_sends_it_it_is_booked(desk: Desk, purse: Budget) -> None:
    await send(desk.connection, await call_of(desk, purse, 1500))
    assert await desk.owed() == 1500
    assert (await desk.proof()).closes


async def test_only_the_merchant_of_the_till_is_paid(desk: Desk, purse: Budget) -> None:
    other = await a_merchant(desk.connection)
    call = await call_of(desk, purse, 1500)
    await refused(desk.connection, call | {"credits": [other.account]}, "PA251")
    await refused(
        desk.connection, call | {"credits": [other.account], "merchant": other.id}, "PA251"
    )


async def test_only_budgets_of_whom_the_card_speaks_for_pay(desk: Desk, purse: Budget) -> None:
    theirs = await a_budget(desk.connection, purse.scheme, await a_holder(desk.connection))
    call = await call_of(desk, purse, 500)
    await refused(desk.connection, call | {"debits": [theirs.account]}, "PA251")
    await refused(
        desk.connection,
        call | {"debits": [theirs.account], "subject": theirs.holder.id},
        "PA251",
    )
    await refused(desk.connection, call | {"card": None}, "PA251")
    await refused(desk.connection, call | {"debits": [purse.scheme.appropriation]}, "PA251")


async def test_a_card_that_nobody_confirmed_takes_no_more_than_its_limit(
    desk: Desk, connection: Connection
) -> None:
    holder = await a_holder(connection, unconfirmed_cents=500)
    purse = await a_budget(connection, await a_scheme(connection), holder)
    within = await call_of(desk, purse, 500)
    assert within["take"] == 500
    more = within | {"take": 501, "price": 501, "amounts": [501]}
    await refused(desk.connection, more, "PA251")
    await send(desk.connection, within)


async def test_the_risk_is_of_a_scheme_and_year_that_has_money(desk: Desk, purse: Budget) -> None:
    call = await call_of(desk, purse, 1500)
    await refused(desk.connection, call | {"risk_scheme": uuid4()}, "PA251")
    await refused(desk.connection, call | {"risk_year": 2020}, "PA251")


async def test_a_permit_is_of_its_till(desk: Desk, purse: Budget) -> None:
    call = await call_of(desk, purse, 500)
    other = await an_offline_till(desk.connection, desk.merchant)
    await refused(desk.connection, call | {"till": other.till.id}, "PA251")
    await refused(desk.connection, call | {"permit": None}, "PA251")


async def test_what_stands_beside_the_books_is_what_the_lines_move(
    desk: Desk, purse: Budget
) -> None:
    call = await call_of(desk, purse, 1500)
    for wrong in ({"take": 999}, {"price": 1501}, {"risk_cents": 499}, {"visits": 1}):
        await refused(desk.connection, call | wrong, "PA112")


@pytest.mark.tampered
async def test_no_more_than_a_permit_allows(
    desk: Desk, purse: Budget, superuser: Connection
) -> None:
    call = await call_of(desk, purse, 500)
    await without_ddl_guard(superuser)
    await superuser.execute("ALTER TABLE offline_permit DISABLE TRIGGER append_only")
    await superuser.execute("UPDATE offline_permit SET total_cents = 499")
    await refused(desk.connection, call, "PA252")
    await superuser.execute("UPDATE offline_permit SET total_cents = 500")
    await send(desk.connection, call)
    more = {"item_id": uuid7(), "sequence": 2, "digest": bytes(32), "print": bytes(32)}
    with pytest.raises(asyncpg.PostgresError, match="more than the permit allows"):
        await send(desk.connection, call | more)


@pytest.mark.tampered
@pytest.mark.parametrize("limit", ["per_pass_day_cents", "risk_day_cents"])
async def test_a_pass_and_the_municipality_pay_so_much_in_a_day(
    desk: Desk, purse: Budget, superuser: Connection, limit: str
) -> None:
    """Of 1500 the pass pays 1000 and the municipality 500."""
    enough = {"per_pass_day_cents": 1_500, "risk_day_cents": 500}[limit]
    call = await call_of(desk, purse, 1_500)
    await without_ddl_guard(superuser)
    await superuser.execute("ALTER TABLE offline_permit DISABLE TRIGGER append_only")
    await superuser.execute(f"UPDATE offline_permit SET {limit} = {enough - 1}")
    await refused(desk.connection, call, "PA252")
    await superuser.execute(f"UPDATE offline_permit SET {limit} = {enough}")
    await send(desk.connection, call)


async def test_a_new_permit_does_not_begin_the_count_of_older_ones_anew(
    desk: Desk, purse: Budget
) -> None:
    limits = {"offlineTotalCents": 500}
    await change_municipality_settings(desk.connection, limits, actor=SYSTEM)
    older, old, _ = [await desk.allowed(now=NOON - timedelta(hours=n)) for n in (3, 2, 1)]
    call = await call_of(desk, purse, 500)
    await send(desk.connection, call | {"permit": older})
    await desk.allowed(now=datetime.now(UTC))
    more = {"item_id": uuid7(), "sequence": 2, "digest": bytes(32), "print": bytes(32)}
    with pytest.raises(asyncpg.PostgresError, match="more than the permit allows"):
        await send(desk.connection, call | more | {"permit": old})


@pytest.mark.tampered
async def test_a_number_is_taken_once(desk: Desk, purse: Budget, superuser: Connection) -> None:
    """By the look that the function takes, and by the index alone where that would be missing."""
    call = await call_of(desk, purse, 100)
    await send(desk.connection, call)
    twin = call | {"item_id": uuid7(), "digest": bytes(32), "print": bytes(32)}
    with pytest.raises(asyncpg.PostgresError) as seen:
        await send(desk.connection, twin)
    assert seen.value.sqlstate == "PA250"
    await without_ddl_guard(superuser)
    await rewrite(superuser, "redeem_offline", ("s.sequence = item_sequence", "s.sequence = 0"))
    for same in (twin, call | {"item_id": uuid7(), "print": bytes(32)}):
        with pytest.raises(asyncpg.UniqueViolationError):
            await send(desk.connection, same)
    assert await desk.left(purse.account) == 900


async def test_an_old_id_is_what_it_was_read_to_be(desk: Desk, purse: Budget) -> None:
    call = await call_of(desk, purse, 100)
    was = {"replaces": purse.entry, "closing": bytes(32)}
    for wrong in ("unknown", "declined"):
        await refused(desk.connection, call | was | {"replaced_was": wrong}, "PA250")


async def test_what_is_not_there_any_more_is_decided_again(desk: Desk, purse: Budget) -> None:
    call = await call_of(desk, purse, 800)
    await refused(desk.connection, call | {"amounts": [1001], "take": 1001, "price": 1001}, "PA253")


async def test_nobody_writes_past_the_function(
    desk: Desk, purse: Budget, owner: Connection
) -> None:
    await send(desk.connection, await call_of(desk, purse, 100))
    copy = "INSERT INTO offline_sale SELECT * FROM offline_sale"
    for statement, states in (
        (copy, {"42501", "PA101"}),
        ("UPDATE offline_sale SET price_cents = 0", {"42501", "PA100"}),
        ("DELETE FROM offline_sale", {"42501", "PA100"}),
        ("TRUNCATE offline_sale CASCADE", {"42501", "PA100"}),
        ("UPDATE offline_permit SET total_cents = 1", {"42501", "PA100"}),
        ("DELETE FROM offline_permit", {"42501", "PA100", "23503"}),
    ):
        for connection in (desk.connection, owner):
            with pytest.raises(asyncpg.PostgresError) as refusal:
                await connection.execute(statement)
            assert refusal.value.sqlstate in states


@pytest.mark.tampered
async def test_the_proof_finds_a_sale_that_says_something_else_than_the_books(
    desk: Desk, purse: Budget, superuser: Connection
) -> None:
    await send(desk.connection, await call_of(desk, purse, 1500))
    await without_ddl_guard(superuser)
    await superuser.execute("ALTER TABLE offline_sale DISABLE TRIGGER append_only")
    await superuser.execute("UPDATE offline_sale SET take_cents = 900, risk_cents = 600")
    assert "offline sale" in {finding.check for finding in (await desk.proof()).findings}
    await superuser.execute("UPDATE offline_sale SET take_cents = 1000, risk_cents = 500")
    assert (await desk.proof()).findings == []
    await superuser.execute("ALTER TABLE offline_permit DISABLE TRIGGER append_only")
    await superuser.execute("UPDATE offline_permit SET total_cents = 1499")
    assert "offline permit" in {finding.check for finding in (await desk.proof()).findings}
