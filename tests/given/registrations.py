"""Clubs that register themselves, by their use cases."""

from typing import Final

import msgspec

from given.logins import NOON, a_login, an_actor
from given.merchants import IBAN, the_categories
from pas.auth.actor import Actor
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import RegistrationId
from pas.registrations.approve import Terms
from pas.registrations.links import Secret, new_secret
from pas.registrations.model import CONDITIONS_VERSION, Registration, Said
from pas.registrations.send import send_registration
from pas.registrations.stored import read_registration

KVK: Final = "12345678"


def what_a_club_says(**parts: object) -> Said:
    """A judo school with one place, that wants to take two categories."""
    defaults: dict[str, object] = {
        "name": "Judoschool De Zwarte Band",
        "kvkNumber": KVK,
        "places": [
            {
                "name": "Sportzaal",
                "address": "Dorpsstraat 1",
                "postcode": "1971 AB",
                "city": "IJmuiden",
            }
        ],
        "purposes": [
            {"category": "sport", "words": "Judoles voor kinderen."},
            {"category": "swimming", "words": "Vrij zwemmen."},
        ],
        "contactName": "Noor Bakker",
        "contactEmail": "noor@zwarteband.example",
        "contactPhone": "0255 12 34 56",
        "account": {"iban": IBAN, "holder": "Judoschool De Zwarte Band"},
        "conditions": CONDITIONS_VERSION,
    }
    return msgspec.convert({**defaults, **parts}, Said)


async def a_sent_registration(
    connection: Connection,
    secret: Secret | None = None,
    *,
    typed_by: Actor | None = None,
    **parts: object,
) -> Registration:
    await the_categories(connection)
    return await send_registration(
        connection,
        secret or new_secret(),
        what_a_club_says(**parts),
        typed_by=typed_by,
        now=NOON,
    )


async def a_registrar(connection: Connection) -> Actor:
    """Somebody of the municipality who judges registrations, with a login."""
    login = await a_login(connection, Role.REGISTRAR)
    return an_actor(Role.REGISTRAR, login=login)


def some_terms(**parts: object) -> Terms:
    defaults: dict[str, object] = {
        "valid_from": NOON.date(),
        "visit_prices": {"sport": None, "swimming": 450},
    }
    return msgspec.convert({**defaults, **parts}, Terms)


async def as_it_stands(connection: Connection, registration: Registration) -> Registration:
    return await read_registration(connection, RegistrationId(registration.id))
