"""The letters with cards and with codes: one for a household, never both codes, the same bytes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pypdfium2
import pytest

from given.cards import an_issued_card
from given.days import NOW, YEAR
from given.letters import ADULT, CHILD, HOUSE, a_family, a_person, elements, manages, opened, pages
from given.merchants import REGISTRAR
from pas.auth.events import read_events
from pas.db import Connection, Database
from pas.ids import CardRunId, MunicipalityName
from pas.letters.batch import File, LeftOut
from pas.letters.card_letters import CardLetterKind
from pas.letters.fetch import LetterFileNotFound, card_printing, fetch_letters
from pas.passes.codes import grouped
from pas.passes.make_cards import Press
from pas.passes.print_cards import begin_card_run, do_card_run, keep_for_post
from pas.passes.print_files import print_file
from pas.passes.replace import Replacement, replace_card
from pas.press.press import Press as Typesetter
from pas.press.press import a_press

VELSEN = MunicipalityName("velsen")
LONG = "Wilhelmina-Alexandra Konstantinidou-van der Westhuizen-Papadimitriou ten Brink"


@dataclass
class Desk:
    """Everything that is needed to fetch letters."""

    connection: Connection
    database: Database
    cards: Press
    typesetter: Typesetter

    async def a_run(self) -> CardRunId:
        run = await begin_card_run(
            self.connection, year=YEAR, form="paper", actor=REGISTRAR, now=NOW
        )
        await do_card_run(self.database, VELSEN, run, press=self.cards, actor=REGISTRAR, now=NOW)
        return run

    async def fetch(
        self, run: CardRunId, kind: CardLetterKind, *, number: int = 1, large: bool = False
    ) -> File:
        printing = await card_printing(
            self.connection, run, kind, ring=self.cards.ring, house=HOUSE, large=large, now=NOW
        )
        return await fetch_letters(
            self.connection,
            printing,
            number=number,
            press=self.typesetter,
            actor=REGISTRAR,
            now=NOW,
        )


@pytest.fixture
async def desk(connection: Connection, database: Database, press: Press) -> AsyncIterator[Desk]:
    async with a_press() as typesetter:
        yield Desk(connection, database, press, typesetter)


async def test_a_household_of_seven_children_gets_one_letter_on_more_pages(desk: Desk) -> None:
    children = [f"Kind{number} Bakker" for number in range(1, 8)]
    await a_family(desk.connection, ["Noor Bakker", *children])
    file = await desk.fetch(await desk.a_run(), "pass_letter")
    shown = pages(file.pdf)

    assert (file.letters, len(shown)) == (1, 3 - 1)
    assert all(name in " ".join(shown) for name in children)
    assert " ".join(shown).count("Nummer") == 8
    assert ("Blad 1 van 2" in shown[0], "Blad 2 van 2" in shown[1]) == (True, True)
    assert "Beste Noor Bakker," in shown[0]


async def test_the_same_run_twice_gives_the_same_bytes_also_from_another_process(
    desk: Desk,
) -> None:
    await a_family(desk.connection, ["Noor Bakker", "Bo Bakker"])
    run = await desk.a_run()
    kinds: tuple[CardLetterKind, ...] = ("pass_letter", "activation_letter")
    first = [await desk.fetch(run, kind) for kind in kinds]
    async with a_press() as another:
        desk.typesetter = another
        again = [await desk.fetch(run, kind) for kind in reversed(kinds)]
    assert [file.pdf for file in first] == [file.pdf for file in reversed(again)]


async def test_no_letter_carries_a_card_and_its_activation_code(desk: Desk) -> None:
    await a_family(desk.connection, ["Noor Bakker", "Bo Bakker"])
    run = await desk.a_run()
    ring = desk.cards.ring
    on_cards, in_letters = [
        [
            cell
            for line in (
                await print_file(desk.connection, run, kind, ring=ring, actor=REGISTRAR, now=NOW)
            ).splitlines()[1:]
            for cell in line.split(";")[4:]
        ]
        for kind in ("cards", "letters")
    ]
    with_cards = " ".join(pages((await desk.fetch(run, "pass_letter")).pdf))
    with_codes = " ".join(pages((await desk.fetch(run, "activation_letter")).pdf))

    assert (len(on_cards), len(in_letters)) == (4, 2)
    assert all(number in with_cards for number in on_cards[::2])
    assert all(code in with_codes for code in in_letters)
    assert not any(code in with_codes for code in on_cards)
    assert not any(code in with_cards for code in in_letters)


async def test_a_card_that_was_activated_is_not_printed_again(desk: Desk) -> None:
    await a_person(desk.connection, "Noor Bakker", household="H1")
    run = await desk.a_run()
    await desk.connection.execute("UPDATE card SET state = 'active', activation_hash = NULL")
    for kind in ("pass_letter", "activation_letter"):
        file = await desk.fetch(run, kind)
        assert (file.letters, file.pdf) == (0, b"")


async def test_a_letter_is_tagged_pdf_ua_with_a_title_and_a_language(desk: Desk) -> None:
    await a_person(desk.connection, "Noor Bakker", household="H1")
    file = await desk.fetch(await desk.a_run(), "pass_letter")
    with opened(file.pdf) as pdf:
        assert str(pdf.Root.Lang).startswith("nl")
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
            assert "Brief met de kaarten" in about["dc:title"]
        found = [str(element.S) for element in elements(pdf)]
    assert found.count("/H1") == 1
    assert {"/H2", "/L", "/LI", "/Figure", "/P"} <= set(found)


async def test_a_code_says_in_words_which_card_it_is_of(desk: Desk) -> None:
    await a_person(desk.connection, "Noor Bakker", household="H1")
    pdf = (await desk.fetch(await desk.a_run(), "pass_letter")).pdf
    with opened(pdf) as document:
        spoken = [str(one.Alt) for one in elements(document) if "/Alt" in one]
    assert len(spoken) == 1
    assert spoken[0].startswith("QR-code van de kaart met nummer ")


@pytest.mark.parametrize(
    "name",
    [
        LONG,
        "محمد عبد الرحمن الخطيب",
        "Małgorzata Wróblewska-Święcicka",
        "Şükrü Çağlayan",
        "Дмитро Шевченко",
    ],
)
async def test_names_of_any_length_and_in_letters_of_elsewhere_are_printed(
    desk: Desk, name: str
) -> None:
    await a_person(desk.connection, name, household="H1")
    file = await desk.fetch(await desk.a_run(), "pass_letter")
    assert (file.letters, file.left_out, len(pages(file.pdf))) == (1, [], 1)


async def test_nothing_of_an_address_is_hidden_beside_the_window_of_an_envelope(desk: Desk) -> None:
    await a_person(desk.connection, LONG, household="H1")
    run = await desk.a_run()
    for large in (False, True):
        file = await desk.fetch(run, "pass_letter", large=large)
        first = pypdfium2.PdfDocument(file.pdf)[0]
        beside = first.get_textpage().get_text_bounded(
            left=millimetres(25 + 90),
            top=first.get_height() - millimetres(35),
            bottom=first.get_height() - millimetres(80),
        )
        assert beside == ""


def millimetres(count: int) -> float:
    return count * 72 / 25.4


async def test_an_address_abroad_has_a_line_for_its_town_and_its_country(desk: Desk) -> None:
    await a_person(
        desk.connection,
        "Bart Vermeulen",
        household="H1",
        where=("Bruul 12, 2800 MECHELEN, BELGIË", "", ""),
    )
    file = await desk.fetch(await desk.a_run(), "pass_letter")
    assert "Bart Vermeulen Bruul 12 2800 MECHELEN BELGIË Velsen," in pages(file.pdf)[0]


async def test_who_has_no_address_or_a_name_we_cannot_print_is_listed_and_gets_no_letter(
    desk: Desk,
) -> None:
    homeless = await a_person(desk.connection, "Noor Bakker", household="H1", where=("", "", ""))
    chinese = await a_person(desk.connection, "王 小明", household="H2")
    await a_person(desk.connection, "Bo Smit", household="H3")
    file = await desk.fetch(await desk.a_run(), "pass_letter")
    assert file.letters == 1
    assert sorted(file.left_out, key=lambda one: one.why) == [
        LeftOut(homeless, "Noor Bakker", "no-address"),
        LeftOut(chinese, "王 小明", "unprintable"),
    ]


async def test_a_child_elsewhere_is_written_to_the_adult_who_manages_its_pass(desk: Desk) -> None:
    child = await a_person(desk.connection, "Bo Smit", household="H9", born=CHILD)
    guardian = await a_person(
        desk.connection,
        "Noor Bakker",
        household="H1",
        with_pass=False,
        where=("Dorpsstraat 1", "1991 AA", "Velserbroek"),
    )
    await manages(desk.connection, guardian, child, kind="registered_guardian")
    (shown,) = pages((await desk.fetch(await desk.a_run(), "pass_letter")).pdf)
    assert "Noor Bakker Dorpsstraat 1 1991 AA Velserbroek" in shown
    assert "Beste Noor Bakker," in shown
    assert shown.count("Bo Smit") == 1


async def test_an_administrator_gets_a_letter_apart_for_each_household(desk: Desk) -> None:
    administrator = await a_person(
        desk.connection,
        "Mr Dekker",
        household="H7",
        with_pass=False,
        where=("Markt 1", "1971 AB", "IJmuiden"),
    )
    for number in (1, 2):
        adult = await a_person(
            desk.connection, f"Cliënt{number} Vos", household=f"H{number}", born=ADULT
        )
        await manages(desk.connection, administrator, adult, kind="administrator")
    shown = pages((await desk.fetch(await desk.a_run(), "pass_letter")).pdf)
    assert len(shown) == 2
    assert all("Mr Dekker Markt 1" in page for page in shown)


async def test_a_child_whom_nobody_manages_is_written_to_by_way_of_its_carers(desk: Desk) -> None:
    await a_person(desk.connection, "Bo Smit", household="H9", born=CHILD)
    (shown,) = pages((await desk.fetch(await desk.a_run(), "pass_letter")).pdf)
    assert "Aan de ouders of verzorgers van Bo Smit Kennemerlaan 12" in shown


async def test_a_replacement_goes_in_a_letter_of_its_own(desk: Desk) -> None:
    holder = await a_person(desk.connection, "Noor Bakker", household="H1")
    card = await an_issued_card(desk.connection, desk.cards, holder)
    async with desk.connection.transaction():
        new = await replace_card(
            desk.connection,
            card.card_id,
            Replacement(form="paper", reason="kwijt"),
            press=desk.cards,
            actor=REGISTRAR,
            now=NOW,
        )
        await keep_for_post(desk.connection, new, ring=desk.cards.ring)
    run = await desk.a_run()
    (shown,) = pages((await desk.fetch(run, "replacement")).pdf)
    assert ("Uw nieuwe kaart" in shown, grouped(new.codes.number) in shown) == (True, True)
    with pytest.raises(LetterFileNotFound):
        await desk.fetch(run, "pass_letter")
    assert (await desk.fetch(run, "activation_letter")).letters == 1


async def test_large_print_is_eighteen_points_and_the_codes_stay_as_large(desk: Desk) -> None:
    await a_person(desk.connection, "Noor Bakker", household="H1")
    run = await desk.a_run()
    small, large = [await desk.fetch(run, "pass_letter", large=size) for size in (False, True)]
    assert len(pages(large.pdf)) > len(pages(small.pdf))
    assert "Blad 2 van" in " ".join(pages(large.pdf))


async def test_who_fetched_which_file_is_an_event_and_of_whom_is_in_the_processing_log(
    desk: Desk,
) -> None:
    family = await a_family(desk.connection, ["Noor Bakker", "Bo Bakker"])
    run = await desk.a_run()
    await desk.fetch(run, "pass_letter")
    (newest, _) = await read_events(desk.connection, subject_kind="card_run", subject_id=run)
    assert newest.kind == "card_run.fetched"
    noted = await desk.connection.fetch(
        "SELECT subject_id FROM processing_log WHERE activity = 'letter.made'"
    )
    assert sorted(row["subject_id"] for row in noted) == sorted(family)


async def test_a_letter_is_in_the_language_and_the_size_that_who_gets_it_chose(desk: Desk) -> None:
    parent, child = await a_family(desk.connection, ["Noor Bakker", "Bo Bakker"])
    await a_person(desk.connection, "Bo Smit", household="H3")
    run = await desk.a_run()
    await desk.connection.execute(
        "INSERT INTO holder_preference (resident_id, language, large_print, changed_at) VALUES ($1, 'ar', true, $3), ($2, 'pl', false, $3)",
        *(parent, child, NOW),
    )
    pdf = (await desk.fetch(run, "activation_letter")).pdf
    shown = " ".join(pages(pdf))
    assert "رمز" in shown
    assert len(pages(pdf)) == 2 + 1, "the one in large print is on two pages"
    assert "De code van uw Stadspas" in shown
    assert HOUSE.telephone in shown
    with opened(pdf) as document:
        languages = {str(one.Lang) for one in elements(document) if "/Lang" in one}
    assert any(one.startswith("ar") for one in languages)
