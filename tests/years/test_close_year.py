"""A year closes by two people when nothing stands in the way; then nothing is granted in it, and late comes are booked."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from given.books import FINANCE, SECOND, VELSEN, closed, ready_to_close, this_month
from given.city import a_budget, a_holder
from given.days import NOW, YEAR
from given.logins import an_actor
from given.settlements import a_proposal, an_account
from given.years import (
    DECEMBER,
    LAST,
    OldYear,
    a_closed_year,
    lapsed,
    ready_to_close_the_year,
    refunded,
)
from mutate import by_hand, rewrite, without_ddl_guard
from pas.app.proving import prove_and_keep
from pas.app.waiting import waiting_for
from pas.auth.actor import SYSTEM, PermissionMissing
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.bookkeeping.reopen_period import PeriodOfClosedYear, propose_reopening
from pas.db import Connection, Database
from pas.grants.appropriations import CoverLine, YearClosed, set_aside
from pas.ids import EntryId, uuid7
from pas.ledger.accounts import new_account_id
from pas.money import Cents
from pas.settlements.withdraw import withdraw_settlement
from pas.years.close_year import (
    OwnYearProposal,
    YearInOtherState,
    confirm_closing,
    propose_closing,
    reject_closing,
)
from pas.years.ready import YearNotReady
from pas.years.reopen_year import (
    confirm_year_reopening,
    propose_year_reopening,
    reject_year_reopening,
)
from pas.years.stored import YearClosing, read_closings
from pas.years.year_file import YearNotSealed
from sealing import seal_all

THIRD = an_actor(Role.APPROVER)
INSERT = """
    INSERT INTO year_closing (id, year, number, starts_on, ends_on, proposed_by)
    VALUES (gen_random_uuid(), $1::smallint, 1, make_date($1::smallint, 1, 1), make_date($1::smallint + 1, 1, 1), gen_random_uuid())
