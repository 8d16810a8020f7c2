"""A municipality writes its own letters: tried first, refused with why, kept as versions, put back."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from given.letters import HOUSE, pages
from given.logins import NOON
from given.merchants import REGISTRAR
from pas.db import Connection
from pas.installation import Access
from pas.letters.change import MOST_LAYOUT, Part, change_templates, checked_fields, sample_pdf
from pas.letters.kinds import KINDS
from pas.letters.layout import layout_of_ours
from pas.letters.letter import NO_BREAK, write
from pas.letters.rules import LetterTextWrong
from pas.letters.samples import sample_content, sample_recipient
from pas.letters.template_folder import text_now
from pas.letters.versions import Templates, read_templates
from pas.press.press import LayoutWrong, Press, a_press
from pas.web.languages import ISOLATE, NAMES, Language, speaking
from serving import run_pas

KIND = KINDS["reminder"]


@pytest.fixture
async def typesetter() -> AsyncIterator[Press]:
    async with a_press() as press:
        yield press


async def change(connection: Connection, press: Press, part: Part, content: str | None) -> None:
    await change_templates(connection, {part: content}, house=HOUSE, press=press, actor=REGISTRAR)


def with_subject(subject: str) -> str:
    ours = text_now(Templates({}), KIND, "nl")
    return ours.replace("Gebruik uw tegoed op tijd", subject)


async def test_a_text_counts_from_when_it_is_kept_and_ours_comes_back(
    connection: Connection, typesetter: Press
) -> None:
    part = Part("reminder", "nl")
    await change(connection, typesetter, part, with_subject("Denk aan uw {pas}"))
    changed = await read_templates(connection)
    pdf = await sample_pdf(changed, KIND, "nl", house=HOUSE, press=typesetter)
    assert "Denk aan uw Stadspas" in pages(pdf)[0]
    english = await sample_pdf(changed, KIND, "en", house=HOUSE, press=typesetter)
    assert "Denk aan" not in pages(english)[0]
    await change(connection, typesetter, part, None)
    assert (await read_templates(connection)).changed == {}
    kinds = await connection.fetch("SELECT kind FROM event ORDER BY recorded_at")
    assert [row["kind"] for row in kinds][-2:] == ["letter.changed", "letter.put_back"]


async def test_versions_are_history(connection: Connection, typesetter: Press) -> None:
    await change(connection, typesetter, Part("reminder", "nl"), with_subject("Anders"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("UPDATE letter_version SET content = 'x'")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{naam}", "{voornaam}", "{voornaam} kennen wij niet"),
        ("{stand}", "vandaag", "Hier moet {stand} in staan."),
        ("Gebruik uw tegoed op tijd", "", "Deze tekst is leeg."),
        ("Gebruik uw tegoed op tijd", "Twee\nregels", "Dit is één regel."),
        ("Gebruik uw tegoed op tijd", "Haakje {", "Een accolade hoort om een naam"),
        ("== aanhef ==", "== groet ==", "Dit veld kent deze brief niet."),
        ("== aanhef ==", "== onderwerp ==", "staat er twee keer"),
    ],
)
def test_a_text_that_cannot_be_is_refused_with_what_is_wrong(old: str, new: str, told: str) -> None:
    ours = text_now(Templates({}), KIND, "nl")
    assert old in ours
    with pytest.raises(LetterTextWrong) as refused:
        checked_fields(KIND, ours.replace(old, new))
    assert told in refused.value.detail


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("#let body(letter) = [", "unclosed delimiter (regel 1 van de opmaak van deze brief)"),
        ("\n#let body(letter) = letter.geheim", "does not contain key"),
        ('#let body(letter) = read("/etc/passwd")', "file not found"),
        ('#let body(letter) = read("../../../etc/passwd")', "escape"),
        ('#import "@preview/cetz:0.3.0"\n#let body(letter) = []', "failed to download"),
        ('#let body(letter) = image("/geheim.png", alt: "a")', "file not found"),
        ("#let body(letter) = { while true {} }", "always true"),
        ("#let f(x) = f(x)\n#let body(letter) = f(1)", "depth"),
        ("#let body(letter) = range(1000000000).map(x => str(x) * 90).join()", "te veel geheugen"),
        ("#let body(letter) = [王]", "Typst zegt"),
    ],
)
async def test_a_layout_that_breaks_or_reaches_out_is_refused_and_not_kept(
    connection: Connection, typesetter: Press, code: str, told: str
) -> None:
    with pytest.raises(LayoutWrong) as refused:
        await change(connection, typesetter, Part("reminder", "layout"), code)
    assert told in refused.value.detail
    assert (await read_templates(connection)).changed == {}


async def test_a_layout_of_ones_own_counts(connection: Connection, typesetter: Press) -> None:
    code = layout_of_ours("budgets").replace("v(0.5em)", "[Groeten uit Velsen]")
    await change(connection, typesetter, Part("reminder", "layout"), code)
    templates = await read_templates(connection)
    pdf = await sample_pdf(templates, KIND, "nl", house=HOUSE, press=typesetter)
    assert "Groeten uit Velsen" in " ".join(pages(pdf))


async def test_the_command_writes_the_texts_tries_them_and_keeps_what_changed(
    access: Access, connection: Connection, tmp_path: Path
) -> None:
    settings = {
        "database_url": access.address.url,
        "database_secret": access.address.secret,
        "data_dir": str(tmp_path / "data"),
    }
    folder = tmp_path / "texts"
    command = ("letters", "templates", "velsen")
    assert run_pas(*command, "--export", str(folder), **settings).returncode == 0
    text = folder / "reminder.nl.txt"
    text.write_text(text.read_text("utf-8").replace("Gebruik uw tegoed", "Denk aan uw tegoed"))
    tried = run_pas(*command, "--preview", str(folder), **settings)
    assert tried.returncode == 0, tried.stderr
    assert "Denk aan uw tegoed" in pages((folder / "voorbeeld-reminder.pdf").read_bytes())[0]
    assert (await read_templates(connection)).changed == {}
    kept = run_pas(*command, "--import", str(folder), **settings)
    assert "Kept: reminder.nl.txt" in kept.stderr
    assert set((await read_templates(connection)).changed) == {("reminder", "nl")}


async def test_a_fault_in_the_layout_around_every_letter_is_pointed_at_there(
    connection: Connection, typesetter: Press
) -> None:
    ours = layout_of_ours("letter")
    with pytest.raises(LayoutWrong) as refused:
        await change(connection, typesetter, Part("letter", "layout"), f"{ours}\n#unknown")
    line = ours.count("\n") + 2
    assert f"(regel {line} van de opmaak van elke brief)" in refused.value.detail


async def test_of_a_folder_with_one_fault_nothing_is_kept(
    connection: Connection, typesetter: Press
) -> None:
    changes = {
        Part("reminder", "nl"): with_subject("Denk aan uw {pas}"),
        Part("pass_letter", "layout"): "#let body(letter) = letter.geheim",
    }
    with pytest.raises(LayoutWrong):
        await change_templates(connection, changes, house=HOUSE, press=typesetter, actor=REGISTRAR)
    assert (await read_templates(connection)).changed == {}


async def test_a_layout_that_only_breaks_in_large_print_is_refused(
    connection: Connection, typesetter: Press
) -> None:
    code = layout_of_ours("budgets") + "\n#if large { panic() }"
    with pytest.raises(LayoutWrong):
        await change(connection, typesetter, Part("reminder", "layout"), code)


async def test_a_layout_has_an_end(connection: Connection, typesetter: Press) -> None:
    code = layout_of_ours("budgets") + "\n" + "//" * (MOST_LAYOUT // 2)
    with pytest.raises(LetterTextWrong) as refused:
        await change(connection, typesetter, Part("reminder", "layout"), code)
    assert "te lang" in refused.value.detail


async def test_a_coupon_stays_dutch_for_the_cashier_in_an_arabic_letter(typesetter: Press) -> None:
    pdf = await sample_pdf(Templates({}), KINDS["coupons"], "ar", house=HOUSE, press=typesetter)
    assert "Tot en met 31 december 2026" in " ".join(pages(pdf))


def written_in(language: Language) -> dict[str, object]:
    with speaking(language):
        return write(
            KIND,
            sample_recipient(),
            sample_content(KIND, HOUSE),
            texts=KIND.text_of_ours(language),
            house=HOUSE,
            on=NOON.date(),
        )


def test_the_day_of_an_arabic_letter_stands_behind_an_arabic_comma() -> None:
    assert written_in("nl")["place"] == "Velsen, 1 juni 2026"
    assert written_in("ar")["place"] == f"{ISOLATE.format('Velsen')}، 1 يونيو 2026"


@pytest.mark.parametrize("language", NAMES)
def test_a_telephone_number_is_never_cut_at_the_end_of_a_line(language: Language) -> None:
    one = written_in(language)
    assert HOUSE.telephone not in str(one)
    assert HOUSE.telephone.replace(" ", NO_BREAK) in f"{one['texts']}{one['footer']}"
