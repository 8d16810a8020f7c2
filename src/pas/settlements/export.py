"""The bank files of an approved run: made anew each time, and always the same bytes.

Only their hashes are kept, at the first time. Whenever a file is made again it must have the hash
that was kept: another file would be another payment. After the first time nothing is withdrawn.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor, refuse_programs
from pas.auth.events import record_event
from pas.csvfile import chunks
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MunicipalityName, SettlementId
from pas.installation.sandbox import refuse_in_sandbox
from pas.settlements.manifest import keep_manifest
from pas.settlements.model import BankFile, SettlementLine, SettlementRun
from pas.settlements.pain001 import MOST_TRANSACTIONS, Order, Payment, written
from pas.settlements.rules import payment_id, refuse_state
from pas.settlements.stored import READ_FILES, lock_run, read_lines, read_run
from pas.web.dates import day


class BankFileNotFound(Refusal):
    """Dit bankbestand is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Maak eerst het bankbestand bij de uitbetaling."


class PaymentDayPassed(Refusal):
    """De dag waarop de bank moest betalen is voorbij."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Trek de uitbetaling in. Maak daarna een nieuw voorstel."


class BankFileDiffers(Refusal):
    """Het bankbestand is anders dan de eerste keer. U krijgt het niet."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Stuur niets naar de bank. Bel de technisch beheerder."


class Made(msgspec.Struct, frozen=True):
    order: Order
    content: bytes


INSERT_FILE: Final = Statement(
    """
    INSERT INTO settlement_file (run_id, number, transactions, total_cents, sha256, made_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    """,
    None,
)
EXPORTED: Final = Statement(
    """
    UPDATE settlement_run SET state = 'exported', exported_at = $2, exported_by = $3 WHERE id = $1
    """,
    None,
)


async def export_settlement(
    connection: Connection,
    municipality: MunicipalityName,
    run_id: SettlementId,
    *,
    actor: Actor,
    now: datetime,
) -> list[BankFile]:
    """Make the files for the bank and keep their hashes; again gives what was kept."""
    refuse_programs(actor)
    async with connection.transaction():
        run = await lock_run(connection, run_id)
        if run.exported_at is not None:
            return await READ_FILES.all(connection, run_id)
        refuse_state(run.state, "approved")
        await refuse_in_sandbox(connection)
        if run.pays_on is not None and run.pays_on < day_of(now):
            raise PaymentDayPassed
        lines = await read_lines(connection, run_id)
        made = await asyncio.to_thread(all_files, municipality, run, lines)
        for number, one in enumerate(made, start=1):
            sha256 = hashlib.sha256(one.content).digest()
            size, total = len(one.order.payments), one.order.total_cents
            await INSERT_FILE.run(connection, run_id, number, size, total, sha256, now)
        await EXPORTED.run(connection, run_id, now, actor.id)
        files = await READ_FILES.all(connection, run_id)
        manifest = await keep_manifest(connection, municipality, run_id, now=now)
        await record_event(
            connection,
            kind="settlement.exported",
            subject_kind="settlement",
            subject_id=run_id,
            actor=actor,
            after={"files": [msgspec.to_builtins(one) for one in files], "manifest": manifest},
        )
    return files


async def read_files(connection: Connection, run_id: SettlementId) -> list[BankFile]:
    await read_run(connection, run_id)
    return await READ_FILES.all(connection, run_id)


async def fetch_file(
    connection: Connection,
    municipality: MunicipalityName,
    run_id: SettlementId,
    *,
    number: int,
    actor: Actor,
) -> bytes:
    """Make one file once more; raises BankFileDiffers unless it is what it was."""
    async with connection.transaction():
        kept = {one.number: one for one in await read_files(connection, run_id)}
        if number not in kept:
            raise BankFileNotFound
        run = await read_run(connection, run_id)
        lines = await read_lines(
            connection, run_id, after=(number - 1) * MOST_TRANSACTIONS, limit=MOST_TRANSACTIONS
        )
        made = await asyncio.to_thread(one_file, municipality, run, number, lines=lines)
        sha256 = hashlib.sha256(made.content).hexdigest()
        if sha256 != kept[number].sha256:
            raise BankFileDiffers
        await record_event(
            connection,
            kind="settlement.fetched",
            subject_kind="settlement",
            subject_id=run_id,
            actor=actor,
            after={"file": number, "sha256": sha256},
        )
    return made.content


def all_files(
    municipality: MunicipalityName, run: SettlementRun, lines: Sequence[SettlementLine]
) -> list[Made]:
    """Cut the lines in files of as many payments as banks advise; lines are numbered from 1, densely."""
    return [
        one_file(municipality, run, number, lines=some)
        for number, some in enumerate(chunks(lines, MOST_TRANSACTIONS), start=1)
    ]


def one_file(
    municipality: MunicipalityName,
    run: SettlementRun,
    number: int,
    *,
    lines: Sequence[SettlementLine],
) -> Made:
    """Order what the lines say, with nothing in it that can change afterwards."""
    assert run.approved_at is not None, "only what was approved is paid"
    assert run.pays_on is not None, "only what was approved is paid"
    assert run.payer_name is not None, "only what was approved is paid"
    assert run.payer_iban is not None, "only what was approved is paid"
    text = (
        f"{run.payer_name}, stadspas, uitbetaling {run.number} van {day(day_of(run.approved_at))}"
    )
    order = Order(
        id=payment_id(municipality, run.number, f"F{number}"),
        created_at=run.approved_at,
        pays_on=run.pays_on,
        payer_name=run.payer_name,
        payer_iban=run.payer_iban,
        payments=[
            Payment(
                id=payment_id(municipality, run.number, line.number),
                amount_cents=line.amount_cents,
                name=line.holder,
                iban=line.iban,
                text=text,
            )
            for line in lines
        ],
    )
    return Made(order, written(order))
