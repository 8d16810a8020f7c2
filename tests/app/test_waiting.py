"""What waits for somebody stands on top of their first page, with how many; nobody sees another's work."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final

import httpx
import pytest

from given.applications import (
    DECIDER,
    a_manager,
    a_proposed_voucher,
    a_scene,
    a_team_scheme,
    an_applicant,
    an_award,
    applies,
)
from given.books import closed
from given.city import a_merchant
from given.days import NOW, TODAY
from given.merchants import IBAN, REGISTRAR, a_registered_merchant
from given.work import SOMEBODY, WORK_THAT_WAITS
from pas.app.waiting import MOST_COUNTED, count_waiting, waiting_for, worded
from pas.app.work import WORK, Work
from pas.applications.pause import pause
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.roles import ROLES, Role, permissions_of
from pas.db import Connection
from pas.merchants.create_till import NewTill, create_till
from pas.merchants.model import PayoutDetails
from pas.merchants.payout_accounts import propose_account
from signed_in import signed_in
from visitors import APPLYING, is_recognised

KIND: Final = {one.kind: one for one in WORK}

OF_SOMEBODY: Final = {
    "first-till",
    "own-tills",
    "questions",
    "vouchers",
    "awards",
    "webhooks",
    "periods-to-close",
    "years-to-decide",
    "debit-notes",
    "debit-notes-due",
}
"""What waits for one person or one merchant, or until time has passed, has a test of its own."""


def everybody(**changes: object) -> Actor:
    actor = Actor(kind="login", id=SOMEBODY, permissions=frozenset(Permission))
    return actor if not changes else Actor(**{**_fields(actor), **changes})  # pyright: ignore[reportArgumentType]


def _fields(actor: Actor) -> dict[str, object]:
    return {"kind": actor.kind, "id": actor.id, "permissions": actor.permissions}


@pytest.mark.parametrize("kind", WORK_THAT_WAITS)
async def test_what_waits_is_counted_and_told(
    connection: Connection, tmp_path: Path, kind: str
) -> None:
    before = await waiting_for(connection, everybody(), now=NOW)
    await WORK_THAT_WAITS[kind](connection, tmp_path)
    found = await waiting_for(connection, everybody(), now=NOW)

    assert before == []
    (one,) = [one for one in found if one.kind == kind]
    assert one.text == f"1 {KIND[kind].one}"


@pytest.mark.parametrize("kind", WORK_THAT_WAITS)
async def test_who_may_not_do_it_never_sees_it(
    connection: Connection, tmp_path: Path, kind: str
) -> None:
    await WORK_THAT_WAITS[kind](connection, tmp_path)
    for role in ROLES:
        actor = Actor(kind="login", id=SOMEBODY, permissions=permissions_of([role]))
        found = await waiting_for(connection, actor, now=NOW)
        sees = any(one.kind == kind for one in found)
        assert sees == (KIND[kind].permission in permissions_of([role])), role


async def test_a_month_that_is_over_waits_until_it_is_closed(connection: Connection) -> None:
    next_month = (TODAY.replace(day=1) + timedelta(days=32)).replace(day=1)
    later = datetime.combine(next_month, time(12), UTC)
    (one,) = await waiting_for(connection, everybody(), now=later)
    assert one.text == "1 maand is voorbij en nog niet dicht"
    await closed(connection)
    assert await waiting_for(connection, everybody(), now=later) == []


async def test_a_till_that_waits_for_its_device_is_told_to_its_own_merchant_alone(
    connection: Connection,
) -> None:
    merchant, other = await a_merchant(connection), await a_merchant(connection)
    await create_till(connection, merchant.id, NewTill(name="bar"), actor=REGISTRAR, now=NOW)

    own = await waiting_for(connection, everybody(merchant_id=merchant.id), now=NOW)
    assert [(one.text, one.address) for one in own] == [
        ("1 kassa is nog niet gekoppeld", f"merchants/{merchant.id}/tills")
    ]
    elsewhere = await waiting_for(connection, everybody(merchant_id=other.id), now=NOW)
    assert [one.kind for one in elsewhere] == ["first-till"]
    assert await waiting_for(connection, everybody(), now=NOW) == []


async def test_an_approved_merchant_without_a_till_hears_what_to_do_first(
    connection: Connection,
) -> None:
    merchant = await a_merchant(connection)
    manager = everybody(merchant_id=merchant.id)
    before = await waiting_for(connection, manager, now=NOW)
    await create_till(connection, merchant.id, NewTill(name="bar"), actor=REGISTRAR, now=NOW)
    after = await waiting_for(connection, manager, now=NOW)

    assert [(one.text, one.address) for one in before] == [
        ("1 ding ontbreekt nog: maak uw eerste kassa", f"merchants/{merchant.id}/tills")
    ]
    assert [one.kind for one in after] == ["own-tills"]


async def test_a_question_is_told_to_who_applied_alone(
    connection: Connection, tmp_path: Path
) -> None:
    scene = await a_scene(connection, tmp_path)
    application = (await applies(connection, scene)).id
    await pause(connection, application, "Welke groep?", actor=DECIDER, now=NOW)

    told = await waiting_for(connection, scene.applicant, now=NOW)
    assert [one.text for one in told] == ["1 aanvraag van u staat stil: lees waar wij op wachten"]
    assert await waiting_for(connection, (await an_applicant(connection))[0], now=NOW) == []


async def test_a_voucher_is_told_to_a_colleague_of_the_same_team_alone(
    connection: Connection,
) -> None:
    await a_team_scheme(connection)
    proposer, team = await an_applicant(connection, kind="team", role=Role.TEAM_MEMBER)
    colleague, _ = await an_applicant(connection, organisation=team, role=Role.TEAM_MEMBER)
    other, _ = await an_applicant(connection, kind="team", role=Role.TEAM_MEMBER)
    await a_proposed_voucher(connection, proposer)

    told = [await waiting_for(connection, who, now=NOW) for who in (colleague, proposer, other)]
    assert [[one.text for one in some] for some in told] == [
        ["1 bon van een collega wacht op uw oordeel"],
        [],
        [],
    ]


async def test_a_child_is_told_to_its_own_club_alone(
    connection: Connection, tmp_path: Path
) -> None:
    scene = await a_scene(connection, tmp_path)
    await an_award(connection, scene)
    own = await waiting_for(connection, await a_manager(connection, scene.club), now=NOW)
    other = await a_manager(connection, await a_merchant(connection))

    assert ("1 kind komt bij u: zeg of het meedoet", f"merchants/{scene.club.id}/awards") in [
        (one.text, one.address) for one in own
    ]
    elsewhere = await waiting_for(connection, other, now=NOW)
    assert [one.kind for one in elsewhere] == ["first-till"]


async def test_nobody_is_told_of_their_own_proposal(connection: Connection) -> None:
    merchant = await a_merchant(connection)
    account = PayoutDetails(iban=IBAN, holder="Stichting Zwemmen")
    await propose_account(connection, merchant.id, account, actor=everybody(), now=NOW)
    assert await waiting_for(connection, everybody(), now=NOW) == []


async def test_every_kind_of_work_is_counted_and_has_a_case_here(connection: Connection) -> None:
    counts = await count_waiting(connection, KIND, everybody(), now=NOW)
    assert counts == dict.fromkeys(KIND, 0)
    assert set(WORK_THAT_WAITS) | OF_SOMEBODY == set(KIND)


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
        if role in APPLYING:
            await is_recognised(connection, visitor.login)
        answer = await visitor.look(KIND[kind].address.format(merchant=merchant.id))
        assert answer.status_code == 200, role
