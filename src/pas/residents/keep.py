"""Judges and writes one chunk of rows of a file of residents, in one short transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.citizen_number import (
    CitizenNumber,
    HiddenCitizenNumber,
    bsn_hashes,
    encrypt_bsn,
)
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.auth.processing import note_processing
from pas.cells import Fault
from pas.csvfile import RowVerdict
from pas.db import Connection, Statement
from pas.ids import ImportId, ResidentId, uuid7
from pas.imports.record import keep_verdicts
from pas.passes.compare import compare
from pas.passes.resident_files import ReadResident
from pas.passes.residents import Resident
from pas.residents.citizen_numbers import HashedRow, PutOff, free_given_up, is_anothers
from pas.residents.stored import Known, Person, read_known

ANOTHERS_NUMBER: Final = Fault(
    "bsn",
    "Dit burgerservicenummer is van iemand anders. Klopt dat niet? Verbeter dan eerst die persoon.",
)

ONE_WRITER: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.resident'))", None
)
INSERT_RESIDENTS: Final = Statement(
    """
    INSERT INTO resident (id, person_number)
    SELECT * FROM unnest($1::uuid[], $2::text[])
    """,
    None,
)
CLEAR_NUMBERS: Final = Statement(
    """
    UPDATE resident SET bsn_encrypted = NULL, bsn_hash = NULL, key_id = NULL
    WHERE id = ANY ($1::uuid[])
    """,
    None,
)
SET_NUMBERS: Final = Statement(
    """
    UPDATE resident r SET bsn_encrypted = n.encrypted, bsn_hash = n.hash, key_id = n.key_id
    FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::text[]) AS n (id, encrypted, hash, key_id)
    WHERE r.id = n.id
    """,
    None,
)
KEEP_VERSIONS: Final = Statement(
    """
    INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date,
        address, postcode, city, area, household_number, household_type, income, income_source,
        school_type, left_on, died_on, guardian_number, recorded_at, recorded_by)
    SELECT v.id, v.valid_from, v.given_name, v.family_name, v.birth_date, nullif(v.address, ''),
        nullif(v.postcode, ''), nullif(v.city, ''), nullif(v.area, ''), v.household_number,
        v.household_type, v.income, v.income_source, v.school_type, v.left_on, v.died_on,
        nullif(v.guardian_number, ''), $18, $19
    FROM unnest($1::uuid[], $2::date[], $3::text[], $4::text[], $5::date[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[], $12::int[], $13::text[], $14::text[],
        $15::date[], $16::date[], $17::text[])
        AS v (id, valid_from, given_name, family_name, birth_date, address, postcode, city, area,
            household_number, household_type, income, income_source, school_type, left_on, died_on,
            guardian_number)
    ON CONFLICT (resident_id, valid_from) DO UPDATE
    SET given_name = excluded.given_name, family_name = excluded.family_name,
        birth_date = excluded.birth_date, address = excluded.address, postcode = excluded.postcode,
        city = excluded.city, area = excluded.area, household_number = excluded.household_number,
        household_type = excluded.household_type, income = excluded.income,
        income_source = excluded.income_source, school_type = excluded.school_type,
        left_on = excluded.left_on, died_on = excluded.died_on,
        guardian_number = excluded.guardian_number, recorded_at = excluded.recorded_at,
        recorded_by = excluded.recorded_by
    """,
    None,
)


class Overwritten(msgspec.Struct, frozen=True):
    """A state that another one of the same day took the place of."""

    resident_id: ResidentId
    was: Resident
    became: Resident


class Changes(msgspec.Struct):
    """What a chunk of rows comes down to; ``given_up`` have a number that somebody else may get."""

    verdicts: list[RowVerdict] = []
    new: dict[str, ResidentId] = {}
    given_up: list[ResidentId] = []
    numbers: dict[ResidentId, CitizenNumber] = {}
    versions: list[tuple[ResidentId, Resident]] = []
    overwritten: list[Overwritten] = []


def hashed(read: ReadResident, ring: KeyRing) -> HashedRow:
    if read.resident is None or not read.resident.bsn:
        return HashedRow(read)
    return HashedRow(read, tuple(bsn_hashes(ring, CitizenNumber(read.resident.bsn))))


async def keep_rows(
    connection: Connection,
    rows: Sequence[HashedRow],
    *,
    import_id: ImportId,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
    put_off: PutOff | None = None,
) -> list[RowVerdict]:
    """Judge rows against what is stored, store what they change, and keep what became of each.

    A state that is overwritten is gone from the table, so an event keeps it. Rows that want somebody
    else's citizen number wait in ``put_off``, if it is there.
    """
    async with connection.transaction():
        await lock_residents(connection)
        changes = await take_rows(
            connection, rows, ring=ring, actor=actor, now=now, put_off=put_off
        )
        await keep_verdicts(connection, import_id, changes.verdicts)
        for one in changes.overwritten:
            await record_event(
                connection,
                kind="resident.changed",
                subject_kind="resident",
                subject_id=one.resident_id,
                actor=actor,
                before=facts_of(one.was),
                after=facts_of(one.became),
            )
    return changes.verdicts


def facts_of(resident: Resident) -> dict[str, object]:
    """What an event says of a state: everything but the citizen number."""
    facts: dict[str, object] = msgspec.to_builtins(resident)
    del facts["bsn"]
    return facts


async def lock_residents(connection: Connection) -> None:
    """Until the end of the transaction nobody else changes a resident."""
    await ONE_WRITER.run(connection)


async def take_rows(
    connection: Connection,
    rows: Sequence[HashedRow],
    *,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
    put_off: PutOff | None = None,
) -> Changes:
    """The same in the caller's transaction, under the lock of ``lock_residents``."""
    numbers = [row.read.resident.person_number for row in rows if row.read.resident]
    hashes = [one for row in rows for one in row.hashes]
    known = await read_known(connection, list(dict.fromkeys(numbers)), hashes)
    changes = judge(rows, known, put_off)
    await _write(connection, changes, ring=ring, actor=actor, now=now)
    return changes


def judge(rows: Sequence[HashedRow], known: Known, put_off: PutOff | None = None) -> Changes:
    """Say what each row changes; ``known`` grows with what is kept."""
    if put_off is not None:
        rows = put_off.without_waiting(rows)
    given_up = free_given_up(rows, known)
    changes = Changes(given_up=[known.people[person].id for person in given_up])
    for row in rows:
        resident = row.read.resident
        if resident is None:
            changes.verdicts.append(compare(row.read, ()))
            continue
        if is_anothers(row, known):
            if put_off is not None and put_off.take(row):
                continue
            refused = msgspec.structs.replace(row.read, resident=None, faults=(ANOTHERS_NUMBER,))
            changes.verdicts.append(compare(refused, ()))
            continue
        person = known.people.get(resident.person_number)
        if person is None:
            person = Person(ResidentId(uuid7()), is_new=True)
            known.people[resident.person_number] = person
        verdict = compare(row.read, _as_told(person, row))
        changes.verdicts.append(verdict)
        if verdict.outcome in {"added", "changed"}:
            _take(row, resident, person, changes=changes)
            known.owner_of_hash.update(dict.fromkeys(row.hashes[:1], resident.person_number))
    return changes


def _as_told(person: Person, row: HashedRow) -> list[Resident]:
    """Show the stored citizen number as the row writes it when it is the same, or says nothing."""
    told = row.read.resident
    if told is None or not told.bsn or person.bsn_hash not in row.hashes:
        return person.states
    return [msgspec.structs.replace(one, bsn=told.bsn) for one in person.states]


def _take(row: HashedRow, resident: Resident, person: Person, *, changes: Changes) -> None:
    if person.is_new and not person.states:
        changes.new[resident.person_number] = person.id
    if resident.bsn and person.bsn_hash not in row.hashes:
        changes.numbers[person.id] = CitizenNumber(resident.bsn)
        person.bsn_hash = row.hashes[0]
    changes.versions.append((person.id, resident))
    stays = [one for one in person.states if one.valid_from != resident.valid_from]
    changes.overwritten += [
        Overwritten(person.id, was, resident) for was in person.states if was not in stays
    ]
    person.states = [*stays, msgspec.structs.replace(resident, bsn="")]


async def _write(
    connection: Connection,
    changes: Changes,
    *,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
) -> None:
    if changes.new:
        await INSERT_RESIDENTS.run(connection, list(changes.new.values()), list(changes.new))
    if changes.given_up:
        # First, because the index that keeps numbers apart looks after each row.
        await CLEAR_NUMBERS.run(connection, changes.given_up)
    if changes.numbers:
        hidden: list[HiddenCitizenNumber] = [
            encrypt_bsn(ring, number, resident=resident)
            for resident, number in changes.numbers.items()
        ]
        await SET_NUMBERS.run(
            connection,
            list(changes.numbers),
            [one.encrypted for one in hidden],
            [one.hash for one in hidden],
            [one.key_id for one in hidden],
        )
    if changes.versions:
        residents = [one for _, one in changes.versions]
        await KEEP_VERSIONS.run(
            connection,
            [resident_id for resident_id, _ in changes.versions],
            *([getattr(one, column) for one in residents] for column in COLUMNS),
            now,
            actor.id,
        )
        kept = [resident_id for resident_id, _ in changes.versions]
        await note_processing(connection, kept, "resident.imported", actor=actor, now=now)


COLUMNS: Final = (
    "valid_from",
    "given_name",
    "family_name",
    "birth_date",
    "address",
    "postcode",
    "city",
    "area",
    "household_number",
    "household_type",
    "income",
    "income_source",
    "school_type",
    "left_on",
    "died_on",
    "guardian_number",
)
