"""Reminders, overviews and decisions: to the cent, the same when fetched later, and gone on their clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from booking import a_reversal, a_sale, lapse, redeem, reverse
from given.city import YEAR, Holder, a_budget, a_child_of, a_holder, a_merchant, a_scheme, a_till
from given.letters import HOUSE, pages
from given.logins import NOON
from given.merchants import REGISTRAR
from pas.auth.actor import Actor
from pas.days import day_of, start_of
from pas.db import Connection
from pas.letters.batch import File
from pas.letters.budget_letters import READ_SUMS
from pas.letters.fetch import LetterFileNotFound, fetch_letters, letter_printing
from pas.letters.runs import LetterDaysWrong, LetterRun, Wanted, begin_letter_run, year_wanted
from pas.messages.choices import choose
from pas.passes.print_files import PrintFilesGone
from pas.press.press import a_press


def now() -> datetime:
    """After whatever was booked in the test."""
    return datetime.now(UTC) + timedelta(seconds=2)


async def lives_somewhere(connection: Connection) -> None:
    await connection.execute(
        "UPDATE resident_version SET address = 'Dorpsstraat 1', postcode = '1991 AA', city = 'Velsen'"
    )


async def a_run(connection: Connection, wanted: Wanted, *, at: datetime | None = None) -> LetterRun:
    await lives_somewhere(connection)
    return await begin_letter_run(connection, wanted, house=HOUSE, actor=REGISTRAR, now=at or now())


async def fetch(connection: Connection, run: LetterRun, *, at: datetime | None = None) -> File:
    moment = at or now()
    printing = await letter_printing(connection, run.id, house=HOUSE, now=moment)
    async with a_press() as press:
        return await fetch_letters(
            connection, printing, number=1, press=press, actor=REGISTRAR, now=moment
        )


async def spent_and_lapsed(connection: Connection, holder: Holder) -> int:
    """A budget that was spent, taken back, and of which the rest returned; gives what that was."""
    scheme = await a_scheme(connection)
    until = NOON + timedelta(days=1)
    budget = await a_budget(connection, scheme, holder, cents=20000, usable_until=until)
    till = await a_till(connection, await a_merchant(connection))
    sales = [a_sale(till, budget, cents) for cents in (1240, 500, 300)]
    await redeem(connection, *sales)
    await reverse(connection, a_reversal("void", sales[1]))
    await reverse(connection, a_reversal("refund", sales[0], 240))
    rest = 20000 - 1240 - 300 + 240
    assert await lapse(connection, budget.account, rest, at=until) == "booked"
    return rest


async def test_the_overview_of_a_year_equals_the_ledger_to_the_cent(connection: Connection) -> None:
    holder = await a_holder(connection)
    rest = await spent_and_lapsed(connection, holder)
    await a_budget(connection, await a_scheme(connection), holder, cents=4999)
    made_at = now()
    rows = await READ_SUMS.all(connection, [holder.id], YEAR, made_at, None, None)
    stored = await connection.fetch(
        "SELECT c.amount FROM balance c JOIN budget b ON b.account_id = c.account_id"
    )

    assert sorted(row.left_cents for row in rows) == sorted(row["amount"] for row in stored)
    for row in rows:
        assert row.received_cents - row.spent_cents - row.returned_cents == row.left_cents
    lapsed = next(row for row in rows if row.returned_cents)
    assert (lapsed.received_cents, lapsed.spent_cents, lapsed.returned_cents) == (20000, 1300, rest)
    (shown,) = pages((await fetch(connection, await a_run(connection, year_wanted(YEAR)))).pdf)
    assert "€ 200,00 € 13,00 € 187,00 € 0,00" in shown
    assert "€ 49,99 € 0,00 € 0,00 € 49,99" in shown


async def test_a_reminder_says_how_much_for_what_and_until_when(connection: Connection) -> None:
    holder = await a_holder(connection)
    soon, later = now() + timedelta(days=20), now() + timedelta(days=200)
    await a_budget(connection, await a_scheme(connection), holder, cents=1250, usable_until=soon)
    await a_budget(connection, await a_scheme(connection), holder, cents=777, usable_until=later)
    today = day_of(now())
    run = await a_run(connection, Wanted("reminder", today, today + timedelta(days=42)))
    (shown,) = pages((await fetch(connection, run)).pdf)
    assert (run.letters, run.left_out) == (1, 0)
    assert "€ 12,50" in shown
    assert "7,77" not in shown
    assert str((soon - timedelta(seconds=1)).year) in shown


async def test_a_reminder_of_a_child_goes_to_its_parent_with_the_childs_name(
    connection: Connection,
) -> None:
    parent = await a_holder(connection, name="Noor")
    child = await a_child_of(connection, parent, name="Bo", birth_date=date(YEAR - 8, 3, 1))
    scheme = await a_scheme(connection)
    await a_budget(connection, scheme, child, cents=1250, usable_until=now() + timedelta(days=9))
    today = day_of(now())
    run = await a_run(connection, Wanted("reminder", today, today + timedelta(days=42)))
    (shown,) = pages((await fetch(connection, run)).pdf)
    assert "Beste Noor de Wit," in shown
    assert "Bo de Wit Waarvoor" in shown


async def test_who_chose_another_way_gets_no_letter_and_who_got_one_is_noted(
    connection: Connection,
) -> None:
    scheme, until = await a_scheme(connection), NOON + timedelta(days=10)
    quiet, reads = await a_holder(connection), await a_holder(connection)
    for one in (quiet, reads):
        await a_budget(connection, scheme, one, cents=4_000, usable_until=until)
    await choose(
        connection, quiet.id, before_lapse="none", actor=Actor(kind="holder", id=quiet.id), now=NOON
    )
    wanted = Wanted("reminder", day_of(NOON), day_of(until) + timedelta(days=1))
    run = await a_run(connection, wanted)
    assert (run.letters, run.left_out) == (1, 0)
    noted = await connection.fetch("SELECT recipient_id, channel FROM lapse_reminder")
    assert [tuple(row) for row in noted] == [(reads.id, "post")]


async def test_a_budget_that_is_empty_gets_no_reminder(connection: Connection) -> None:
    holder = await a_holder(connection)
    scheme = await a_scheme(connection)
    budget = await a_budget(
        connection, scheme, holder, cents=500, usable_until=now() + timedelta(9)
    )
    till = await a_till(connection, await a_merchant(connection))
    await redeem(connection, a_sale(till, budget, 500))
    today = day_of(now())
    run = await a_run(connection, Wanted("reminder", today, today + timedelta(days=42)))
    assert (run.letters, (await fetch(connection, run)).pdf) == (0, b"")


async def test_letters_fetched_after_a_sale_say_what_they_said_before_it(
    connection: Connection,
) -> None:
    holder = await a_holder(connection)
    scheme = await a_scheme(connection)
    until = now() + timedelta(days=9)
    budget = await a_budget(connection, scheme, holder, cents=1250, usable_until=until)
    till = await a_till(connection, await a_merchant(connection))
    today = day_of(now())
    at = datetime.now(UTC) + timedelta(seconds=1)
    run = await a_run(connection, Wanted("reminder", today, today + timedelta(days=42)), at=at)
    before = await fetch(connection, run)
    await connection.execute("SELECT pg_sleep(1.2)")
    await redeem(connection, a_sale(till, budget, 500))
    assert (
        await connection.fetchval(
            "SELECT amount FROM balance WHERE account_id = $1", budget.account
        )
        == 750
    )
    assert (await fetch(connection, run)).pdf == before.pdf


async def decided(connection: Connection, holder: Holder, *, at: datetime) -> None:
    await connection.execute(
        """
        INSERT INTO decision (id, resident_id, household_number, year, cause, assessed_on, decided_at, verdicts,
            actor_kind, actor_id)
        VALUES (gen_random_uuid(), $1, $2, $3, 'application', $4, $5, $6, 'login', $1)
        """,
        *(holder.id, holder.household, YEAR, at.date(), at),
        '[{"scheme": "sport", "title": "Sport", "outcome": "refused", "reason": "income-above-limit",'
        ' "version": "00000000-0000-0000-0000-000000000001", "income": 14000, "limit": 11000}]',
    )


async def test_a_decision_says_the_same_as_the_page_and_how_to_object(
    connection: Connection,
) -> None:
    holder = await a_holder(connection, name="Noor")
    await decided(connection, holder, at=NOON)
    day = day_of(NOON)
    run = await a_run(connection, Wanted("decision", day, day + timedelta(days=1)))
    shown = " ".join(pages((await fetch(connection, run)).pdf))
    assert "Ons besluit over de Stadspas van Noor de Wit" in shown
    assert "Dit krijgt u niet" in shown
    assert "Dat is te hoog." in shown
    assert "U kunt bezwaar maken. Dat kan tot en met" in shown
    assert "Postbus 465" in shown


async def test_a_batch_cannot_be_fetched_after_its_clock(connection: Connection) -> None:
    run = await a_run(connection, year_wanted(YEAR))
    assert start_of(run.from_day) < run.made_at
    with pytest.raises(PrintFilesGone):
        await fetch(connection, run, at=run.files_until)


async def test_days_that_run_backwards_are_refused(connection: Connection) -> None:
    today = day_of(now())
    with pytest.raises(LetterDaysWrong):
        await a_run(connection, Wanted("reminder", today, today))


async def test_a_decision_taken_after_a_batch_is_in_no_letter_of_it(connection: Connection) -> None:
    holder = await a_holder(connection, name="Noor")
    day = day_of(NOON)
    wanted = Wanted("decision", day, day + timedelta(days=1))
    run = await a_run(connection, wanted, at=NOON)
    await decided(connection, holder, at=NOON + timedelta(hours=1))
    with pytest.raises(LetterFileNotFound):
        await fetch(connection, run, at=NOON + timedelta(days=1))
