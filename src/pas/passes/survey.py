"""What only a whole file of residents can show, in memory that a million rows cannot burst.

Rows are remembered as 64-bit numbers in arrays (eight bytes each), and sorted at the end to find
what occurs twice. Two different values get the same number about once in forty million files of a
million rows; such a row would be refused with a reason that can be checked, never accepted.
"""

from array import array
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from pas.cells import Draft, Fault, optional_day
from pas.csvfile import Row
from pas.passes.residents import ADULT_AGE, Resident, age_on

UNKNOWN_GUARDIAN: Final = Fault(
    "guardian_number",
    "Deze voogd is bij ons niet bekend als volwassene. Leg vast wie de pas beheert.",
)
LEFT_ALONE: Final = Fault(
    "household_number",
    "In dit huishouden woont geen volwassene meer. Leg vast wie de pas beheert.",
)
TWIN: Final = Fault(
    "person_number",
    "Deze persoon staat er ook met een ander nummer: zelfde naam, geboortedatum en huishouden.",
)
_NONE: Final = 0
_PARTS: Final = 4
_CHILD: Final = 1
_GONE_ADULT: Final = 2
_ADULT: Final = 4


class Survey:
    """See every row, close, then ask what is wrong with a row."""

    def __init__(self, *, today: date) -> None:
        self.today = today
        self.rows = 0
        self.without_adults: set[str] = set()
        """Households with a child and never an adult; take out those that are stored with one.

        An adult who died or left counts here: a household that was right stays so, and the same
        file again gives the same verdicts.
        """
        self.left_alone: set[str] = set()
        """Households with a child and no adult who lives; take out those that are stored with one."""
        self.unknown_guardians: set[str] = set()
        """Guardians that are named and are no adult in this file; take out those that are stored."""
        self._members: dict[str, int] = {}
        self._persons = array("q")
        self._households = array("q")
        self._contents = array("q")
        self._citizens = array("q")
        self._owners = array("q")
        self._homes = array("q")
        self._home_facts = array("q")
        self._descriptions = array("q")
        self._adults = array("q")
        self._twins: set[int] = set()
        self._twice: set[int] = set()
        self._torn: set[int] = set()
        self._shared: set[int] = set()
        self._disputed: set[int] = set()
        self._differing: set[int] = set()
        self._first_lines: dict[int, int] = {}
        self._several: set[int] = set()

    def see(self, row: Row, resident: Resident | None) -> None:
        """Compare values, not their spelling; a row that is refused anyway takes no other down."""
        self.rows += 1
        if resident is None:
            # Who cannot be read may be the adult whose children must not go down with that row.
            self._remember_member(row.cells["household_number"].strip(), _ADULT)
            self._adults.append(hash(row.cells["person_number"].strip()))
            return
        self._persons.append(_person_key(resident))
        self._households.append(hash(resident.household_number))
        self._contents.append(_content(resident))
        self._citizens.append(_citizen_key(resident))
        self._owners.append(hash(resident.person_number))
        self._homes.append(_home_key(resident))
        self._home_facts.append(
            hash((resident.household_type, resident.income, resident.income_source))
        )
        self._descriptions.append(_description(resident))
        if resident.guardian_number:
            self.unknown_guardians.add(resident.guardian_number)
        is_here, is_child = self._is_here(resident), self._is_child(resident)
        if is_here and not is_child:
            self._adults.append(hash(resident.person_number))
        if is_here or not is_child:
            member = _CHILD if is_child else _ADULT if is_here else _GONE_ADULT
            self._remember_member(resident.household_number, member)

    def _remember_member(self, household: str, member: int) -> None:
        self._members[household] = self._members.get(household, 0) | member

    def _is_child(self, resident: Resident) -> bool:
        """Judge a row that began long ago by today: who was seventeen then may be twenty now."""
        judged_on = max(self.today, resident.valid_from)
        return age_on(resident.birth_date, judged_on) < ADULT_AGE

    def _is_here(self, resident: Resident) -> bool:
        judged_on = max(self.today, resident.valid_from)
        return all(day is None or judged_on < day for day in (resident.left_on, resident.died_on))

    def _needs_an_adult(self, resident: Resident) -> bool:
        return not resident.guardian_number and self._is_here(resident) and self._is_child(resident)

    def close(self) -> None:
        """Find what occurs twice and forget the rest."""
        members = self._members.items()
        self.without_adults = {number for number, kinds in members if kinds == _CHILD}
        self.left_alone = {
            number for number, kinds in members if kinds & (_CHILD | _ADULT) == _CHILD
        }
        self._members = {}
        named = {hash(number): number for number in self.unknown_guardians}
        self.unknown_guardians -= {named[adult] for adult in self._adults if adult in named}
        self._twice = _repeated(self._persons)
        self._torn = _contradicting(self._persons, self._households)
        self._differing = _contradicting(self._persons, self._contents)
        self._several = _repeated(self._owners)
        self._shared = _contradicting(self._citizens, self._owners) - {_NONE}
        self._disputed = _contradicting(self._homes, self._home_facts)
        self._twins = _contradicting(self._descriptions, self._owners)
        for column in (
            self._persons,
            self._households,
            self._contents,
            self._citizens,
            self._owners,
            self._homes,
            self._home_facts,
            self._descriptions,
            self._adults,
        ):
            del column[:]

    def has_several(self, row: Row) -> bool:
        """Whether a person has more rows, which are then to be taken in the order of their days."""
        return hash(row.cells["person_number"].strip()) in self._several

    def faults_of(self, row: Row, resident: Resident) -> Iterable[Fault]:
        """Ask once for every row; of two equal rows the one that is asked for first stands."""
        person = _person_key(resident)
        if person in self._torn:
            yield Fault("household_number", "Deze persoon staat op één dag in twee huishoudens.")
        elif person in self._differing:
            yield Fault(
                "person_number", "Deze persoon staat twee keer in het bestand, met verschillen."
            )
        elif person in self._twice:
            first = self._first_lines.setdefault(person, row.line)
            if first != row.line:
                yield Fault("person_number", f"Deze persoon staat ook op regel {first}.")
        if _citizen_key(resident) in self._shared:
            yield Fault("bsn", "Dit burgerservicenummer staat bij twee personen.")
        if _home_key(resident) in self._disputed:
            yield Fault(
                "income_pct",
                "De leden van dit huishouden verschillen in type, inkomen of bron.",
            )
        if resident.household_number in self.without_adults and self._needs_an_adult(resident):
            yield Fault(
                "household_number",
                "In dit huishouden woont geen volwassene. Noem de voogd in kolom guardian_number.",
            )

    def remarks_on(self, resident: Resident) -> Iterable[Fault]:
        """Say what a person should look at in a row that is taken."""
        if resident.guardian_number in self.unknown_guardians and self._is_child(resident):
            yield UNKNOWN_GUARDIAN
        if resident.household_number in self.left_alone and self._needs_an_adult(resident):
            yield LEFT_ALONE
        if _description(resident) in self._twins:
            yield TWIN


