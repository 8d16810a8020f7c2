"""What a balance is within our own rules: for which claim and period it counts, and until when it can be spent.

A balance that is taken over counts as granted: the assessment does not grant it once more, and who has
the scheme from us already does not get it twice.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from pas.db import Connection
from pas.grants.decide import read_for
from pas.grants.facts import Award, Claim
from pas.grants.ground import Ground
from pas.grants.plan import award, claims_held, claims_of
from pas.grants.read_households import Known
from pas.ids import HouseholdNumber, ResidentId
from pas.money import Cents
from pas.schemes.model import StoredVersion
from pas.takeovers.rules import GONE

GRANTED: Final = "Deze regeling is dit jaar al door ons toegekend. Het bedrag komt er niet bij."


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A balance of somebody, to be taken over."""

    line: int
    resident: ResidentId
    household: HouseholdNumber
    scheme: StoredVersion
    amount_cents: Cents


async def awards_of(
    connection: Connection, ground: Ground, dues: Sequence[Due], *, given: set[Claim]
) -> dict[int, Award | str]:
    """Give by line what is granted by it, or why nothing; ``given`` is what earlier rows took, and grows."""
    numbers = sorted({due.household for due in dues})
    found = await read_for(connection, ground, numbers)
    homes = {known.facts.number: known for known in found.known}
    return {
        due.line: _award(due, homes.get(due.household), ground=ground, given=given) for due in dues
    }


def _award(due: Due, known: Known | None, *, ground: Ground, given: set[Claim]) -> Award | str:
    members = () if known is None else known.facts.members
    person = next((one for one in members if one.resident == due.resident), None)
    if known is None or person is None or person.is_gone(ground.days.on):
        return GONE
    version, facts = due.scheme.version, known.facts
    made = award(version, facts, person, plan=ground.plan)
    held = claims_held(facts, known.earlier, on=ground.days.on) | given
    if not held.isdisjoint(claims_of(version, facts, person, period_key=made.period_key)):
        return GRANTED
    given.add((version.code, f"resident:{due.resident}", made.period_key))
    return replace(made, amount_cents=due.amount_cents)
