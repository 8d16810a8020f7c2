"""A holder lets somebody in, for seeing or for managing, and is asked for the code where that matters."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from given.city import Holder, a_child_of, a_holder
from given.days import YEAR
from given.mandates import a_mandate
from pas.auth.cookies import cookie_name
from pas.auth.csrf import csrf_token
from pas.auth.keys import KeyStore
from pas.auth.sessions import Begun, start_session
from pas.db import Connection
from pas.ids import LoginId, MunicipalityName
from pas.money import Cents
from pas.passes.codes import printed
from pas.passes.make_cards import IssuedCard, NewCard, Press, make_card
from signed_in import VELSEN, Visitor, signed_in_holder

FORM = {"name": "Ria Vos", "kind": "family", "rights": "see", "lasts": "month"}


@pytest.fixture
def press(client: httpx.AsyncClient, tmp_path: Path) -> Press:
    """With the keys of the application."""
    del client
    return Press(KeyStore(tmp_path).ring(MunicipalityName("velsen")))


@pytest.fixture
async def holder(connection: Connection) -> Holder:
    return await a_holder(connection, year=YEAR)


async def mandated(
    client: httpx.AsyncClient,
    connection: Connection,
    press: Press,
    holder: Holder,
    *,
    manages: bool,
) -> Visitor:
    made = await a_mandate(connection, press, holder.id, may_manage=manages)
    session = await start_session(
        connection,
        actor_kind="holder",
        actor_id=made.id,
        assurance="mandate",
        now=datetime.now(UTC),
        begun=Begun(proved_by=made.id, on_behalf_of=holder.id),
    )
    return Visitor(client, LoginId(made.id), session.token)


async def test_a_holder_makes_a_mandate_sees_it_and_ends_it(
    client: httpx.AsyncClient, connection: Connection, press: Press, holder: Holder
) -> None:
    del press
    person = await signed_in_holder(client, connection, holder.id)
    assert (await person.send("my-mandates/new", {})).status_code == 400
    made = await person.send("my-mandates/new", FORM)
    assert made.status_code == 200
    assert "U ziet de code maar één keer." in made.text
    assert "Dit is de pas van Sanne de Wit." in " ".join(made.text.split())
    assert "Ria Vos" in (await person.look("my-mandates")).text
    mandate = await connection.fetchval("SELECT id FROM mandate")
    assert (await person.look(f"my-mandates/{mandate}/end")).status_code == 200
    assert (await person.send(f"my-mandates/{mandate}/end", {})).status_code == 303
    assert "Ria Vos" not in (await person.look("my-mandates")).text


async def test_a_mandate_to_see_sees_the_pass_without_its_code_and_changes_nothing(
    client: httpx.AsyncClient, connection: Connection, press: Press, holder: Holder
) -> None:
    await a_drawn_card(connection, press, holder)
    onlooker = await mandated(client, connection, press, holder, manages=False)
    helper = await mandated(client, connection, press, holder, manages=True)
    seen, managed = await onlooker.look("my-pass"), await helper.look("my-pass")
    assert (seen.status_code, "QR-code van de pas" in seen.text) == (200, False)
    assert "QR-code van de pas" in managed.text
    codes = await onlooker.ask(f"cards/{holder.card}/number")
    assert codes.status_code == 403
    blocked = await onlooker.tell(
        f"cards/{holder.card}/block", {"blocked": True, "reason": "x"}, method="PUT"
    )
    assert (blocked.status_code, blocked.json()["code"]) == (403, "mandate-only-sees")
    assert (
        await connection.fetchval("SELECT state FROM card WHERE id = $1", holder.card) == "active"
    )
    noted = "SELECT count(*) FROM processing_log WHERE activity = 'pass.shown' AND actor_id = $1"
    assert await connection.fetchval(noted, onlooker.login) == 1


@pytest.mark.parametrize("manages", [False, True])
async def test_a_mandate_meets_no_dead_end(
    client: httpx.AsyncClient,
    connection: Connection,
    press: Press,
    holder: Holder,
    *,
    manages: bool,
) -> None:
    """Each link leads to a page, and each button does what it says."""
    await a_drawn_card(connection, press, holder)
    child = await a_child_of(connection, holder, birth_date=date(YEAR - 9, 5, 17))
    helper = await mandated(client, connection, press, holder, manages=manages)
    seen, forms = await walked(helper, "my-pass")
    assert {f"my-pass/{child.pass_id}/history", f"my-pass/{holder.pass_id}/where"} <= seen
    assert (f"my-pass/{holder.pass_id}/card/block" in forms) == manages
    if not manages:
        assert forms == {"sign-out"}


async def test_a_mandate_of_somebody_without_a_pass_is_not_asked_to_apply(
    client: httpx.AsyncClient, connection: Connection, press: Press
) -> None:
    holder = await a_holder(connection, year=YEAR + 1)
    helper = await mandated(client, connection, press, holder, manages=True)
    assert "U heeft nog geen pas" in (await helper.look("my-pass")).text
    seen, _ = await walked(helper, "my-pass")
    assert seen == {"my-pass", "my-decision"}


async def test_a_mandate_to_manage_blocks_and_makes_no_mandate(
    client: httpx.AsyncClient, connection: Connection, press: Press, holder: Holder
) -> None:
    helper = await mandated(client, connection, press, holder, manages=True)
    blocked = await helper.tell(
        f"cards/{holder.card}/block", {"blocked": True, "reason": "x"}, method="PUT"
    )
    assert blocked.status_code == 200, blocked.text
    assert (await helper.look("my-mandates/new")).status_code == 404
    assert (await helper.send("my-mandates/new", FORM)).status_code == 404
    assert (await helper.look("my-mandates")).status_code == 200


async def test_what_is_of_the_holder_alone_is_closed_to_a_mandate(
    client: httpx.AsyncClient, connection: Connection, press: Press, holder: Holder
) -> None:
    helper = await mandated(client, connection, press, holder, manages=True)
    for path in ("my-data", f"my-data/{holder.id}", "my-messages", "apply", "my-pass/telephones"):
        assert (await helper.look(path)).status_code == 403, path
    asked = await helper.ask(f"residents/{holder.id}/processing-log")
    assert asked.json()["code"] == "not-for-mandates"
    for path in ("my-pass", "my-decision"):
        assert (await helper.look(path)).status_code == 200, path


async def test_whatever_a_mandate_looks_at_is_written_down_in_words(
    client: httpx.AsyncClient, connection: Connection, press: Press, holder: Holder
) -> None:
    onlooker = await mandated(client, connection, press, holder, manages=False)
    noted = "SELECT array_agg(activity) FROM processing_log WHERE actor_id = $1 AND subject_id = $2"
    for path, activity in (
        ("my-decision", "decision.shown"),
        (f"my-pass/{holder.pass_id}/where", "pass.shown"),
    ):
        assert (await onlooker.look(path)).status_code == 200
        assert activity in await connection.fetchval(noted, onlooker.login, holder.id), path
    assert (await onlooker.ask(f"residents/{holder.id}/decisions")).status_code == 200
    seen = await connection.fetchval(noted, onlooker.login, holder.id)
    assert sorted(seen) == ["decision.shown", "decision.shown", "pass.shown"]


async def test_after_long_a_sensitive_act_wants_the_code_again(
    client: httpx.AsyncClient, connection: Connection, press: Press, holder: Holder
) -> None:
    card = await a_drawn_card(connection, press, holder)
    person = await long_ago(client, connection, holder, card)
    asked = await person.look("my-mandates/new")
    assert asked.headers["location"] == (
        "/velsen/sign-in/again?returnTo=%2Fvelsen%2Fmy-mandates%2Fnew"
    )
    assert (await person.send("my-mandates/new", FORM)).status_code == 303
    assert await connection.fetchval("SELECT count(*) FROM mandate") == 0
    assert (await person.look("sign-in/again")).status_code == 200
    wrong = await person.send("sign-in/again", {"code": "3467-9CFH"})
    assert wrong.status_code == 400
    assert card.activation_code is not None
    right = {"code": printed(card.activation_code), "return_to": "/velsen/my-mandates/new"}
    done = await person.send("sign-in/again", right)
    assert done.headers["location"] == "/velsen/my-mandates/new"
    token = done.headers["set-cookie"].partition("pas-velsen=")[2].partition(";")[0]
    again = Visitor(client, LoginId(holder.id), token)
    assert (await again.look("my-mandates/new")).status_code == 200


async def test_after_long_no_telephone_and_no_address_is_added_without_the_code(
    client: httpx.AsyncClient, connection: Connection, press: Press, holder: Holder
) -> None:
    card = await a_drawn_card(connection, press, holder)
    person = await long_ago(client, connection, holder, card)
    address, again = "my-messages/address/email", "/velsen/sign-in/again?returnTo=%2Fvelsen%2F"
    for answer, back in (
        (await person.send("my-pass/telephones", {}), "my-pass%2Ftelephones"),
        (await person.look(address), "my-messages%2Faddress%2Femail"),
        (await person.send(address, {"address": "a@b.nl"}), "my-messages%2Faddress%2Femail"),
    ):
        assert answer.headers.get("location") == again + back
    assert await connection.fetchval("SELECT count(*) FROM telephone_link") == 0
    assert (await person.look("my-pass/telephones")).status_code == 200


async def test_a_token_made_from_a_long_session_is_no_way_around_the_code(
    client: httpx.AsyncClient, connection: Connection, press: Press, holder: Holder
) -> None:
    person = await long_ago(
        client, connection, holder, await a_drawn_card(connection, press, holder)
    )
    made = await person.put("session-tokens")
    headers = {
        "authorization": f"Bearer {made.json()['token']}",
        "cookie": f"{cookie_name('browser', VELSEN, over_tls=False)}=x",
    }
    form = FORM | {"csrf_token": csrf_token("x")}
    given = await client.post("/velsen/my-mandates/new", data=form, headers=headers)
    assert given.headers["location"].startswith("/velsen/sign-in/again"), given.status_code
    assert await connection.fetchval("SELECT count(*) FROM mandate") == 0


async def walked(visitor: Visitor, start: str) -> tuple[set[str], set[str]]:
    """Follow every link from a page, as far as it goes; also gives where forms are sent to."""
    seen, forms, ahead = set[str](), set[str](), [start]
    while ahead:
        here = ahead.pop()
        if here in seen or here.startswith("language/"):
            continue
        seen.add(here)
        answer = await visitor.look(here)
        assert answer.status_code == 200, (here, answer.status_code)
        ahead += re.findall(r'href="/velsen/([^"#?]+)', answer.text)
        for form in re.findall(r'<form method="post"[^>]*>', answer.text):
            to = re.search(r'action="/velsen/([^"]+)"', form)
            forms.add(to[1] if to else here)
    return seen, forms


async def a_drawn_card(connection: Connection, press: Press, holder: Holder) -> IssuedCard:
    """A card of our own making, that works and has a code of its letter."""
    new = NewCard(
        form="temporary",
        state="active",
        expires_at=datetime(2100, 1, 1, tzinfo=UTC),
        unconfirmed_cents=Cents(1_500),
    )
    return await make_card(connection, holder.id, new, press=press, now=datetime.now(UTC))


async def long_ago(
    client: httpx.AsyncClient, connection: Connection, holder: Holder, card: IssuedCard
) -> Visitor:
    """Signed in an hour ago on a telephone of their own."""
    session = await start_session(
        connection,
        actor_kind="holder",
        actor_id=holder.id,
        assurance="card",
        now=datetime.now(UTC) - timedelta(hours=1),
        begun=Begun(device="iphone", is_long=True, proved_by=card.card_id),
    )
    return Visitor(client, LoginId(holder.id), session.token)
