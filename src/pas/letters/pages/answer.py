"""A PDF as an answer, and what the pages of letters share."""

from typing import Final

from litestar import Response

from pas.auth.state import auth_state
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.letters.fetch import LetterFileNotFound
from pas.letters.house import read_house
from pas.letters.letter import House
from pas.problems.bodies import AppRequest
from pas.settings import read_settings

PDF: Final = "application/pdf"
WHY: Final = {
    "no-address": "Er is geen adres.",
    "unprintable": "De naam of het adres heeft tekens die wij niet drukken.",
}


def pdf_answer(pdf: bytes, *, name: str, shown: bool = False) -> Response[bytes]:
    """Give a PDF to keep, or to look at in the browser; nobody on the way keeps it."""
    if not pdf:
        raise LetterFileNotFound("In dit bestand zit nu geen brief.")
    how = "inline" if shown else "attachment"
    headers = {
        "content-disposition": f'{how}; filename="{name}"',
        "cache-control": "no-store",
    }
    return Response(pdf, media_type=PDF, headers=headers)


async def house_of(request: AppRequest, connection: Connection, municipality: str) -> House:
    database = auth_state(request.app.state).database
    registered = await database.municipality(MunicipalityName(municipality))
    return await read_house(connection, registered, origin=read_settings().origin)
