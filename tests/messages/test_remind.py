"""Before money lapses its holder hears of it, once, by the way that was chosen; by post if none was."""

import asyncio
from datetime import UTC, date, datetime, timedelta

from given.city import Holder, Scheme, a_budget, a_child_of, a_holder, a_scheme
from given.days import NOW, YEAR
from given.logins import an_actor
from given.messages import a_listener, as_holder, written
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.days import day_of, start_of
from pas.db import Connection, Database
from pas.ids import MunicipalityName, ResidentId
from pas.messages.choices import choose
from pas.messages.deliver import take_due
from pas.messages.remind import READ_POST, note_posted_between, remind
from pas.passes.end import end_pass

VELSEN = MunicipalityName("velsen")
BORN = date(YEAR - 9, 3, 1)
SOON = start_of(date(YEAR + 1, 1, 1)) - timedelta(weeks=3)
"""Three weeks before the year ends."""
SIX_WEEKS = timedelta(weeks=6)


async def with_money(
    connection: Connection, *, cents: int = 4_000, until: datetime | None = None
) -> tuple[Holder, Scheme]:
    scheme, holder = await a_scheme(connection, title="Sporten"), await a_holder(connection)
    await a_budget(connection, scheme, holder, cents=cents, usable_until=until)
    return holder, scheme


async def by_post(connection: Connection, now: datetime = SOON) -> list[ResidentId]:
    rows = await READ_POST.all(connection, day_of(now), now, now + SIX_WEEKS)
    return [one.holder_id for one in rows]


async def posted(connection: Connection) -> None:
    await note_posted_between(connection, since=SOON, until=SOON + SIX_WEEKS, now=SOON)


async def test_who_chose_a_message_gets_one_with_what_is_left_and_until_when(
    connection: Connection, database: Database, ring: KeyRing
) -> None:
    holder, _ = await with_money(connection)
    await a_listener(connection, holder.id, ring=ring, after_spending=None, before_lapse="email")
    report = await remind(database, VELSEN, ring=ring, now=SOON)
    assert (report.messages, report.budgets) == (1, 1)
    [text] = await written(connection, ring=ring)
    assert f"Voor Sporten: nog € 40,00, tot en met 31 december {YEAR}." in text
    assert await by_post(connection) == []


async def test_who_wants_it_no_more_when_it_would_go_gets_nothing(
    connection: Connection, database: Database, ring: KeyRing
) -> None:
    holder, _ = await with_money(connection)
    await a_listener(connection, holder.id, ring=ring, after_spending="email", before_lapse="email")
    await remind(database, VELSEN, ring=ring, now=SOON)
    await choose(connection, holder.id, before_lapse="none", actor=as_holder(holder.id), now=SOON)
    [due] = await take_due(connection, most=10, now=datetime.now(UTC))
    assert (due.reason, due.address_encrypted) == ("lapse", None)


async def test_nobody_is_told_twice_also_by_two_jobs_at_once(
    connection: Connection, crowd: Database, ring: KeyRing
) -> None:
    holder, _ = await with_money(connection)
    await a_listener(connection, holder.id, ring=ring, after_spending=None, before_lapse="text")
    reports = await asyncio.gather(*(remind(crowd, VELSEN, ring=ring, now=SOON) for _ in range(4)))
    assert sum(report.messages for report in reports) == 1
    again = await remind(crowd, VELSEN, ring=ring, now=SOON + timedelta(days=1))
    assert again.messages == 0
    assert len(await written(connection, ring=ring)) == 1


async def test_it_is_told_some_weeks_before_and_not_of_what_is_empty_or_over(
    connection: Connection, database: Database, ring: KeyRing
) -> None:
    holder, scheme = await with_money(connection, until=SOON + timedelta(weeks=7))
    past = await a_holder(connection)
    await a_budget(connection, scheme, past, usable_until=SOON - timedelta(days=1))
    gone = await a_holder(connection)
    await a_budget(connection, scheme, gone, usable_until=SOON + timedelta(weeks=1))
    await end_pass(
        connection,
        gone.pass_id,
        from_day=day_of(SOON),
        because="moved",
        actor=an_actor(Role.OFFICER),
        now=SOON,
    )
    for one in (holder, past, gone):
        await a_listener(connection, one.id, ring=ring, after_spending=None, before_lapse="email")
    assert (await remind(database, VELSEN, ring=ring, now=SOON)).messages == 0
    later = await remind(database, VELSEN, ring=ring, now=SOON + timedelta(weeks=2))
    assert later.messages == 1


async def test_a_letter_comes_unless_something_else_was_chosen_and_once(
    connection: Connection, ring: KeyRing
) -> None:
    quiet, scheme = await with_money(connection)
    none = await a_holder(connection)
    await a_budget(connection, scheme, none, cents=500)
    await choose(connection, none.id, before_lapse="none", actor=as_holder(none.id), now=NOW)
    assert await by_post(connection) == [quiet.id]
    await posted(connection)
    assert await by_post(connection) == []


async def test_two_parents_choose_each_for_themselves(
    connection: Connection, database: Database, ring: KeyRing
) -> None:
    scheme, mother = await a_scheme(connection), await a_holder(connection, name="Fatma")
    child = await a_child_of(connection, mother, birth_date=BORN, name="Yusuf")
    father = await a_holder(connection, name="Piet")
    await connection.execute(
        "INSERT INTO managing_adult (child_id, adult_id, kind, valid_from) VALUES ($1, $2, 'co_parent', $3)",
        *(child.id, father.id, date(YEAR, 1, 1)),
    )
    await a_budget(connection, scheme, child, cents=3_000)
    await a_listener(
        connection,
        child.id,
        ring=ring,
        recipient=mother.id,
        after_spending=None,
        before_lapse="email",
    )
    assert await by_post(connection) == []
    await choose(connection, child.id, before_lapse="post", actor=as_holder(father.id), now=NOW)
    assert await by_post(connection) == [child.id]
    assert (await remind(database, VELSEN, ring=ring, now=SOON)).messages == 1
    [text] = await written(connection, ring=ring)
    assert "Yusuf" in text


async def test_a_choice_of_who_does_not_look_after_a_child_any_more_counts_for_nothing(
    connection: Connection, ring: KeyRing
) -> None:
    scheme, mother = await a_scheme(connection), await a_holder(connection)
    child = await a_child_of(connection, mother, birth_date=BORN)
    await a_budget(connection, scheme, child, cents=3_000)
    await choose(connection, child.id, before_lapse="none", actor=as_holder(mother.id), now=NOW)
    assert await by_post(connection) == []
    await connection.execute("UPDATE managing_adult SET valid_until = $1", SOON.date())
    assert await by_post(connection) == [child.id]


async def test_who_was_reminded_is_forgotten_with_the_link_of_the_budget(
    connection: Connection, superuser: Connection
) -> None:
    await with_money(connection)
    await posted(connection)
    await superuser.execute("DELETE FROM budget")
    assert await connection.fetchval("SELECT count(*) FROM lapse_reminder") == 0
