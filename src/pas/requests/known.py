"""Reads what the municipality knows of somebody now, for that person and who manages them."""

from datetime import date
from typing import ClassVar, Final

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.names import read_names
from pas.ids import HouseholdNumber, ResidentId
from pas.money import BasisPoints
from pas.passes.residents import Resident, newest_state
from pas.residents.look_up import READ as READ_STATES
from pas.residents.managing_adults import managing_adults_of
from pas.residents.stored import resident_of


class NothingKnown(Refusal):
    """Wij weten niets van deze persoon."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Bel ons. Wij zoeken het samen met u uit."


class Checked(msgspec.Struct, frozen=True):
    """What an officer found out about the income of a household, and of which day it is."""

    income: BasisPoints
    assessed_on: date


class Known(msgspec.Struct, frozen=True):
    """What holds today, and who manages the pass."""

    state: Resident
    checked: Checked | None
    managers: list[str]


READ_CHECKED: Final = Statement(
    """
    SELECT income, assessed_on FROM income_verdict WHERE household_number = $1
    ORDER BY assessed_on DESC, recorded_at DESC LIMIT 1
    """,
    Checked,
)


async def read_known(connection: Connection, resident_id: ResidentId, *, today: date) -> Known:
    """What is known today; of whom nothing is known there is no page."""
    rows = await READ_STATES.all(connection, resident_id)
    if not rows:
        raise NothingKnown
    state = newest_state([resident_of(row) for row in rows], today)
    managing = [
        one.adult_id
        for one in await managing_adults_of(connection, resident_id)
        if one.valid_from <= today and (one.valid_until is None or one.valid_until > today)
    ]
    names = await read_names(connection, managing)
    checked = await READ_CHECKED.first(connection, HouseholdNumber(state.household_number))
    return Known(state=state, checked=checked, managers=sorted(names.values()))
