"""Whose citizen number is free: also one that its owner gives up in the same file.

Numbers that were given to the wrong persons are put right in one file: two that swap, or one who
gets a new number while somebody else gets the old one. Rows that must wait for a later one are put
off to the end of the file, so that their order makes no difference and the same file again changes
nothing.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from pas.passes.resident_files import ReadResident
from pas.residents.stored import Known

MOST_PUT_OFF: Final = 2_000
"""Rows; they are judged together. What does not fit is refused, and can be sent again."""


class HashedRow(msgspec.Struct, frozen=True):
    """A row with the hashes of its citizen number, the one by the current key first."""

    read: ReadResident
    hashes: tuple[bytes, ...] = ()


class PutOff(msgspec.Struct):
    """Rows that want the number of somebody else, and later rows of the same persons."""

    rows: list[HashedRow] = []
    people: set[str] = set()

    def take(self, row: HashedRow) -> bool:
        """Put a row off, unless there are too many."""
        if len(self.rows) >= MOST_PUT_OFF:
            return False
        self.rows.append(row)
        self.people.add(row.read.key)
        return True

    def without_waiting(self, rows: Sequence[HashedRow]) -> list[HashedRow]:
        """Put off the rows of who waits already, so that a person's rows stay in order."""
        return [row for row in rows if row.read.key not in self.people or not self.take(row)]


def is_anothers(row: HashedRow, known: Known) -> bool:
    return _owner(row, known) not in {None, row.read.key}


def free_given_up(rows: Sequence[HashedRow], known: Known) -> list[str]:
    """Take the numbers that rows give up from their owners in ``known``; gives those persons.

    Somebody gives a number up by getting another one: one that is free, or that is given up too.
    """
    moves = _moves(rows, known)
    waits_for = {owner: person for person, row in moves.items() if (owner := _owner(row, known))}
    stuck = [person for owner, person in waits_for.items() if owner not in moves]
    while stuck:
        person = stuck.pop()
        del moves[person]
        if person in waits_for:
            stuck.append(waits_for[person])
    for person in moves:
        if stored := known.people[person].bsn_hash:
            del known.owner_of_hash[stored]
    return list(moves)


def _moves(rows: Sequence[HashedRow], known: Known) -> dict[str, HashedRow]:
    """Who has a number and would get another one; no file gives one number to two persons."""
    wanted: dict[str, list[HashedRow]] = {}
    for row in rows:
        if row.hashes:
            wanted.setdefault(row.read.key, []).append(row)
    moves: dict[str, HashedRow] = {}
    for key, (first, *more) in wanted.items():
        person = known.people.get(key)
        has = None if person is None else person.bsn_hash
        # Of two numbers for one person in one chunk nobody can say yet which is the last.
        is_one = all(row.hashes == first.hashes for row in more)
        if has is not None and has not in first.hashes and is_one:
            moves[key] = first
    return moves


def _owner(row: HashedRow, known: Known) -> str | None:
    return next(
        (known.owner_of_hash[one] for one in row.hashes if one in known.owner_of_hash), None
    )
