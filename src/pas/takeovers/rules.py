"""Whose card a row is about, and which rows cannot both be right. Nobody guesses: what is unclear is refused."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from pas.ids import HouseholdNumber, ResidentId, SchemeId
from pas.money import Cents, euros
from pas.passes.earlier_numbers import EarlierNumber
from pas.takeovers.files import Listed, Person

NOBODY: Final = "Wij vinden geen inwoner met dit BSN."
NOBODY_NAMED: Final = "Wij vinden geen inwoner met deze naam en geboortedatum."
SEVERAL: Final = "Er zijn meer inwoners met deze naam en geboortedatum. Vul het BSN in."
OTHER_BIRTH: Final = "Het BSN en de geboortedatum horen niet bij dezelfde persoon."
GONE: Final = "Deze persoon is verhuisd of overleden."
UNKNOWN_SCHEME: Final = "Deze regeling kennen wij niet, of zij geldt nu niet."
TWICE: Final = "Deze kaart staat meer dan eens in het bestand met deze regeling."
TWO_PEOPLE: Final = "Deze kaart staat in het bestand bij meer dan één persoon."
TWO_CARDS: Final = "Deze persoon staat in het bestand met meer dan één kaart."


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A resident who may be meant, as known today."""

    id: ResidentId
    has_bsn: bool
    """Whether it has the citizen number of the row."""
    given_name: str
    family_name: str
    birth_date: date
    postcode: str
    household: HouseholdNumber
    is_gone: bool


def whose(person: Person, candidates: Sequence[Candidate]) -> Candidate | str:
    """Give the one resident that a row is about, or why there is none."""
    found = _by_number(person, candidates) if person.bsn else _by_name(person, candidates)
    if isinstance(found, Candidate) and found.is_gone:
        return GONE
    return found


def _by_number(person: Person, candidates: Sequence[Candidate]) -> Candidate | str:
    found = next((one for one in candidates if one.has_bsn), None)
    if found is None:
        return NOBODY
    if person.birth_date is not None and person.birth_date != found.birth_date:
        return OTHER_BIRTH
    return found


def _by_name(person: Person, candidates: Sequence[Candidate]) -> Candidate | str:
    named = [
        one
        for one in candidates
        if one.birth_date == person.birth_date
        and folded(one.given_name) == folded(person.given_name)
        and folded(one.family_name) == folded(person.family_name)
    ]
    if len(named) > 1 and person.postcode:
        named = [one for one in named if one.postcode == person.postcode] or named
    match named:
        case [one]:
            return one
        case []:
            return NOBODY_NAMED
        case _:
            return SEVERAL


def folded(name: str) -> str:
    """Lists differ in case, in accents and in hyphens; a name is the same name."""
    plain = unicodedata.normalize("NFKD", name).casefold().replace("-", " ")
    return " ".join("".join(one for one in plain if not unicodedata.combining(one)).split())


def doubled(rows: Iterable[tuple[Listed, SchemeId]]) -> dict[int, str]:
    """Rows of one card and scheme, by line: of two amounts nobody knows which is right."""
    lines: defaultdict[tuple[EarlierNumber, SchemeId], list[int]] = defaultdict(list)
    for row, scheme in rows:
        if row.number is not None:
            lines[row.number, scheme].append(row.line)
    return {line: TWICE for same in lines.values() if len(same) > 1 for line in same}


def crossed(rows: Iterable[Listed], holders: Mapping[int, ResidentId]) -> dict[int, str]:
    """Rows by line of a card with two people, or of somebody with two cards; who is unclear is somebody else."""
    people: defaultdict[EarlierNumber, set[ResidentId | None]] = defaultdict(set)
    cards: defaultdict[ResidentId, set[EarlierNumber]] = defaultdict(set)
    numbered = [(row.line, row.number) for row in rows if row.number is not None]
    for line, number in numbered:
        holder = holders.get(line)
        people[number].add(holder)
        if holder is not None:
            cards[holder].add(number)
    found: dict[int, str] = {}
    for line, number in numbered:
        holder = holders.get(line)
        if holder is not None and len(people[number]) > 1:
            found[line] = TWO_PEOPLE
        elif holder is not None and len(cards[holder]) > 1:
            found[line] = TWO_CARDS
    return found


def differences(listed: Mapping[str, Cents], told: Mapping[str, Cents]) -> list[str]:
    """Say of each scheme whose rows add up to something else than what was told beside the file."""
    return [
        f"{code}: het bestand telt {_said(listed.get(code))}, u gaf op {_said(told.get(code))}."
        for code in sorted({*listed, *told})
        if listed.get(code) != told.get(code)
    ]


def _said(cents: Cents | None) -> str:
    return "niets" if cents is None else euros(cents)
