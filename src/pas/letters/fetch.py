"""One file of letters, made now; who took which is an event, beside the batch that it is of."""

from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.coupons.make_coupons import read_coupon_run
from pas.coupons.print_coupons import CouponCodesGone
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import CardRunId, CouponRunId, LetterRunId, ResidentId
from pas.letters.batch import Batch, File, make_file, parts_of
from pas.letters.card_letters import CardLetterKind, CardLetters, run_to_print
from pas.letters.coupon_letters import CouponLetters
from pas.letters.kinds import KINDS
from pas.letters.letter import House
from pas.letters.runs import batch_of, letter_run_to_print
from pas.press.press import Press

FETCHED: Final = {
    "card_run": "card_run.fetched",
    "coupon_run": "coupon_run.fetched",
    "letter_run": "letter.fetched",
    "resident": "letter.fetched",
}


class LetterFileNotFound(Refusal):
    """Dit bestand met brieven is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kijk bij de ronde welke bestanden er zijn."


class Printing(msgspec.Struct, frozen=True):
    """A batch, and what the event of a fetched file is about."""

    batch: Batch
    subject_kind: Literal["card_run", "coupon_run", "letter_run", "resident"]
    subject_id: CardRunId | CouponRunId | LetterRunId | ResidentId


async def card_printing(
    connection: Connection,
    run_id: CardRunId,
    kind: CardLetterKind,
    *,
    ring: KeyRing,
    house: House,
    large: bool,
    now: datetime,
) -> Printing:
    """Letters of a run of cards, dated as the run; raises PrintFilesGone."""
    run = await run_to_print(connection, run_id, now=now)
    batch = Batch(
        kind=KINDS[kind],
        source=CardLetters(run_id, kind, ring, house),
        house=house,
        made_at=run.ended_at or run.started_at,
        large=large,
    )
    return Printing(batch, "card_run", run_id)


async def coupon_printing(
    connection: Connection,
    run_id: CouponRunId,
    *,
    ring: KeyRing,
    house: House,
    large: bool,
    now: datetime,
) -> Printing:
    """Booklets of a run, dated as the run; raises CouponCodesGone."""
    run = await read_coupon_run(connection, run_id)
    if run.codes_until <= now:
        raise CouponCodesGone
    batch = Batch(
        kind=KINDS["coupons"],
        source=CouponLetters(run, ring),
        house=house,
        made_at=run.started_at,
        large=large,
    )
    return Printing(batch, "coupon_run", run_id)


async def letter_printing(
    connection: Connection, run_id: LetterRunId, *, house: House, now: datetime
) -> Printing:
    """Raises PrintFilesGone."""
    run = await letter_run_to_print(connection, run_id, now=now)
    return Printing(batch_of(run, house), "letter_run", run_id)


async def fetch_letters(
    connection: Connection,
    printing: Printing,
    *,
    number: int,
    press: Press,
    actor: Actor,
    now: datetime,
) -> File:
    parts = await parts_of(connection, printing.batch, now=now)
    if not 0 < number <= len(parts):
        raise LetterFileNotFound
    file = await make_file(
        connection,
        printing.batch,
        parts[number - 1],
        number=number,
        press=press,
        actor=actor,
        now=now,
    )
    await record_fetched(connection, printing, file, actor=actor)
    return file


async def record_fetched(
    connection: Connection, printing: Printing, file: File, *, actor: Actor
) -> None:
    kind = FETCHED[printing.subject_kind]
    async with connection.transaction():
        await record_event(
            connection,
            kind=kind,
            subject_kind=printing.subject_kind,
            subject_id=printing.subject_id,
            actor=actor,
            after={"file": printing.batch.kind.name, "part": file.number, "count": file.letters},
        )
