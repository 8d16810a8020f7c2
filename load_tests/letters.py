"""Makes pass letters by the program's own steps, against bare typst with the same source: ``python load_tests/letters.py``.

Ours writes each letter (the municipality's text filled in, the codes drawn), and sets them in the process
that can open nothing, file by file. Bare typst is given the same source and the same data in a process of
its own, without any of that, after each of the first files. Reading names and cards from the database is
not in it; one in three letters is for a family of four, the others for one person.
"""

import asyncio
import json
import os
import random
import sys
import time
from datetime import UTC, datetime
from statistics import median
from typing import Final
from uuid import UUID

import msgspec
import typst

from clients import in_a_worker
from gates import Results
from machine import resident_megabytes
from pas.ids import HouseholdNumber, MunicipalityName, ResidentId
from pas.letters.card_letters import FAST_MASK, OF_A_FAMILY
from pas.letters.kinds import KINDS
from pas.letters.layout import set_letters
from pas.letters.letter import Content, House, write
from pas.letters.recipients import Person, Recipient
from pas.letters.versions import Templates
from pas.passes.codes import grouped, new_card_number, new_token
from pas.press.press import Press, a_press
from pas.press.typesetter import FONTS
from pas.qr import draw_bare_svg

COUNT: Final = 10_000
MADE_AT: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
KIND: Final = KINDS["pass_letter"]
HOUSE: Final = House("Velsen", "Stadspas", "14 0255", "", "Dudokplein 1", "pas.example.nl/velsen")
FAMILY: Final = 4
BARE: Final = 2_000
"""Letters that bare typst sets: its rate is the same for more, and its memory is not ours to bound."""


class Made(msgspec.Struct, frozen=True):
    """Seconds a file of both in turns, letters a second, the bytes of a letter, and memory at its peak."""

    turns: list[tuple[float, float]]
    ours: float
    kilobytes: float
    our_megabytes: float
    typst_megabytes: float

    def ratios(self) -> list[float]:
        return [bare / ours for ours, bare in self.turns]


def measure_letters(results: Results, *, count: int) -> None:
    with in_a_worker() as worker:
        made = worker.submit(make_letters, count).result()
    for ratio in made.ratios():
        results.gate("letters", ratio)
    results.gate("letters_memory", made.our_megabytes + made.typst_megabytes)
    results.figure("pass letters/s, with their codes", made.ours)
    for _, bare in made.turns:
        results.figure("the same pages by bare typst, letters/s", KIND.most / bare)
    results.figure("kB of a letter", made.kilobytes)


def make_letters(count: int) -> Made:
    return asyncio.run(_make(count))


async def _make(count: int) -> Made:
    seconds, size, peak = 0.0, 0, 0.0
    turns: list[tuple[float, float]] = []
    with in_a_worker() as bare:
        async with a_press() as press:
            for first in range(0, count, KIND.most):
                began = time.perf_counter()
                letters = [_letter(one) for one in range(first, min(count, first + KIND.most))]
                size += len(await _set(press, letters))
                took = time.perf_counter() - began
                seconds += took
                peak = max(peak, resident_megabytes(press.process_id)[1])
                if len(turns) * KIND.most < BARE and len(letters) == KIND.most:
                    turns.append((took, bare.submit(_bare, letters).result()))
    own = resident_megabytes(os.getpid())[1]
    return Made(turns, count / seconds, size / count / 1000, own, peak)


async def _set(press: Press, letters: list[dict[str, object]]) -> bytes:
    layout = Templates({}).layout(KIND)
    return await set_letters(press, layout, _given(letters), large=False, made_at=MADE_AT)


def _bare(letters: list[dict[str, object]]) -> float:
    """Set the same letters and give the seconds; what came before is not timed."""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    compiler = typst.Compiler(b"", font_paths=fonts)
    source = Templates({}).layout(KIND).source().encode()
    began = time.perf_counter()
    given = json.dumps(_given(letters))
    compiler.compile(
        source,
        format="pdf",
        sys_inputs={"letters": given, "large": "no"},
        pdf_standards=["ua-1"],
        timestamp=MADE_AT,
    )
    return time.perf_counter() - began


def _given(letters: list[dict[str, object]]) -> dict[str, object]:
    return {"title": KIND.title, "house": HOUSE.printed(), "letters": letters}


def _letter(number: int) -> dict[str, object]:
    chance = random.Random(number)
    people = [_person(number, place) for place in range(FAMILY if number % 3 == 0 else 1)]
    cards = [
        {
            "name": one.name,
            "number": grouped(new_card_number(chance.randrange)),
            "number_title": "Nummer",
            "help": f"Kwijt? Bel {HOUSE.telephone}",
            "code": draw_bare_svg(
                new_token(MunicipalityName("velsen"), chance.randrange).text(), mask=FAST_MASK
            ),
            "alt": "QR-code van de kaart",
        }
        for one in people
    ]
    content = Content(instead=OF_A_FAMILY if len(people) > 1 else {}, lists={"cards": cards})
    texts = KIND.text_of_ours("nl")
    recipient = Recipient(tuple(people))
    return write(KIND, recipient, content, texts=texts, house=HOUSE, on=MADE_AT.date())


def _person(number: int, place: int) -> Person:
    parent = ResidentId(UUID(int=number * FAMILY))
    return Person(
        resident_id=ResidentId(UUID(int=number * FAMILY + place)),
        name=f"Christa{place} Zeeman-{number}",
        birth_date=MADE_AT.date().replace(year=1980 + place),
        is_child=place > 0,
        about_household=HouseholdNumber(f"H{number}"),
        to_id=parent,
        to_name=f"Christa0 Zeeman-{number}",
        to_birth_date=MADE_AT.date().replace(year=1980),
        to_household=HouseholdNumber(f"H{number}"),
        to_is_child=False,
        address=f"Kennemerlaan {number}",
        postcode="1972 EN",
        city="IJmuiden",
    )


if __name__ == "__main__":
    found = make_letters(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
    low, *_, high = sorted(found.ratios())
    print(
        f"{found.ours:.0f} letters/s; beside bare typst {median(found.ratios()):.2f} ({low:.2f} to {high:.2f})"
    )
    print(
        f"{found.kilobytes:.1f} kB a letter; {found.our_megabytes:.0f} MB ours, {found.typst_megabytes:.0f} MB typst"
    )
