"""What the bank says is booked once, to the cent; what cannot be matched is left, with the reason."""

from collections.abc import Sequence

import pytest

from given.bank import Habit, Move, a_report, a_statement
from given.bank_world import LINES, SHOP_IBAN, WHOLE, World, a_return
from given.days import TODAY
from given.merchants import OTHER_IBAN
from given.settlements import owed
from pas.settlements.stored import read_lines, read_run

HABITS: list[Habit] = ["ing", "rabobank", "abn_amro", "bng"]


@pytest.mark.parametrize("habit", HABITS)
async def test_a_batch_that_is_booked_as_one_total_pays_all_of_its_file(
    world: World, habit: Habit
) -> None:
    answer = await world.take(a_statement(WHOLE, habit=habit))
    assert (answer.booked, answer.open) == (1, 0)
    assert await world.states() == ["paid"] * 3
    run = await read_run(world.connection, world.run)
    assert (run.state, await owed(world.connection, world.shops[0])) == ("booked", 0)
    assert [one.paid_on for one in await read_lines(world.connection, world.run)] == [TODAY] * 3


@pytest.mark.parametrize("habit", HABITS)
async def test_payments_that_are_booked_one_by_one_are_paid_one_by_one(
    world: World, habit: Habit
) -> None:
    moves = [
        Move(cents=line[1], lines=[line], reference=f"R{n}") for n, line in enumerate(LINES[:2])
    ]
    answer = await world.take(a_statement(*moves, habit=habit))
    assert (answer.booked, answer.open) == (2, 0)
    assert await world.states() == ["paid", "paid", "approved"]


async def test_an_entry_that_names_all_its_payments_is_matched_by_each(world: World) -> None:
    answer = await world.take(a_statement(Move(cents=2_100, lines=LINES, count=3), habit="bng"))
    assert (answer.booked, await world.states()) == (3, ["paid"] * 3)


@pytest.mark.parametrize("habit", HABITS)
async def test_a_payment_that_came_back_is_owed_again(world: World, habit: Habit) -> None:
    answer = await world.take(a_statement(a_return(2, 700, reference="T2"), WHOLE, habit=habit))
    assert (answer.booked, answer.open) == (2, 0)
    assert await world.states() == ["paid", "returned", "paid"]
    assert await owed(world.connection, world.shops[1]) == 700
    [_, line, _] = await read_lines(world.connection, world.run)
    assert line.returned_because == "De bank zegt: de rekening is opgeheven (AC04)."


async def test_a_reversed_payment_came_back_too(world: World) -> None:
    await world.take(a_statement(WHOLE))
    back = a_return(1, 500, returned="", reversal=True)
    await world.take(a_statement(back, notification=True))
    assert await world.states() == ["returned", "paid", "paid"]


async def test_a_whole_batch_that_is_reversed_came_back(world: World) -> None:
    await world.take(a_statement(WHOLE))
    back = Move(cents=2_100, credit=True, batch="velsen-1-F1", count=3, reversal=True)
    await world.take(a_statement(back, statement="2"))
    assert await world.states() == ["returned"] * 3


async def test_a_return_that_comes_in_before_its_payment_waits_for_it(world: World) -> None:
    first = await world.take(a_statement(a_return(2, 700), notification=True))
    assert (first.open, await world.whys()) == (1, ["not_paid_yet"])
    await world.take(a_statement(WHOLE))
    assert (await world.whys(), await world.states()) == ([], ["paid", "returned", "paid"])


async def test_a_refused_payment_is_owed_again_and_the_rest_is_paid_as_one_total(
    world: World,
) -> None:
    report = a_report(group="PART", lines=[("velsen-1-3", "RJCT", "AC01")])
    answer = await world.take(report)
    assert (answer.booked, answer.noted) == (1, 1)
    assert await world.states() == ["approved", "approved", "returned"]
    await world.take(a_statement(Move(cents=1_200, batch="velsen-1-F1", count=2)))
    assert await world.states() == ["paid", "paid", "returned"]
    assert (await read_run(world.connection, world.run)).state == "booked"
    assert await world.entries() == {"bounce": 1, "pay": 2}


