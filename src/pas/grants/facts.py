"""What an assessment looks at, and what it answers; no rules here."""

from datetime import date
from typing import Final, Literal

import msgspec

from pas.ids import HouseholdNumber, ResidentId, SchemeVersionId
from pas.money import BasisPoints, Cents
from pas.passes.residents import SchoolType
from pas.schemes.model import SchemeVersion

Outcome = Literal["granted", "held", "refused", "unknown", "not_applicable"]
Reason = Literal[
    "within-limit",
    "on-condition",
    "granted-by-deviation",
    "awarded-on-application",
    "awarded-by-team",
    "taken-over",
    "already-granted",
    "on-another-pass",
    "holder-is-gone",
    "income-above-limit",
    "excluded-by-another",
    "another-provision-first",
    "pot-empty",
    "refused-by-deviation",
    "income-unknown",
    "limit-unknown",
    "school-type-unknown",
    "other-provision-unknown",
    "too-young",
    "too-old",
    "not-a-child",
    "other-school",
    "for-another-member",
    "no-such-member",
    "no-adult",
    "has-diploma",
    "via-intermediary",
    "via-team",
    "moved-away",
    "deceased",
    "not-here-yet",
]


_OUTCOMES: Final[dict[Reason, Outcome]] = {
    "within-limit": "granted",
    "on-condition": "granted",
    "granted-by-deviation": "granted",
    "awarded-on-application": "granted",
    "awarded-by-team": "granted",
    "taken-over": "granted",
    "already-granted": "held",
    "on-another-pass": "held",
    "holder-is-gone": "held",
    "income-above-limit": "refused",
    "excluded-by-another": "refused",
    "another-provision-first": "refused",
    "pot-empty": "refused",
    "refused-by-deviation": "refused",
    "income-unknown": "unknown",
    "limit-unknown": "unknown",
    "school-type-unknown": "unknown",
    "other-provision-unknown": "unknown",
}


def outcome_of(reason: Reason) -> Outcome:
    return _OUTCOMES.get(reason, "not_applicable")


class PersonFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A member of a household; ``here_from`` is the birth or the arrival."""

    resident: ResidentId
    birth_date: date
    school_type: SchoolType | None = None
    here_from: date
    left_on: date | None = None
    died_on: date | None = None
    diploma_on: date | None = None
    """The day of the swimming diploma, where an officer recorded it."""

    def is_gone(self, on: date) -> bool:
        """Whether somebody died or left the municipality by a day."""
        return any(day is not None and day <= on for day in (self.left_on, self.died_on))


Claim = tuple[str, str, str]
"""A scheme, who can have it once, and the period in which it is once."""


class HouseholdFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Who is assessed together; ``income`` None is unknown to the municipality."""

    number: HouseholdNumber
    income: BasisPoints | None
    members: tuple[PersonFacts, ...]
    taken: frozenset[Claim] = frozenset()
    """Granted under this number to somebody who is not here any more."""


class EarlierGrant(msgspec.Struct, frozen=True, kw_only=True):
    """What a member or the household was granted before, under which version; days half open."""

    version: SchemeVersion
    resident: ResidentId
    claim_key: str
    period_key: str
    starts_on: date
    ends_on: date

    @property
    def scheme(self) -> str:
        return self.version.code


Without = frozenset[tuple[ResidentId, str]]
"""Persons with the code of a scheme that they cannot have."""
NOBODY: Final[Without] = frozenset()


class Award(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a grant gives; ``ends_on`` and ``lapses_on`` are the first days without it.

    ``claim_key`` and ``period_key`` say who can have it once, and once per what. Between
    ``ends_on`` and ``lapses_on`` only what began earlier may still be paid. ``visits`` counts
    visits, or things when it is ``in_kind``.
    """

    claim_key: str
    period_key: str
    amount_cents: Cents
    visits: int | None
    starts_on: date
    ends_on: date
    lapses_on: date
    in_kind: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One scheme for one person, with the facts that decided it; ``award`` only when granted.

    ``condition`` is what the holder needs to use it, as a code or a sentence.
    """

    scheme: str
    title: str
    version: SchemeVersionId
    outcome: Outcome
    reason: Reason
    income: BasisPoints | None = None
    limit: BasisPoints | None = None
    age: int | None = None
    other: str = ""
    condition: str = ""
    award: Award | None = None
    granted: "Granted | None" = None
    """Of what is held, to look at: when and why it was granted; not written down again."""


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict that granted something, with the version it was granted under."""

    verdict: Verdict
    decided_on: date
    version: int
    valid_from: date


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The one decision about a person: every scheme of the day, in the order of their codes."""

    resident: ResidentId
    household: HouseholdNumber
    year: int
    assessed_on: date
    effective_on: date
    verdicts: tuple[Verdict, ...]

    @property
    def granted(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if verdict.outcome == "granted")
