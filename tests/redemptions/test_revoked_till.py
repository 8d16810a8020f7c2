"""A revoked till is refused by its next request, whichever route that is."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import cast

import httpx
import pytest
from litestar import Litestar

from given.city import a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import YEAR
from pas.app.routes_check import handlers
from pas.auth.cookies import cookie_name
from pas.auth.csrf import csrf_token
from pas.auth.sessions import start_session
from pas.db import Connection
from pas.ids import MunicipalityName, SaleId, uuid7
from pas.money import Cents
from pas.redemptions.basket import packed
from pas.redemptions.bodies import SellBody, Sells
from signing import SigningTill, paired

WORDS = "Deze kassa is uitgezet"
HANDS_IN = {
    "POST /v1/{municipality:str}/offline-sales",
    "GET /v1/{municipality:str}/offline-sales",
}
"""What was sold without a network before a till was revoked may still be handed in and read back."""
Ask = Callable[[], Awaitable[httpx.Response]]


class Cashier:
    """A till that signs its requests and has its pages open, with one sale done."""

    def __init__(self, till: SigningTill, scanned: str, headers: dict[str, str]) -> None:
        self.till, self.scanned, self.headers = till, scanned, headers
        self.sale = str(uuid7())

    def item(self, **more: object) -> dict[str, object]:
        return {"scanned": self.scanned, "priceCents": 100, **more}

    async def sell(self) -> httpx.Response:
        body = {"items": [self.item(id=self.sale, takeCents=100)]}
        return await self.till.post("/v1/velsen/redemptions", body)

    async def api(self, method: str, path: str, body: object = None) -> httpx.Response:
        return await self.till.send(method, f"/v1/velsen/{path}", body)

    async def page(self, path: str, form: dict[str, str] | None = None) -> httpx.Response:
        method = "GET" if form is None else "POST"
        data = None if form is None else {"csrf_token": self.headers["x-token"], **form}
        return await self.till.client.request(
            method, f"/velsen/till{path}", data=data, headers=self.headers
        )

    def basket(self) -> str:
        item = SellBody(id=uuid7(), scanned=self.scanned, price_cents=100, take_cents=Cents(100))
        return packed(Sells(items=(item,), sale_id=SaleId(uuid7())))

    def requests(self) -> dict[str, Ask]:
        """One right request for each route that a till may use."""
        item, undo = self.item, {"id": str(uuid7()), "reason": "Vergissing"}
        sold = f"redemptions/{self.sale}"
        form = {"scanned": self.scanned, "amount": "1,00"}
        back = {"kind": "void", "reason": "Vergissing", "id": str(uuid7())}
        return {
            "POST /v1/{municipality:str}/quotes": lambda: self.api(
                "POST", "quotes", {"items": [item()]}
            ),
            "POST /v1/{municipality:str}/redemptions": lambda: self.api(
                "POST", "redemptions", {"items": [item(id=str(uuid7()), takeCents=100)]}
            ),
            "GET /v1/{municipality:str}/redemptions": lambda: self.api("GET", "redemptions"),
            "GET /v1/{municipality:str}/redemptions/{redemption_id:uuid}": lambda: self.api(
                "GET", sold
            ),
            "POST /v1/{municipality:str}/offline-permits": lambda: self.api(
                "POST", "offline-permits", {}
            ),
            "GET /v1/{municipality:str}/till": lambda: self.api("GET", "till"),
            "GET /v1/{municipality:str}/offers": lambda: self.api("GET", "offers"),
            "GET /v1/{municipality:str}/payees": lambda: self.api("GET", "payees"),
            "GET /{municipality:str}/till/payees": lambda: self.page("/payees"),
            "POST /v1/{municipality:str}/redemptions/{redemption_id:uuid}/voids": lambda: self.api(
                "POST", f"{sold}/voids", undo
            ),
            "POST /v1/{municipality:str}/redemptions/{redemption_id:uuid}/refunds": (
                lambda: self.api("POST", f"{sold}/refunds", undo)
            ),
            "GET /{municipality:str}/till": lambda: self.page(""),
            "POST /{municipality:str}/till/session": lambda: self.page("/session", {}),
            "POST /{municipality:str}/till/quote": lambda: self.page("/quote", form),
            "POST /{municipality:str}/till/sell": lambda: self.page(
                "/sell", {"basket": self.basket()}
            ),
            "GET /{municipality:str}/till/sales": lambda: self.page("/sales"),
            "GET /{municipality:str}/till/sales/{sale_id:uuid}": lambda: self.page(
                f"/sales/{self.sale}"
            ),
            "POST /{municipality:str}/till/sales/{sale_id:uuid}": lambda: self.page(
                f"/sales/{self.sale}", back
            ),
        }


@pytest.fixture
async def cashier(client: httpx.AsyncClient, connection: Connection) -> Cashier:
    scheme = await a_scheme(connection, year=YEAR)
    holder = await a_holder(connection, year=YEAR)
    await a_budget(connection, scheme, holder, cents=1_000)
    till = await paired(client, connection, await a_till(connection, await a_merchant(connection)))
    session = await start_session(
        connection, actor_kind="till", actor_id=till.till.id, assurance="t", now=datetime.now(UTC)
    )
    cookie = cookie_name("session", MunicipalityName("velsen"), over_tls=False)
    headers = {"cookie": f"{cookie}={session.token}", "x-token": csrf_token(session.token)}
    cashier = Cashier(till, holder.token.text(), {**headers, "accept": "text/html"})
    assert (await cashier.sell()).json()["items"][0]["outcome"] == "booked"
    return cashier


def till_routes(client: httpx.AsyncClient) -> set[str]:
    """Every route for a till, but for signing out."""
    app = cast("Litestar", cast("httpx.ASGITransport", client._transport).app)
    return {
        f"{method} {path}"
        for path, handler in handlers(app)
        for method in handler.http_methods
        if handler.opt.get("till") and not path.endswith("/sign-out")
    } - HANDS_IN


async def test_every_route_of_a_till_refuses_one_that_was_revoked(
    client: httpx.AsyncClient, connection: Connection, cashier: Cashier
) -> None:
    requests = cashier.requests()
    assert set(requests) == till_routes(client)
    heard = {route: await ask() for route, ask in requests.items() if route.startswith("GET")}
    assert {route: answer.status_code for route, answer in heard.items()} == dict.fromkeys(
        heard, 200
    )

    await connection.execute("UPDATE till SET state = 'revoked', state_since = now()")

    wrong: list[str] = []
    for route, ask in requests.items():
        answer = await ask()
        shows_sale = answer.status_code == 200 and cashier.sale in answer.text
        # Its session is nobody's any more: the pages lead to where a till is opened.
        to = answer.headers.get("location", "")
        signed_out = answer.status_code == 401 or to.startswith("/velsen/sign-in")
        if not (WORDS in answer.text or signed_out) or shows_sale or '"booked"' in answer.text:
            wrong.append(f"{route}: {answer.status_code} {answer.text[-600:]}")
    assert wrong == []
