"""What nobody could match: one person says which payment it is, or that it is none; another confirms.

Whoever proposes needs another right than whoever confirms, nobody has both, and the database refuses
the same person once more. Amounts may differ here: two people looked at it, and said why.
"""

from datetime import datetime
from typing import ClassVar, Final, Literal
from uuid import UUID

import msgspec

from pas.auth.actor import refuse_programs
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import BankItemId, MunicipalityName, SettlementId, uuid7
from pas.settlements.bank.facts import Facts, lock_facts
from pas.settlements.bank.rules import Act, LineFact, Verdict
from pas.settlements.bank.said import Ours
from pas.settlements.bank.stored import (
    CHANGE_ITEM,
    LOCK_ITEM,
    ONE_IMPORT,
    Booked,
    StoredItem,
    keep_bookings,
)
from pas.settlements.bank.words import ours_in
from pas.settlements.bank.words_of_reasons import because_of
from pas.settlements.payments import By, book_paid, book_returned


class BankItemNotFound(Refusal):
    """Deze boeking van de bank kennen wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een boeking uit de lijst."


class BankItemDecided(Refusal):
    """Over deze boeking is al beslist."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open de lijst opnieuw. Daar staat wat nog open is."


class BankDecisionWaits(Refusal):
    """Een collega stelde al voor wat dit is."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Laat dat voorstel eerst beoordelen. Of trek het in."


class NoBankDecisionWaits(Refusal):
    """Er wacht geen voorstel bij deze boeking."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open de boeking opnieuw. Daar staat wat nu kan."


class PaymentNotFound(Refusal):
    """Dit kenmerk is niet van een betaling bij de bank."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Zoek het kenmerk op bij de uitbetaling, zoals velsen-12-7."


class NothingLeftToMatch(Refusal):
    """Van deze betaling is al geboekt hoe zij afliep."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kies een andere betaling. Of zeg dat dit er geen is."


