"""What waits is handed in at real servers, again until it is taken over, and not at the wrong place."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from given.city import a_holder
from given.days import NOW
from given.messages import ADDRESSES, a_listener, an_address, as_holder, code_sent, filled
from given.settlements import Shop, a_setting, sell
from mailing import SENDER, MailBox, mail_server
from pas.auth.keys import KeyRing, KeyStore
from pas.db import Connection, Database
from pas.ids import MunicipalityName, ResidentId
from pas.messages.carriers import Carriers
from pas.messages.choices import choose
from pas.messages.courier import MessageCourier
from pas.messages.deliver import LEASE, take_due, write_down
from pas.messages.mail import Envelope, Mail
from pas.messages.model import Letter, MessageId, Went
from pas.messages.prove_address import remove_address
from pas.messages.rules import KEPT
from pas.messages.text_message import Provider, TextMessages
from pas.tls import trusted
from receiving import NAME, Receiver, a_post, client_trust, leading_to

VELSEN = MunicipalityName("velsen")
ORIGIN = "https://pas.velsen.example"
TO_FATMA = ADDRESSES["email"]
LETTER = Letter("Betaald: € 12,40", "Betaald: € 12,40 bij Café ’t Hoekje.", "nl")
ENVELOPE = Envelope("Stadspas Velsen", "pas@velsen.example", f"{ORIGIN}/velsen/my-messages")


def a_courier(database: Database, keys: KeyStore, carriers: Carriers) -> MessageCourier:
    return MessageCourier(database, keys=keys, carriers=carriers, origin=ORIGIN)


def texts_to(receiver: Receiver) -> TextMessages:
    provider = Provider(f"https://{NAME}/send", "a token of sixteen or more")
    return TextMessages(provider, a_post(leading_to(receiver)))


async def a_waiting_message(connection: Connection, shop: Shop, *, ring: KeyRing) -> ResidentId:
    """One spending that its holder is to hear of by e-mail."""
    holder = shop.purse.holder.id
    await a_listener(connection, holder, ring=ring)
    await sell(connection, shop, 100)
    await filled(connection, ring=ring)
    return holder


async def states(connection: Connection) -> list[tuple[str, str | None, int]]:
    rows = await connection.fetch(
        "SELECT state, problem, tries FROM holder_message ORDER BY made_at, id"
    )
    return [tuple(row) for row in rows]


async def try_again_now(connection: Connection) -> None:
    await connection.execute("UPDATE holder_message SET next_try_at = made_at")


async def hand_in(mail: Mail, letter: Letter = LETTER) -> Went:
    return await mail.send(
        TO_FATMA, letter, ENVELOPE, message_id=MessageId(uuid4()), now=datetime.now(UTC)
    )


async def test_an_email_arrives_from_the_municipality_and_says_that_a_program_sent_it(
    connection: Connection,
    database: Database,
    shop: Shop,
    keys: KeyStore,
    ring: KeyRing,
    posted: tuple[MailBox, Mail],
) -> None:
    box, mail = posted
    for name, value in (("title", "Velsen"), ("message_reply_to", "pas@velsen.example")):
        await a_setting(connection, name, value)
    await a_listener(connection, shop.purse.holder.id, ring=ring)
    await sell(connection, shop, 1_240)
    await filled(connection, ring=ring)
    await a_courier(database, keys, Carriers(mail=mail)).run_all_due()

    [one] = box.received
    assert (one.sender, one.recipients) == (SENDER, [TO_FATMA])
    assert one.message["From"] == f"Stadspas Velsen <{SENDER}>"
    assert one.message["Reply-To"] == "pas@velsen.example"
    assert one.message["Auto-Submitted"] == "auto-generated"
    assert one.message["List-Unsubscribe"] == f"<{ORIGIN}/velsen/my-messages>"
    assert "€\xa012,40 bij Zwembad De Heerenduinen" in one.body
    assert "http" not in one.body
    assert box.over_tls
    assert await states(connection) == [("arrived", None, 1)]
    assert await connection.fetchval("SELECT content_encrypted FROM holder_message") is None


async def test_a_text_message_is_handed_in_with_the_token_and_an_id_that_stays(
    connection: Connection,
    database: Database,
    shop: Shop,
    keys: KeyStore,
    ring: KeyRing,
    receiver: Receiver,
) -> None:
    receiver.answers = [b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n"]
    await a_listener(connection, shop.purse.holder.id, ring=ring, after_spending="text")
    await sell(connection, shop, 1_240)
    await filled(connection, ring=ring)
    courier = a_courier(database, keys, Carriers(texts=texts_to(receiver)))
    await courier.run_all_due()
    assert await states(connection) == [("waiting", "not-accepted", 1)]
    await try_again_now(connection)
    await courier.run_all_due()

    first, second = receiver.received
    assert first.body == second.body
    assert first.headers["authorization"] == "Bearer a token of sixteen or more"
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert ADDRESSES["text"].encode() in first.body
    assert await states(connection) == [("arrived", None, 2)]


async def test_a_number_that_can_never_be_reached_is_not_tried_again(
    connection: Connection,
    database: Database,
    shop: Shop,
    keys: KeyStore,
    ring: KeyRing,
    receiver: Receiver,
) -> None:
    receiver.otherwise = b"HTTP/1.1 422 No\r\ncontent-length: 0\r\n\r\n"
    await a_listener(connection, shop.purse.holder.id, ring=ring, after_spending="text")
    await sell(connection, shop, 100)
    await filled(connection, ring=ring)
    await a_courier(database, keys, Carriers(texts=texts_to(receiver))).run_all_due()
    assert await states(connection) == [("given_up", "address-refused", 1)]


async def test_a_code_goes_to_the_address_that_is_not_proved_yet_and_says_nothing_of_anybody(
    connection: Connection,
    database: Database,
    shop: Shop,
    keys: KeyStore,
    ring: KeyRing,
    posted: tuple[MailBox, Mail],
) -> None:
    box, mail = posted
    code = await code_sent(connection, shop.purse.holder.id, ring=ring, now=datetime.now(UTC))
    await a_courier(database, keys, Carriers(mail=mail)).run_all_due()
    [one] = box.received
    assert code in one.body
    assert "Sanne" not in one.body
    assert one.recipients == [TO_FATMA]


async def test_what_is_not_wanted_any_more_when_it_would_go_is_not_sent(
    connection: Connection,
    database: Database,
    shop: Shop,
    keys: KeyStore,
    ring: KeyRing,
    posted: tuple[MailBox, Mail],
) -> None:
    box, mail = posted
    fatma = await a_waiting_message(connection, shop, ring=ring)
    await choose(connection, fatma, after_spending="none", actor=as_holder(fatma), now=NOW)
    await a_courier(database, keys, Carriers(mail=mail)).run_all_due()
    assert (box.received, await states(connection)) == ([], [("withdrawn", None, 1)])


async def test_an_address_that_was_forgotten_gets_nothing(
    connection: Connection,
    database: Database,
    shop: Shop,
    keys: KeyStore,
    ring: KeyRing,
    posted: tuple[MailBox, Mail],
) -> None:
    box, mail = posted
    fatma = await a_waiting_message(connection, shop, ring=ring)
    await remove_address(connection, "email", actor=as_holder(fatma), now=NOW)
    await a_courier(database, keys, Carriers(mail=mail)).run_all_due()
    assert (box.received, [one[0] for one in await states(connection)]) == ([], ["withdrawn"])


async def test_where_nothing_is_set_up_a_real_municipality_keeps_trying_and_says_why(
    connection: Connection, database: Database, shop: Shop, keys: KeyStore, ring: KeyRing
) -> None:
    await a_waiting_message(connection, shop, ring=ring)
    await a_courier(database, keys, Carriers()).run_all_due()
    assert await states(connection) == [("waiting", "not-set-up", 1)]


async def test_two_couriers_take_a_message_once_and_a_lost_one_is_taken_again(
    connection: Connection, database: Database, shop: Shop, ring: KeyRing
) -> None:
    await a_waiting_message(connection, shop, ring=ring)
    # Somebody else's address is nobody's business here.
    await an_address(connection, (await a_holder(connection)).id, ring=ring)
    now = datetime.now(UTC)
    async with database.connection(VELSEN) as other:
        first = await take_due(connection, most=10, now=now)
        assert len(first) == 1
        assert await take_due(other, most=10, now=now) == []
        [again] = await take_due(other, most=10, now=now + LEASE)
    # Whoever had it before says nothing any more.
    await write_down(connection, first[0], Went(), chance=0, now=now)
    assert await states(connection) == [("waiting", None, 2)]
    await write_down(connection, again, Went(), chance=0, now=now)
    assert await states(connection) == [("arrived", None, 2)]


async def test_who_takes_messages_at_the_same_moment_waits_for_nobody_and_takes_others(
    connection: Connection, database: Database, shop: Shop, ring: KeyRing
) -> None:
    await a_listener(connection, shop.purse.holder.id, ring=ring)
    for cents in (100, 200):
        await sell(connection, shop, cents)
    await filled(connection, ring=ring)
    now = datetime.now(UTC)
    async with database.connection(VELSEN) as other, other.transaction():
        [mine] = await take_due(other, most=1, now=now)
        async with asyncio.timeout(5):
            [theirs] = await take_due(connection, most=1, now=now)
    assert mine.id != theirs.id


async def test_what_says_nothing_new_any_more_is_given_up(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    await a_waiting_message(connection, shop, ring=ring)
    now = datetime.now(UTC)
    [due] = await take_due(connection, most=1, now=now)
    late = now + KEPT["spending"]
    await write_down(connection, due, Went("no-connection"), chance=0, now=late)
    assert await states(connection) == [("given_up", "no-connection", 1)]


@pytest.mark.parametrize(
    ("answer", "problem", "for_good"),
    [
        ("550 5.1.1 fatma@voorbeeld.nl: no such user", "address-refused", True),
        ("450 4.2.1 try later", "address-refused", False),
    ],
)
async def test_a_refused_address_is_given_up_only_if_it_was_for_good(
    posted: tuple[MailBox, Mail], answer: str, problem: str, *, for_good: bool
) -> None:
    box, mail = posted
    box.to_recipient = answer
    assert await hand_in(mail) == Went(problem, for_good=for_good)  # pyright: ignore[reportArgumentType]


async def test_what_a_server_does_not_take_now_is_tried_later(
    posted: tuple[MailBox, Mail],
) -> None:
    box, mail = posted
    box.to_content = ["451 4.3.0 not now"]
    assert await hand_in(mail) == Went("not-accepted")
    assert await hand_in(mail) == Went()


async def test_mail_goes_to_no_server_that_cannot_show_who_it_is() -> None:
    async with mail_server("mail.elders.example") as (box, mail):
        assert await hand_in(mail) == Went("certificate-wrong")
    async with mail_server(trust=trusted()) as (other, mail):
        assert await hand_in(mail) == Went("certificate-wrong")
    assert box.received == other.received == []


async def test_no_server_and_a_wrong_password_are_told_apart(
    posted: tuple[MailBox, Mail],
) -> None:
    _, mail = posted
    wrong = Mail(msgspec.structs.replace(mail.server, password="anders"), trust=client_trust())
    assert await hand_in(wrong) == Went("not-signed-in")
    nobody = Mail(msgspec.structs.replace(mail.server, port=1), trust=client_trust())
    assert await hand_in(nobody) == Went("no-connection")


async def test_letters_of_all_languages_arrive_as_they_were_written(
    posted: tuple[MailBox, Mail],
) -> None:
    box, mail = posted
    letter = Letter("دفع: € 12,40", "دفع مبلغ € 12,40\nŁódź, Київ, İğdır", "ar")
    assert await hand_in(mail, letter) == Went()
    assert str(box.received[0].message["Subject"]) == letter.subject
    assert box.received[0].body.replace("\r\n", "\n").strip() == letter.body


async def test_a_stale_code_is_not_sent_after_a_newer_one_nor_to_an_address_of_before(
    connection: Connection,
    database: Database,
    shop: Shop,
    keys: KeyStore,
    ring: KeyRing,
    posted: tuple[MailBox, Mail],
) -> None:
    box, mail = posted
    now = datetime.now(UTC)
    fatma = shop.purse.holder.id
    await a_listener(connection, fatma, ring=ring)
    new = "nieuw@voorbeeld.nl"
    for minutes in (2, 1):
        before = now - timedelta(minutes=minutes)
        code = await code_sent(connection, fatma, ring=ring, address=new, now=before)
    await a_courier(database, keys, Carriers(mail=mail)).run_all_due()
    [one] = box.received
    assert code in one.body
    assert one.recipients == [new]
    assert [state for state, *_ in await states(connection)] == ["withdrawn", "arrived"]
