"""Files of letters: how many go in one, who took which, what day is on them, and when they are gone."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from given.city import YEAR, a_budget, a_holder, a_scheme
from given.letters import HOUSE, a_family, a_person, opened, pages
from given.logins import NOON
from given.merchants import REGISTRAR
from pas.auth.events import read_events
from pas.days import day_of
from pas.db import Connection, Database
from pas.ids import CardRunId, MunicipalityName
from pas.letters.batch import Batch, parts_of
from pas.letters.card_letters import CardLetters
from pas.letters.fetch import LetterFileNotFound, card_printing, fetch_letters, letter_printing
from pas.letters.kinds import KINDS
from pas.letters.runs import LetterRun, begin_letter_run, year_wanted
from pas.passes.make_cards import Press
from pas.passes.print_cards import begin_card_run, do_card_run, read_card_run
from pas.passes.print_files import PrintFilesGone
from pas.press.press import a_press
from pas.web.dates import day

VELSEN = MunicipalityName("velsen")
MADE_AT = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
"""After whatever is booked in a test."""
LATER = MADE_AT + timedelta(days=3)


async def a_card_run(connection: Connection, database: Database, press: Press) -> CardRunId:
    run = await begin_card_run(connection, year=YEAR, form="paper", actor=REGISTRAR, now=NOON)
    await do_card_run(database, VELSEN, run, press=press, actor=REGISTRAR, now=NOON)
    return run


async def people_in_files(
    connection: Connection, database: Database, press: Press, *, most: int
) -> list[int]:
    run = await a_card_run(connection, database, press)
    kind = msgspec.structs.replace(KINDS["pass_letter"], most=most)
    source = CardLetters(run, "pass_letter", press.ring, HOUSE)
    batch = Batch(kind=kind, source=source, house=HOUSE, made_at=NOON)
    return [len(part) for part in await parts_of(connection, batch, now=NOON)]


async def test_a_file_holds_so_many_letters_and_no_more(
    connection: Connection, database: Database, press: Press
) -> None:
    for number in range(5):
        await a_person(connection, f"Noor Bakker-{number}", household=f"H{number}")
    assert await people_in_files(connection, database, press, most=2) == [2, 2, 1]


async def test_a_file_of_large_families_stays_as_small_and_no_family_is_cut(
    connection: Connection, database: Database, press: Press
) -> None:
    for number, size in enumerate((4, 2, 1, 8)):
        names = [f"Noor{one} Bakker" for one in range(size)]
        await a_family(connection, names, household=f"H{number}")
    assert await people_in_files(connection, database, press, most=2) == [6, 1, 8]


async def a_batch(connection: Connection) -> LetterRun:
    """An overview for two people, of whom one lives nowhere."""
    scheme = await a_scheme(connection)
    holders = [await a_holder(connection, name=name) for name in ("Noor", "Bo")]
    for holder in holders:
        await a_budget(connection, scheme, holder, cents=1250)
    await connection.execute(
        "UPDATE resident_version SET address = 'Dorpsstraat 1', postcode = '1991 AA', city = 'Velsen' WHERE resident_id = $1",
        holders[0].id,
    )
    return await begin_letter_run(
        connection, year_wanted(YEAR), house=HOUSE, actor=REGISTRAR, now=MADE_AT
    )


async def test_a_file_fetched_days_later_has_the_day_of_its_batch_on_it_and_in_it(
    connection: Connection,
) -> None:
    run = await a_batch(connection)
    printing = await letter_printing(connection, run.id, house=HOUSE, now=LATER)
    async with a_press() as press:
        file = await fetch_letters(
            connection, printing, number=1, press=press, actor=REGISTRAR, now=LATER
        )
    assert f"Velsen, {day(day_of(MADE_AT))}" in pages(file.pdf)[0]
    with opened(file.pdf) as pdf:
        assert str(pdf.docinfo.CreationDate).startswith(f"D:{MADE_AT:%Y%m%d%H%M%S}")


async def test_who_cannot_get_a_letter_is_counted_apart_and_who_made_the_batch_is_an_event(
    connection: Connection,
) -> None:
    run = await a_batch(connection)
    assert (run.letters, run.left_out) == (1, 1)
    (made,) = await read_events(connection, subject_kind="letter_run", subject_id=run.id)
    assert (made.kind, made.actor_id) == ("letter.made", REGISTRAR.id)


@pytest.mark.parametrize("number", [0, -1, 2])
async def test_there_is_no_file_before_the_first_nor_after_the_last(
    connection: Connection, number: int
) -> None:
    run = await a_batch(connection)
    printing = await letter_printing(connection, run.id, house=HOUSE, now=LATER)
    async with a_press() as press:
        with pytest.raises(LetterFileNotFound):
            await fetch_letters(
                connection, printing, number=number, press=press, actor=REGISTRAR, now=LATER
            )


async def test_letters_with_cards_are_gone_when_their_codes_are(
    connection: Connection, database: Database, press: Press
) -> None:
    await a_person(connection, "Noor Bakker", household="H1")
    run = await a_card_run(connection, database, press)
    gone_at = (await read_card_run(connection, run)).files_until
    for kind in ("pass_letter", "activation_letter", "replacement"):
        with pytest.raises(PrintFilesGone):
            await card_printing(
                connection, run, kind, ring=press.ring, house=HOUSE, large=False, now=gone_at
            )
