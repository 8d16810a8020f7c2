"""Work that waits for somebody, one of each kind."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from given.applications import a_child, a_scene, an_award, applies, judged
from given.assessment import a_member, a_scheme_in_force
from given.bank import Move, a_statement
from given.books import closed
from given.cards import a_resident
from given.city import a_budget, a_holder, a_merchant, a_scheme
from given.days import NEW_YEAR, NOW, TODAY, YEAR
from given.logins import OFFICER, a_key_store, a_login, an_actor
from given.merchants import IBAN, REGISTRAR, a_registered_merchant
from given.registrations import a_sent_registration
from given.requests import a_decision, a_request, an_objection
from given.settlements import (
    FINANCE,
    VELSEN,
    a_payer,
    a_proposal,
    a_setting,
    a_shop,
    an_approved_run,
    an_exported_run,
    sell,
)
from given.takeovers import BORN, SPORT, a_listed_row, handed_of
from pas.auth.actor import Actor
from pas.auth.logins import Person, invite_login
from pas.auth.roles import Role
from pas.bookkeeping.reopen_period import propose_reopening as propose_to_reopen
from pas.db import Connection
from pas.grants.apply import Application, apply_for_household
from pas.grants.deviate import Proposal, propose_deviation
from pas.grants.help_apply import Helped, help_apply
from pas.grants.overspending import watch_overspending
from pas.ids import ApplicationId, BankItemId, HouseholdNumber, LoginId, uuid7
from pas.jobs import enqueue
from pas.merchants.model import PayoutDetails
from pas.merchants.payout_accounts import propose_account
from pas.passes.end import end_pass
from pas.passes.reopen import propose_reopening
from pas.requests.answer import ask
from pas.settlements.bank.decide_item import propose_dismissal
from pas.settlements.bank.import_file import import_bank_file
from pas.settlements.bank.show import list_open_items
from pas.settlements.payments import By
from pas.signals.judge import judge_signal
from pas.signals.show import list_open
from pas.takeovers.propose import propose_takeover

Given = Callable[[Connection, Path], Awaitable[None]]
SOMEBODY: Final = LoginId(uuid7())


async def books_that_do_not_close(connection: Connection, _folder: Path) -> None:
    for closes, hours in ((True, 2), (False, 1)):
        await connection.execute(
            "INSERT INTO proof (id, proved_at, closes, content) VALUES ($1, $2, $3, '{}')",
            *(uuid7(), NOW - timedelta(hours=hours), closes),
        )


async def a_family_that_applied(connection: Connection, _folder: Path) -> None:
    await a_scheme_in_force(connection, valid_from=NEW_YEAR)
    adult = await a_member(connection, income=None, since=NEW_YEAR)
    application = Application(
        id=ApplicationId(uuid7()),
        household=HouseholdNumber("H1"),
        year=YEAR,
        channel="page",
        resident=adult,
    )
    holder = Actor(kind="holder", id=adult)
    await apply_for_household(connection, application, actor=holder, now=NOW)


async def somebody_helped(connection: Connection, _folder: Path) -> None:
    helper = await a_login(connection, Role.INTERMEDIARY)
    helped = Helped(
        id=ApplicationId(uuid7()),
        year=YEAR,
        family_name="Onbekend",
        birth_date=date(1990, 1, 1),
        postcode="1971 AB",
    )
    actor = an_actor(Role.INTERMEDIARY, login=helper)
    await help_apply(connection, helped, actor=actor, now=NOW)


async def a_reopening(connection: Connection, _folder: Path) -> None:
    officer, holder = an_actor(Role.OFFICER), await a_holder(connection, year=YEAR)
    await end_pass(
        connection, holder.pass_id, from_day=TODAY, because="mistake", actor=officer, now=NOW
    )
    reason = "De verkeerde persoon gekozen."
    await propose_reopening(connection, holder.pass_id, reason, actor=officer, now=NOW)


async def a_deviation(connection: Connection, _folder: Path) -> None:
    version = await a_scheme_in_force(
        connection, valid_from=NEW_YEAR, income_limit=9_000, unit="person"
    )
    resident = await a_member(connection, since=NEW_YEAR)
    proposal = Proposal(
        resident=resident, version=version, year=YEAR, effect="grant", reason="Een hoge schuld."
    )
    await propose_deviation(connection, proposal, actor=an_actor(Role.OFFICER), now=NOW)


async def a_takeover(connection: Connection, folder: Path) -> None:
    await a_scheme_in_force(connection, SPORT, valid_from=NEW_YEAR)
    await a_resident(connection, name="Sanne", birth_date=BORN)
    await propose_takeover(
        connection,
        handed_of(a_listed_row()),
        ring=a_key_store(folder).ring(VELSEN),
        actor=an_actor(Role.OFFICER),
        now=NOW,
    )


async def a_request_that_waits(connection: Connection, _folder: Path) -> None:
    await a_request(connection, (await a_holder(connection, year=YEAR)).id)
    asked = await a_request(connection, (await a_holder(connection, year=YEAR)).id)
    officer = an_actor(Role.OFFICER)
    await ask(connection, asked.id, "Wanneer?", seen=1, actor=officer, now=NOW)
    holder = await a_holder(connection, year=YEAR)
    own = await a_decision(connection, holder.id, cause="deviation", by=SOMEBODY)
    await an_objection(connection, holder.id, own)


async def a_request_that_is_late(connection: Connection, _folder: Path) -> None:
    holder = await a_holder(connection, year=YEAR)
    await a_request(connection, holder.id, now=NOW - timedelta(weeks=7))


async def a_merchant_that_waits(connection: Connection, _folder: Path) -> None:
    await a_registered_merchant(connection)


async def a_club_that_registered(connection: Connection, _folder: Path) -> None:
    await a_sent_registration(connection)


async def an_account_that_waits(connection: Connection, _folder: Path) -> None:
    merchant = await a_merchant(connection)
    account = PayoutDetails(iban=IBAN, holder="Stichting Zwemmen")
    await propose_account(connection, merchant.id, account, actor=REGISTRAR, now=NOW)


async def an_unknown_income(connection: Connection, _folder: Path) -> None:
    await a_member(connection, "H1", income=None, since=NEW_YEAR)
    await a_member(connection, "H1", income=None, since=NEW_YEAR)
    await a_member(connection, "H2", income=9_000, since=NEW_YEAR)
    await a_member(connection, "H3", income=None, since=NEW_YEAR, left_on=TODAY)


async def too_much_granted(connection: Connection, _folder: Path) -> None:
    scheme = await a_scheme(connection, year=YEAR)
    await a_budget(connection, scheme, await a_holder(connection, year=YEAR))
    await watch_overspending(connection, year=YEAR)


async def a_pot_nearly_empty(connection: Connection, _folder: Path) -> None:
    """One is; of another there is enough."""
    for cents in (20_000, 200_000):
        pot = await a_scheme(connection, year=YEAR, closed_pot=True, appropriated_cents=cents)
        await a_budget(connection, pot, await a_holder(connection, year=YEAR), cents=19_000)


async def an_expired_invitation(connection: Connection, _folder: Path) -> None:
    actor = an_actor(Role.ADMINISTRATOR)
    for days in (0, 8):
        now = NOW - timedelta(days=days)
        await invite_login(connection, Person("Joris Bakker"), actor=actor, now=now)


async def a_job_that_failed(connection: Connection, _folder: Path) -> None:
    for state, days in (("failed", 1), ("failed", 9), ("done", 1)):
        job = await enqueue(
            connection, kind="ledger.prove", arguments={}, actor_kind="system", actor_id=SOMEBODY
        )
        await connection.execute(
            "UPDATE job SET state = $2, ended_at = $3 WHERE id = $1",
            *(job, state, NOW - timedelta(days=days)),
        )


async def a_child_that_waits(connection: Connection, folder: Path) -> None:
    scene = await a_scene(connection, folder)
    await a_child(connection, income=None)
    application = (await applies(connection, scene)).id
    assert await judged(connection, application) == "with_officer: income-unknown"


async def a_child_that_waits_too_long(connection: Connection, folder: Path) -> None:
    scene = await a_scene(connection, folder)
    application = (await applies(connection, scene)).id
    await connection.execute(
        """
        INSERT INTO child_application (id, scheme_id, applied_by, organisation_id, profession, received_at,
            content_hash, given_name, family_name, birth_date, postcode, merchant_id, agreed_by, agreed_how, agreed_on, state)
        SELECT $2, scheme_id, applied_by, organisation_id, profession, $3,
            content_hash, given_name, family_name, birth_date, postcode, merchant_id, agreed_by, agreed_how, agreed_on, state
        FROM child_application WHERE id = $1
        """,
        *(application, uuid7(), NOW - timedelta(days=22)),
    )


async def an_invoice(connection: Connection, folder: Path) -> None:
    scene = await a_scene(connection, folder)
    award = await an_award(connection, scene)
    await connection.execute(
        """
        INSERT INTO payee_invoice (id, application_id, merchant_id, amount_cents, invoice_reference,
            proposed_at, proposed_by, proposed_because)
        VALUES ($1, $2, $3, 100, '2026-1', $4, $5, 'thuis')
        """,
        *(uuid7(), award, scene.club.id, NOW, OFFICER),
    )


async def a_run_to_approve(connection: Connection, _folder: Path) -> None:
    await sell(connection, await a_shop(connection), 1_000)
    await a_proposal(connection)


async def a_large_run(connection: Connection, _folder: Path) -> None:
    await a_setting(connection, "large_payout_cents", 999)
    await sell(connection, await a_shop(connection), 1_000)
    await a_proposal(connection)


async def a_run_to_export(connection: Connection, _folder: Path) -> None:
    await sell(connection, await a_shop(connection), 1_000)
    await an_approved_run(connection)


async def a_run_to_book(connection: Connection, _folder: Path) -> None:
    await sell(connection, await a_shop(connection), 1_000)
    await an_exported_run(connection)


async def something_of_the_bank(connection: Connection, folder: Path) -> None:
    await an_unknown_item(connection, folder)


async def something_said_of_the_bank(connection: Connection, folder: Path) -> None:
    item = await an_unknown_item(connection, folder)
    await propose_dismissal(connection, item, because="Huur", by=By(FINANCE, NOW))


async def an_unknown_item(connection: Connection, folder: Path) -> BankItemId:
    """What the bank says and nobody recognises."""
    await a_payer(connection)
    ring = a_key_store(folder / "of-bank", cities=("velsen",)).ring(VELSEN)
    content = a_statement(Move(cents=100))
    await import_bank_file(
        connection, VELSEN, content, name="x.xml", ring=ring, actor=FINANCE, now=NOW
    )
    [item] = await list_open_items(connection)
    return item.id


async def somebody_to_recognise(connection: Connection, _folder: Path) -> None:
    await a_login(connection, Role.INTERMEDIARY)


async def something_that_stands_out(connection: Connection, _folder: Path) -> None:
    merchant = await a_merchant(connection)
    for number in (1, 2):
        await connection.execute(
            """
            INSERT INTO signal (id, kind, merchant_id, about, week, number, counted, out_of, different, cents, first_at,
                last_at, weight, found_at, changed_at)
            VALUES ($1, 'voids', $2, $2, $3, $4, 8, 30, 3, 4000, $5, $5, 30, $5, $5)
            """,
            *(uuid7(), merchant.id, TODAY - timedelta(days=TODAY.weekday()), number, NOW),
        )
    [signal, _] = await list_open(connection)
    await judge_signal(
        connection, signal.id, "nothing", reason="Wist ik.", actor=an_actor(Role.OFFICER), now=NOW
    )


async def a_month_to_open_again(connection: Connection, _folder: Path) -> None:
    month = (await closed(connection)).period
    await propose_to_reopen(connection, month, reason="Te vroeg.", actor=FINANCE, now=NOW)


WORK_THAT_WAITS: Final[dict[str, Given]] = {
    "books": books_that_do_not_close,
    "applied": a_family_that_applied,
    "helped": somebody_helped,
    "reopenings": a_reopening,
    "takeovers": a_takeover,
    "deviations": a_deviation,
    "requests": a_request_that_waits,
    "late-requests": a_request_that_is_late,
    "signals": something_that_stands_out,
    "merchants": a_merchant_that_waits,
    "registrations": a_club_that_registered,
    "accounts": an_account_that_waits,
    "incomes": an_unknown_income,
    "overspent": too_much_granted,
    "pots": a_pot_nearly_empty,
    "invitations": an_expired_invitation,
    "jobs": a_job_that_failed,
    "late-children": a_child_that_waits_too_long,
    "children": a_child_that_waits,
    "invoices": an_invoice,
    "runs-to-approve": a_run_to_approve,
    "large-runs": a_large_run,
    "runs-to-export": a_run_to_export,
    "runs-to-book": a_run_to_book,
    "bank-items": something_of_the_bank,
    "bank-decisions": something_said_of_the_bank,
    "periods-to-reopen": a_month_to_open_again,
    "helpers-to-recognise": somebody_to_recognise,
}