async def test_a_total_without_a_refused_payment_waits_for_the_report(world: World) -> None:
    await world.take(a_statement(Move(cents=1_200, batch="velsen-1-F1", count=2)))
    assert (await world.whys(), await world.states()) == (["other_count"], ["approved"] * 3)
    await world.take(a_report(lines=[("velsen-1-3", "RJCT", "AC01")]))
    assert (await world.whys(), await world.states()) == ([], ["paid", "paid", "returned"])


@pytest.mark.parametrize("status", ["ACCP", "ACSP", "ACSC", "PDNG", "PART", "ACTC"])
@pytest.mark.parametrize("version", ["03", "12"])
async def test_what_goes_well_is_noted_and_books_nothing(
    world: World, status: str, version: str
) -> None:
    report = a_report(
        group=status, batch=status, lines=[("velsen-1-1", "ACSC", "")], version=version
    )
    answer = await world.take(report)
    assert (answer.noted, answer.booked, answer.open) == (2, 0, 0)
    assert await world.states() == ["approved"] * 3


UNMATCHED: Sequence[tuple[str, bytes]] = (
    ("no_id", a_statement(Move(cents=2_100))),
    ("no_id", a_statement(Move(cents=2_100, batch="haarlem-1-F1", count=3))),
    ("no_id", a_statement(Move(cents=500, lines=[("NOTPROVIDED", 500, SHOP_IBAN)]))),
    ("no_id", a_statement(Move(cents=500, lines=[("velsen-01-1", 500, SHOP_IBAN)]))),
    ("unknown_id", a_statement(Move(cents=2_100, batch="velsen-2-F1", count=3))),
    ("unknown_id", a_statement(Move(cents=2_100, batch="velsen-1-F2", count=3))),
    ("unknown_id", a_statement(Move(cents=500, lines=[("velsen-1-4", 500, SHOP_IBAN)]))),
    ("other_amount", a_statement(Move(cents=2_099, batch="velsen-1-F1", count=3))),
    ("other_amount", a_statement(Move(cents=501, lines=[("velsen-1-1", 501, SHOP_IBAN)]))),
    ("other_count", a_statement(Move(cents=2_100, batch="velsen-1-F1", count=2))),
    (
        "other_currency",
        a_statement(Move(cents=2_100, batch="velsen-1-F1", count=3, currency="USD")),
    ),
    ("other_payee", a_statement(Move(cents=500, lines=[("velsen-1-1", 500, OTHER_IBAN)]))),
    ("not_a_return", a_statement(a_return(1, 500, returned=""))),
    ("reversed_credit", a_statement(Move(cents=500, lines=LINES[:1], reversal=True))),
    ("not_paid_yet", a_statement(a_return(1, 500))),
    ("whole_file", a_report(group="RJCT")),
    ("whole_file", a_report(batch="RJCT")),
    ("duplicate", a_report(lines=[("velsen-1-1", "RJCT", "AM05")])),
    ("duplicate", a_report(group="RJCT", reason="AM05", lines=[("velsen-1-1", "RJCT", "")])),
    ("unknown_status", a_report(lines=[("velsen-1-1", "CANC", "")], version="12")),
    ("unknown_id", a_report(file="velsen-9-F1", group="ACCP")),
    ("no_id", a_report(lines=[("iets-anders", "RJCT", "AC01")])),
)


@pytest.mark.parametrize(("why", "content"), UNMATCHED)
async def test_what_does_not_match_books_nothing_and_says_why(
    world: World, why: str, content: bytes
) -> None:
    answer = await world.take(content)
    assert (answer.booked, answer.open, await world.whys()) == (0, 1, [why])
    assert (await world.states(), await world.entries()) == (["approved"] * 3, {})
