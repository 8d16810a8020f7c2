"""Rules about one application: facts of a child, a club and a scheme in, a decision out; and the clock.

What is unknown is never refused here: it becomes a question to an officer. A club that was invited and
has not joined yet is neither; the application waits for it. What the rules refuse stands, because every
fact that they refuse on is known.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from pas.grants.preconditions import ends_at_diploma
from pas.grants.stacking import clash
from pas.money import BasisPoints, Cents
from pas.passes.residents import ADULT_AGE, SchoolType, age_on
from pas.schemes.model import SchemeVersion, reserved_cents

DAYS_TO_DECIDE: Final = 21

ClubState = Literal["requested", "approved", "suspended", "ended"]
Question = Literal[
    "child-unknown",
    "several-children",
    "card-of-adult",
    "own-child-perhaps",
    "income-unknown",
    "school-unknown",
    "club-not-approved",
    "club-has-no-agreement",
    "amount-above-award",
    "pot-empty",
    "not-booked",
]
RefusalCode = Literal[
    "scheme-not-in-force",
    "already-requested",
    "not-a-child",
    "too-young",
    "too-old",
    "other-school",
    "has-diploma",
    "income-above-limit",
    "excluded-by-another",
    "refused-before",
    "by-officer",
]
ToldCode = Literal[RefusalCode, "outside-scheme"]
"""What an intermediary learns: nothing from which an income that is too high can be told."""
NOT_TOLD: Final = frozenset[RefusalCode](
    (
        "income-above-limit",
        "excluded-by-another",
        "refused-before",
        "has-diploma",
        "other-school",
    )
)


class Child(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the child that was found; ``income`` None is unknown to the municipality.

    ``running`` are the versions of what the child has already, ``held`` says that this purpose was
    asked for, or granted, in the same period.
    """

    birth_date: date
    income: BasisPoints | None
    school_type: SchoolType | None = None
    has_diploma: bool = False
    held: bool = False
    running: tuple[SchemeVersion, ...] = ()
    refused_before: bool = False
    own_child_perhaps: bool = False


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one application is decided on; ``version`` held on the day of receipt."""

    received_on: date
    version: SchemeVersion | None
    child: Child | None
    unfound: Question = "child-unknown"
    """Why no child was found, when none was."""
    club: ClubState
    club_has_agreement: bool
    asked_cents: Cents | None


class Granted(msgspec.Struct, frozen=True):
    amount_cents: Cents


class Refused(msgspec.Struct, frozen=True):
    code: RefusalCode


class ForOfficer(msgspec.Struct, frozen=True):
    questions: tuple[Question, ...]


class ForClub(msgspec.Struct, frozen=True):
    """Everything is right, but the club has to join first."""


Verdict: TypeAlias = Granted | Refused | ForOfficer | ForClub


def told_code(code: RefusalCode | None) -> ToldCode | None:
    """The code of a refusal for whoever applied, without anything about income."""
    return "outside-scheme" if code in NOT_TOLD else code


def decide(facts: Facts) -> Verdict:
    """Refuse what is known to be wrong, ask what is not known, and grant the rest."""
    version = facts.version
    if version is None:
        return Refused("scheme-not-in-force")
    if facts.child is None:
        return ForOfficer((facts.unfound,))
    refusal = _refusal(version, facts.child, on=facts.received_on)
    if refusal is not None:
        return Refused(refusal)
    questions = (*_of_child(version, facts.child), *_of_club(version, facts))
    if questions:
        return ForOfficer(questions)
    return (
        ForClub() if facts.club == "requested" else Granted(amount_of(version, facts.asked_cents))
    )


def amount_of(version: SchemeVersion, asked: Cents | None) -> Cents:
    """What was asked, or the whole amount of the scheme, and never more."""
    most = reserved_cents(version.allowance)
    return most if asked is None else min(asked, most)


def _refusal(version: SchemeVersion, child: Child, *, on: date) -> RefusalCode | None:
    if child.held:
        return "already-requested"
    if child.refused_before:
        return "refused-before"
    too = _age(version, age_on(child.birth_date, on))
    if too is not None:
        return too
    if child.school_type and version.school_types and child.school_type not in version.school_types:
        return "other-school"
    if child.has_diploma and ends_at_diploma(version):
        return "has-diploma"
    if _is_too_high(child.income, version.income_limit):
        return "income-above-limit"
    return "excluded-by-another" if any(clash(version, one) for one in child.running) else None


def _is_too_high(income: BasisPoints | None, limit: BasisPoints | None) -> bool:
    """The limit is inclusive; what is unknown is not too high."""
    return income is not None and limit is not None and income > limit


def _age(version: SchemeVersion, age: int) -> RefusalCode | None:
    """Ages are half open: from the first day of one age up to that of the other."""
    if version.age_from is not None and age < version.age_from:
        return "too-young"
    if version.age_until is not None and age >= version.age_until:
        return "too-old"
    return "not-a-child" if version.unit == "child" and age >= ADULT_AGE else None


def _of_child(version: SchemeVersion, child: Child) -> list[Question]:
    questions: list[Question] = []
    if child.own_child_perhaps:
        questions.append("own-child-perhaps")
    if child.income is None and version.income_limit is not None:
        questions.append("income-unknown")
    if child.school_type is None and version.school_types:
        questions.append("school-unknown")
    return questions


def _of_club(version: SchemeVersion, facts: Facts) -> list[Question]:
    questions: list[Question] = []
    if facts.club in {"suspended", "ended"}:
        questions.append("club-not-approved")
    if facts.club == "approved" and not facts.club_has_agreement:
        questions.append("club-has-no-agreement")
    if facts.asked_cents is not None and facts.asked_cents > reserved_cents(version.allowance):
        questions.append("amount-above-award")
    return questions


class ClockPause(msgspec.Struct, frozen=True):
    """Days on which the clock stands still: from the first up to, not including, the last."""

    from_on: date
    until_on: date | None
    reason: str = ""


def paused_days(pauses: Sequence[ClockPause], *, today: date) -> int:
    """How long the clock stood still; a pause that goes on counts up to today."""
    return sum(max(0, ((one.until_on or today) - one.from_on).days) for one in pauses)


def decide_by(received_on: date, pauses: Sequence[ClockPause], *, today: date) -> date:
    """The last day on which a decision is in time: 21 calendar days after the receipt, pauses added."""
    return received_on + timedelta(days=DAYS_TO_DECIDE + paused_days(pauses, today=today))
