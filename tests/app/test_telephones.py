"""A pass on a telephone: it pays there, it is taken off, and from then on nothing of it pays."""

import html
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from given.city import Budget, a_budget, a_child_of, a_holder, a_merchant, a_scheme, a_till
from given.days import YEAR
from given.logins import NOON, an_actor
from given.mandates import a_mandate
from pas.auth.cookies import cookie_name
from pas.auth.keys import KeyStore
from pas.auth.roles import Role
from pas.auth.sessions import Begun, clean_up_sessions, start_session
from pas.days import day_of
from pas.db import Connection, Database
from pas.grants.follow_register import follow_register
from pas.ids import CardId, LoginId, MunicipalityName, uuid7
from pas.passes.card_keys import open_codes
from pas.passes.make_cards import Press
from pas.passes.phone_codes import make_code
from pas.residents.managing_adults import (
    ManagingAdult,
    end_managing_adult,
    record_managing_adult,
)
from signed_in import Visitor, on_own_phone, signed_in_holder
from signing import SigningTill, paired

VELSEN = MunicipalityName("velsen")
ANDROID = {"user-agent": "Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile Safari/537.36"}
CARDS = "SELECT id, state FROM card WHERE form = 'phone' ORDER BY created_at"


@pytest.fixture
async def purse(connection: Connection) -> Budget:
    scheme = await a_scheme(connection, year=YEAR)
    return await a_budget(connection, scheme, await a_holder(connection, year=YEAR))


@pytest.fixture
async def phone(client: httpx.AsyncClient, connection: Connection, purse: Budget) -> Visitor:
    return await on_own_phone(client, connection, purse.holder.id)


@pytest.fixture
async def till(client: httpx.AsyncClient, connection: Connection) -> SigningTill:
    return await paired(client, connection, await a_till(connection, await a_merchant(connection)))


async def opened(phone: Visitor, purse: Budget, connection: Connection) -> CardId:
    """Look at the pass on the telephone, twice; there is one card of it."""
    for _ in range(2):
        assert (await phone.look("my-pass")).status_code == 200
        assert (await phone.ask(f"passes/{purse.holder.pass_id}/phone-code")).status_code == 200
    [card] = await connection.fetch(CARDS)
    return CardId(card["id"])


async def quoted(till: SigningTill, scanned: str) -> str:
    body = {"items": [{"scanned": scanned, "priceCents": 100}]}
    item = (await till.post("/v1/velsen/quotes", body)).json()["items"][0]
    return item["refusal"]["code"] if item["refusal"] else item["outcome"]


async def sold(till: SigningTill, scanned: str) -> str:
    one = {"id": str(uuid7()), "scanned": scanned, "priceCents": 100, "takeCents": 100}
    item = (await till.post("/v1/velsen/redemptions", {"items": [one]})).json()["items"][0]
    return item["refusal"]["code"] if item["refusal"] else item["outcome"]


async def static_code(connection: Connection, keys: KeyStore, card: CardId) -> str:
    """What the telephone shows without internet."""
    sealed = await connection.fetchval("SELECT codes_encrypted FROM card WHERE id = $1", card)
    return open_codes(keys.ring(VELSEN), sealed, card=card).token.text()


async def end_by_page(phone: Visitor) -> None:
    listed = (await phone.look("my-pass/telephones")).text
    [address] = re.findall(r'href="/velsen/(my-pass/telephones/[^"]+/removal)"', listed)
    assert (await phone.look(address)).status_code == 200
    assert (await phone.send(address, {})).status_code == 303


async def end_by_signing_out(phone: Visitor) -> None:
    assert (await phone.send("sign-out", {})).status_code == 303


@pytest.mark.parametrize("end", [end_by_page, end_by_signing_out])
async def test_a_telephone_that_is_removed_pays_with_nothing_from_that_moment(
    phone: Visitor,
    purse: Budget,
    till: SigningTill,
    connection: Connection,
    tmp_path: Path,
    *,
    end: Callable[[Visitor], Awaitable[None]],
) -> None:
    keys = KeyStore(tmp_path)
    card = await opened(phone, purse, connection)
    code = make_code(keys.ring(VELSEN), card, now=datetime.now(UTC))[0]
    offline = await static_code(connection, keys, card)
    assert [await quoted(till, one) for one in (code, offline)] == ["quoted", "quoted"]

    await end(phone)

    assert [await quoted(till, one) for one in (code, offline)] == ["phone-removed"] * 2
    assert [await sold(till, one) for one in (code, offline)] == ["phone-removed"] * 2
    assert (await phone.look("my-pass")).status_code in {302, 303, 401}
    assert [row["state"] for row in await connection.fetch(CARDS)] == ["ended"]
    assert await sold(till, purse.holder.token.text()) == "booked"


