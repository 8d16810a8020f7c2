"""At once, on real connections: one registration, one decision, and nobody decides over what they have not read."""

from functools import partial

from given.logins import NOON
from given.merchants import the_categories
from given.registrations import (
    a_registrar,
    a_sent_registration,
    as_it_stands,
    some_terms,
    what_a_club_says,
)
from pas.db import Connection, Database
from pas.errors import Refusal
from pas.registrations.approve import approve_registration
from pas.registrations.drafts import keep_draft
from pas.registrations.invite_manager import invite_manager
from pas.registrations.judge import refuse_registration
from pas.registrations.links import new_secret
from pas.registrations.rules import RegistrationDecided, RegistrationMoved
from pas.registrations.send import answer_registration, send_registration
from pas.registrations.stored import KvkNumberKnown, read_steps
from together import at_once

AT_ONCE = 8


async def test_of_a_form_that_is_sent_many_times_at_once_there_is_one(
    connection: Connection, crowd: Database
) -> None:
    await the_categories(connection)
    send = partial(
        send_registration,
        secret=new_secret(),
        said=what_a_club_says(),
        typed_by=None,
        now=NOON,
    )
    answers = await at_once(crowd, *[send] * AT_ONCE)
    assert not any(isinstance(one, Refusal) for one in answers)
    assert await connection.fetchval("SELECT count(*) FROM merchant_registration") == 1
    assert await connection.fetchval("SELECT count(*) FROM merchant_registration_step") == 1


async def test_of_one_number_under_many_links_at_once_there_is_one(
    connection: Connection, crowd: Database
) -> None:
    await the_categories(connection)
    sends = [
        partial(
            send_registration,
            secret=new_secret(),
            said=what_a_club_says(),
            typed_by=None,
            now=NOON,
        )
        for _ in range(AT_ONCE)
    ]
    answers = await at_once(crowd, *sends)
    assert sum(isinstance(one, KvkNumberKnown) for one in answers) == AT_ONCE - 1
    assert await connection.fetchval("SELECT count(*) FROM merchant_registration") == 1


async def test_approved_twice_at_once_it_is_one_merchant(
    connection: Connection, crowd: Database
) -> None:
    sent = await a_sent_registration(connection)
    officers = [await a_registrar(connection) for _ in range(AT_ONCE)]
    acts = [
        partial(
            approve_registration,
            registration_id=sent.id,
            terms=some_terms(),
            seen=1,
            actor=officer,
            now=NOON,
        )
        for officer in officers
    ]
    answers = await at_once(crowd, *acts)
    assert sum(isinstance(one, RegistrationDecided) for one in answers) == AT_ONCE - 1
    for table in ("merchant", "payout_account", "login WHERE merchant_id IS NOT NULL"):
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 1, table


async def test_of_two_officers_one_decides(connection: Connection, crowd: Database) -> None:
    sent = await a_sent_registration(connection)
    one, other = await a_registrar(connection), await a_registrar(connection)
    approve = partial(
        approve_registration,
        registration_id=sent.id,
        terms=some_terms(),
        seen=1,
        actor=one,
        now=NOON,
    )
    refuse = partial(
        refuse_registration,
        registration_id=sent.id,
        reason="Nee.",
        seen=1,
        actor=other,
        now=NOON,
    )
    answers = await at_once(crowd, approve, refuse)
    stands = await as_it_stands(connection, sent)
    assert sum(isinstance(answer, Refusal) for answer in answers) == 1
    merchants = await connection.fetchval("SELECT count(*) FROM merchant")
    assert merchants == (stands.state == "approved")
    assert stands.steps == 2


async def test_an_approval_while_the_club_answers_is_of_what_was_read(
    connection: Connection, crowd: Database
) -> None:
    secret = new_secret()
    sent, officer = await a_sent_registration(connection, secret), await a_registrar(connection)
    approve = partial(
        approve_registration,
        registration_id=sent.id,
        terms=some_terms(),
        seen=1,
        actor=officer,
        now=NOON,
    )
    answer = partial(
        answer_registration,
        secret=secret,
        said=what_a_club_says(name="Een andere naam"),
        words=None,
        seen=1,
        typed_by=None,
        now=NOON,
    )
    answers = await at_once(crowd, approve, answer)
    [lost] = [one for one in answers if isinstance(one, Refusal)]
    names = await connection.fetch("SELECT name FROM merchant")
    assert isinstance(lost, RegistrationDecided | RegistrationMoved)
    assert [row["name"] for row in names] in ([], ["Judoschool De Zwarte Band"])
    assert len(await read_steps(connection, sent.id)) == 2


async def test_of_invitations_made_at_once_one_works(
    connection: Connection, crowd: Database
) -> None:
    secret = new_secret()
    sent, officer = await a_sent_registration(connection, secret), await a_registrar(connection)
    await approve_registration(connection, sent.id, some_terms(), seen=1, actor=officer, now=NOON)
    answers = await at_once(crowd, *[partial(invite_manager, secret=secret, now=NOON)] * AT_ONCE)
    assert not any(isinstance(one, Refusal) for one in answers)
    count = "SELECT count(*) FROM login WHERE invitation_hash IS NOT NULL"
    assert await connection.fetchval(count) == 1


async def test_pages_that_are_kept_at_once_are_all_kept(
    connection: Connection, crowd: Database
) -> None:
    secret = new_secret()
    acts = [
        partial(keep_draft, secret=secret, typed={f"city-{n}": "x"}, now=NOON)
        for n in range(AT_ONCE)
    ]
    await at_once(crowd, *acts)
    typed = await connection.fetchval("SELECT typed FROM merchant_registration_draft")
    assert typed.count("city-") == AT_ONCE
