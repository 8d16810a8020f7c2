"""An officer adds or corrects one resident, by the same rules as a file of one row.

What changed stands in an event with before and after; the citizen number is in neither. Afterwards
passes follow the register, as they do after a file.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.processing import note_processing
from pas.cells import Fault
from pas.csvfile import Outcome, Row, RowVerdict
from pas.days import day_of
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import ResidentId
from pas.jobs import enqueue
from pas.passes.compare import state_on
from pas.passes.resident_files import ReadResident, judged, read_resident
from pas.passes.residents import Resident
from pas.passes.survey import Survey
from pas.residents.import_residents import forgive_known_adults
from pas.residents.keep import (
    ANOTHERS_NUMBER,
    CLEAR_NUMBERS,
    facts_of,
    hashed,
    lock_residents,
    take_rows,
)
from pas.residents.managing_adults import follow_households
from pas.residents.stored import Person, read_known

FOLLOW: Final = "grants.follow_register"
"""Moves and deaths end passes, newcomers are assessed. By its name: grants stand above residents."""

NUMBER_TAKEN: Final = Fault(
    "person_number", "Dit nummer heeft al iemand. Zoek die persoon op en verbeter daar."
)
NUMBER_AND_WIPE: Final = Fault(
    "bsn", "U vult een burgerservicenummer in en u wist het. Kies een van de twee."
)


class ResidentWrong(Refusal):
    """De gegevens van de inwoner kloppen niet."""

    next_step: ClassVar[str] = "Verbeter de velden die wij noemen. Stuur het daarna opnieuw."


class PutResident(msgspec.Struct, frozen=True):
    """What became of it; ``remark`` is something that a person should look at."""

    id: ResidentId
    outcome: Outcome
    fields: list[str]
    remark: str | None


async def put_resident(
    connection: Connection,
    row: Row,
    *,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
    called: Callable[[str], str] = str,
    is_new: bool = False,
    wipes_bsn: bool = False,
) -> PutResident:
    """Take what holds of one person from a day on; raises ResidentWrong with all that is wrong.

    ``called`` gives a column the name by which whoever asks knows it. ``is_new`` refuses a number
    that somebody has already. ``wipes_bsn`` takes away a citizen number that is not theirs.
    """
    async with connection.transaction():
        await lock_residents(connection)
        read = await _read(connection, row, now)
        number = row.cells["person_number"].strip()
        before = (await read_known(connection, [number], [])).people.get(number)
        taken = [NUMBER_TAKEN] if is_new and before is not None else []
        if wrong := taken + ([NUMBER_AND_WIPE] if wipes_bsn and row.cells["bsn"].strip() else []):
            raise _wrong((*read.faults, *wrong), called)
        changes = await take_rows(connection, [hashed(read, ring)], ring=ring, actor=actor, now=now)
        (verdict,) = changes.verdicts
        if read.resident is None or verdict.outcome == "refused":
            raise _wrong(read.faults or (ANOTHERS_NUMBER,), called)
        person = (await read_known(connection, [number], [])).people[number]
        if wipes_bsn and person.bsn_hash is not None:
            verdict = await _wipe(connection, person, verdict, actor=actor, now=now)
        if verdict.outcome != "same":
            was = state_on(read.resident, before.states) if before else None
            await _record(connection, person, read.resident, was=was, verdict=verdict, actor=actor)
            await _follow(connection, read.resident, actor=actor, now=now)
    fields = [called(field) for field in verdict.fields]
    return PutResident(person.id, verdict.outcome, fields, verdict.reason or None)


async def _read(connection: Connection, row: Row, now: datetime) -> ReadResident:
    """Judge a row as the only one of a file."""
    found = Survey(today=day_of(now))
    areas = frozenset((await read_municipality_settings(connection)).areas)
    read = read_resident(row, today=found.today, areas=areas)
    found.see(row, read.resident)
    found.close()
    await forgive_known_adults(connection, found)
    return judged(read, found)


def _wrong(faults: Sequence[Fault], called: Callable[[str], str]) -> ResidentWrong:
    return ResidentWrong(
        " ".join(fault.sentence for fault in faults),
        errors=[{"field": called(fault.field), "message": fault.sentence} for fault in faults],
    )


async def _follow(
    connection: Connection, resident: Resident, *, actor: Actor, now: datetime
) -> None:
    await follow_households(connection, [resident.household_number], on=day_of(now))
    await enqueue(connection, kind=FOLLOW, arguments={}, actor_kind=actor.kind, actor_id=actor.id)


async def _wipe(
    connection: Connection, person: Person, verdict: RowVerdict, *, actor: Actor, now: datetime
) -> RowVerdict:
    """Take away the citizen number, with an event; gives the verdict with that."""
    await CLEAR_NUMBERS.run(connection, [person.id])
    await record_event(
        connection,
        kind="resident.citizen_number_wiped",
        subject_kind="resident",
        subject_id=person.id,
        actor=actor,
    )
    if verdict.outcome == "same":
        await note_processing(connection, [person.id], "resident.imported", actor=actor, now=now)
    return msgspec.structs.replace(verdict, outcome="changed", fields=("bsn", *verdict.fields))


async def _record(
    connection: Connection,
    person: Person,
    resident: Resident,
    *,
    was: Resident | None,
    verdict: RowVerdict,
    actor: Actor,
) -> None:
    await record_event(
        connection,
        kind=f"resident.{verdict.outcome}",
        subject_kind="resident",
        subject_id=person.id,
        actor=actor,
        before=None if was is None else facts_of(was),
        after={**facts_of(resident), "changed": list(verdict.fields)},
    )
