"""Passes and cards are given once, in bulk, and their codes come back once."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from given.cards import a_press, a_resident, an_issued_card
from given.logins import NOON, a_key_store
from given.merchants import REGISTRAR
from pas.auth.key_files import rotate_key
from pas.auth.keys import Purpose
from pas.db import Connection
from pas.ids import MunicipalityName, ResidentId
from pas.passes.codes import new_card_number
from pas.passes.find import find_card
from pas.passes.issue import (
    MOST_AT_ONCE,
    ResidentNotFound,
    TooManyAtOnce,
    WantedPass,
    issue_cards,
    issue_passes,
)
from pas.passes.make_cards import Press
from pas.passes.replace import issue_temporary_card

VELSEN = MunicipalityName("velsen")


def a_year_of(resident: ResidentId, year: int = 2026) -> WantedPass:
    return WantedPass(resident, year, date(year, 1, 1), date(year + 1, 1, 1))


async def test_a_pass_is_given_once_per_resident_and_year(connection: Connection) -> None:
    residents = [await a_resident(connection) for _ in range(3)]
    wanted = [a_year_of(resident) for resident in residents]
    first = await issue_passes(connection, wanted[:2], actor=REGISTRAR)
    again = await issue_passes(connection, wanted, actor=REGISTRAR)
    assert [one.is_new for one in first] == [True, True]
    assert [one.is_new for one in again] == [False, False, True]
    assert [one.resident_id for one in again] == residents
    assert [one.id for one in again[:2]] == [one.id for one in first]


async def test_the_same_pass_twice_in_one_call_is_one_pass(connection: Connection) -> None:
    resident = await a_resident(connection)
    twice = await issue_passes(connection, [a_year_of(resident)] * 2, actor=REGISTRAR)
    assert len({one.id for one in twice}) == 1
    next_year = await issue_passes(connection, [a_year_of(resident, 2027)], actor=REGISTRAR)
    assert next_year[0].id != twice[0].id


async def test_giving_is_one_event_and_giving_again_is_none(connection: Connection) -> None:
    wanted = [a_year_of(await a_resident(connection)) for _ in range(3)]
    for _ in range(2):
        await issue_passes(connection, wanted, actor=REGISTRAR)
    events = await connection.fetch("SELECT kind, subject_kind FROM event")
    assert [tuple(event) for event in events] == [("pass.issued", "pass_batch")]


async def test_cards_are_inactive_and_found_by_what_is_printed(
    connection: Connection, press: Press
) -> None:
    residents = [await a_resident(connection) for _ in range(3)]
    cards = await issue_cards(
        connection, residents, form="plastic", press=press, actor=REGISTRAR, now=NOON
    )
    assert {card.resident_id for card in cards} == set(residents)
    for card in cards:
        for printed in (card.codes.token.text(), card.codes.number):
            found = await find_card(connection, printed, ring=press.ring, municipality=VELSEN)
            assert (found.id, found.state) == (card.card_id, "inactive")


async def test_no_plain_code_is_in_the_database(connection: Connection, press: Press) -> None:
    card = await an_issued_card(connection, press)
    row = str(await connection.fetchrow("SELECT c::text FROM card c"))
    events = str(await connection.fetch("SELECT content FROM event_content"))
    for code in (card.codes.token.secret, card.codes.number, card.activation_code):
        assert code is not None
        for stored in (row, events):
            assert code not in stored
            assert code.encode().hex() not in stored


async def test_who_has_a_card_gets_no_second_one(connection: Connection, press: Press) -> None:
    card = await an_issued_card(connection, press)
    other = await a_resident(connection)
    again = await issue_cards(
        connection,
        [card.resident_id, other, other],
        form="paper",
        press=press,
        actor=REGISTRAR,
        now=NOON,
    )
    assert [one.resident_id for one in again] == [other]


async def test_an_unknown_resident_is_told_and_nobody_gets_a_card(
    connection: Connection, press: Press
) -> None:
    asked = [await a_resident(connection), ResidentId(uuid4())]
    with pytest.raises(ResidentNotFound):
        await issue_cards(connection, asked, form="paper", press=press, actor=REGISTRAR, now=NOON)
    assert await connection.fetchval("SELECT count(*) FROM card") == 0


async def test_too_many_at_once_are_refused(connection: Connection, press: Press) -> None:
    many = [ResidentId(uuid4()) for _ in range(MOST_AT_ONCE + 1)]
    with pytest.raises(TooManyAtOnce):
        await issue_cards(connection, many, form="paper", press=press, actor=REGISTRAR, now=NOON)
    with pytest.raises(TooManyAtOnce):
        await issue_passes(connection, [a_year_of(one) for one in many], actor=REGISTRAR)


async def test_a_number_that_is_drawn_twice_is_drawn_again(
    connection: Connection, tmp_path: Path
) -> None:
    draws = iter([1, 2, 3, 1, 2, 3, *range(4, 40)])
    sly = Press(a_press(tmp_path).ring, lambda below: next(draws) % below)
    residents = [await a_resident(connection) for _ in range(2)]
    cards = await issue_cards(
        connection, residents, form="paper", press=sly, actor=REGISTRAR, now=NOON
    )
    assert len({card.codes.number for card in cards}) == 2
    assert {card.resident_id for card in cards} == set(residents)


async def test_a_number_under_an_older_key_is_not_given_again(
    connection: Connection, tmp_path: Path
) -> None:
    store = a_key_store(tmp_path)
    old = Press(store.ring(VELSEN), lambda below: 7 % below)
    first = await an_issued_card(connection, old)
    later = datetime.now(UTC) + timedelta(days=1)
    rotate_key(store, VELSEN, purpose=Purpose.CARD_NUMBER_HASH, now=later)
    ring = store.ring(VELSEN)
    # The token first, then the number: seven again, and after that something else.
    draws = iter([8, 7, *[9] * 8, *range(10, 60)])
    second = await an_issued_card(connection, Press(ring, lambda below: next(draws) % below))
    assert second.codes.number != first.codes.number
    assert first.codes.number == new_card_number(lambda below: 7 % below)
    found = await find_card(connection, first.codes.number, ring=ring, municipality=VELSEN)
    assert found.id == first.card_id


async def test_a_temporary_card_works_at_once_for_two_weeks_beside_the_other(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    temporary = await issue_temporary_card(
        connection, card.resident_id, press=press, actor=REGISTRAR, now=NOON
    )
    assert temporary.activation_code is None
    rows = await connection.fetch("SELECT form, state, expires_at FROM card ORDER BY form")
    assert [tuple(row) for row in rows] == [
        ("paper", "inactive", None),
        ("temporary", "active", NOON + timedelta(days=14)),
    ]


async def test_a_next_temporary_card_ends_the_one_before_it(
    connection: Connection, press: Press
) -> None:
    resident = await a_resident(connection)
    for _ in range(2):
        await issue_temporary_card(
            connection, resident, days=1000, press=press, actor=REGISTRAR, now=NOON
        )
    rows = await connection.fetch("SELECT state, expires_at FROM card ORDER BY created_at")
    assert [row["state"] for row in rows] == ["ended", "active"]
    assert rows[1]["expires_at"] == NOON + timedelta(days=60)