class Later:
    """Rows to be read again in the order of persons and days; only where they are is remembered."""

    def __init__(self) -> None:
        self._persons = array("q")
        self._days = array("q")
        self._lines = array("q")
        self._offsets = array("q")

    def add(self, row: Row) -> None:
        since = optional_day(Draft(row), "valid_from")
        self._persons.append(hash(row.cells["person_number"].strip()))
        self._days.append(since.toordinal() if since else 0)
        self._lines.append(row.line)
        self._offsets.append(row.offset)

    def in_order(self) -> Iterator[tuple[int, int]]:
        """Give the line and the offset of every row."""
        keys = range(len(self._lines))
        for n in sorted(keys, key=lambda n: (self._persons[n], self._days[n], self._lines[n])):
            yield self._lines[n], self._offsets[n]


def _person_key(resident: Resident) -> int:
    return hash((resident.person_number, resident.valid_from))


def _home_key(resident: Resident) -> int:
    return hash((resident.household_number, resident.valid_from))


def _citizen_key(resident: Resident) -> int:
    return hash(resident.bsn) if resident.bsn else _NONE


def _description(resident: Resident) -> int:
    names = f"{resident.given_name}\n{resident.family_name}".casefold()
    return hash((names, resident.birth_date, resident.household_number))


def _content(resident: Resident) -> int:
    return hash(tuple(getattr(resident, field) for field in Resident.__struct_fields__))


def _repeated(keys: "array[int]") -> set[int]:
    found, before = set[int](), None
    for key in sorted(keys):
        if key == before:
            found.add(key)
        before = key
    return found


def _contradicting(keys: "array[int]", values: "array[int]") -> set[int]:
    """Find the keys with more than one value, a part of the keys at a time to spare memory."""
    found = set[int]()
    for part in range(_PARTS):
        first = dict[int, int]()
        for key, value in zip(keys, values, strict=True):
            if key % _PARTS == part and first.setdefault(key, value) != value:
                found.add(key)
    return found
