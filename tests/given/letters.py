"""People who get letters: households with addresses, and what a PDF says."""

import io
from collections.abc import Sequence
from datetime import date

import pikepdf
import pypdfium2

from given.days import NEW_YEAR, YEAR
from given.logins import OFFICER
from given.merchants import REGISTRAR
from pas.db import Connection
from pas.ids import ResidentId, uuid7
from pas.letters.letter import House
from pas.passes.issue import WantedPass, issue_passes

HOUSE = House(
    municipality="Velsen",
    product="Stadspas",
    telephone="0255 56 72 00",
    telephone_hours="Maandag tot en met vrijdag van 9 tot 17 uur.",
    address="Postbus 465, 1970 AL IJmuiden",
    website="pas.example.nl/velsen",
)
ADULT, CHILD = date(1985, 5, 17), date(YEAR - 9, 5, 17)


async def a_person(
    connection: Connection,
    name: str,
    *,
    household: str,
    born: date = ADULT,
    where: tuple[str, str, str] = ("Kennemerlaan 12", "1972 EN", "IJmuiden"),
    with_pass: bool = True,
) -> ResidentId:
    """Somebody at an address, with a pass of this year and no card; the name has a space in it."""
    resident = ResidentId(uuid7())
    given, _, family = name.partition(" ")
    await connection.execute(
        "INSERT INTO resident (id, person_number) VALUES ($1, $2)", resident, resident.hex
    )
    await connection.execute(
        """
        INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date,
            household_number, household_type, income, recorded_by, address, postcode, city)
        VALUES ($1, $2, $3, $4, $5, $6, 'unknown', 9500, $7, $8, $9, $10)
        """,
        *(resident, max(NEW_YEAR, born), given, family, born, household, OFFICER),
        *(part or None for part in where),
    )
    if with_pass:
        wanted = WantedPass(resident, YEAR, NEW_YEAR, date(YEAR + 1, 1, 1))
        await issue_passes(connection, [wanted], actor=REGISTRAR)
    return resident


async def a_family(
    connection: Connection,
    names: Sequence[str],
    *,
    household: str = "H1",
    where: tuple[str, str, str] = ("Kennemerlaan 12", "1972 EN", "IJmuiden"),
) -> list[ResidentId]:
    """An adult and children whose passes it manages."""
    parent = await a_person(connection, names[0], household=household, where=where)
    children = [
        await a_person(connection, name, household=household, born=CHILD, where=where)
        for name in names[1:]
    ]
    for child in children:
        await manages(connection, parent, child)
    return [parent, *children]


async def manages(
    connection: Connection, adult: ResidentId, child: ResidentId, *, kind: str = "parent"
) -> None:
    await connection.execute(
        "INSERT INTO managing_adult (child_id, adult_id, kind, valid_from) VALUES ($1, $2, $3, $4)",
        *(child, adult, kind, NEW_YEAR),
    )


def pages(pdf: bytes) -> list[str]:
    """What stands on each page, with the spaces of its lines made one."""
    document = pypdfium2.PdfDocument(pdf)
    texts = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    return [" ".join(text.split()) for text in texts]


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def elements(document: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """The structure elements of a tagged PDF, in reading order."""
    found: list[pikepdf.Dictionary] = []

    def walk(element: pikepdf.Object) -> None:
        if not isinstance(element, pikepdf.Dictionary):
            return
        if "/S" in element:
            found.append(element)
        kids = element.get("/K", pikepdf.Array())
        for kid in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
            walk(kid)

    walk(document.Root.StructTreeRoot)
    return found
