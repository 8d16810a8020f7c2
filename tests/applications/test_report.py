"""The report from the books: every kind of sale, what came back, and small numbers by the setting."""

from uuid import uuid4

from booking import an_item, book
from given.applications import (
    VELSEN,
    Scene,
    a_manager,
    a_youth_scheme,
    an_award,
    applies,
    state,
)
from given.days import NOW, YEAR
from given.settlements import a_setting
from pas.applications.asked import Agreement
from pas.applications.confirm import Stated, confirm
from pas.applications.figures import PurposeLine
from pas.applications.give_back import Back, give_back
from pas.applications.judge import judge_one, todays_ground
from pas.applications.report import READ_ROWS, Report, read_report
from pas.days import day_of, start_of
from pas.db import Connection
from pas.ids import ApplicationId, EntryId, uuid7
from pas.ledger.book import Line
from pas.money import Cents

JULY = 7


async def confirmed(connection: Connection, scene: Scene, award: ApplicationId) -> EntryId:
    stated = Stated(
        id=EntryId(uuid7()),
        application=award,
        merchant=scene.club.id,
        amount_cents=Cents(20_000),
        invoice="F-1",
    )
    manager = await a_manager(connection, scene.club)
    await confirm(connection, stated, municipality=VELSEN, key=b"k" * 32, actor=manager, now=NOW)
    return stated.id


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
    confirmation = await confirmed(connection, scene, award)
    assert await used(connection) == [True]
    for cents, still in ((Cents(5_000), True), (None, False)):
        back = Back(
            id=EntryId(uuid7()),
            confirmation=confirmation,
            application=award,
            amount_cents=cents,
            reason="gestopt",
        )
        manager = await a_manager(connection, scene.club)
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
    for name in ("Noor", "Sem", "Liv"):
        await confirmed(connection, scene, await an_award(connection, scene, given_name=name))
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
