"""Take in a file of the bank: read it, match each item, book what the bank did, keep the rest for people.

All of it in one transaction, one file at a time. A file that was taken in before changes nothing; what
another file said already is known by what it says, and counted. What was left of earlier files is
looked at again: a return may come in before its payment.
"""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor, ActorKind, PermissionMissing
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import BankFileId, BankItemId, MunicipalityName, SettlementId, uuid7
from pas.settlements.bank.facts import Facts, lock_facts, own_accounts
from pas.settlements.bank.notes import (
    book_receipts,
    judge_receipt,
    keep_receipts,
    lock_notes,
)
from pas.settlements.bank.read import read_bank_file
from pas.settlements.bank.rules import Act, LineFact, Source, in_order, judge
from pas.settlements.bank.said import BankSays, Item, Message
from pas.settlements.bank.stored import (
    CHANGE_ITEM,
    ONE_IMPORT,
    READ_OPEN,
    Judged,
    item_again,
    keep_bookings,
    keep_items,
    known_keys,
    new_item_id,
)
from pas.settlements.bank.words_of_reasons import because_of
from pas.settlements.payments import By, book_paid, book_returned

LONGEST_NAME: Final = 200


class NotOurAccount(Refusal):
    """Dit afschrift is van een andere rekening."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Haal het afschrift op van de rekening waarvan u uitbetaalt."


class BankImport(msgspec.Struct, frozen=True, rename="camel"):
    """What came of a file; all of it is counted in items of the bank."""

    id: BankFileId
    message: Message
    name: str
    sha256: str
    imported_at: datetime
    imported_by_kind: ActorKind
    booked: int
    confirmed: int
    noted: int
    open: int
    matched: int
    dismissed: int
    known: int
    pending: int


class Inserted(msgspec.Struct, frozen=True):
    id: BankFileId


INSERT_FILE: Final = Statement(
    """
    INSERT INTO bank_file (id, message, name, sha256, imported_at, imported_by_kind, imported_by, known, pending)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """,
    None,
)
FIND_FILE: Final = Statement("SELECT id FROM bank_file WHERE sha256 = $1", Inserted)
INSERT_STATEMENT: Final = Statement(
    """
    INSERT INTO bank_statement (file_id, number, statement_id, account, opening_cents, closing_cents, booked_cents)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """,
    None,
)
READ_IMPORTED: Final = Statement(
    """
    SELECT f.id, f.message, f.name, encode(f.sha256, 'hex') AS sha256, f.imported_at, f.imported_by_kind,
        count(*) FILTER (WHERE i.outcome = 'booked') AS booked, count(*) FILTER (WHERE i.outcome = 'confirmed') AS confirmed,
        count(*) FILTER (WHERE i.outcome = 'noted') AS noted, count(*) FILTER (WHERE i.outcome = 'open') AS open,
        count(*) FILTER (WHERE i.outcome = 'matched') AS matched, count(*) FILTER (WHERE i.outcome = 'dismissed') AS dismissed,
        f.known, f.pending
    FROM bank_file f LEFT JOIN bank_item i ON i.file_id = f.id WHERE f.id = $1 GROUP BY f.id
    """,
    BankImport,
)


async def import_bank_file(
    connection: Connection,
    municipality: MunicipalityName,
    content: bytes,
    *,
    name: str,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
) -> BankImport:
    """Book what the bank says it did; the same file again gives what came of it."""
    if actor.kind not in {"login", "system"}:
        raise PermissionMissing
    says = await asyncio.to_thread(read_bank_file, content, municipality)
    sha256 = hashlib.sha256(content).digest()
    async with connection.transaction():
        await ONE_IMPORT.run(connection)
        if (before := await FIND_FILE.first(connection, sha256)) is not None:
            return await READ_IMPORTED.one(connection, before.id)
        await refuse_other_accounts(connection, says)
        file, known = BankFileId(uuid7()), await known_keys(connection, says.items)
        fresh = [one for one in accounts_of(says) if one[0].key not in known]
        await INSERT_FILE.run(
            connection,
            *(file, says.message, name[:LONGEST_NAME] or "zonder naam", sha256),
            *(now, actor.kind, actor.id, len(says.items) - len(fresh)),
            sum(one.pending for one in says.statements),
        )
        await keep_statements(connection, file, says)
        told = await take_in(
            connection, fresh, message=says.message, ring=ring, by=by_file(file, actor, now)
        )
        await keep_items(connection, file, told.fresh, ring=ring, now=now)
        await keep_bookings(connection, [*told.fresh, *told.again])
        await keep_receipts(connection, [*told.fresh, *told.again])
        answer = await READ_IMPORTED.one(connection, file)
        await record_event(
            connection,
            kind="bank_file.imported",
            subject_kind="bank_file",
            subject_id=file,
            actor=actor,
            after={
                "sha256": answer.sha256,
                "message": says.message,
                "items": len(fresh),
                "known": answer.known,
                "booked": answer.booked,
                "open": answer.open,
                "resolvedOfBefore": sum(one.verdict.outcome != "open" for one in told.again),
            },
        )
    return answer


class Waiting(msgspec.Struct, frozen=True):
    """What is to be judged: of this file, or of one before."""

    id: BankItemId
    item: Item
    message: Message
    account: str | None


class Told(msgspec.Struct, frozen=True):
    """What was judged: of this file, and once more of files before."""

    fresh: list[Judged]
    again: list[Judged]


async def take_in(
    connection: Connection,
    fresh: Sequence[tuple[Item, str | None]],
    *,
    message: Message,
    ring: KeyRing,
    by: By,
) -> Told:
    """Judge what is new and what is open, in the order in which it builds on each other, and book it."""
    stored = {one.id: one for one in await READ_OPEN.all(connection)}
    waiting = [Waiting(new_item_id(), item, message, account) for item, account in fresh]
    waiting += [
        Waiting(one.id, item, one.message, one.account)
        for one in stored.values()
        if (item := item_again(one, ring)) is not None
    ]
    everything = {one.item.key: one for one in waiting}
    numbers = {one.item.target.run for one in waiting if one.item.target is not None}
    facts = await lock_facts(connection, numbers)
    notes = await lock_notes(connection, {one.item.note for one in waiting if one.item.note})
    judged = list[Judged]()
    for item in in_order(one.item for one in waiting):
        one = everything[item.key]
        source = Source(one.message, one.account, day_of(by.now))
        if item.note is None:
            verdict = judge(item, source, facts.books)
            facts.books.take_in(verdict, one.message)
        else:
            verdict = judge_receipt(item, source, notes)
            notes.take_in(item, verdict, one.message)
        judged.append(Judged(one.id, item, one.message, one.account, verdict))
    await book(connection, judged, facts, by=by)
    await book_receipts(connection, judged, notes, by=by)
    again = [one for one in judged if one.id in stored]
    for one in again:
        if (one.verdict.outcome, one.verdict.why) != (stored[one.id].outcome, stored[one.id].why):
            await CHANGE_ITEM.run(connection, one.id, one.verdict.outcome, one.verdict.why, by.now)
    return Told([one for one in judged if one.id not in stored], again)


async def book(connection: Connection, judged: Sequence[Judged], facts: Facts, *, by: By) -> None:
    """Book per run, act, day and reason, in the order in which they were judged."""
    together = defaultdict[tuple[SettlementId, Act, date, str], list[LineFact]](list)
    for one in judged:
        for line in one.verdict.new:
            assert one.verdict.act is not None, "lines are paid or come back"
            because = because_of(one.item.reason) if one.verdict.act == "bounce" else ""
            together[line.run_id, one.verdict.act, one.item.day, because].append(line)
    for (run, act, day, because), some in sorted(
        together.items(), key=lambda one: one[0][1] == "bounce"
    ):
        numbers = sorted(one.number for one in some)
        states = {one.number: one.state for one in some}
        lines = [
            msgspec.structs.replace(facts.lines[run][number], state=states[number])
            for number in numbers
        ]
        if act == "pay":
            await book_paid(connection, run, lines, day=day, by=by)
        else:
            await book_returned(connection, run, lines, day=day, reason=because, by=by)


async def refuse_other_accounts(connection: Connection, says: BankSays) -> None:
    """A statement of another account is somebody else's: not one item of it is read."""
    own = await own_accounts(connection)
    for one in says.statements:
        if one.account not in own:
            raise NotOurAccount(
                f"Dit afschrift is van rekening {one.account}. Daar betaalt u niet van uit."
                if one.account
                else "Op dit afschrift staat geen rekeningnummer (IBAN)."
            )


async def keep_statements(connection: Connection, file: BankFileId, says: BankSays) -> None:
    for number, one in enumerate(says.statements, start=1):
        await INSERT_STATEMENT.run(
            connection,
            *(file, number, one.id[:100], one.account),
            *(one.opening_cents, one.closing_cents, one.booked_cents),
        )


def accounts_of(says: BankSays) -> list[tuple[Item, str | None]]:
    """Give each item once, with the account on whose statement it stands."""
    moved = [(item, one.account) for one in says.statements for item in one.items]
    every = [*((item, None) for item in says.statuses), *moved]
    return list({item.key: (item, account) for item, account in every}.values())


def by_file(file: BankFileId, actor: Actor, now: datetime) -> By:
    return By(actor, now, {"bankFile": str(file)})
