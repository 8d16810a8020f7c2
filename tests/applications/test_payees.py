"""An invoice of a supplier that will never register: nothing changes before a second person agrees."""

import asyncpg
import msgspec
import pytest

from given.applications import (
    VELSEN,
    Scene,
    a_manager,
    an_award,
    confirmed,
    left,
    stated,
)
from given.days import NOW
from given.logins import a_login, an_actor
from given.merchants import APPROVER, IBAN, REGISTRAR
from given.settlements import a_setting
from pas.applications.awards import expected_children
from pas.applications.confirm import AboveWhatIsLeft, Confirmed
from pas.applications.payee_invoices import (
    InvoiceNotFound,
    InvoiceNotPayable,
    InvoiceProposedBefore,
    confirm_invoice,
    propose_invoice,
    reject_invoice,
)
from pas.applications.payees import register_payee
from pas.applications.release import release
from pas.applications.waiting_invoices import invoices_of, waiting_invoices
from pas.auth.actor import Actor
from pas.auth.roles import Role
from pas.db import Connection
from pas.grants.deviate import SecondPersonNeeded
from pas.ids import ApplicationId, EntryId, MerchantId
from pas.merchants.judge import approve_merchant
from pas.merchants.model import PayoutDetails
from pas.merchants.payout_accounts import approve_account, read_accounts

KEY = b"k" * 32


@pytest.fixture
async def payee(connection: Connection) -> MerchantId:
    """A music teacher, approved with the bank account by a second person."""
    await a_setting(connection, "payout_cooling_days", 0)
    details = PayoutDetails(iban=IBAN, holder="E. de Boer")
    made = await register_payee(connection, "Muziekjuf Els", details, actor=REGISTRAR, now=NOW)
    await approve_merchant(connection, made, actor=APPROVER, now=NOW)
    (account,) = await read_accounts(connection, made, actor=APPROVER)
    await approve_account(connection, made, account.id, actor=APPROVER, now=NOW)
    return made


class Two(msgspec.Struct, frozen=True):
    """Who proposes, and who agrees."""

    officer: Actor
    second: Actor


@pytest.fixture
async def two(connection: Connection) -> Two:
    officer, second = [
        an_actor(role, login=await a_login(connection, role))
        for role in (Role.OFFICER, Role.APPROVER)
    ]
    return Two(officer, second)


async def proposed(
    connection: Connection,
    award: ApplicationId,
    payee: MerchantId,
    *,
    by: Two,
    cents: int = 9_000,
    invoice: str = "7",
) -> EntryId:
    one = stated(payee, award, cents, invoice)
    await propose_invoice(connection, one, reason="les aan huis", actor=by.officer, now=NOW)
    return one.id


async def agreed(connection: Connection, invoice: EntryId, actor: Actor) -> Confirmed:
    return await confirm_invoice(
        connection, invoice, municipality=VELSEN, key=KEY, actor=actor, now=NOW
    )


async def test_until_a_second_person_agrees_the_child_stays_with_its_club(
    connection: Connection, scene: Scene, payee: MerchantId, two: Two
) -> None:
    award, manager = await an_award(connection, scene), await a_manager(connection, scene.club)
    first = await proposed(connection, award, payee, by=two)
    with pytest.raises(SecondPersonNeeded):
        await agreed(connection, first, two.officer)
    await reject_invoice(connection, first, "De club heeft plaats.", actor=two.second, now=NOW)

    (expected,) = await expected_children(connection, scene.club.id, actor=manager, now=NOW)
    assert (expected.application_id, expected.left_cents) == (award, 25_000)
    (told,) = await invoices_of(connection, award)
    assert (told.payee, told.rejected_because) == ("Muziekjuf Els", "De club heeft plaats.")
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute("UPDATE payee_invoice SET rejected_because = 'anders'")
    assert refused.value.sqlstate == "PA224"
    await confirmed(connection, stated(scene.club.id, award, 10_000), manager)
    assert await left(connection, award) == 15_000


async def test_agreed_it_is_booked_once_and_the_rest_is_for_gear(
    connection: Connection, scene: Scene, payee: MerchantId, two: Two
) -> None:
    award = await an_award(connection, scene)
    invoice = await proposed(connection, award, payee, by=two)
    (waits,) = await waiting_invoices(connection)
    assert (waits.title, waits.proposed_because) == ("jeugdfonds sport", "les aan huis")
    done = await agreed(connection, invoice, two.second)
    assert (done.amount_cents, done.left_cents) == (9_000, 16_000)
    with pytest.raises(InvoiceNotFound):
        await agreed(connection, invoice, two.second)
    assert await left(connection, award) == 16_000


async def test_what_waits_is_not_there_for_another_invoice(
    connection: Connection, scene: Scene, payee: MerchantId, two: Two
) -> None:
    award = await an_award(connection, scene)
    first = await proposed(connection, award, payee, by=two, cents=20_000, invoice="f7")
    with pytest.raises(InvoiceProposedBefore):
        await proposed(connection, award, payee, by=two, cents=100, invoice="F7")
    with pytest.raises(AboveWhatIsLeft, match="50,00"):
        await proposed(connection, award, payee, by=two, cents=5_001, invoice="8")
    await proposed(connection, award, payee, by=two, cents=5_000, invoice="8")
    await reject_invoice(connection, first, "Te veel uren.", actor=two.second, now=NOW)
    await proposed(connection, award, payee, by=two, cents=20_000, invoice="F7")


async def test_an_award_that_was_released_meanwhile_pays_no_invoice(
    connection: Connection, scene: Scene, payee: MerchantId, two: Two
) -> None:
    award = await an_award(connection, scene)
    invoice = await proposed(connection, award, payee, by=two)
    await release(connection, award, actor=two.officer, now=NOW)
    with pytest.raises(InvoiceNotPayable):
        await agreed(connection, invoice, two.second)
    assert [one.id for one in await waiting_invoices(connection)] == [invoice]
