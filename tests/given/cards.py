"""Cards, by their use cases."""

from datetime import date
from pathlib import Path

from given.city import YEAR, Holder
from given.logins import NOON, OFFICER, a_key_store
from given.merchants import REGISTRAR
from pas.auth.actor import Actor
from pas.db import Connection
from pas.ids import (
    MunicipalityName,
    ResidentId,
    uuid7,
)
from pas.passes.issue import WantedPass, issue_cards, issue_passes
from pas.passes.make_cards import IssuedCard, Press


def a_press(folder: Path) -> Press:
    """Keys of velsen to make cards with."""
    return Press(a_key_store(folder).ring(MunicipalityName("velsen")))


async def a_resident(
    connection: Connection, *, name: str = "Sanne", birth_date: date = date(1990, 5, 17)
) -> ResidentId:
    """A resident without a pass or card."""
    resident = ResidentId(uuid7())
    await connection.execute(
        "INSERT INTO resident (id, person_number) VALUES ($1, $2)", resident, resident.hex
    )
    await connection.execute(
        """
        INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date,
            household_number, household_type, income, recorded_by)
        VALUES ($1, $2, $3, 'de Wit', $4, $5, 'alone', 9500, $6)
        """,
        *(resident, date(YEAR, 1, 1), name, birth_date, f"H{resident.hex[-8:]}", OFFICER),
    )
    return resident


async def an_issued_card(
    connection: Connection, press: Press, resident: ResidentId | None = None
) -> IssuedCard:
    """A card on its way to its holder: inactive, with its codes."""
    holder = resident or await a_resident(connection)
    (card,) = await issue_cards(
        connection, [holder], form="paper", press=press, actor=REGISTRAR, now=NOON
    )
    return card


async def a_pass_by_letter(
    connection: Connection, press: Press, *, year: int, name: str, birth_date: date
) -> tuple[Holder, IssuedCard]:
    """Somebody with a pass of the year, and the card that came with its letter."""
    resident = await a_resident(connection, name=name, birth_date=birth_date)
    wanted = WantedPass(resident, year, date(year, 1, 1), date(year + 1, 1, 1))
    (issued,) = await issue_passes(connection, [wanted], actor=REGISTRAR)
    card = await an_issued_card(connection, press, resident)
    codes, household = card.codes, f"H{resident.hex[-8:]}"
    holder = Holder(resident, issued.id, card.card_id, codes.token, codes.number, household)
    return holder, card


def as_holder(resident: ResidentId) -> Actor:
    """The holder, signed in."""
    return Actor(kind="holder", id=resident)