"""


async def proposed(connection: Connection) -> YearClosing:
    return await propose_closing(connection, LAST, actor=FINANCE, now=NOW)


async def money(connection: Connection, old: OldYear) -> None:
    code = "SELECT code FROM scheme WHERE id = $1"
    line = CoverLine(
        id=EntryId(uuid7()),
        scheme=await connection.fetchval(code, old.shop.purse.scheme.id),
        year=LAST,
        cover_line="minimabeleid",
        amount_cents=Cents(100),
    )
    await set_aside(connection, line, actor=FINANCE, now=NOW)


async def test_one_proposes_another_closes_under_a_seal_and_both_are_events(
    connection: Connection, database: Database, old: OldYear, ring: KeyRing
) -> None:
    assert old
    await ready_to_close_the_year(connection, database)
    assert (await proposed(connection)).state == "proposed"
    with pytest.raises(YearNotSealed):
        await confirm_closing(connection, LAST, actor=SECOND, now=NOW)
    await seal_all(connection, ring)
    with pytest.raises(OwnYearProposal):
        await confirm_closing(connection, LAST, actor=FINANCE, now=NOW)
    closing = await confirm_closing(connection, LAST, actor=SECOND, now=NOW)
    assert (closing.state, closing.number, closing.closed_by) == ("closed", 1, SECOND.id)
    events = await connection.fetch("SELECT kind FROM event ORDER BY id DESC LIMIT 2")
    assert [row["kind"] for row in events] == ["year.closed", "year.closing_proposed"]
    assert (await prove_and_keep(connection, VELSEN)).closes


async def test_whatever_stands_in_the_way_is_named_and_the_database_refuses_too(
    connection: Connection, database: Database, old: OldYear
) -> None:
    async def refused(because: str, detail: str) -> None:
        with pytest.raises(YearNotReady, match=because):
            await proposed(connection)
        with pytest.raises(asyncpg.PostgresError, match="not ready") as error:
            await connection.execute(INSERT, LAST)
        assert error.value.sqlstate == "PA314"
        assert error.value.detail == detail

    await refused(f"Eerst moeten dicht: {DECEMBER:%Y-%m}", "a month of it is not closed")
    await closed(connection, DECEMBER)
    await refused("vrijvallen", "something has to lapse")
    await lapsed(database)
    await an_account(connection, old.shop.merchant)
    run = await a_proposal(connection)
    await refused("Uitbetaling 1 is nog niet klaar", "a settlement is open")
    await withdraw_settlement(connection, run, reason="x", actor=FINANCE, now=NOW)
    await connection.execute(
        "INSERT INTO proof (id, proved_at, closes, content) VALUES (gen_random_uuid(), now(), false, '{}')"
    )
    await refused("nog niet nagekeken", "the books are not proved")
    await prove_and_keep(connection, VELSEN)
    assert (await proposed(connection)).state == "proposed"


async def test_a_year_that_runs_does_not_close(connection: Connection) -> None:
    await ready_to_close(connection)
    with pytest.raises(YearNotReady, match="nog niet voorbij"):
        await propose_closing(connection, YEAR, actor=FINANCE, now=NOW)
    with pytest.raises(asyncpg.PostgresError, match="not ready") as error:
        await connection.execute(INSERT, YEAR)
    assert error.value.detail == "it is not over"


@pytest.mark.tampered
async def test_what_is_held_keeps_the_year_open(
    connection: Connection, database: Database, superuser: Connection, old: OldYear
) -> None:
    await ready_to_close_the_year(connection, database)
    await by_hand(
        superuser,
        "account",
        f"UPDATE account SET kind = 'held' WHERE id = {old.shop.purse.account}",
    )
    await by_hand(
        superuser,
        "balance",
        f"UPDATE balance SET amount = 1, usable_until = 'infinity' WHERE account_id = {old.shop.purse.account}",
    )
    with pytest.raises(YearNotReady, match="tegoed vast"):
        await proposed(connection)
    with pytest.raises(asyncpg.PostgresError) as error:
        await connection.execute(INSERT, LAST)
    assert error.value.detail == "something is held"


async def test_a_program_closes_nothing(
    connection: Connection, database: Database, old: OldYear
) -> None:
    assert old
    await ready_to_close_the_year(connection, database)
    with pytest.raises(PermissionMissing):
        await propose_closing(connection, LAST, actor=SYSTEM, now=NOW)


async def test_from_the_proposal_on_nothing_is_granted_in_the_year(
    connection: Connection, database: Database, old: OldYear, ring: KeyRing
) -> None:
    await ready_to_close_the_year(connection, database)
    await money(connection, old)
    await proposed(connection)
    scheme = old.shop.purse.scheme
    holder = await a_holder(connection, year=LAST)
    for _ in range(2):
        with pytest.raises(YearClosed):
            await money(connection, old)
        with pytest.raises(asyncpg.PostgresError) as error:
            await a_budget(connection, scheme, holder)
        assert error.value.sqlstate == "PA316"
        if (await read_closings(connection, LAST))[0].state == "proposed":
            await seal_all(connection, ring)
            await confirm_closing(connection, LAST, actor=SECOND, now=NOW)


async def test_a_late_refund_is_booked_in_the_old_year_and_the_open_month(
    connection: Connection, database: Database, old: OldYear, ring: KeyRing
) -> None:
    await a_closed_year(connection, database, ring)
    entry = await refunded(connection, old.shop, old.sale, 500, when=NOW)
    rows = await connection.fetch(
        """
        SELECT e.period, d.budget_year AS debit_year, c.budget_year, c.kind, t.amount FROM entry e
        JOIN transfer t ON t.entry_id = e.id JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit
        WHERE e.id = $1 ORDER BY t.line
        """,
        entry,
    )
    assert [tuple(row) for row in rows] == [
        (this_month(), None, LAST, "budget", 500),
        (this_month(), LAST, LAST, "appropriation", 500),
    ]


async def test_the_risk_of_a_late_upload_has_its_account_in_a_closed_year(
    connection: Connection, database: Database, owner: Connection, old: OldYear, ring: KeyRing
) -> None:
    await a_closed_year(connection, database, ring)
    opened = """
        SELECT open_accounts(ARRAY[$1::bigint], ARRAY[$2], ARRAY['cents'], ARRAY[$3::uuid], ARRAY[$4::smallint],
            ARRAY[NULL::uuid], ARRAY[$2 = 'budget'], ARRAY['-infinity'::timestamptz], ARRAY['infinity'::timestamptz])
    """
    scheme = old.shop.purse.scheme.id
    risk = new_account_id()
    assert await owner.fetchval(opened, risk, "offline_risk", scheme, LAST) == [risk]
    with pytest.raises(asyncpg.PostgresError, match="year that is closed"):
        await owner.fetchval(opened, new_account_id(), "budget", scheme, LAST)


async def test_a_month_of_a_closed_year_opens_after_its_year(
    connection: Connection, database: Database, old: OldYear, ring: KeyRing
) -> None:
    assert old
    await a_closed_year(connection, database, ring)
    with pytest.raises(PeriodOfClosedYear):
        await propose_reopening(connection, DECEMBER, reason="x", actor=FINANCE, now=NOW)
    with pytest.raises(asyncpg.PostgresError) as error:
        await connection.execute(
            "UPDATE period_closing SET reopening_proposed_at = now(), reopening_proposed_by = $1, reopening_because = 'x'",
            FINANCE.id,
        )
    assert error.value.sqlstate == "PA317"
    await propose_year_reopening(connection, LAST, reason="Fout", actor=FINANCE, now=NOW)
    await confirm_year_reopening(connection, LAST, actor=SECOND, now=NOW)
    await propose_reopening(connection, DECEMBER, reason="x", actor=FINANCE, now=NOW)


async def test_it_opens_again_by_two_and_closed_anew_both_closings_stay(
    connection: Connection, database: Database, old: OldYear, ring: KeyRing
) -> None:
    first = await a_closed_year(connection, database, ring)
    await propose_year_reopening(connection, LAST, reason="Fout", actor=FINANCE, now=NOW)
    with pytest.raises(OwnYearProposal):
        await confirm_year_reopening(connection, LAST, actor=FINANCE, now=NOW)
    with pytest.raises(asyncpg.CheckViolationError, match="second_pair_of_eyes_on_reopened_year"):
        await connection.execute(
            "UPDATE year_closing SET reopened_at = now(), reopened_by = $1", FINANCE.id
        )
    await reject_year_reopening(connection, LAST, reason="Klopt zo", actor=SECOND)
    await propose_year_reopening(connection, LAST, reason="Toch", actor=FINANCE, now=NOW)
    opened = await confirm_year_reopening(connection, LAST, actor=SECOND, now=NOW)
    assert opened.state == "open"
    await money(connection, old)
    await proposed(connection)
    await seal_all(connection, ring)
    second = await confirm_closing(connection, LAST, actor=SECOND, now=NOW)
    assert [one.number for one in await read_closings(connection, LAST)] == [2, 1]
    assert (second.number, first.file_hash is not None) == (2, True)


async def test_a_proposal_is_turned_down_with_a_reason_and_waits_for_another_until_then(
    connection: Connection, database: Database, old: OldYear
) -> None:
    await ready_to_close_the_year(connection, database)
    await proposed(connection)
    with pytest.raises(YearInOtherState):
        await proposed(connection)
    waiting = await waiting_for(connection, THIRD, now=NOW)
    assert "1 jaar wacht op uw oordeel" in {one.text for one in waiting}
    turned_down = await reject_closing(connection, LAST, reason="Nee", actor=SECOND, now=NOW)
    assert (turned_down.state, turned_down.rejected_because) == ("open", "Nee")
    await money(connection, old)
    assert (await proposed(connection)).number == 2


async def test_nobody_writes_in_what_was_closed_or_closes_alone(
    connection: Connection,
    database: Database,
    superuser: Connection,
    owner: Connection,
    old: OldYear,
    ring: KeyRing,
) -> None:
    assert old
    await ready_to_close_the_year(connection, database)
    await seal_all(connection, ring)
    latest = "SELECT max(size) FROM seal_checkpoint"
    before = await connection.fetchval(latest)
    await proposed(connection)
    close = "UPDATE year_closing SET closed_at = now(), closed_by = $1, checkpoint_size = $2, merchant_names = '', file_hash = sha256('x')"
    await seal_all(connection, ring)
    size = await connection.fetchval(latest)
    with pytest.raises(asyncpg.CheckViolationError, match="second_pair_of_eyes_on_year"):
        await connection.execute(close, FINANCE.id, size)
    with pytest.raises(asyncpg.PostgresError, match="seal of a closing"):
        await connection.execute(close, SECOND.id, before)
    await confirm_closing(connection, LAST, actor=SECOND, now=NOW)
    await without_ddl_guard(superuser)
    for who in (connection, owner):
        for change in (
            "UPDATE year_closing SET file_hash = sha256('y')",
            "UPDATE year_closing SET year = year - 1",
            "UPDATE year_closing SET reopened_at = now(), reopened_by = gen_random_uuid()",
            "DELETE FROM year_closing",
            "TRUNCATE year_closing",
        ):
            with pytest.raises(asyncpg.PostgresError):
                await who.execute(change)


async def test_a_closing_goes_one_step_at_a_time_and_never_on_from_its_end(
    connection: Connection, database: Database, old: OldYear, ring: KeyRing
) -> None:
    async def refused(change: str) -> None:
        with pytest.raises(asyncpg.PostgresError) as error:
            await connection.execute(f"UPDATE year_closing SET {change}")
        assert error.value.sqlstate == "PA315", change

    assert old
    await ready_to_close_the_year(connection, database)
    await proposed(connection)
    await seal_all(connection, ring)
    closes = f"""closed_at = now(), closed_by = '{SECOND.id}', merchant_names = '', file_hash = sha256('x'),
        checkpoint_size = (SELECT max(size) FROM seal_checkpoint)"""
    opens = f"reopening_proposed_at = now(), reopening_proposed_by = '{FINANCE.id}', reopening_because = 'x'"
    await refused(f"{closes}, {opens}")
    await confirm_closing(connection, LAST, actor=SECOND, now=NOW)
    await propose_year_reopening(connection, LAST, reason="Fout", actor=FINANCE, now=NOW)
    await refused(f"reopened_at = now(), reopened_by = '{SECOND.id}', reopening_because = 'y'")
    await confirm_year_reopening(connection, LAST, actor=SECOND, now=NOW)
    await refused("reopened_at = now()")
    await proposed(connection)
    await reject_closing(connection, LAST, reason="Nee", actor=SECOND, now=NOW)
    await refused("rejected_because = 'Ja' WHERE rejected_at IS NOT NULL")


WAITS = """
    SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()
