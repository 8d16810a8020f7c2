"""What a list of an earlier supplier says is believed row by row, or refused with the reason; never guessed."""

from collections.abc import Mapping
from io import BytesIO

import pytest

from given.cards import a_resident
from given.days import NOW
from given.takeovers import (
    BORN,
    BSN,
    SPORT,
    UPLOADER,
    TakingOver,
    a_listed_row,
    handed_file,
    verdicts,
)
from pas.csvfile import FileRefused
from pas.money import Cents
from pas.takeovers import rules
from pas.takeovers.files import COLUMNS
from pas.takeovers.judge import ANOTHERS_CARD, CHANGED
from pas.takeovers.model import TakeoverTotalsDiffer
from pas.takeovers.propose import propose_takeover


async def test_a_row_of_one_known_resident_waits(town: TakingOver) -> None:
    outlook = await town.proposes(a_listed_row())
    assert verdicts(outlook) == ["waiting"]
    assert [one.waiting_cents for one in outlook.totals] == [12345]
    assert outlook.takeover is not None
    assert await town.balances() == []


@pytest.mark.parametrize(
    "cells",
    [
        {"given_name": "SANNE", "family_name": "De  Wit"},
        {"given_name": "Sánne", "family_name": "de-Wit"},
        {"scheme": "Sport kinderen"},
        {"birth_date": "17-05-1990", "postcode": "1971AB"},
    ],
)
async def test_how_it_is_written_makes_no_difference(
    town: TakingOver, cells: Mapping[str, str]
) -> None:
    outlook = await town.proposes(a_listed_row(**cells), told={SPORT: Cents(12345)})
    assert verdicts(outlook) == ["waiting"]


HOSTILE: dict[str, tuple[dict[str, str], str]] = {
    "a formula": ({"card_number": "=1+1"}, "Kolom card_number"),
    "a negative balance": ({"amount_cents": "-5"}, "Kolom amount_cents"),
    "a power of ten": ({"amount_cents": "1e3"}, "Kolom amount_cents"),
    "a space in an amount": ({"amount_cents": "1 000"}, "Kolom amount_cents"),
    "euros": ({"amount_cents": "12,50"}, "Kolom amount_cents"),
    "no amount": ({"amount_cents": ""}, "Vul 0 in"),
    "a million euros too much": ({"amount_cents": "100000001"}, "Kolom amount_cents"),
    "a number that was rounded": ({"card_number": "6,06436E+15"}, "afgerond"),
    "a number that is too short": ({"card_number": "123"}, "Kolom card_number"),
    "a number that is too long": ({"card_number": "9" * 65}, "Kolom card_number"),
    "a code of ours": ({"card_number": "SC1ABCD" + "0" * 26}, "Kolom card_number"),
    "characters that turn": ({"given_name": "San\u202ene"}, "onleesbaar"),
    "a BSN that is none": ({"bsn": "123456789"}, "burgerservicenummer"),
    "nobody": ({"given_name": "", "family_name": ""}, "Vul een BSN in"),
    "a day that is none": ({"birth_date": "1990-02-30"}, "bestaat niet"),
    "who does not live here": ({"given_name": "Piet"}, rules.NOBODY_NAMED),
    "another day of birth": ({"birth_date": "1990-05-18"}, rules.NOBODY_NAMED),
    "an unknown BSN": ({"bsn": "999990020"}, rules.NOBODY),
}


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_bad_row_costs_itself_alone(town: TakingOver, what: str) -> None:
    cells, reason = HOSTILE[what]
    lot = await a_resident(town.connection, name="Lot", birth_date=BORN)
    good = a_listed_row(card_number="AB-77", given_name="Lot")
    row = a_listed_row(**cells)
    amount = int(row["amount_cents"]) if row["amount_cents"].isdigit() else 0
    amount = amount if amount <= 100_000_000 else 0
    outlook = await town.proposes(row, good, told={SPORT: Cents(12345 + amount)})
    bad, right = outlook.rows
    assert (bad.outcome, right.outcome, right.resident_id) == ("refused", "waiting", lot)
    assert reason in (bad.reason or "")


async def test_a_line_of_ten_megabytes_costs_itself_alone(town: TakingOver) -> None:
    good = ";".join(a_listed_row().get(column, "") for column in COLUMNS)
    text = f"{';'.join(COLUMNS)}\n{'x' * 10_000_000}\n{good}\n"
    handed = handed_file(BytesIO(text.encode()), told={SPORT: Cents(12345)})
    outlook = await propose_takeover(
        town.connection, handed, ring=town.ring, actor=UPLOADER, now=NOW
    )
    assert [one.outcome for one in outlook.rows] == ["refused", "waiting"]


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16"])
async def test_another_encoding_is_refused_whole(town: TakingOver, encoding: str) -> None:
    text = ";".join(COLUMNS) + "\nAB-77;sport_kinderen;1;;José;de Wit;1990-05-17;\n"
    handed = handed_file(BytesIO(text.encode(encoding)), told={SPORT: Cents(1)})
    with pytest.raises(FileRefused):
        await propose_takeover(town.connection, handed, ring=town.ring, actor=UPLOADER, now=NOW)


