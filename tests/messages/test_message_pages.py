"""A holder chooses by pages: one task each, for their own pass and their children's, and no one else's."""

from collections.abc import AsyncGenerator
from datetime import date

import httpx
import pytest

from browsing import browsing
from given.city import Holder, a_child_of, a_holder
from given.days import YEAR
from given.messages import CODE, a_listener, filled
from given.settlements import Shop, sell
from pas.auth.keys import KeyRing, KeyStore
from pas.auth.roles import Role
from pas.db import Connection
from pas.installation import Access
from pas.messages.choices import Choice, choices_of, read_choice
from pas.messages.sealed import open_letter
from pas.settings import Settings
from signed_in import Visitor, signed_in, signed_in_holder

BORN = date(YEAR - 9, 3, 1)


@pytest.fixture
async def city(access: Access, keys: KeyStore) -> AsyncGenerator[httpx.AsyncClient]:
    """A municipality that can send e-mail, and no text messages."""
    settings = Settings(
        key_dir=keys.folder, mail_server="mail.velsen.example:587", mail_from="pas@velsen.example"
    )
    async with browsing(access.address, settings=settings) as client:
        yield client


@pytest.fixture
async def fatma(connection: Connection) -> Holder:
    return await a_holder(connection, year=YEAR, name="Fatma")


@pytest.fixture
async def visitor(city: httpx.AsyncClient, connection: Connection, fatma: Holder) -> Visitor:
    return await signed_in_holder(city, connection, fatma.id)


async def sent_code(connection: Connection, ring: KeyRing) -> str:
    row = await connection.fetchrow(
        "SELECT id, content_encrypted FROM holder_message ORDER BY made_at DESC LIMIT 1"
    )
    assert row is not None
    found = CODE.search(open_letter(ring, row["content_encrypted"], message=row["id"]).body)
    assert found is not None
    return found[0]


async def test_an_address_a_code_and_then_a_choice(
    visitor: Visitor, connection: Connection, fatma: Holder, ring: KeyRing
) -> None:
    first = await visitor.look("my-messages")
    assert "nog niet bekend" in first.text
    assert "mobiele nummer" not in first.text
    choosing = await visitor.look(f"my-messages/{fatma.id}/after-spending")
    assert "Een e-mail" not in choosing.text
    assert "my-messages/address/email" in choosing.text

    typed = await visitor.send("my-messages/address/email", {"address": "fatma@voorbeeld.nl"})
    assert typed.headers["location"] == "/velsen/my-messages/address/email/code"
    assert "fatma@voorbeeld.nl" in (await visitor.look("my-messages/address/email/code")).text
    wrong = await visitor.send("my-messages/address/email/code", {"code": "12 34"})
    assert wrong.status_code == 400
    assert "Deze code klopt niet" in wrong.text
    code = await sent_code(connection, ring)
    right = await visitor.send("my-messages/address/email/code", {"code": f"{code[:3]} {code[3:]}"})
    assert right.headers["location"] == "/velsen/my-messages"

    chosen = await visitor.send(f"my-messages/{fatma.id}/after-spending", {"choice": "email"})
    assert chosen.status_code == 303
    assert await read_choice(connection, fatma.id, fatma.id) == Choice("email", "post")
    shown = (await visitor.look("my-messages")).text
    assert "f…@voorbeeld.nl" in shown
    assert "fatma@voorbeeld.nl" not in shown


async def test_what_is_not_set_up_is_not_there(visitor: Visitor, fatma: Holder) -> None:
    assert (await visitor.look("my-messages/address/text")).status_code == 404
    typed = await visitor.send("my-messages/address/text", {"address": "0612345678"})
    assert typed.status_code == 404
    chosen = await visitor.send(f"my-messages/{fatma.id}/after-spending", {"choice": "text"})
    assert chosen.status_code == 400


async def test_what_is_typed_wrong_is_said_beside_the_field(visitor: Visitor) -> None:
    for address in ("", "fatma", "a@b.nl\nBcc: c@d.nl"):
        wrong = await visitor.send("my-messages/address/email", {"address": address})
        assert wrong.status_code == 400
        assert 'aria-invalid="true"' in wrong.text


async def test_a_parent_chooses_for_a_child_and_for_nobody_elses(
    visitor: Visitor, connection: Connection, fatma: Holder
) -> None:
    child = await a_child_of(connection, fatma, year=YEAR, birth_date=BORN, name="Yusuf")
    stranger = await a_holder(connection, year=YEAR)
    assert "Yusuf" in (await visitor.look("my-messages")).text
    chosen = await visitor.send(f"my-messages/{child.id}/before-lapse", {"choice": "none"})
    assert chosen.status_code == 303
    assert (await read_choice(connection, child.id, fatma.id)).before_lapse == "none"
    assert (await visitor.look(f"my-messages/{stranger.id}/before-lapse")).status_code == 404
    refused = await visitor.send(f"my-messages/{stranger.id}/before-lapse", {"choice": "none"})
    assert refused.status_code == 404
    assert await connection.fetchval("SELECT count(*) FROM holder_choice") == 1


async def test_language_and_large_print_are_kept_for_letters(
    visitor: Visitor, connection: Connection, fatma: Holder
) -> None:
    await visitor.send("my-messages/language", {"language": "tr"})
    await visitor.send("my-messages/large-print", {"size": "large"})
    assert (await visitor.send("my-messages/language", {"language": "fr"})).status_code == 400
    other = await a_holder(connection)
    found = await choices_of(connection, [fatma.id, other.id])
    assert (found[fatma.id].language, found[fatma.id].large_print) == ("tr", True)
    assert (found[other.id].language, found[other.id].large_print) == (None, False)


async def test_an_address_can_be_forgotten(
    visitor: Visitor, connection: Connection, fatma: Holder, ring: KeyRing
) -> None:
    await a_listener(connection, fatma.id, ring=ring)
    assert "Vergeet mijn e-mailadres" in (await visitor.look("my-messages/address/email")).text
    gone = await visitor.send("my-messages/address/email/remove", {})
    assert gone.status_code == 303
    assert await connection.fetchval("SELECT count(*) FROM holder_contact") == 0


async def test_an_officer_sees_when_and_how_and_not_where_to_or_what(
    city: httpx.AsyncClient, connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    holder = shop.purse.holder.id
    await a_listener(connection, holder, ring=ring)
    await sell(connection, shop, 1_240)
    await filled(connection, ring=ring)
    officer = await signed_in(city, connection, Role.OFFICER)
    shown = (await officer.look(f"residents/{holder}/messages")).text
    assert "Er is betaald" in shown
    assert "Onderweg" in shown
    assert "fatma" not in shown
    assert "12,40" not in shown
    noted = await connection.fetch(
        "SELECT activity FROM processing_log WHERE subject_id = $1", holder
    )
    assert "message.listed" in {row["activity"] for row in noted}


async def test_outside_a_demonstration_nobody_reads_what_would_be_sent(
    city: httpx.AsyncClient,
) -> None:
    assert (await city.get("/velsen/demo/messages")).status_code == 404


async def test_pages_speak_the_language_of_the_holder(
    visitor: Visitor, city: httpx.AsyncClient
) -> None:
    city.headers["accept-language"] = "en"
    assert '<html lang="en"' in (await visitor.look("my-messages")).text