class OwnBankDecision(Refusal):
    """U stelde dit zelf voor."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega om dit te beoordelen."


class Decision(msgspec.Struct, frozen=True, rename="camel"):
    """What somebody proposed that it is, and why."""

    id: UUID
    kind: Literal["match", "dismiss"]
    act: Act | None
    run_id: SettlementId | None
    run_number: int | None
    file_number: int | None
    line_number: int | None
    because: str
    proposed_at: datetime
    proposed_by: UUID

    @property
    def target(self) -> Ours | None:
        if self.run_number is None:
            return None
        return Ours(self.run_number, self.file_number, self.line_number)


READ_WAITING: Final = Statement(
    """
    SELECT d.id, d.kind, d.act, d.run_id, r.number AS run_number, d.file_number, d.line_number, d.because, d.proposed_at,
        d.proposed_by
    FROM bank_decision d LEFT JOIN settlement_run r ON r.id = d.run_id WHERE d.item_id = $1 AND d.outcome IS NULL
    """,
    Decision,
)
PROPOSE: Final = Statement(
    """
    INSERT INTO bank_decision (id, item_id, kind, act, run_id, file_number, line_number, because, proposed_at, proposed_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    """,
    None,
)
END: Final = Statement(
    "UPDATE bank_decision SET outcome = $2, ended_at = $3, ended_by = $4 WHERE id = $1", None
)


async def propose_match(
    connection: Connection,
    municipality: MunicipalityName,
    item_id: BankItemId,
    *,
    reference: str,
    because: str,
    by: By,
) -> None:
    """Say that it is this payment or this file of ours; a colleague confirms."""
    refuse_programs(by.actor)
    target = ours_in(municipality, reference.strip())
    if target is None:
        raise PaymentNotFound
    async with connection.transaction():
        item = await lock_open(connection, item_id)
        facts = await lock_facts(connection, [target.run])
        act = act_of(item)
        lines_to_book(facts, target, act)
        run = facts.books.runs[target.run]
        await PROPOSE.run(
            connection,
            *(uuid7(), item_id, "match", act, run.id, target.file, target.line),
            *(because, by.now, by.actor.id),
        )
        await record(
            connection, "proposed", item, by=by, after={"reference": reference, "because": because}
        )


async def propose_dismissal(
    connection: Connection, item_id: BankItemId, *, because: str, by: By
) -> None:
    """Say that it is no payment of ours; a colleague confirms."""
    refuse_programs(by.actor)
    async with connection.transaction():
        item = await lock_open(connection, item_id)
        await PROPOSE.run(
            connection,
            *(uuid7(), item_id, "dismiss", None, None, None, None),
            *(because, by.now, by.actor.id),
        )
        await record(
            connection, "proposed", item, by=by, after={"kind": "dismiss", "because": because}
        )


async def confirm(connection: Connection, item_id: BankItemId, *, by: By) -> None:
    """Confirm as a second person, and book it in the same transaction."""
    refuse_programs(by.actor)
    async with connection.transaction():
        item = await lock_item(connection, item_id)
        waiting = await read_waiting(connection, item)
        if waiting.proposed_by == by.actor.id:
            raise OwnBankDecision
        await END.run(connection, waiting.id, "confirmed", by.now, by.actor.id)
        if waiting.target is None:
            await CHANGE_ITEM.run(connection, item_id, "dismissed", item.why, by.now)
        else:
            await book_match(connection, item, waiting, by=by)
        await record(connection, "confirmed", item, by=by, after={"kind": waiting.kind})


async def refuse(connection: Connection, item_id: BankItemId, *, by: By) -> None:
    """Say no as a second person, or take back what one proposed; the item is open again."""
    refuse_programs(by.actor)
    async with connection.transaction():
        item = await lock_item(connection, item_id)
        waiting = await read_waiting(connection, item)
        outcome = "withdrawn" if waiting.proposed_by == by.actor.id else "refused"
        await END.run(connection, waiting.id, outcome, by.now, by.actor.id)
        await record(connection, outcome, item, by=by, after={"kind": waiting.kind})


async def book_match(
    connection: Connection, item: StoredItem, waiting: Decision, *, by: By
) -> None:
    """Book what two people say it is, if the payment still has no such outcome."""
    target, act = waiting.target, waiting.act
    assert target is not None, "a match names a payment"
    assert act is not None, "a match says what the bank did"
    facts = await lock_facts(connection, [target.run])
    found = lines_to_book(facts, target, act)
    run = found[0].run_id
    lines = [facts.lines[run][one.number] for one in found]
    if act == "pay":
        await book_paid(connection, run, lines, day=item.day, by=by)
    else:
        reason = because_of(item.reason)
        await book_returned(connection, run, lines, day=item.day, reason=reason, by=by)
    await CHANGE_ITEM.run(connection, item.id, "matched", item.why, by.now)
    verdict = Verdict(outcome="booked", act=act, day=item.day, lines=found, new=found)
    await keep_bookings(connection, [Booked(item.id, item.message, verdict)])


def lines_to_book(facts: Facts, target: Ours, act: Act) -> list[LineFact]:
    """Give the lines that can have this outcome now: of a payment that one, of a file all that are left."""
    run = facts.books.runs.get(target.run)
    lines = [] if run is None else facts.books.lines_of(run, target)
    if not lines:
        raise PaymentNotFound
    left = [one for one in lines if one.state == "approved"]
    if act == "bounce":
        left = left or [one for one in lines if one.state == "paid"]
    if not left:
        raise NothingLeftToMatch
    return left


def act_of(item: StoredItem) -> Act:
    return "pay" if item.kind == "debit" else "bounce"


async def lock_item(connection: Connection, item_id: BankItemId) -> StoredItem:
    """Lock an item after whoever takes in a file: that one locks runs first, and items after."""
    await ONE_IMPORT.run(connection)
    found = await LOCK_ITEM.first(connection, item_id)
    if found is None:
        raise BankItemNotFound
    return found


async def lock_open(connection: Connection, item_id: BankItemId) -> StoredItem:
    """Give an open item of which nobody proposed yet what it is."""
    item = await lock_item(connection, item_id)
    if item.outcome != "open":
        raise BankItemDecided
    if await READ_WAITING.first(connection, item_id) is not None:
        raise BankDecisionWaits
    return item


async def read_waiting(connection: Connection, item: StoredItem) -> Decision:
    found = await READ_WAITING.first(connection, item.id)
    if found is None:
        raise NoBankDecisionWaits
    return found


async def record(
    connection: Connection, deed: str, item: StoredItem, *, by: By, after: dict[str, str]
) -> None:
    await record_event(
        connection,
        kind=f"bank_item.{deed}",
        subject_kind="bank_item",
        subject_id=item.id,
        actor=by.actor,
        before={"why": item.why, "amountCents": item.amount_cents},
        after=after,
    )
