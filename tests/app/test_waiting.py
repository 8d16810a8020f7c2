"""What waits for somebody stands on top of their first page, with how many; nobody sees another's work."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Final

import httpx
import pytest

from given.assessment import a_member, a_scheme_in_force
from given.city import a_budget, a_holder, a_merchant, a_scheme
from given.days import NEW_YEAR, NOW, TODAY, YEAR
from given.logins import a_login, an_actor
from given.merchants import IBAN, REGISTRAR, a_registered_merchant
from pas.app.waiting import MOST_COUNTED, WORK, Work, count_waiting, waiting_for, worded
from pas.auth.actor import Actor
from pas.auth.logins import Person, invite_login
from pas.auth.permissions import Permission
from pas.auth.roles import ROLES, Role, permissions_of
from pas.db import Connection
from pas.grants.apply import Application, apply_for_household
from pas.grants.deviate import Proposal, propose_deviation
from pas.grants.help_apply import Helped, help_apply
from pas.grants.overspending import watch_overspending
from pas.ids import ApplicationId, HouseholdNumber, LoginId, uuid7
from pas.jobs import enqueue
from pas.merchants.create_till import NewTill, create_till
from pas.merchants.model import PayoutDetails
from pas.merchants.payout_accounts import propose_account
from pas.passes.end import end_pass
from pas.passes.reopen import propose_reopening
from signed_in import signed_in

Given = Callable[[Connection], Awaitable[None]]
SOMEBODY: Final = LoginId(uuid7())
KIND: Final = {one.kind: one for one in WORK}


async def books_that_do_not_close(connection: Connection) -> None:
    for closes, hours in ((True, 2), (False, 1)):
        await connection.execute(
            "INSERT INTO proof (id, proved_at, closes, content) VALUES ($1, $2, $3, '{}')",
            *(uuid7(), NOW - timedelta(hours=hours), closes),
        )


async def a_family_that_applied(connection: Connection) -> None:
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


async def somebody_helped(connection: Connection) -> None:
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


async def a_reopening(connection: Connection) -> None:
    officer, holder = an_actor(Role.OFFICER), await a_holder(connection, year=YEAR)
    await end_pass(
        connection, holder.pass_id, from_day=TODAY, because="mistake", actor=officer, now=NOW
    )
    reason = "De verkeerde persoon gekozen."
    await propose_reopening(connection, holder.pass_id, reason, actor=officer, now=NOW)


async def a_deviation(connection: Connection) -> None:
    version = await a_scheme_in_force(
        connection, valid_from=NEW_YEAR, income_limit=9_000, unit="person"
    )
    resident = await a_member(connection, since=NEW_YEAR)
    proposal = Proposal(
        resident=resident, version=version, year=YEAR, effect="grant", reason="Een hoge schuld."
    )
    await propose_deviation(connection, proposal, actor=an_actor(Role.OFFICER), now=NOW)


async def a_merchant_that_waits(connection: Connection) -> None:
    await a_registered_merchant(connection)


async def an_account_that_waits(connection: Connection) -> None:
    merchant = await a_merchant(connection)
    account = PayoutDetails(iban=IBAN, holder="Stichting Zwemmen")
    await propose_account(connection, merchant.id, account, actor=REGISTRAR, now=NOW)


async def an_unknown_income(connection: Connection) -> None:
    await a_member(connection, "H1", income=None, since=NEW_YEAR)
    await a_member(connection, "H1", income=None, since=NEW_YEAR)
    await a_member(connection, "H2", income=9_000, since=NEW_YEAR)
    await a_member(connection, "H3", income=None, since=NEW_YEAR, left_on=TODAY)


async def too_much_granted(connection: Connection) -> None:
    scheme = await a_scheme(connection, year=YEAR)
    await a_budget(connection, scheme, await a_holder(connection, year=YEAR))
    await watch_overspending(connection, year=YEAR)


async def an_expired_invitation(connection: Connection) -> None:
    actor = an_actor(Role.ADMINISTRATOR)
    for days in (0, 8):
        now = NOW - timedelta(days=days)
        await invite_login(connection, Person("Joris Bakker"), actor=actor, now=now)


async def a_job_that_failed(connection: Connection) -> None:
    for state, days in (("failed", 1), ("failed", 9), ("done", 1)):
        job = await enqueue(
            connection, kind="ledger.prove", arguments={}, actor_kind="system", actor_id=SOMEBODY
        )
        await connection.execute(
            "UPDATE job SET state = $2, ended_at = $3 WHERE id = $1",
            *(job, state, NOW - timedelta(days=days)),
        )


CASES: Final[dict[str, Given]] = {
    "books": books_that_do_not_close,
    "applied": a_family_that_applied,
    "helped": somebody_helped,
    "reopenings": a_reopening,
    "deviations": a_deviation,
    "merchants": a_merchant_that_waits,
    "accounts": an_account_that_waits,
    "incomes": an_unknown_income,
    "overspent": too_much_granted,
    "invitations": an_expired_invitation,
    "jobs": a_job_that_failed,
}


def everybody(**changes: object) -> Actor:
    actor = Actor(kind="login", id=SOMEBODY, permissions=frozenset(Permission))
    return actor if not changes else Actor(**{**_fields(actor), **changes})  # pyright: ignore[reportArgumentType]


def _fields(actor: Actor) -> dict[str, object]:
    return {"kind": actor.kind, "id": actor.id, "permissions": actor.permissions}


@pytest.mark.parametrize("kind", CASES)
async def test_what_waits_is_counted_and_told(connection: Connection, kind: str) -> None:
    before = await waiting_for(connection, everybody(), now=NOW)
    await CASES[kind](connection)
    found = await waiting_for(connection, everybody(), now=NOW)

    assert before == []
    (one,) = [one for one in found if one.kind == kind]
    assert one.text == f"1 {KIND[kind].one}"


@pytest.mark.parametrize("kind", CASES)
async def test_who_may_not_do_it_never_sees_it(connection: Connection, kind: str) -> None:
    await CASES[kind](connection)
    for role in ROLES:
        actor = Actor(kind="login", id=SOMEBODY, permissions=permissions_of([role]))
        found = await waiting_for(connection, actor, now=NOW)
        sees = any(one.kind == kind for one in found)
        assert sees == (KIND[kind].permission in permissions_of([role])), role


async def test_a_till_that_waits_for_its_device_is_told_to_its_own_merchant_alone(
    connection: Connection,
) -> None:
    merchant, other = await a_merchant(connection), await a_merchant(connection)
    await create_till(connection, merchant.id, NewTill(name="bar"), actor=REGISTRAR, now=NOW)

    own = await waiting_for(connection, everybody(merchant_id=merchant.id), now=NOW)
    assert [(one.text, one.address) for one in own] == [
        ("1 kassa is nog niet gekoppeld", f"merchants/{merchant.id}/tills")
    ]
    assert await waiting_for(connection, everybody(merchant_id=other.id), now=NOW) == []
    assert await waiting_for(connection, everybody(), now=NOW) == []


async def test_nobody_is_told_of_their_own_proposal(connection: Connection) -> None:
    merchant = await a_merchant(connection)
    account = PayoutDetails(iban=IBAN, holder="Stichting Zwemmen")
    await propose_account(connection, merchant.id, account, actor=everybody(), now=NOW)
    assert await waiting_for(connection, everybody(), now=NOW) == []


async def test_every_kind_of_work_is_counted_and_has_a_case_here(connection: Connection) -> None:
    counts = await count_waiting(connection, KIND, everybody(), now=NOW)
    assert counts == dict.fromkeys(KIND, 0)
    assert set(CASES) | {"own-tills"} == set(KIND)


def test_many_are_told_with_a_point_and_very_many_are_not_counted() -> None:
    work = Work("x", Permission.LOGINS_READ, "ding", "dingen", "things")
    assert [worded(work, number) for number in (1, 2, MOST_COUNTED - 1, MOST_COUNTED)] == [
        "1 ding",
        "2 dingen",
        "999 dingen",
        "1.000 of meer dingen",
    ]


async def test_the_first_page_leads_with_what_waits_and_its_link(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    approver = await signed_in(client, connection, Role.APPROVER)
    nothing = (await approver.look("")).text
    await a_registered_merchant(connection)
    text = (await approver.look("")).text

    assert "Er wacht nu niets op u." in nothing
    assert 'href="/velsen/merchants">1 club of winkel wil meedoen</a>' in text
    assert text.index("Wat wacht op u?") < text.index("Wat wilt u doen?")


@pytest.mark.parametrize("kind", KIND)
async def test_every_link_leads_to_a_page_for_who_gets_it(
    client: httpx.AsyncClient, connection: Connection, kind: str
) -> None:
    merchant = await a_merchant(connection)
    for role in (role for role, may in ROLES.items() if KIND[kind].permission in may):
        is_manager = role == Role.MERCHANT_MANAGER
        of = merchant.id if is_manager else None
        if is_manager != ("{merchant}" in KIND[kind].address):
            continue
        visitor = await signed_in(client, connection, role, merchant=of)
        answer = await visitor.look(KIND[kind].address.format(merchant=merchant.id))
        assert answer.status_code == 200, role