"""


async def somebody_waits(connection: Connection) -> None:
    for _ in range(300):
        if await connection.fetchval(WAITS):
            return
        await asyncio.sleep(0.01)


async def test_a_grant_under_way_is_waited_for_and_stands_under_the_seal(
    connection: Connection, database: Database, crowd: Database, old: OldYear, ring: KeyRing
) -> None:
    await ready_to_close_the_year(connection, database)
    holder = await a_holder(connection, year=LAST)
    async with crowd.connection(VELSEN) as granting, crowd.connection(VELSEN) as closing:
        transaction = granting.transaction()
        await transaction.start()
        budget = await a_budget(
            granting,
            old.shop.purse.scheme,
            holder,
            usable_until=datetime(YEAR + 1, 1, 1, tzinfo=UTC),
        )
        task = asyncio.create_task(proposed(closing))
        await somebody_waits(connection)
        assert not task.done()
        await transaction.commit()
        await task
    await seal_all(connection, ring)
    closed_year = await confirm_closing(connection, LAST, actor=SECOND, now=NOW)
    number = "SELECT number FROM seal_leaf WHERE kind = 4 AND key = uuid_send($1::uuid)"
    assert await connection.fetchval(number, budget.entry) < (closed_year.checkpoint_size or 0)
    assert (await prove_and_keep(connection, VELSEN)).closes


@pytest.mark.tampered
async def test_the_proof_finds_what_was_granted_in_a_closed_year_and_a_month_that_opened(
    connection: Connection,
    database: Database,
    superuser: Connection,
    old: OldYear,
    ring: KeyRing,
) -> None:
    await a_closed_year(connection, database, ring)
    await rewrite(superuser, "refuse_opening_in_closed_year", ("RAISE EXCEPTION", "RAISE NOTICE"))
    holder = await a_holder(connection, year=LAST)
    await a_budget(connection, old.shop.purse.scheme, holder)
    proof = await prove_and_keep(connection, VELSEN)
    assert {one.check for one in proof.findings} == {"closed year"}
    await by_hand(
        superuser,
        "period_closing",
        "UPDATE period_closing SET reopening_proposed_at = now(), reopening_proposed_by = gen_random_uuid(), "
        "reopening_because = 'x', reopened_at = now(), reopened_by = gen_random_uuid()",
    )
    findings = (await prove_and_keep(connection, VELSEN)).findings
    assert f"{DECEMBER:%Y-%m} is not" in " ".join(one.detail for one in findings)
