"""Who sends the letters of a municipality, from its settings."""

from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection, RegisteredMunicipality
from pas.letters.letter import House


async def read_house(
    connection: Connection, registered: RegisteredMunicipality, *, origin: str
) -> House:
    """``origin`` is where people find the program, as a browser writes it."""
    chosen = await read_municipality_settings(connection)
    return House(
        municipality=registered.title,
        product=chosen.product,
        telephone=chosen.telephone,
        telephone_hours=chosen.telephone_hours,
        address=chosen.address,
        website=f"{origin.partition('://')[2].rstrip('/')}/{registered.name}",
    )
