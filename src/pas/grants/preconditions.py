"""What a scheme asks of somebody besides the rules of granting, and whether it is known to be met.

A precondition never refuses: the municipality files no friends and grandparents who go along, and
not every diploma. So it is granted, the explanation says what is needed, and a reason of its own
says that nobody could check it. The till asks again. See docs/decisions/0041.
"""

from datetime import date
from typing import Final

import msgspec

from pas.grants.facts import PersonFacts
from pas.passes.residents import ADULT_AGE, birthday
from pas.schemes.model import SchemeVersion

LESSONS: Final = "zwemdiploma"
"""The category of lessons for the swimming diploma."""
BY_DIPLOMA: Final = frozenset(("diploma", "adult_or_diploma"))
BY_ADULT: Final = frozenset(("adult", "adult_or_diploma"))


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of somebody: a diploma, of age, an adult in the same household."""

    has_diploma: bool
    is_adult: bool
    with_adult: bool


class Need(msgspec.Struct, frozen=True):
    """What the holder has to bring along, as a code or a sentence; ``is_known`` if it is there."""

    what: str
    is_known: bool


def means_of(person: PersonFacts, on: date, *, with_adult: bool = False) -> Means:
    """What is known of somebody on a day."""
    return Means(
        has_diploma=person.diploma_on is not None and person.diploma_on <= on,
        is_adult=birthday(person.birth_date, ADULT_AGE) <= on,
        with_adult=with_adult,
    )


def need_of(version: SchemeVersion, means: Means) -> Need | None:
    """Give what somebody still needs to use a scheme; None when there is nothing to look after."""
    what = version.precondition
    by_diploma = means.has_diploma and what in BY_DIPLOMA
    by_oneself = means.is_adult and what in BY_ADULT
    if not what or by_diploma or by_oneself:
        return None
    return Need(what, is_known=means.with_adult and what in BY_ADULT)


def ends_at_diploma(version: SchemeVersion) -> bool:
    """Whether this pays the lessons for the first diploma, and not those that come after it."""
    once = version.period == "once_per_child"
    return once and LESSONS in version.categories and version.precondition not in BY_DIPLOMA
