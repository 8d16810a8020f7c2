"""A merchant that stays below zero is asked to pay back by two people, and pays no more than it owes."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from given.days import NOW, TODAY
from given.debit_notes import (
    LONG,
    a_debtor,
    a_proposed_note,
    an_approved_note,
    put_back,
    settled,
)
from given.logins import an_actor
from given.settlements import FINANCE, SECOND, a_setting, a_shop, give_back, owed, sell
from mutate import by_hand
from pas.app.waiting import waiting_for
from pas.auth.actor import SYSTEM, PermissionMissing
from pas.auth.events import read_events
from pas.auth.roles import Role
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import DebitNoteId, MerchantId, uuid7
from pas.merchants.rules import MerchantHasEnded
from pas.money import Cents
from pas.settlements.approve import PayerNotSet
from pas.settlements.debit_notes.approve import approve_debit_note, withdraw_debit_note
from pas.settlements.debit_notes.model import DebitNote
from pas.settlements.debit_notes.propose import propose_debit_note
from pas.settlements.debit_notes.receive import receive_by_hand
from pas.settlements.debit_notes.rules import (
    DebitNoteInOtherState,
    MoreThanOutstanding,
    NotBelowZero,
    NotBelowZeroLongEnough,
    OpenDebitNote,
    OwnDebitNote,
    ReceiptBooked,
)
from pas.settlements.debit_notes.stored import (
    DebitNoteNotFound,
    list_below_zero,
    list_notes,
    read_note,
    read_receipts,
)
from pas.settlements.payments import PaymentDayWrong
from pas.settlements.review import read_review
from pas.settlements.show import list_runs
from pas.settlements.stored import BooksDoNotClose


async def proposed(connection: Connection, merchant: MerchantId) -> DebitNote:
    return await propose_debit_note(connection, merchant, actor=FINANCE, now=NOW)


async def received(
    connection: Connection, note: DebitNote, cents: int, *, number: int = 1
) -> DebitNote:
    return await receive_by_hand(
        connection,
        note.id,
        number,
        amount_cents=Cents(cents),
        received_on=TODAY,
        actor=FINANCE,
        now=NOW,
    )


async def test_who_stays_below_zero_for_ninety_days_is_asked_to_pay_back(
    connection: Connection, superuser: Connection
) -> None:
    shop = await a_debtor(connection, superuser)
    [below] = await list_below_zero(connection, now=NOW)
    note = await proposed(connection, shop.merchant.id)
    assert (below.merchant_id, below.balance_cents) == (shop.merchant.id, -1_000)
    assert (note.number, note.state, note.amount_cents) == (1, "proposed", 1_000)
    assert note.negative_since == below.negative_since == TODAY - timedelta(days=LONG)
    assert note.reference == "RF46PAS000000001"
    approved = await approve_debit_note(connection, note.id, actor=SECOND, now=NOW)
    assert (approved.state, approved.due_on) == ("approved", TODAY + timedelta(days=30))
    paid = await received(connection, approved, 1_000)
    assert (paid.state, paid.outstanding_cents, await owed(connection, shop)) == ("paid", 0, 0)
    kinds = [one.kind for one in await read_events(connection, limit=4)]
    assert kinds[:3] == ["debit_note.received", "debit_note.approved", "debit_note.proposed"]


async def test_a_day_less_is_not_long_enough(connection: Connection, superuser: Connection) -> None:
    shop = await a_debtor(connection, superuser, days=LONG - 1)
    with pytest.raises(NotBelowZeroLongEnough, match=f"{LONG - 1} dagen"):
        await proposed(connection, shop.merchant.id)
    await a_setting(connection, "debit_note_days", LONG - 1)
    assert (await proposed(connection, shop.merchant.id)).number == 1


async def test_who_is_not_below_zero_owes_nothing(connection: Connection) -> None:
    shop = await a_shop(connection)
    with pytest.raises(NotBelowZero):
        await proposed(connection, shop.merchant.id)
    await give_back(connection, shop, await sell(connection, shop, 500))
    with pytest.raises(NotBelowZero):
        await proposed(connection, shop.merchant.id)
    assert await list_below_zero(connection, now=NOW) == []


async def test_one_cent_above_zero_and_it_begins_anew(
    connection: Connection, superuser: Connection
) -> None:
    shop = await a_debtor(connection, superuser, days=60)
    sale = await sell(connection, shop, 1_000)
    await put_back(superuser, shop, days=60)
    assert await list_below_zero(connection, now=NOW) == []
    await give_back(connection, shop, sale, 400)
    [below] = await list_below_zero(connection, now=NOW + timedelta(minutes=1))
    assert (below.negative_since, below.balance_cents) == (TODAY, -400)
    with pytest.raises(NotBelowZeroLongEnough):
        await proposed(connection, shop.merchant.id)


async def test_who_ended_is_asked_by_other_means(
    connection: Connection, superuser: Connection
) -> None:
    shop = await a_debtor(connection, superuser)
    await by_hand(superuser, "merchant", "UPDATE merchant SET state = 'ended'")
    with pytest.raises(MerchantHasEnded):
        await proposed(connection, shop.merchant.id)


async def test_books_that_do_not_close_ask_nothing(
    connection: Connection, superuser: Connection
) -> None:
    note = await a_proposed_note(connection, superuser)
    await connection.execute(
        "INSERT INTO proof (id, proved_at, closes, content) VALUES ($1, $2, false, '{}')",
        *(uuid7(), NOW),
    )
    with pytest.raises(BooksDoNotClose):
        await approve_debit_note(connection, note.id, actor=SECOND, now=NOW)
    with pytest.raises(BooksDoNotClose):
        await proposed(connection, note.merchant_id)


async def test_a_merchant_has_one_open_note(connection: Connection, superuser: Connection) -> None:
    note = await a_proposed_note(connection, superuser)
    with pytest.raises(OpenDebitNote, match="Debetnota 1"):
        await proposed(connection, note.merchant_id)
    await withdraw_debit_note(connection, note.id, reason="Fout.", actor=SECOND, now=NOW)
    again = await proposed(connection, note.merchant_id)
    assert (again.number, again.reference) == (2, "RF19PAS000000002")


async def test_two_people_ask_and_no_program(connection: Connection, superuser: Connection) -> None:
    shop = await a_debtor(connection, superuser)
    note = await propose_debit_note(connection, shop.merchant.id, actor=SYSTEM, now=NOW)
    assert note.proposed_by_kind == "system"
    program = msgspec.structs.replace(SECOND, kind="job")
    with pytest.raises(PermissionMissing):
        await approve_debit_note(connection, note.id, actor=program, now=NOW)
    with pytest.raises(PermissionMissing):
        await withdraw_debit_note(connection, note.id, reason="x", actor=SYSTEM, now=NOW)
    await withdraw_debit_note(connection, note.id, reason="Anders.", actor=FINANCE, now=NOW)
    own = await proposed(connection, shop.merchant.id)
    with pytest.raises(OwnDebitNote):
        await approve_debit_note(connection, own.id, actor=FINANCE, now=NOW)
    await approve_debit_note(connection, own.id, actor=SECOND, now=NOW)
    twice = await approve_debit_note(connection, own.id, actor=SECOND, now=NOW)
    assert twice.approved_by == SECOND.id
    with pytest.raises(PermissionMissing):
        await receive_by_hand(
            connection, own.id, 1, amount_cents=Cents(1), received_on=TODAY, actor=SYSTEM, now=NOW
        )


async def test_without_an_account_nobody_can_pay(
    connection: Connection, superuser: Connection
) -> None:
    note = await a_proposed_note(connection, superuser)
    await by_hand(superuser, "setting", "DELETE FROM setting")
    with pytest.raises(PayerNotSet):
        await approve_debit_note(connection, note.id, actor=SECOND, now=NOW)


async def test_new_sales_pay_a_part_and_then_the_rest(
    connection: Connection, superuser: Connection
) -> None:
    shop = await a_debtor(connection, superuser)
    note = await proposed(connection, shop.merchant.id)
    note = await approve_debit_note(connection, note.id, actor=SECOND, now=NOW)
    await sell(connection, shop, 400)
    assert (await read_note(connection, note.id)).outstanding_cents == 600
    with pytest.raises(MoreThanOutstanding):
        await received(connection, note, 601)
    await received(connection, note, 100)
    await sell(connection, shop, 500)
    over = await read_note(connection, note.id)
    assert (over.state, over.outstanding_cents, over.received_cents) == ("netted", 0, 100)
    with pytest.raises(DebitNoteInOtherState, match="verrekend"):
        await received(connection, note, 1, number=2)


async def test_what_a_merchant_owes_after_that_is_for_another_note(
    connection: Connection, superuser: Connection
) -> None:
    shop = await a_debtor(connection, superuser)
    note = await proposed(connection, shop.merchant.id)
    note = await approve_debit_note(connection, note.id, actor=SECOND, now=NOW)
    sale = await sell(connection, shop, 1_000)
    await by_hand(
        superuser,
        "debit_note",
        "UPDATE debit_note SET proposed_at = proposed_at - interval '200 days'",
    )
    await put_back(superuser, shop, days=100)
    await give_back(connection, shop, sale)
    await by_hand(
        superuser,
        "entry",
        "UPDATE entry SET recorded_at = recorded_at - interval '95 days' WHERE kind = 'refund'"
        " AND recorded_at > now() - interval '1 hour'",
    )
    assert (await read_note(connection, note.id)).state == "netted"
    second = await proposed(connection, shop.merchant.id)
    assert (second.number, second.amount_cents) == (2, 1_000)
    first = await read_note(connection, note.id)
    assert (first.state, first.netted_at is not None) == ("netted", True)


async def test_a_proposal_that_sales_paid_is_not_approved(
    connection: Connection, superuser: Connection
) -> None:
    shop = await a_debtor(connection, superuser)
    note = await proposed(connection, shop.merchant.id)
    await sell(connection, shop, 1_000)
    with pytest.raises(DebitNoteInOtherState, match="verrekend"):
        await approve_debit_note(connection, note.id, actor=SECOND, now=NOW)


async def test_the_same_receipt_again_changes_nothing(
    connection: Connection, superuser: Connection
) -> None:
    note = await an_approved_note(connection, superuser)
    for _ in range(2):
        assert (await received(connection, note, 300)).received_cents == 300
    with pytest.raises(ReceiptBooked):
        await received(connection, note, 301)
    with pytest.raises(ReceiptBooked):
        await received(connection, note, 300, number=3)
    assert (await received(connection, note, 700, number=2)).state == "paid"
    assert (await received(connection, note, 700, number=2)).received_cents == 1_000
    assert [one.amount_cents for one in await read_receipts(connection, note.id)] == [300, 700]


@pytest.mark.parametrize("days", [-1, 1])
async def test_the_bank_received_it_after_the_approval_and_not_in_the_future(
    connection: Connection, superuser: Connection, days: int
) -> None:
    note = await an_approved_note(connection, superuser)
    with pytest.raises(PaymentDayWrong):
        await receive_by_hand(
            connection,
            note.id,
            1,
            amount_cents=Cents(1),
            received_on=TODAY + timedelta(days=days),
            actor=FINANCE,
            now=NOW,
        )


async def test_what_is_over_stays_as_it_is(connection: Connection, superuser: Connection) -> None:
    note = await an_approved_note(connection, superuser)
    await received(connection, note, 400)
    gone = await withdraw_debit_note(
        connection, note.id, reason="Kwijtgescholden.", actor=FINANCE, now=NOW
    )
    assert (gone.state, gone.received_cents, gone.outstanding_cents) == ("withdrawn", 400, 0)
    for refused in (
        withdraw_debit_note(connection, note.id, reason="x", actor=SECOND, now=NOW),
        received(connection, note, 1, number=2),
        approve_debit_note(connection, note.id, actor=an_actor(Role.APPROVER), now=NOW),
    ):
        with pytest.raises(DebitNoteInOtherState, match="ingetrokken"):
            await refused
    with pytest.raises(DebitNoteNotFound):
        await read_note(connection, DebitNoteId(UUID(int=1)))


async def test_what_came_in_is_in_the_next_specification_and_not_paid_out(
    connection: Connection, superuser: Connection
) -> None:
    shop = await a_debtor(connection, superuser)
    note = await proposed(connection, shop.merchant.id)
    await approve_debit_note(connection, note.id, actor=SECOND, now=NOW)
    await received(connection, note, 1_000)
    await settled(connection, shop, 250)
    [run, _] = await list_runs(connection)
    review = await read_review(connection, run.id)
    assert (run.amount_cents, review.paid_back_cents) == (250, 1_000)


async def test_work_waits_for_who_proposes_and_then_for_who_approves(
    connection: Connection, superuser: Connection
) -> None:
    async def waits(role: Role) -> list[str]:
        found = await waiting_for(connection, an_actor(role), now=NOW)
        return [one.text for one in found if "debit-notes" in one.address]

    shop = await a_debtor(connection, superuser, days=LONG - 1)
    assert await waits(Role.FINANCE) == []
    await put_back(superuser, shop, days=1)
    assert await waits(Role.FINANCE) == ["1 aanbieder staat lang onder nul: vraag het geld terug"]
    assert await waits(Role.APPROVER) == []
    note = await proposed(connection, shop.merchant.id)
    assert (await waits(Role.FINANCE), await waits(Role.APPROVER)) == (
        [],
        ["1 debetnota wacht op uw oordeel"],
    )
    await approve_debit_note(connection, note.id, actor=SECOND, now=NOW)
    assert (await waits(Role.FINANCE), await waits(Role.APPROVER)) == ([], [])


async def test_notes_are_listed_newest_first(connection: Connection, superuser: Connection) -> None:
    first = await a_proposed_note(connection, superuser)
    second = await a_proposed_note(connection, superuser, cents=700)
    assert [one.id for one in await list_notes(connection)] == [second.id, first.id]
    assert [one.id for one in await list_notes(connection, before=2)] == [first.id]
    assert {one.note_number for one in await list_below_zero(connection, now=NOW)} == {1, 2}


WRITES = {
    "UPDATE debit_note SET amount_cents = 1": asyncpg.InsufficientPrivilegeError,
    "UPDATE debit_note SET received_cents = 1": asyncpg.InsufficientPrivilegeError,
    "DELETE FROM debit_note": asyncpg.InsufficientPrivilegeError,
    "INSERT INTO debit_note_receipt (entry_id, note_id, number, amount_cents, received_on, booked_at, booked_by)"
    " SELECT id, id, 1, 1, now(), now(), id FROM debit_note": asyncpg.InsufficientPrivilegeError,
    "UPDATE debit_note SET approved_at = now(), approved_by = proposed_by, due_on = now(), payee_name = 'x',"
    " payee_iban = 'NL91ABNA0417164300'": asyncpg.CheckViolationError,
}


@pytest.mark.parametrize("write", WRITES)
async def test_the_application_cannot_write_past_it(
    connection: Connection, superuser: Connection, write: str
) -> None:
    await a_proposed_note(connection, superuser)
    with pytest.raises(WRITES[write]):
        await connection.execute(write)


STEPS = {
    "UPDATE debit_note SET netted_at = now()": "PA274",
    "UPDATE debit_note SET approved_by = id": "PA274",
    "UPDATE debit_note SET amount_cents = 2000": "PA274",
    "UPDATE debit_note SET negative_since = negative_since - 1": "PA274",
    "UPDATE debit_note SET received_cents = 1000": "PA274",
    "DELETE FROM debit_note": "PA100",
    "TRUNCATE debit_note CASCADE": "PA100",
    "UPDATE debit_note_receipt SET amount_cents = 1": "PA100",
    "DELETE FROM debit_note_receipt": "PA100",
    "INSERT INTO debit_note_receipt (entry_id, note_id, number, amount_cents, received_on, booked_at, booked_by)"
    " SELECT id, id, 2, 1, now(), now(), id FROM debit_note": "PA101",
    "INSERT INTO debit_note (id, merchant_id, proposed_by_kind, proposed_by)"
    " SELECT gen_random_uuid(), id, 'login', id FROM merchant WHERE name = 'Nieuw'": "PA273",
    "SELECT book_debit_note(id, 2, 601, now()::date, gen_random_uuid(), decode(repeat('00', 32), 'hex'), 7,"
    " now(), id) FROM debit_note": "PA278",
    "SELECT book_debit_note(id, 3, 1, now()::date, gen_random_uuid(), decode(repeat('00', 32), 'hex'), 7,"
    " now(), id) FROM debit_note": "PA278",
}


@pytest.mark.parametrize("step", STEPS)
async def test_the_database_refuses_what_the_program_refuses(
    connection: Connection, superuser: Connection, step: str
) -> None:
    """Also to who owns the tables."""
    note = await an_approved_note(connection, superuser)
    await received(connection, note, 400)
    await a_shop(connection, name="Nieuw")
    with pytest.raises(asyncpg.PostgresError) as refused:
        await superuser.execute(step)
    assert refused.value.sqlstate == STEPS[step]


async def test_a_refusal_names_what_to_do_next() -> None:
    for refusal in (NotBelowZero, OpenDebitNote, OwnDebitNote, MoreThanOutstanding):
        assert issubclass(refusal, Refusal)
        assert refusal.status in {403, 409}
        assert refusal.next_step
