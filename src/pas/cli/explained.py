"""What ``pas grants explain`` says of one person."""

from typing import Final

import msgspec

from pas.auth.keys import KeyRing
from pas.days import day_of
from pas.db import Connection
from pas.grants.explain import explain
from pas.grants.ground import current_year
from pas.grants.show_decision import decision_of_today, newest_decision
from pas.residents.look_up import Look, ResidentUnknown, Search, search_residents
from pas.web.dates import day

NOBODY: Final = "Deze persoon woont hier niet. Er is niets beslist."


class Explained(msgspec.Struct, frozen=True):
    """Who and when, then each scheme with its sentence under a heading."""

    about: str
    groups: list[tuple[str, list[tuple[str, str]]]]


async def explain_person(
    connection: Connection, person: str, *, look: Look, ring: KeyRing, year: int
) -> Explained:
    """Give the newest decision of a year, else what the rules say today; raises ResidentUnknown."""
    today = day_of(look.now)
    year = year or await current_year(connection, look.now)
    search = Search(person_number=person)
    found = await search_residents(connection, search, ring=ring, look=look, today=today)
    if not found:
        raise ResidentUnknown
    (who,) = found
    name = f"{who.given_name} {who.family_name}, huishouden {who.household_number}"
    written = await newest_decision(connection, who.id, year=year)
    if written is not None:
        return Explained(
            f"{name}: beslist op {day(day_of(written.decided_at))}.", explain(written.decision)
        )
    now = await decision_of_today(connection, who.id, who.household_number, year=year, on=today)
    if now.decision is None:
        return Explained(f"{name}. {NOBODY}", [])
    return Explained(f"{name}: dit zeggen de regels vandaag.", explain(now.decision))
