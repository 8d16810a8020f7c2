"""The two files of a run: cards for the print house, and letters with codes. Never one with both.

They are made when they are fetched, from what lies encrypted, as often as needed until the clock of
the run. Who fetched which is an event.
"""

from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.csvfile import write_rows
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import CardId, CardRunId
from pas.passes.card_keys import open_codes
from pas.passes.codes import grouped, printed
from pas.passes.print_cards import open_code, read_card_run

FileKind = Literal["cards", "letters"]
ADDRESS: Final = ("name", "address", "postcode", "city")
COLUMNS: Final[dict[FileKind, tuple[str, ...]]] = {
    "cards": (*ADDRESS, "number", "code"),
    "letters": (*ADDRESS, "activation_code"),
}


class PrintFilesGone(Refusal):
    """De bestanden van deze ronde zijn gewist."""

    status: ClassVar[int] = 410
    next_step: ClassVar[str] = "Vervang een kaart die nooit aankwam. Die gaat mee met de post."


class PrintRow(msgspec.Struct, frozen=True):
    card_id: CardId
    name: str
    address: str
    postcode: str
    city: str
    codes_encrypted: bytes | None
    code_encrypted: bytes | None


READ_PRINTS: Final = Statement(
    """
    SELECT p.card_id, v.given_name || ' ' || v.family_name AS name, coalesce(v.address, '') AS address,
        coalesce(v.postcode, '') AS postcode, coalesce(v.city, '') AS city, c.codes_encrypted,
        p.code_encrypted
    FROM card_print p JOIN card c ON c.id = p.card_id
    CROSS JOIN LATERAL (
        SELECT n.* FROM resident_version n WHERE n.resident_id = c.resident_id
        ORDER BY n.valid_from <= $2::date DESC, abs(n.valid_from - $2::date) LIMIT 1
    ) v
    WHERE p.run_id = $1 AND (c.state = 'inactive' OR c.unconfirmed_cents IS NOT NULL) ORDER BY p.card_id
    """,
    PrintRow,
)


async def print_file(
    connection: Connection,
    run_id: CardRunId,
    kind: FileKind,
    *,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
) -> str:
    """Give one of the two files, of cards that were not activated yet; raises PrintFilesGone."""
    run = await read_card_run(connection, run_id)
    if run.files_until <= now:
        raise PrintFilesGone
    async with connection.transaction():
        rows = await READ_PRINTS.all(connection, run_id, day_of(now))
        await record_event(
            connection,
            kind="card_run.fetched",
            subject_kind="card_run",
            subject_id=run_id,
            actor=actor,
            after={"file": kind, "count": len(rows)},
        )
    return "".join(write_rows(COLUMNS[kind], (_cells(row, kind, ring) for row in rows)))


def _cells(row: PrintRow, kind: FileKind, ring: KeyRing) -> tuple[str, ...]:
    where = (row.name, row.address, row.postcode, row.city)
    if kind == "letters":
        code = row.code_encrypted and open_code(ring, row.code_encrypted, card=row.card_id)
        return (*where, printed(code) if code else "")
    assert row.codes_encrypted is not None, "we made this card ourselves"
    codes = open_codes(ring, row.codes_encrypted, card=row.card_id)
    return (*where, grouped(codes.number), codes.token.text())