async def test_who_stops_managing_a_pass_pays_with_nothing_of_it_from_that_moment(
    client: httpx.AsyncClient,
    connection: Connection,
    *,
    purse: Budget,
    till: SigningTill,
    tmp_path: Path,
) -> None:
    holder, keeper = purse.holder, await a_holder(connection, year=YEAR)
    officer, now = an_actor(Role.OFFICER), datetime.now(UTC)
    managing = ManagingAdult(holder.id, keeper.id, "administrator", date(YEAR, 1, 1), None)
    await record_managing_adult(connection, managing, actor=officer, now=now)
    phone = await on_own_phone(client, connection, keeper.id)
    assert (await phone.look("my-pass")).status_code == 200
    kept = await static_code(
        connection, KeyStore(tmp_path), await opened_of(phone, purse, connection)
    )
    assert await sold(till, kept) == "booked"

    await end_managing_adult(
        connection, holder.id, keeper.id, from_day=day_of(now), actor=officer, now=now
    )

    assert await sold(till, kept) == "phone-removed"
    states = await connection.fetch("SELECT state FROM card WHERE resident_id = $1", keeper.id)
    assert {"active"} == {row["state"] for row in states}


async def test_a_mandate_that_is_over_pays_with_nothing_of_its_telephone(
    client: httpx.AsyncClient,
    connection: Connection,
    database: Database,
    *,
    purse: Budget,
    till: SigningTill,
    tmp_path: Path,
) -> None:
    keys = KeyStore(tmp_path)
    made = await a_mandate(connection, Press(keys.ring(VELSEN)), purse.holder.id)
    session = await start_session(
        connection,
        actor_kind="holder",
        actor_id=made.id,
        assurance="mandate",
        now=datetime.now(UTC),
        begun=Begun(is_long=True, proved_by=made.id, on_behalf_of=purse.holder.id),
    )
    phone = Visitor(client, LoginId(made.id), session.token)
    kept = await static_code(connection, keys, await opened_of(phone, purse, connection))
    assert await sold(till, kept) == "booked"

    over = NOON + timedelta(days=366)
    await follow_register(database, VELSEN, actor=an_actor(Role.OFFICER), now=over)

    assert await sold(till, kept) == "phone-removed"


async def opened_of(phone: Visitor, purse: Budget, connection: Connection) -> CardId:
    """Look at the pass of somebody else on this telephone; gives the card that it has for that."""
    seen = await phone.ask(f"passes/{purse.holder.pass_id}/phone-code")
    assert seen.status_code == 200, seen.text
    of_phone = "SELECT id FROM card WHERE form = 'phone' AND resident_id = $1"
    return CardId(await connection.fetchval(of_phone, purse.holder.id))


async def test_a_session_that_nobody_used_for_long_takes_its_cards_along(
    phone: Visitor, purse: Budget, connection: Connection
) -> None:
    await opened(phone, purse, connection)
    await clean_up_sessions(connection, now=datetime.now(UTC) + timedelta(days=100))
    assert [row["state"] for row in await connection.fetch(CARDS)] == ["ended"]


async def test_a_device_that_is_not_their_own_shows_the_card_itself_and_keeps_nothing(
    client: httpx.AsyncClient, connection: Connection, purse: Budget
) -> None:
    library = await signed_in_holder(client, connection, purse.holder.id)
    shown = await library.look("my-pass")
    assert "pas-keep" not in shown.headers
    assert "data-worker" not in shown.text
    assert await connection.fetch(CARDS) == []


async def test_the_own_telephone_may_keep_the_pass_and_no_other_page(
    phone: Visitor, purse: Budget
) -> None:
    assert (await phone.look("my-pass")).headers["pas-keep"] == "page"
    for page in ("manage", "history", "card/block"):
        kept = (await phone.look(f"my-pass/{purse.holder.pass_id}/{page}")).headers["pas-keep"]
        assert kept == "others"


async def test_the_pass_of_a_child_stands_on_the_telephone_of_its_parent_with_a_card_of_its_own(
    phone: Visitor, purse: Budget, connection: Connection
) -> None:
    child = await a_child_of(connection, purse.holder, year=YEAR, birth_date=date(YEAR - 9, 5, 1))
    await opened(phone, purse, connection)
    assert (await phone.ask(f"passes/{child.pass_id}/phone-code")).status_code == 200
    owners = await connection.fetch("SELECT resident_id FROM card WHERE form = 'phone'")
    assert {row["resident_id"] for row in owners} == {purse.holder.id, child.id}


