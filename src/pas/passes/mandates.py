"""A mandate: somebody sees a pass for its holder, or manages it too, until a day.

A family member or an administrator (bewindvoerder) signs in with a number and a code of their own.
What they do is recorded as theirs, on behalf of the holder, who sees it and ends it at any moment.
It follows its holder: also the children whose pass that holder manages.
"""

from datetime import date, datetime
from typing import ClassVar, Final, Literal

import msgspec

from pas.auth.actor import Actor, holder_of
from pas.auth.events import record_event
from pas.auth.keys import KeyRing, Purpose
from pas.auth.own_sessions import end_sessions_proved_by
from pas.auth.processing import note_processing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import CardId, MandateId, ResidentId, uuid7
from pas.passes.card_keys import activation_hash, number_hashes
from pas.passes.codes import ActivationCode, CardNumber, new_activation_code, new_card_number

MandateKind = Literal["family", "administrator"]
MOST_AT_ONCE: Final = 5
MOST_YEARS: Final = 5


class MandateWrong(Refusal):
    """Deze machtiging kan zo niet."""

    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Kijk de dagen na. Een machtiging duurt hoogstens vijf jaar."


class TooManyMandates(Refusal):
    """Er zijn al vijf machtigingen voor deze pas."""

    status: ClassVar[int] = 409
    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Stop eerst een machtiging die niet meer nodig is."


class MandateNotYours(Refusal):
    """Deze machtiging is er niet."""

    status: ClassVar[int] = 404
    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Kies een machtiging uit de lijst. Of bel ons."


class NewMandate(msgspec.Struct, frozen=True, kw_only=True):
    """For whom, what, and until when; ``until`` is the first day on which it is worth nothing."""

    name: str
    kind: MandateKind
    may_manage: bool
    since: date
    until: date


class Mandate(msgspec.Struct, frozen=True, rename="camel"):
    """A mandate without its codes."""

    id: MandateId
    resident_id: ResidentId
    name: str
    kind: MandateKind
    may_manage: bool
    valid_from: date
    valid_until: date
    made_at: datetime
    ended_at: datetime | None


class MadeMandate(msgspec.Struct, frozen=True):
    """Number and code are shown once, or printed in a letter; nobody can read them again."""

    id: MandateId
    number: CardNumber
    code: ActivationCode

    def __repr__(self) -> str:
        """Keep the codes out of logs and tracebacks."""
        return f"MadeMandate({self.id})"


class CountRow(msgspec.Struct, frozen=True):
    count: int


INSERT: Final = Statement(
    """
    INSERT INTO mandate (id, resident_id, name, kind, may_manage, valid_from, valid_until,
        number_hash, code_hash, key_id, made_at, made_by_kind, made_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    """,
    None,
)
LOCK_RESIDENT: Final = Statement("SELECT FROM resident WHERE id = $1 FOR NO KEY UPDATE", None)
COUNT: Final = Statement(
    """
    SELECT count(*) AS count FROM mandate
    WHERE resident_id = $1 AND ended_at IS NULL AND valid_until > $2
    """,
    CountRow,
)
READ: Final = Statement(
    """
    SELECT id, resident_id, name, kind, may_manage, valid_from, valid_until, made_at, ended_at
    FROM mandate WHERE id = $1
    """,
    Mandate,
)
LIST: Final = Statement(
    """
    SELECT id, resident_id, name, kind, may_manage, valid_from, valid_until, made_at, ended_at
    FROM mandate WHERE resident_id = $1
    ORDER BY ended_at IS NOT NULL OR valid_until <= $2, valid_until DESC, id LIMIT 50
    """,
    Mandate,
)
END: Final = Statement(
    "UPDATE mandate SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL",
    None,
)


async def make_mandate(
    connection: Connection,
    resident: ResidentId,
    new: NewMandate,
    *,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
) -> MadeMandate:
    """Let somebody see or manage a pass; by its holder, or by an officer who has seen them.

    The caller has checked that an officer may; a mandate gives no mandates.
    """
    _refuse_wrong(new, today=day_of(now))
    if actor.kind == "holder" and (actor.on_behalf_of is not None or actor.id != resident):
        raise MandateNotYours
    made = MadeMandate(MandateId(uuid7()), new_card_number(), new_activation_code())
    key_id = ring.current(Purpose.CARD_NUMBER_HASH).key_id
    async with connection.transaction():
        await LOCK_RESIDENT.run(connection, resident)
        if (await COUNT.one(connection, resident, day_of(now))).count >= MOST_AT_ONCE:
            raise TooManyMandates
        await INSERT.run(
            connection,
            *(made.id, resident, new.name, new.kind, new.may_manage, new.since, new.until),
            number_hashes(ring, made.number)[0],
            _code_hash(ring, made.code, mandate=made.id, key_id=key_id),
            *(key_id, now, actor.kind, actor.id),
        )
        await _record(connection, "mandate.made", made.id, actor=actor, after=new)
        if actor.is_noted:
            await note_processing(connection, [resident], "mandate.made", actor=actor, now=now)
    return made


async def list_mandates(
    connection: Connection, resident: ResidentId, *, now: datetime
) -> list[Mandate]:
    """All of a holder, those that count first; whose they are the caller has checked."""
    return await LIST.all(connection, resident, day_of(now))


async def read_mandate(connection: Connection, mandate: MandateId, *, actor: Actor) -> Mandate:
    """Give one; a holder hears of another's that it is not there, and a mandate sees itself."""
    found = await READ.first(connection, mandate)
    if found is None:
        raise MandateNotYours
    if actor.kind == "holder":
        is_self = actor.on_behalf_of is not None and actor.id == mandate
        is_holder = actor.on_behalf_of is None and holder_of(actor) == found.resident_id
        if not (is_self or is_holder):
            raise MandateNotYours
    return found


async def end_mandate(
    connection: Connection, mandate: MandateId, *, actor: Actor, now: datetime
) -> Mandate:
    """End it at once, on every device; again changes nothing."""
    async with connection.transaction():
        found = await read_mandate(connection, mandate, actor=actor)
        if found.ended_at is None:
            await END.run(connection, mandate, now)
            await end_sessions_proved_by(connection, mandate, now=now)
            await _record(connection, "mandate.ended", mandate, actor=actor, after=None)
            if actor.is_noted:
                await note_processing(
                    connection, [found.resident_id], "mandate.ended", actor=actor, now=now
                )
    return found


def _code_hash(
    ring: KeyRing, code: ActivationCode, *, mandate: MandateId, key_id: str
) -> bytes | None:
    return activation_hash(ring, code, card=CardId(mandate), key_id=key_id)


def _refuse_wrong(new: NewMandate, *, today: date) -> None:
    if new.since < today or new.until <= new.since:
        raise MandateWrong("De laatste dag ligt na de eerste, en de eerste niet in het verleden.")
    if new.until > new.since.replace(year=new.since.year + MOST_YEARS, day=min(new.since.day, 28)):
        raise MandateWrong


async def _record(
    connection: Connection,
    kind: str,
    mandate: MandateId,
    *,
    actor: Actor,
    after: NewMandate | None,
) -> None:
    told = None if after is None else {"kind": after.kind, "manages": after.may_manage}
    await record_event(
        connection, kind=kind, subject_kind="mandate", subject_id=mandate, actor=actor, after=told
    )
