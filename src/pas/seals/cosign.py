"""Keep what witnesses signed: their keys, and their lines below a seal, published with it."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import uuid7
from pas.seals.checkpoints import read_checkpoint
from pas.seals.notes import (
    COSIGNATURE,
    Note,
    Verifier,
    is_signed_by,
    read_signature,
    seconds_of,
)

MAY_DIFFER: Final = timedelta(minutes=5)
"""Between the clock of a witness and ours."""


class WitnessUnknown(Refusal):
    """Deze getuige kennen wij niet."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag de beheerder om de sleutel van de getuige toe te voegen."


class NotAWitnessKey(Refusal):
    """Dit is geen sleutel van een getuige."""

    next_step: ClassVar[str] = (
        "Vraag de getuige om de sleutel. Die begint met een naam en een plus."
    )


class CosignatureWrong(Refusal):
    """Deze handtekening past niet bij het zegel."""

    next_step: ClassVar[str] = "Laat de getuige het zegel opnieuw ophalen en tekenen."


class SealNotFound(Refusal):
    """Zo'n zegel is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Laat de getuige het zegel van nu ophalen en tekenen."


class WitnessRow(msgspec.Struct, frozen=True):
    name: str
    public_key: bytes

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.public_key, COSIGNATURE)


class NoteRow(msgspec.Struct, frozen=True):
    note: str


class Witnessed(msgspec.Struct, frozen=True):
    """A seal with the lines of its witnesses below it."""

    size: int
    note: str


class IsNew(msgspec.Struct, frozen=True):
    new: bool


READ_WITNESSES: Final = Statement(
    "SELECT name, public_key FROM seal_witness ORDER BY name", WitnessRow
)
READ_NOTE: Final = Statement("SELECT note FROM seal_checkpoint WHERE size = $1", NoteRow)
READ_WITNESSED: Final = Statement(
    """
    SELECT c.size, c.note || string_agg(s.line, '' ORDER BY s.witness) AS note
    FROM seal_checkpoint c JOIN seal_cosignature s ON s.size = c.size
    WHERE c.size > $1 AND c.size <= $2 GROUP BY c.size, c.note ORDER BY c.size
    """,
    Witnessed,
)
READ_NEWEST: Final = Statement(
    """
    SELECT c.size, c.note || string_agg(s.line, '' ORDER BY s.witness) AS note
    FROM seal_checkpoint c JOIN seal_cosignature s ON s.size = c.size
    WHERE c.size = (SELECT max(size) FROM seal_cosignature) GROUP BY c.size, c.note
    """,
    Witnessed,
)
ADD: Final = Statement("SELECT add_witness($1, $2) AS new", IsNew)
KEEP: Final = Statement("SELECT keep_cosignature($1, $2, $3, $4)", None)


async def add_witness(connection: Connection, witness: Verifier, *, actor: Actor) -> None:
    """Take cosignatures by this key from now on, and publish them; again does nothing."""
    if witness.kind != COSIGNATURE:
        raise NotAWitnessKey
    async with connection.transaction():
        if (await ADD.one(connection, witness.name, witness.public_key)).new:
            await record_event(
                connection,
                kind="witness.added",
                subject_kind="witness",
                subject_id=uuid7(),
                actor=actor,
                after={"name": witness.name, "public": witness.text},
            )


async def keep_cosignature(connection: Connection, line: str, *, size: int, now: datetime) -> str:
    """Keep a line below the seal over so many leaves, and say whose it is; a wrong one is refused."""
    signature = read_signature(line)
    found = await READ_NOTE.first(connection, size)
    if found is None:
        raise SealNotFound
    known = [row.verifier for row in await READ_WITNESSES.all(connection)]
    witness = next((one for one in known if one.key_id == signature.key_id), None)
    if witness is None:
        raise WitnessUnknown
    text = read_checkpoint(found.note)[1].text
    if not is_signed_by(Note(text, (signature,)), witness):
        raise CosignatureWrong
    at = datetime.fromtimestamp(seconds_of(signature), UTC)
    if at > now + MAY_DIFFER:
        raise CosignatureWrong
    await KEEP.run(connection, size, witness.name, at, signature.line)
    return witness.name
