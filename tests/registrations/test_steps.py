"""A registration from being sent to being decided, by its use cases; and what the database refuses."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from given.logins import NOON, a_login
from given.merchants import OTHER_IBAN, a_registered_merchant
from given.registrations import (
    KVK,
    a_registrar,
    a_sent_registration,
    as_it_stands,
    some_terms,
    what_a_club_says,
)
from pas.auth.logins import invitation_hash
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.merchants.payout_accounts import approve_account
from pas.merchants.rules import OwnProposal
from pas.merchants.stored import CategoryNotKnown
from pas.merchants.values import MerchantDetailsWrong
from pas.registrations import drafts, send
from pas.registrations.approve import (
    NotAskedFor,
    NothingAgreed,
    approve_registration,
)
from pas.registrations.drafts import TooManyRegistrations, keep_draft, read_draft
from pas.registrations.invite_manager import (
    LINK_INVITES_FOR,
    LinkInvitesNoMore,
    ManagerCameIn,
    NotApprovedYet,
    invite_manager,
)
from pas.registrations.judge import ask_back, refuse_registration
from pas.registrations.links import Secret, hash_of, new_secret
from pas.registrations.rules import OwnRegistration, RegistrationDecided, RegistrationMoved
from pas.registrations.send import ChangedTooOften, answer_registration
from pas.registrations.stored import (
    KvkNumberKnown,
    RegistrationNotFound,
    newest_said,
    read_steps,
)
from pas.retention.clean_up import clean_up


async def answers(
    connection: Connection, secret: Secret, *, seen: int, words: str | None = None, **parts: object
) -> None:
    said = what_a_club_says(**parts)
    await answer_registration(
        connection, secret, said, words=words, seen=seen, typed_by=None, now=NOON
    )


async def approved(connection: Connection, secret: Secret) -> None:
    sent = await a_sent_registration(connection, secret)
    officer = await a_registrar(connection)
    await approve_registration(connection, sent.id, some_terms(), seen=1, actor=officer, now=NOON)


async def test_the_same_form_twice_is_one_registration(connection: Connection) -> None:
    secret = new_secret()
    first = await a_sent_registration(connection, secret)
    again = await a_sent_registration(connection, secret, name="Iets anders")
    assert again == first
    assert await connection.fetchval("SELECT count(*) FROM merchant_registration") == 1
    stored = await connection.fetchval("SELECT link_hash FROM merchant_registration")
    assert stored == hash_of(secret)


async def test_a_number_that_is_known_is_refused_without_saying_whose_it_is(
    connection: Connection,
) -> None:
    await a_sent_registration(connection)
    await a_registered_merchant(connection, details={"name": "Geheim", "kvkNumber": "87654321"})
    for number in (KVK, "87654321"):
        with pytest.raises(KvkNumberKnown) as told:
            await a_sent_registration(connection, kvkNumber=number)
        assert "Geheim" not in told.value.detail
        assert "Judoschool" not in told.value.detail


async def test_a_purpose_that_there_is_not_is_refused(connection: Connection) -> None:
    with pytest.raises(CategoryNotKnown):
        await a_sent_registration(connection, purposes=[{"category": "gold", "words": "Goud."}])


async def test_what_is_wrong_is_refused_also_without_our_form(connection: Connection) -> None:
    with pytest.raises(MerchantDetailsWrong):
        await a_sent_registration(connection, contactEmail="x")


async def test_a_question_is_answered_with_other_words_as_often_as_it_takes(
    connection: Connection,
) -> None:
    secret = new_secret()
    sent = await a_sent_registration(connection, secret)
    officer = await a_registrar(connection)
    for seen in (1, 3):
        await ask_back(connection, sent.id, "Welk adres?", seen=seen, actor=officer, now=NOON)
        await answers(connection, secret, seen=seen + 1, words="Dit.", name=f"Club {seen}")
    steps = await read_steps(connection, sent.id)
    stands = await as_it_stands(connection, sent)
    assert [one.kind for one in steps] == ["received", "asked", "answered", "asked", "answered"]
    assert (stands.state, stands.name, stands.steps) == ("answered", "Club 3", 5)
    assert newest_said(steps).name == "Club 3"


async def test_an_approved_club_is_a_merchant_with_all_that_was_agreed(
    connection: Connection,
) -> None:
    sent = await a_sent_registration(connection)
    officer = await a_registrar(connection)
    terms = some_terms(visit_prices={"swimming": 450})
    merchant = await approve_registration(
        connection, sent.id, terms, seen=1, actor=officer, now=NOON
    )
    state = await connection.fetchval("SELECT state FROM merchant WHERE id = $1", merchant)
    agreed = await connection.fetch("SELECT category, visit_price_cents FROM agreement")
    account = await connection.fetchrow("SELECT proposed_by, approved_at FROM payout_account")
    manager = await connection.fetchrow(
        "SELECT l.name, l.state, r.role FROM login l JOIN login_role r ON r.login_id = l.id"
        " WHERE l.merchant_id = $1",
        merchant,
    )
    assert (state, [tuple(one) for one in agreed]) == ("approved", [("swimming", 450)])
    assert tuple(account or ()) == (officer.id, None)
    assert tuple(manager or ()) == ("Noor Bakker", "invited", "merchant_manager")
    assert await connection.fetchval("SELECT city FROM location") == "IJmuiden"


async def test_whoever_approves_the_club_does_not_approve_its_account(
    connection: Connection,
) -> None:
    sent, officer = await a_sent_registration(connection), await a_registrar(connection)
    merchant = await approve_registration(
        connection, sent.id, some_terms(), seen=1, actor=officer, now=NOON
    )
    account = await connection.fetchval("SELECT id FROM payout_account")
    with pytest.raises(OwnProposal):
        await approve_account(connection, merchant, account, actor=officer, now=NOON)


async def test_whoever_typed_it_for_the_club_does_not_approve_it(connection: Connection) -> None:
    officer = await a_registrar(connection)
    sent = await a_sent_registration(connection, typed_by=officer)
    with pytest.raises(OwnRegistration):
        await approve_registration(
            connection, sent.id, some_terms(), seen=1, actor=officer, now=NOON
        )
    await connection.execute(
        "INSERT INTO merchant (id, name, state, account_id) VALUES ($1, 'x', 'requested', NULL)",
        sent.id,
    )
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            "INSERT INTO merchant_registration_step (registration_id, number, kind, taken_at, login_id,"
            " merchant_id, manager_id) VALUES ($1, 2, 'approved', $2, $3, $1, $3)",
            *(sent.id, NOON, officer.id),
        )
    assert refused.value.sqlstate == "PA226"


@pytest.mark.parametrize(
    ("prices", "refusal"), [({}, NothingAgreed), ({"culture": None}, NotAskedFor)]
)
async def test_only_what_the_club_asked_is_agreed_to(
    connection: Connection, prices: dict[str, None], refusal: type[Exception]
) -> None:
    sent, officer = await a_sent_registration(connection), await a_registrar(connection)
    with pytest.raises(refusal):
        await approve_registration(
            connection,
            sent.id,
            some_terms(visit_prices=prices),
            seen=1,
            actor=officer,
            now=NOON,
        )
    assert await connection.fetchval("SELECT count(*) FROM merchant") == 0


async def test_who_judges_has_seen_the_last_word_of_the_club(connection: Connection) -> None:
    secret = new_secret()
    sent, officer = await a_sent_registration(connection, secret), await a_registrar(connection)
    await answers(connection, secret, seen=1, account={"iban": OTHER_IBAN, "holder": "x"})
    with pytest.raises(RegistrationMoved):
        await approve_registration(
            connection, sent.id, some_terms(), seen=1, actor=officer, now=NOON
        )
    assert await connection.fetchval("SELECT count(*) FROM merchant") == 0


async def test_what_is_decided_stays_decided(connection: Connection) -> None:
    secret = new_secret()
    sent, officer = await a_sent_registration(connection, secret), await a_registrar(connection)
    await refuse_registration(
        connection, sent.id, "Wij kennen u niet.", seen=1, actor=officer, now=NOON
    )
    with pytest.raises(RegistrationDecided):
        await answers(connection, secret, seen=2)
    with pytest.raises(RegistrationDecided):
        await approve_registration(
            connection, sent.id, some_terms(), seen=2, actor=officer, now=NOON
        )
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            "INSERT INTO merchant_registration_step (registration_id, number, kind, taken_at, login_id, words)"
            " VALUES ($1, 3, 'asked', $2, $3, 'x')",
            *(sent.id, NOON, officer.id),
        )
    assert refused.value.sqlstate == "PA225"
    # A club that was refused may try again, with the same number.
    await a_sent_registration(connection)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE merchant_registration_step SET words = 'x'",
        "DELETE FROM merchant_registration_step",
        "UPDATE merchant_registration SET state = 'approved'",
        "DELETE FROM merchant_registration",
    ],
)
async def test_nobody_rewrites_what_happened(connection: Connection, sql: str) -> None:
    await a_sent_registration(connection)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(sql)


async def test_not_even_the_owner_rewrites_a_step(
    connection: Connection, superuser: Connection
) -> None:
    await a_sent_registration(connection)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await superuser.execute("UPDATE merchant_registration_step SET words = 'x'")
    assert refused.value.sqlstate == "PA100"


async def test_the_link_invites_the_first_manager_until_somebody_came_in(
    connection: Connection,
) -> None:
    secret = new_secret()
    await approved(connection, secret)
    first = await invite_manager(connection, secret, now=NOON)
    second = await invite_manager(connection, secret, now=NOON)
    assert first.code is not None
    assert second.code is not None
    hashes = {row[0] for row in await connection.fetch("SELECT invitation_hash FROM login")}
    assert invitation_hash(second.code) in hashes
    assert invitation_hash(first.code) not in hashes
    late = NOON + LINK_INVITES_FOR + timedelta(seconds=1)
    with pytest.raises(LinkInvitesNoMore):
        await invite_manager(connection, secret, now=late)
    await connection.execute(
        "UPDATE login SET state = 'active', issuer = 'x', subject = 'y' WHERE id = $1",
        second.login_id,
    )
    with pytest.raises(ManagerCameIn):
        await invite_manager(connection, secret, now=NOON)


async def test_a_link_that_is_not_approved_or_not_ours_invites_nobody(
    connection: Connection,
) -> None:
    secret = new_secret()
    await a_sent_registration(connection, secret)
    await a_login(connection, Role.ADMINISTRATOR)
    with pytest.raises(NotApprovedYet):
        await invite_manager(connection, secret, now=NOON)
    with pytest.raises(RegistrationNotFound):
        await invite_manager(connection, new_secret(), now=NOON)


async def test_so_many_in_an_hour_are_taken_and_no_more_until_somebody_looked(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "MOST_RECEIVED_IN_AN_HOUR", 2)
    sent = await a_sent_registration(connection, kvkNumber="10000001")
    await a_sent_registration(connection, kvkNumber="10000002")
    with pytest.raises(TooManyRegistrations):
        await a_sent_registration(connection, kvkNumber="10000003")
    officer = await a_registrar(connection)
    await refuse_registration(connection, sent.id, "Spam.", seen=1, actor=officer, now=NOON)
    await a_sent_registration(connection, kvkNumber="10000003")


async def test_who_changes_what_they_sent_is_not_looked_at_by_that(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "MOST_RECEIVED_IN_AN_HOUR", 1)
    secret = new_secret()
    sent = await a_sent_registration(connection, secret, kvkNumber="10000001")
    await answers(connection, secret, seen=1, kvkNumber="10000001")
    with pytest.raises(TooManyRegistrations):
        await a_sent_registration(connection, kvkNumber="10000002")
    officer = await a_registrar(connection)
    await ask_back(connection, sent.id, "Welk adres?", seen=2, actor=officer, now=NOON)
    await a_sent_registration(connection, kvkNumber="10000002")


async def test_a_club_cannot_take_all_steps_that_there_are(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "MOST_STEPS", 2)
    secret = new_secret()
    sent = await a_sent_registration(connection, secret)
    await answers(connection, secret, seen=1)
    with pytest.raises(ChangedTooOften):
        await answers(connection, secret, seen=2)
    officer = await a_registrar(connection)
    await refuse_registration(connection, sent.id, "Spam.", seen=2, actor=officer, now=NOON)


async def test_so_many_are_begun_in_an_hour_and_who_began_goes_on(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MOST_BEGUN_IN_AN_HOUR", 1)
    first = new_secret()
    await keep_draft(connection, first, {"name": "a"}, now=NOON)
    with pytest.raises(TooManyRegistrations):
        await keep_draft(connection, new_secret(), {"name": "b"}, now=NOON)
    await keep_draft(connection, first, {"city-0": "c"}, now=NOON)
    assert await read_draft(connection, first) == {"name": "a", "city-0": "c"}
    await keep_draft(connection, new_secret(), {}, now=NOON + timedelta(hours=2))


async def test_what_was_refused_and_what_was_never_sent_is_forgotten_on_its_clock(
    connection: Connection, database: Database, velsen: MunicipalityName
) -> None:
    officer, now = await a_registrar(connection), datetime.now(UTC)
    for days, number in ((400, "10000001"), (300, "10000002")):
        sent = await a_sent_registration(connection, kvkNumber=number)
        then = now - timedelta(days=days)
        await refuse_registration(connection, sent.id, "Nee.", seen=1, actor=officer, now=then)
        await keep_draft(connection, new_secret(), {}, now=then)
    await a_sent_registration(connection, kvkNumber="10000003")

    await clean_up(database, velsen, now=now)

    left = await connection.fetch("SELECT kvk_number FROM merchant_registration ORDER BY 1")
    assert [row[0] for row in left] == ["10000002", "10000003"]
    assert await connection.fetchval("SELECT count(*) FROM merchant_registration_draft") == 0
