"""Taking a sale back on the till's own page."""

from datetime import UTC, datetime

import httpx

from given.city import a_budget, a_holder, a_merchant, a_scheme, a_till
from given.sales import a_sale_item, desk_of
from pas.auth.cookies import cookie_name
from pas.auth.csrf import csrf_token
from pas.auth.sessions import start_session
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7
from pas.redemptions.redeem import redeem

FOR_LONG = datetime(2150, 1, 1, tzinfo=UTC)


async def test_the_cashier_hears_what_does_not_come_back(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    pot = await a_scheme(connection, closed_pot=True, spend_at_once=True, appropriated_cents=3_000)
    holder, till = (
        await a_holder(connection),
        await a_till(connection, await a_merchant(connection)),
    )
    await a_budget(connection, pot, holder, cents=3_000, usable_until=FOR_LONG)
    sale = a_sale_item(till, holder, price=1_000, take=1_000, lost=2_000)
    await redeem(desk_of(connection), [sale])
    await a_budget(connection, pot, await a_holder(connection), cents=1_500)

    session = await start_session(
        connection, actor_kind="till", actor_id=till.id, assurance="test", now=datetime.now(UTC)
    )
    cookie = cookie_name("session", MunicipalityName("velsen"), over_tls=False)
    form = {"csrf_token": csrf_token(session.token), "kind": "void", "reason": "Vergissing"}
    answer = await client.post(
        f"/velsen/till/sales/{sale.id}",
        data={**form, "id": str(uuid7())},
        headers={"cookie": f"{cookie}={session.token}", "accept": "text/html"},
    )

    text = answer.text.replace("\u00a0", " ")
    assert answer.status_code == 200
    assert "€ 10,00 is terug op de pas" in text
    assert "€ 15,00 komt niet terug" in text
