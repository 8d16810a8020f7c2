"""An officer with somebody at the counter: activate, block, unblock and replace a card."""

import httpx
import pytest

from given.city import Holder, a_holder
from given.days import YEAR
from pas.auth.roles import Role
from pas.db import Connection
from signed_in import Visitor, signed_in, signed_in_holder


@pytest.fixture
async def holder(connection: Connection) -> Holder:
    return await a_holder(connection, year=YEAR, card_state="inactive")


@pytest.fixture
async def counter(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.COUNTER)


async def test_each_act_with_a_card_is_one_page_with_a_reason(
    counter: Visitor, holder: Holder, connection: Connection
) -> None:
    card, states = f"cards/{holder.card}", []
    assert f'href="/velsen/{card}"' in (await counter.look(f"residents/{holder.id}")).text
    for act in ("activate", "block", "unblock", "replace"):
        assert f'href="/velsen/{card}/{act}"' in (await counter.look(card)).text
        assert (await counter.look(f"{card}/{act}")).status_code == 200
        silent = await counter.send(f"{card}/{act}", {"reason": " "})
        done = await counter.send(f"{card}/{act}", {"reason": "paspoort gezien"})
        assert (silent.status_code, done.status_code) == (400, 303)
        states.append(
            await connection.fetchval("SELECT state FROM card WHERE id = $1", holder.card)
        )
    assert states == ["active", "blocked", "active", "replaced"]
    new = (await counter.look(done.headers["location"].removeprefix("/velsen/"))).text
    assert "De nieuwe kaart gaat mee met de volgende post." in new
    reasons = await connection.fetchval(
        "SELECT count(*) FROM event_content WHERE content LIKE '%paspoort gezien%'"
    )
    assert reasons == 4


async def test_what_does_not_fit_is_not_there(
    client: httpx.AsyncClient, counter: Visitor, holder: Holder, connection: Connection
) -> None:
    finance = await signed_in(client, connection, Role.FINANCE)
    for act in ("unblock", "burn"):
        assert (await counter.look(f"cards/{holder.card}/{act}")).status_code == 404
    assert (await finance.look(f"cards/{holder.card}")).status_code == 403
    assert (await finance.send(f"cards/{holder.card}/block", {"reason": "x"})).status_code == 403


async def test_a_temporary_card_is_shown_until_its_end_and_no_longer(
    client: httpx.AsyncClient,
    counter: Visitor,
    holder: Holder,
    connection: Connection,
    owner: Connection,
) -> None:
    made = await counter.tell(f"residents/{holder.id}/temporary-cards", {"days": 2})
    assert made.status_code == 201, made.text
    person = await signed_in_holder(client, connection, holder.id)
    drawn = "<svg"
    assert drawn in (await person.look("my-pass")).text
    await owner.execute("UPDATE card SET expires_at = now() WHERE form = 'temporary'")
    assert drawn not in (await person.look("my-pass")).text
