"""The report from the books: every kind of sale, what came back, and small numbers by the setting."""

from uuid import uuid4

from booking import an_item, book
from given.applications import (
    Scene,
    a_manager,
    a_youth_scheme,
    an_award,
    applies,
    coming_back,
    confirmed,
    state,
    stated,
)
from given.days import NOW, YEAR
from given.settlements import a_setting
from pas.applications.asked import Agreement
from pas.applications.figures import PurposeLine
from pas.applications.give_back import give_back
from pas.applications.judge import judge_one, todays_ground
from pas.applications.report import READ_ROWS, Report, read_report
from pas.days import day_of, start_of
from pas.db import Connection
from pas.ids import EntryId
from pas.ledger.accounts import new_account_id
from pas.ledger.book import Line

JULY = 7


async def report(connection: Connection) -> Report:
    return await read_report(connection, year=YEAR, half="year", now=NOW)


async def purpose(connection: Connection) -> PurposeLine:
    (found,) = (await report(connection)).figures.by_purpose
    return found


async def used(connection: Connection) -> list[bool]:
    days = [start_of(day_of(NOW).replace(year=year, month=1, day=1)) for year in (YEAR, YEAR + 1)]
    return [one.used for one in await READ_ROWS.all(connection, *days, day_of(NOW))]


async def test_an_award_is_used_until_all_of_it_came_back(
    connection: Connection, scene: Scene
) -> None:
    award = await an_award(connection, scene)
    assert await used(connection) == [False]
    manager, one = await a_manager(connection, scene.club), stated(scene.club.id, award)
    await confirmed(connection, one, manager)
    assert await used(connection) == [True]
    for cents, still in ((5_000, True), (None, False)):
        back = coming_back(one, cents)
        await give_back(connection, back, ring=scene.ring, actor=manager, now=NOW)
        assert await used(connection) == [still]
    assert (await purpose(connection)).confirmed_cents == 0


async def test_what_was_sold_without_a_line_counts_and_what_was_granted_is_not_released(
    connection: Connection, owner: Connection, scene: Scene
) -> None:
    award = await an_award(connection, scene)
    account = await connection.fetchval(
        "SELECT account_id FROM budget WHERE application_id = $1", award
    )
    gear = Line(debit=account, credit=scene.club.account, amount=4_000)
    sold = an_item("offline", gear, id=EntryId(uuid4()), occurred_at=NOW)
    assert await book(owner, sold) == ["booked"]
    told = await purpose(connection)
    assert (told.confirmed_cents, told.released_cents) == (4_000, 0)
    assert await used(connection) == [True]


async def test_what_is_small_is_what_the_municipality_says(
    connection: Connection, scene: Scene
) -> None:
    manager = await a_manager(connection, scene.club)
    for name in ("Noor", "Sem", "Liv"):
        award = await an_award(connection, scene, given_name=name)
        await confirmed(connection, stated(scene.club.id, award), manager)
    assert (await purpose(connection)).children is None
    await a_setting(connection, "small_cells_below", 3)
    told = await report(connection)
    assert (told.smallest, told.figures.by_purpose[0].children) == (3, 3)


async def test_few_children_of_both_halves_are_not_told(
    connection: Connection, scene: Scene
) -> None:
    await an_award(connection, scene)
    assert (await report(connection)).overlap == 0

    other_half = NOW.replace(month=7 if day_of(NOW).month < JULY else 2, day=15)
    await a_youth_scheme(connection, "jeugdfonds_cultuur")
    agreement = Agreement(by="Moeder", how="present", on=day_of(other_half), not_own_child=True)
    made = await applies(
        connection, scene, now=other_half, scheme="jeugdfonds_cultuur", agreement=agreement
    )
    ground = await todays_ground(connection, other_half)
    assert await judge_one(connection, made.id, ground=ground, now=other_half)
    assert await state(connection, made.id) == "awarded"
    assert (await report(connection)).overlap is None


async def test_what_the_municipality_bore_of_a_sale_without_a_network_was_awarded_to_nobody(
    connection: Connection, owner: Connection, scene: Scene
) -> None:
    award = await an_award(connection, scene)
    [(account, scheme, year)] = await connection.fetch(
        "SELECT account_id, scheme_id, budget_year FROM budget WHERE application_id = $1", award
    )
    (risk,) = await owner.fetchval(
        "SELECT open_accounts(ARRAY[$1::bigint], '{offline_risk}', '{cents}', ARRAY[$2::uuid],"
        " ARRAY[$3::smallint], '{null}', '{false}', '{null}', '{null}')",
        *(new_account_id(), scheme, year),
    )
    lines = (Line(account, scene.club.account, 4_000), Line(risk, scene.club.account, 900))
    assert await book(owner, an_item("offline", *lines, occurred_at=NOW)) == ["booked"]
    assert (await purpose(connection)).confirmed_cents == 4_000