async def test_replacing_the_lost_card_leaves_the_telephone_it_is_asked_on(
    client: httpx.AsyncClient,
    connection: Connection,
    superuser: Connection,
    phone: Visitor,
    purse: Budget,
) -> None:
    other = await on_own_phone(client, connection, purse.holder.id)
    await superuser.execute("UPDATE session SET proved_by = $1", purse.holder.card)
    assert (await phone.send(f"my-pass/{purse.holder.pass_id}/card/replace", {})).status_code == 303
    assert (await phone.look("my-pass")).status_code == 200
    assert (await other.look("my-pass")).status_code != 200


async def test_a_seventh_telephone_takes_the_place_of_the_one_used_longest_ago(
    client: httpx.AsyncClient, connection: Connection, superuser: Connection, purse: Budget
) -> None:
    phones = list[Visitor]()
    for _ in range(7):
        await superuser.execute("UPDATE session SET used_at = used_at - interval '1 day'")
        phones.append(await on_own_phone(client, connection, purse.holder.id))
        assert (await phones[-1].look("my-pass")).status_code == 200
    seen = [(await phone.look("my-pass")).status_code for phone in phones]
    assert seen[0] != 200
    assert seen[1:] == [200] * 6


# --- on another telephone -------------------------------------------------------------------


async def linked(visitor: Visitor) -> str:
    """The code that is shown to be scanned by the other telephone."""
    shown = await visitor.send("my-pass/telephones", {})
    found = re.search(r'pas-code__typed"[^>]*>([^<]+)<', shown.text)
    assert found is not None
    return html.unescape(found[1])


async def add(client: httpx.AsyncClient, code: str) -> httpx.Response:
    """As the other telephone does: it has no session, and a form with its own token."""
    client.cookies.clear()
    asked = await client.get("/velsen/add-telephone", headers=ANDROID)
    token = re.search(r'name="csrf_token" value="([^"]+)"', asked.text)
    assert token is not None
    form = {"csrf_token": token[1], "code": code}
    return await client.post("/velsen/add-telephone", data=form, headers=ANDROID)


async def test_a_code_puts_the_pass_on_one_other_telephone_and_then_on_none(
    client: httpx.AsyncClient, connection: Connection, purse: Budget
) -> None:
    desk = await signed_in_holder(client, connection, purse.holder.id)
    code = await linked(desk)
    added = await add(client, code.lower())
    assert (added.status_code, added.headers["location"]) == (303, "/velsen/my-pass")
    token = client.cookies[cookie_name("session", VELSEN, over_tls=False)]
    client.cookies.clear()
    other = Visitor(client, desk.login, token)
    assert "Telefoon (Android)" in (await other.look("my-pass/telephones")).text
    assert "Telefoon (Android)" in (await desk.look("my-pass/telephones")).text

    again = await add(client, code)
    assert again.status_code == 400
    assert "Deze code werkt niet meer." in again.text
    client.cookies.clear()


@pytest.mark.parametrize(
    "spoiled",
    [
        "UPDATE telephone_link SET valid_until = now() - interval '1 second'",
        "UPDATE session SET ended_at = now()",
        "DELETE FROM telephone_link",
    ],
)
async def test_a_code_that_is_too_old_or_of_nobody_who_is_signed_in_adds_nothing(
    client: httpx.AsyncClient,
    connection: Connection,
    superuser: Connection,
    purse: Budget,
    spoiled: str,
) -> None:
    code = await linked(await signed_in_holder(client, connection, purse.holder.id))
    await superuser.execute(spoiled)
    assert (await add(client, code)).status_code == 400
    assert await connection.fetchval("SELECT count(*) FROM session WHERE is_long") == 0
    client.cookies.clear()


@pytest.mark.parametrize(
    "typed", ["", "x", "#", "0" * 26, "../" * 9, "https://elsewhere.example/#"]
)
async def test_what_is_no_code_adds_nothing(client: httpx.AsyncClient, typed: str) -> None:
    assert (await add(client, typed)).status_code == 400
    client.cookies.clear()


async def test_nobody_removes_the_telephone_of_somebody_else(
    client: httpx.AsyncClient, connection: Connection, phone: Visitor, purse: Budget
) -> None:
    await opened(phone, purse, connection)
    stranger = await signed_in_holder(client, connection, (await a_holder(connection)).id)
    session = await connection.fetchval("SELECT id FROM session WHERE is_long")
    await stranger.send(f"my-pass/telephones/{session}/removal", {})
    assert [row["state"] for row in await connection.fetch(CARDS)] == ["active"]
