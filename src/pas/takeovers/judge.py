"""Judges a whole list against what is known: row by row, and nothing is written."""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec

from pas.auth.keys import KeyRing, Purpose
from pas.csvfile import chunks
from pas.db import Connection, Statement
from pas.grants.facts import Claim
from pas.grants.ground import Ground
from pas.ids import EntryId, ResidentId, SchemeId
from pas.ledger.fingerprint import encoded_field
from pas.money import NO_CENTS, Cents
from pas.passes.codes import HashKey
from pas.passes.earlier_numbers import EarlierNumber, hash_earlier_number
from pas.passes.take_over_cards import cards_of_numbers, own_hashes
from pas.schemes.model import InKind, StoredVersion, Visits
from pas.takeovers.due import Due, awards_of
from pas.takeovers.files import Listed
from pas.takeovers.model import RowOutcome, SchemeTotal, TakeoverTotalsDiffer
from pas.takeovers.people import find_people
from pas.takeovers.rules import UNKNOWN_SCHEME, Candidate, crossed, differences, doubled

CHUNK: Final = 1_000
MOST_TOLD: Final = 20
IN_VISITS: Final = "Deze regeling telt bezoeken of spullen. Wij nemen alleen bedragen over."
CHANGED: Final = "Voor deze kaart en regeling is al een ander bedrag geboekt. Laat dat verbeteren."
ANOTHERS_CARD: Final = "Dit nummer staat al op de kaart van iemand anders."


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a row; who and which card only while it waits."""

    line: int
    outcome: RowOutcome
    reason: str | None = None
    scheme: StoredVersion | None = None
    scheme_id: SchemeId | None = None
    amount_cents: Cents | None = None
    entry_id: EntryId | None = None
    resident_id: ResidentId | None = None
    number_hash: bytes | None = None
    key_id: str | None = None


class KnownRow(msgspec.Struct, frozen=True):
    entry_id: EntryId
    amount_cents: Cents


READ_BOOKED: Final = Statement(
    "SELECT entry_id, amount_cents FROM takeover_row WHERE outcome = 'booked' AND entry_id = ANY ($1::uuid[])",
    KnownRow,
)


class Sheet:
    """The rows of a list while they are judged: each has its scheme, and at most one reason why not."""

    def __init__(
        self, rows: Sequence[Listed], ground: Ground, *, supplier: str, ring: KeyRing
    ) -> None:
        self.rows = rows
        self.ring = ring
        self.reasons: dict[int, str] = {row.line: row.fault for row in rows if row.fault}
        self.schemes = _schemes_of(rows, ground)
        self.ids = {line: ground.scheme_ids[one.version.code] for line, one in self.schemes.items()}
        self.entries = {
            row.line: entry_of(ring, row.number, supplier=supplier, scheme=self.ids[row.line])
            for row in rows
            if row.number is not None and row.line in self.ids
        }
        self.same: set[int] = set()
        self.people: dict[int, Candidate] = {}

    def refuse(self, reasons: Mapping[int, str]) -> None:
        """The first reason stays."""
        for line, reason in reasons.items():
            self.reasons.setdefault(line, reason)

    @property
    def open(self) -> list[Listed]:
        ended = self.reasons.keys() | self.same
        return [one for one in self.rows if one.line not in ended]


async def judge_list(
    connection: Connection,
    ground: Ground,
    rows: Sequence[Listed],
    *,
    supplier: str,
    told: Mapping[str, Cents],
    ring: KeyRing,
) -> list[Judged]:
    """Judge every row; raises TakeoverTotalsDiffer before anything else is looked at."""
    sheet = Sheet(rows, ground, supplier=supplier, ring=ring)
    _refuse_other_totals(sheet, told)
    _refuse_schemes(sheet)
    sheet.refuse(doubled((row, sheet.ids[row.line]) for row in sheet.open))
    await _find_booked(connection, sheet)
    await _find_holders(connection, sheet, ground)
    await _refuse_numbers_of_others(connection, sheet)
    await _refuse_granted(connection, sheet, ground)
    return [_judged(row, sheet) for row in rows]


def entry_of(ring: KeyRing, number: EarlierNumber, *, supplier: str, scheme: SchemeId) -> EntryId:
    """Name the entry of a card's balance: always the same, and no way back to the card without the key.

    Made with the oldest key, which is never thrown away, so that it stays the same after a rotation.
    """
    key = ring.of(Purpose.CARD_NUMBER_HASH)[-1].secret
    told = b"".join(map(encoded_field, (supplier, number, scheme)))
    digest = hmac.digest(key, b"pas opening entry 1\x00" + told, "sha256")
    return EntryId(UUID(bytes=digest[:16], version=5))


def hash_of(ring: KeyRing, number: EarlierNumber) -> tuple[bytes, str]:
    key = ring.current(Purpose.CARD_NUMBER_HASH)
    hashed = hash_earlier_number(number, HashKey(key.key_id, key.secret))
    return hashed.digest, hashed.key_id


def totals_of(judged: Iterable[Judged], told: Mapping[str, Cents]) -> list[SchemeTotal]:
    """Add up by scheme what becomes of the rows."""
    sums: defaultdict[tuple[str, str], dict[RowOutcome, int]] = defaultdict(
        lambda: {"waiting": 0, "booked": 0, "same": 0, "refused": 0}
    )
    for one in judged:
        if one.scheme is not None:
            version = one.scheme.version
            sums[version.code, version.title][one.outcome] += one.amount_cents or NO_CENTS
    return [
        SchemeTotal(
            scheme=code,
            title=title,
            told_cents=told.get(code, NO_CENTS),
            waiting_cents=Cents(found["waiting"]),
            booked_cents=Cents(found["booked"]),
            same_cents=Cents(found["same"]),
            refused_cents=Cents(found["refused"]),
        )
        for (code, title), found in sorted(sums.items())
    ]


def _schemes_of(rows: Sequence[Listed], ground: Ground) -> dict[int, StoredVersion]:
    """By line, by the code of a scheme or by its title."""
    named = {one.version.title.casefold(): one for one in ground.plan.schemes}
    named |= {one.version.code: one for one in ground.plan.schemes}
    found = {row.line: named.get(row.scheme.casefold()) for row in rows}
    return {line: one for line, one in found.items() if one is not None}


def _refuse_other_totals(sheet: Sheet, told: Mapping[str, Cents]) -> None:
    listed: defaultdict[str, int] = defaultdict(int)
    for row in sheet.rows:
        scheme = sheet.schemes.get(row.line)
        if row.scheme:
            listed[scheme.version.code if scheme else row.scheme] += row.amount_cents or NO_CENTS
    wrong = differences({code: Cents(cents) for code, cents in listed.items()}, told)
    if wrong:
        raise TakeoverTotalsDiffer(" ".join(wrong[:MOST_TOLD]))


def _refuse_schemes(sheet: Sheet) -> None:
    for row in sheet.rows:
        scheme = sheet.schemes.get(row.line)
        if scheme is None:
            sheet.refuse({row.line: UNKNOWN_SCHEME})
        elif isinstance(scheme.version.allowance, Visits | InKind):
            sheet.refuse({row.line: IN_VISITS})


async def _find_booked(connection: Connection, sheet: Sheet) -> None:
    """What was booked before is the same, or is refused: a correction is made in the books."""
    lines = {sheet.entries[row.line]: row for row in sheet.open}
    for some in chunks(lines, CHUNK):
        for known in await READ_BOOKED.all(connection, some):
            row = lines[known.entry_id]
            if known.amount_cents == row.amount_cents:
                sheet.same.add(row.line)
            else:
                sheet.refuse({row.line: CHANGED})


async def _find_holders(connection: Connection, sheet: Sheet, ground: Ground) -> None:
    rows = sheet.open
    found = await find_people(connection, rows, ring=sheet.ring, on=ground.days.on)
    sheet.people = {line: one for line, one in found.items() if isinstance(one, Candidate)}
    sheet.refuse({line: one for line, one in found.items() if isinstance(one, str)})
    sheet.refuse(crossed(rows, {line: one.id for line, one in sheet.people.items()}))


async def _refuse_numbers_of_others(connection: Connection, sheet: Sheet) -> None:
    """A number that is on a card of somebody else, ours or taken over, would find that one."""
    for some in chunks(sheet.open, CHUNK):
        hashes = {row.line: _hashes(sheet.ring, row) for row in some}
        asked = [one for several in hashes.values() for one in several]
        owners = await cards_of_numbers(connection, asked)
        for row in some:
            others = {owners[one] for one in hashes[row.line] if one in owners}
            if others - {sheet.people[row.line].id}:
                sheet.refuse({row.line: ANOTHERS_CARD})


def _hashes(ring: KeyRing, row: Listed) -> list[bytes]:
    assert row.number is not None, "a row without a number was refused"
    earlier = [
        hash_earlier_number(row.number, HashKey(key.key_id, key.secret)).digest
        for key in ring.of(Purpose.CARD_NUMBER_HASH)
    ]
    return [*earlier, *own_hashes(ring, row.number)]


async def _refuse_granted(connection: Connection, sheet: Sheet, ground: Ground) -> None:
    given = set[Claim]()
    dues = [_due(row, sheet) for row in sheet.open if row.amount_cents]
    for some in chunks(sorted(dues, key=lambda one: (one.household, one.line)), CHUNK):
        found = await awards_of(connection, ground, some, given=given)
        sheet.refuse({line: one for line, one in found.items() if isinstance(one, str)})


def _due(row: Listed, sheet: Sheet) -> Due:
    person = sheet.people[row.line]
    return Due(
        line=row.line,
        resident=person.id,
        household=person.household,
        scheme=sheet.schemes[row.line],
        amount_cents=row.amount_cents or NO_CENTS,
    )


def _judged(row: Listed, sheet: Sheet) -> Judged:
    known = Judged(
        line=row.line,
        outcome="same" if row.line in sheet.same else "refused",
        reason=sheet.reasons.get(row.line),
        scheme=sheet.schemes.get(row.line),
        scheme_id=sheet.ids.get(row.line),
        amount_cents=row.amount_cents,
        entry_id=sheet.entries.get(row.line),
    )
    if known.outcome == "same" or known.reason is not None:
        return known
    assert row.number is not None, "a row without a number was refused"
    digest, key_id = hash_of(sheet.ring, row.number)
    return msgspec.structs.replace(
        known,
        outcome="waiting",
        resident_id=sheet.people[row.line].id,
        number_hash=digest,
        key_id=key_id,
    )
