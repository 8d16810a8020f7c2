"""An invented letter of each kind, to look at before anybody gets one; its codes lead to nothing."""

from datetime import date
from typing import Final
from uuid import UUID

from pas.ids import HouseholdNumber, ResidentId
from pas.letters.card_letters import FAST_MASK, OF_A_FAMILY
from pas.letters.coupon_letters import drawn
from pas.letters.kinds import LetterKind
from pas.letters.letter import Content, House
from pas.letters.recipients import Person, Recipient
from pas.money import Cents
from pas.qr import draw_bare_svg
from pas.web.dates import day
from pas.web.languages import say, say_count
from pas.web.templates import shown_euros

HOME: Final = HouseholdNumber("voorbeeld")
FAMILY: Final = ("Anna Voorbeeld", "Bram Voorbeeld", "Çağla Voorbeeld")
UNTIL: Final = date(2026, 12, 31)
NUMBER: Final = "1234 5678 9012"


def sample_recipient() -> Recipient:
    """A parent and two children."""
    parent = ResidentId(UUID(int=1))
    return Recipient(
        tuple(
            Person(
                resident_id=ResidentId(UUID(int=number)),
                name=name,
                birth_date=date(1985, 5, 17) if number == 1 else date(2016, 3, number),
                is_child=number > 1,
                about_household=HOME,
                to_id=parent,
                to_name=FAMILY[0],
                to_birth_date=date(1985, 5, 17),
                to_household=HOME,
                to_is_child=False,
                address="Dorpsstraat 1",
                postcode="1234 AB",
                city="Voorbeeldstad",
            )
            for number, name in enumerate(FAMILY, start=1)
        )
    )


def sample_content(kind: LetterKind, house: House) -> Content:
    match kind.layout:
        case "cards":
            return _cards(kind, house)
        case "codes":
            codes = [{"name": name, "code": "4X7K-9MPT"} for name in FAMILY]
            columns = [say("Kaart van"), say("Code")]
            return Content(instead=OF_A_FAMILY, lists={"codes": codes, "columns": columns})
        case "coupons":
            return _coupons()
        case "budgets":
            return _budgets(kind)
        case _:
            return _decision()


def _cards(kind: LetterKind, house: House) -> Content:
    several = "tekst_gezin" in kind.texts
    cards = [
        {
            "name": name,
            "number": NUMBER,
            "number_title": "Nummer",
            "help": f"Kwijt? Bel {house.telephone}",
            "code": draw_bare_svg("VOORBEELD, DIT IS GEEN KAART 00001", mask=FAST_MASK),
            "alt": f"QR-code van de kaart met nummer {NUMBER}",
        }
        for name in (FAMILY if several else FAMILY[:1])
    ]
    return Content(instead=OF_A_FAMILY if several else {}, lists={"cards": cards})


def _coupons() -> Content:
    coupons = [
        drawn(name=name, title="Sport", face_cents=Cents(1000), last=UNTIL, code="4X7K-9MPT-CH")
        for name in FAMILY
    ]
    days = {"eerste_dag": day(UNTIL), "laatste_dag": day(UNTIL)}
    return Content(values=days, lists={"coupons": coupons})


def _budgets(kind: LetterKind) -> Content:
    values = {"stand": day(UNTIL), "jaar": str(UNTIL.year)}
    if kind.name == "reminder":
        columns = [say("Waarvoor"), say("Nog te besteden"), say("Tot en met")]
        left = (shown_euros(Cents(11250)), say_count("1 keer", "{count} keer", 4))
        rows = [
            [title, amount, day(UNTIL)]
            for title, amount in zip(("Sport", "Zwemmen"), left, strict=True)
        ]
    else:
        columns = [say("Waarvoor"), say("Gekregen"), say("Besteed"), say("Verlopen"), say("Over")]
        rows = [["Sport", *(shown_euros(Cents(one)) for one in (25000, 13750, 0, 11250))]]
    tables = [{"name": name, "rows": rows} for name in FAMILY]
    return Content(values=values, lists={"columns": columns, "tables": tables})


def _decision() -> Content:
    values = {
        "persoon": FAMILY[1],
        "jaar": str(UNTIL.year),
        "besluit": say(
            "Wij beslisten op {day}, na {cause}.", day=day(UNTIL), cause=say("een aanvraag")
        ),
        "bezwaar": say(
            "Bent u het er niet mee eens? U kunt bezwaar maken. "
            "Dat kan tot en met {day}. Bel ons als u daar hulp bij wilt.",
            day=day(UNTIL),
        ),
    }
    groups = [
        {
            "heading": say("Dit krijgt u"),
            "lines": [
                {
                    "title": "Sport",
                    "text": say(
                        "U krijgt {amount}, tot en met {day}.",
                        amount=shown_euros(Cents(25000)),
                        day=day(UNTIL),
                    ),
                }
            ],
        },
        {
            "heading": say("Dit krijgt u niet"),
            "lines": [{"title": "Zwemmen", "text": say("Het zwemdiploma is al gehaald.")}],
        },
    ]
    return Content(values=values, lists={"groups": groups})