@pytest.mark.parametrize("told", [{SPORT: 12344}, {}, {SPORT: 12345, "other": 0}])
async def test_a_list_that_does_not_add_up_is_refused_whole(
    town: TakingOver, told: dict[str, int]
) -> None:
    with pytest.raises(TakeoverTotalsDiffer):
        await town.proposes(a_listed_row(), told={code: Cents(one) for code, one in told.items()})
    assert await town.connection.fetchval("SELECT count(*) FROM takeover") == 0


async def test_money_of_a_scheme_that_we_do_not_have_is_no_part_of_any_total(
    town: TakingOver,
) -> None:
    with pytest.raises(TakeoverTotalsDiffer, match="oud_fonds"):
        await town.proposes(
            a_listed_row(), a_listed_row(scheme="oud_fonds"), told={SPORT: Cents(12345)}
        )


async def test_of_two_rows_that_contradict_each_other_neither_is_believed(
    town: TakingOver,
) -> None:
    await a_resident(town.connection, name="Lot", birth_date=BORN)
    twice = await town.proposes(a_listed_row(), a_listed_row(amount_cents="1"))
    assert verdicts(twice) == [rules.TWICE] * 2
    two_people = await town.proposes(a_listed_row(), a_listed_row(given_name="Lot", scheme=SPORT))
    assert verdicts(two_people) == [rules.TWICE] * 2
    two_cards = await town.proposes(a_listed_row(), a_listed_row(card_number="BC-88"))
    assert verdicts(two_cards) == [rules.TWO_CARDS] * 2


async def test_one_card_with_two_people_is_nobodys(town: TakingOver) -> None:
    await town.another_scheme()
    await a_resident(town.connection, name="Lot", birth_date=BORN)
    for other, reason in (("Lot", rules.TWO_PEOPLE), ("Piet", rules.NOBODY_NAMED)):
        outlook = await town.proposes(
            a_listed_row(), a_listed_row(scheme="cultuur", given_name=other)
        )
        assert verdicts(outlook) == [rules.TWO_PEOPLE, reason]


async def test_a_card_may_have_a_balance_of_more_schemes(town: TakingOver) -> None:
    await town.another_scheme()
    ended = await town.takes_over(a_listed_row(), a_listed_row(scheme="cultuur", amount_cents="5"))
    assert (ended.booked, await town.balances()) == (2, [5, 12345])
    cards = await town.connection.fetchval("SELECT count(*) FROM card")
    assert cards == 1


async def test_twins_in_name_are_told_apart_by_postcode_or_number_or_not_at_all(
    town: TakingOver,
) -> None:
    twin = await a_resident(town.connection, name="Sanne", birth_date=BORN)
    await town.connection.execute(
        "UPDATE resident_version SET postcode = '1971 AB' WHERE resident_id = $1", twin
    )
    await town.has_number(twin)
    unclear = await town.proposes(a_listed_row())
    assert verdicts(unclear) == [rules.SEVERAL]
    for cells in ({"postcode": "1971ab"}, {"bsn": BSN}):
        outlook = await town.looks(a_listed_row(**cells))
        assert [one.resident_id for one in outlook.rows] == [twin]


async def test_a_number_and_a_day_of_birth_of_two_people_is_refused(town: TakingOver) -> None:
    await town.has_number(town.sanne)
    outlook = await town.proposes(a_listed_row(bsn=BSN, birth_date="1991-01-01"))
    assert verdicts(outlook) == [rules.OTHER_BIRTH]


@pytest.mark.parametrize("column", ["left_on", "died_on"])
async def test_who_is_gone_gets_nothing(town: TakingOver, column: str) -> None:
    changes = {"left_on": "UPDATE resident_version SET left_on = $1"}
    changes["died_on"] = "UPDATE resident_version SET died_on = $1"
    await town.connection.execute(changes[column], NOW.date())
    assert verdicts(await town.proposes(a_listed_row())) == [rules.GONE]


async def test_the_number_of_somebody_elses_card_is_refused(town: TakingOver) -> None:
    await a_resident(town.connection, name="Lot", birth_date=BORN)
    await town.takes_over(a_listed_row())
    outlook = await town.proposes(
        a_listed_row(given_name="Lot", scheme=SPORT, card_number="60643600 1234"),
        told={SPORT: Cents(12345)},
    )
    assert verdicts(outlook) == ["same"]
    await town.another_scheme()
    outlook = await town.proposes(a_listed_row(given_name="Lot", scheme="cultuur"))
    assert verdicts(outlook) == [ANOTHERS_CARD]


async def test_another_amount_for_what_was_booked_is_refused(town: TakingOver) -> None:
    await town.takes_over(a_listed_row())
    outlook = await town.proposes(a_listed_row(amount_cents="12346"))
    assert (verdicts(outlook), outlook.takeover) == ([CHANGED], None)
    assert await town.balances() == [12345]


async def test_the_same_list_again_changes_nothing(town: TakingOver) -> None:
    rows = (a_listed_row(), a_listed_row(given_name="Piet", card_number="BC-88"))
    await town.takes_over(*rows)
    before = await town.connection.fetch("SELECT * FROM entry")
    again = await town.proposes(*rows)
    assert (verdicts(again), again.takeover) == (["same", rules.NOBODY_NAMED], None)
    assert await town.connection.fetch("SELECT * FROM entry") == before
