"""The merchant learns nothing but yes, how much, and for what."""

import re
from datetime import UTC, date, datetime
from typing import cast
from uuid import UUID

import asyncpg
import httpx
import pytest

from given.city import (
    Budget,
    Holder,
    Merchant,
    a_budget,
    a_child_of,
    a_holder,
    a_merchant,
    a_scheme,
    a_till,
)
from given.days import YEAR
from pas.auth.cookies import cookie_name
from pas.auth.csrf import csrf_token
from pas.auth.roles import Role
from pas.auth.sessions import SessionActor, start_session
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7
from pas.redemptions.facts import TillKind
from signed_in import Visitor, signed_in
from signing import SigningTill, paired

SECRETS = {
    "given name": "Xandrine",
    "family name": "Quistelaar",
    "child's name": "Ysbrechtje",
    "address": "Geheimlaan 77",
    "postcode": "1987 ZQ",
    "city": "Wijkerduin",
    "area": "zeewijk_verborgen",
    "household": "HH-98431",
    "household type": "single_parent",
    "income source": "participatiewet_geheim",
    "person number": "PN-77001234",
    "school type": "praktijkschool",
    "bsn": "123456782",
}
BIRTH = date(1983, 7, 19)
INCOME = 8_731
OTHER_CENTS = 76_543
"""What is left in a budget that this till may not use."""


class Rich:
    """A holder of whom everything is known, with a child, and more budgets than this till may use."""

    def __init__(self, holder: Holder, child: Holder, *, mine: Budget, other: Budget) -> None:
        self.holder, self.child, self.mine, self.other = holder, child, mine, other

    def never(self) -> dict[str, str]:
        """All that no till may ever read, by what it is."""
        return {
            **SECRETS,
            "birth date": BIRTH.isoformat(),
            "birth date in Dutch": "19 juli 1983",
            "birth date in figures": "19-07-1983",
            "income": str(INCOME),
            "income in percents": "87,31",
            "income with a point": "87.31",
            "other balance": str(OTHER_CENTS),
            "other balance in euros": "765,43",
            "other scheme": "Inkomensregeling Verborgen",
            "holder": str(self.holder.id),
            "child": str(self.child.id),
            "pass": str(self.holder.pass_id),
            "child's pass": str(self.child.pass_id),
            "card": str(self.holder.card),
            "account": str(self.mine.account),
            "other account": str(self.other.account),
        }


@pytest.fixture
async def rich(connection: Connection, owner: asyncpg.Connection) -> Rich:
    allowed = await a_scheme(connection, year=YEAR, categories=("sport",))
    hidden = await a_scheme(
        connection, year=YEAR, title="Inkomensregeling Verborgen", categories=("hidden_need",)
    )
    holder = await a_holder(
        connection, year=YEAR, household=SECRETS["household"], name=SECRETS["given name"]
    )
    child = await a_child_of(connection, holder, year=YEAR, name=SECRETS["child's name"])
    mine = await a_budget(connection, allowed, holder, cents=5_000)
    other = await a_budget(connection, hidden, holder, cents=OTHER_CENTS)
    await a_budget(connection, allowed, child, cents=3_000)
    await owner.execute(
        """
        UPDATE resident_version SET family_name = $1, address = $2, postcode = $3, city = $4,
            area = $5, household_type = $6, income_source = $7, school_type = $8, income = $9,
            birth_date = CASE WHEN resident_id = $10 THEN $11 ELSE birth_date END
        """,
        *(SECRETS["family name"], SECRETS["address"], SECRETS["postcode"], SECRETS["city"]),
        *(SECRETS["area"], SECRETS["household type"], SECRETS["income source"]),
        *(SECRETS["school type"], INCOME, holder.id, BIRTH),
    )
    await owner.execute(
        "UPDATE resident SET person_number = $1, bsn_encrypted = $2, bsn_hash = sha256($2), key_id = 'k' WHERE id = $3",
        *(SECRETS["person number"], SECRETS["bsn"].encode(), holder.id),
    )
    return Rich(holder, child, mine=mine, other=other)


@pytest.fixture
async def till(client: httpx.AsyncClient, connection: Connection, rich: Rich) -> SigningTill:
    merchant = await a_merchant(connection)
    return await paired(client, connection, await a_till(connection, merchant))


class ScanningPerson:
    """Sends what a till sends, as somebody whose login is a till, for one payee."""

    def __init__(self, person: Visitor, payee: Merchant) -> None:
        self.person, self.payee = person, payee

    async def post(self, target: str, body: dict[str, object]) -> httpx.Response:
        items = cast("list[dict[str, object]]", body.get("items", []))
        paid = [{**item, "payee": str(self.payee.id)} for item in items]
        sent = {**body, "items": paid} if items else body
        return await self.person.tell(target.removeprefix("/v1/velsen/"), sent)

    async def send(self, method: str, target: str) -> httpx.Response:
        assert method == "GET"
        return await self.person.ask(target.removeprefix("/v1/velsen/"))


Scanner = SigningTill | ScanningPerson


async def told_over_the_api(till: Scanner, rich: Rich, connection: Connection) -> list[str]:
    """Everything a till can hear: quotes, sales, declines, lists, voids, refunds, refusals."""
    scanned, answers = rich.holder.token.text(), list[httpx.Response]()

    def item(price: int = 1_000, **more: object) -> dict[str, object]:
        return {"id": str(uuid7()), "scanned": scanned, "priceCents": price, **more}

    def ask(**more: object) -> dict[str, object]:
        return {key: value for key, value in item(**more).items() if key != "id"}  # pyright: ignore[reportArgumentType]

    async def send(target: str, body: dict[str, object]) -> httpx.Response:
        answers.append(await till.post(f"/v1/velsen/{target}", body))
        return answers[-1]

    await send("quotes", {"items": [ask(), ask(holder=1), ask(holder=2), ask(price=9_999)]})
    await send(
        "quotes", {"items": [ask(category="hidden_need"), ask(category="unknown"), ask(price=0)]}
    )
    sold = [item(takeCents=1_000), item(takeCents=1_000, holder=1)]
    await send("redemptions", {"items": sold, "saleId": str(uuid7())})
    await send("redemptions", {"items": sold})
    await send("redemptions", {"items": [{**sold[0], "priceCents": 900, "takeCents": 900}]})
    await send("redemptions", {"items": [item(price=90_000, takeCents=90_000)]})
    await send("redemptions", {"items": [item(takeCents=1_000, category="hidden_need")]})
    for kind, sale in (("voids", sold[0]), ("refunds", sold[1]), ("voids", sold[0])):
        body: dict[str, object] = {"id": str(uuid7()), "reason": "Verkeerd"}
        await send(f"redemptions/{sale['id']}/{kind}", body)
    for state in ("blocked", "inactive", "replaced", "ended"):
        await connection.execute(
            "UPDATE card SET state = $1 WHERE id = $2", state, rich.holder.card
        )
        await send("redemptions", {"items": [item(takeCents=1_000)]})
    await connection.execute("UPDATE card SET state = 'active' WHERE id = $1", rich.holder.card)
    answers.append(await till.send("GET", "/v1/velsen/redemptions"))
    return [str(answer.headers) + answer.text for answer in answers]


async def shown_on_its_pages(
    client: httpx.AsyncClient,
    rich: Rich,
    connection: Connection,
    *,
    actor_kind: SessionActor,
    actor_id: UUID,
    **chosen: str,
) -> list[str]:
    """The same on the till's own pages."""
    session = await start_session(
        connection,
        actor_kind=actor_kind,
        actor_id=actor_id,
        assurance="test",
        now=datetime.now(UTC),
    )
    cookie = cookie_name("session", MunicipalityName("velsen"), over_tls=False)
    headers = {"cookie": f"{cookie}={session.token}", "accept": "text/html"}
    token = csrf_token(session.token)
    pages: list[httpx.Response] = []

    async def post(path: str, **fields: str) -> None:
        form = {"csrf_token": token, "scanned": rich.holder.token.text(), **chosen, **fields}
        pages.append(await client.post(f"/velsen/till{path}", data=form, headers=headers))

    await post("/quote", amount="10,00")
    await post("/quote", amount="10,00", **{"holder-0": "on", "holder-1": "on"})
    await post("/quote", amount="900,00", category="sport")
    await post("/quote", amount="0")
    await post("/sell", basket="kapot")
    pages += [await client.get(f"/velsen/till{path}", headers=headers) for path in ("", "/sales")]
    sale = await connection.fetchval(
        "SELECT entry_id FROM redemption WHERE refusal IS NULL LIMIT 1"
    )
    pages.append(await client.get(f"/velsen/till/sales/{sale}", headers=headers))
    assert all(page.status_code < 500 for page in pages), pages
    assert pages[0].status_code == pages[-1].status_code == 200
    return [page.text for page in pages]


async def test_no_till_reads_anything_about_who_pays(
    client: httpx.AsyncClient, connection: Connection, till: SigningTill, rich: Rich
) -> None:
    told = await told_over_the_api(till, rich, connection)
    shown = await shown_on_its_pages(
        client, rich, connection, actor_kind="till", actor_id=till.till.id
    )
    assert leaks(told, shown, rich) == []


@pytest.mark.parametrize("kind", ["counter", "intermediary"])
async def test_nobody_who_scans_as_themselves_reads_more_than_a_till(
    client: httpx.AsyncClient, connection: Connection, rich: Rich, kind: TillKind
) -> None:
    payee = await a_merchant(connection)
    person = await signed_in(client, connection, Role(kind))
    await a_till(connection, payee, kind=kind, login=person.login)
    told = await told_over_the_api(ScanningPerson(person, payee), rich, connection)
    shown = await shown_on_its_pages(
        client,
        rich,
        connection,
        actor_kind="login",
        actor_id=person.login,
        payee=str(payee.id),
    )
    assert leaks(told, shown, rich) == []


def leaks(told: list[str], shown: list[str], rich: Rich) -> list[str]:
    """What stands in the answers and must not, after something was booked and declined."""
    assert "booked" in "".join(told)
    assert "declined" in "".join(told)
    texts = [text.replace("\u00a0", " ").lower() for text in told + shown]
    return [
        f"{what}: {text[max(0, found.start() - 80) :][:200]}"
        for what, value in rich.never().items()
        for text in texts
        if (found := re.search(as_a_word(value.lower()), text))
    ]


def as_a_word(value: str) -> str:
    """Figures by themselves: four of them stand in many an identifier by chance."""
    return rf"(?<![\da-f-]){value}(?![\da-f-])" if value.isdigit() else re.escape(value)


async def test_a_till_cannot_tell_a_card_without_this_budget_from_another(
    connection: Connection, till: SigningTill, rich: Rich
) -> None:
    """Rich or poor, with other budgets or with none: the same answer, word for word."""
    poor = await a_holder(connection, year=YEAR)
    answers: list[str] = []
    for holder in (rich.holder, poor):
        item = {"scanned": holder.token.text(), "priceCents": 100, "category": "hidden_need"}
        answer = (await till.post("/v1/velsen/quotes", {"items": [item]})).json()["items"][0]
        answers.append(str({**answer, "id": ""}))
    assert answers[0] == answers[1]


async def test_logs_say_nothing_about_who_pays(
    connection: Connection, till: SigningTill, rich: Rich, capfd: pytest.CaptureFixture[str]
) -> None:
    await told_over_the_api(till, rich, connection)
    written = "".join(capfd.readouterr()).lower()
    scanned = {"token": rich.holder.token.text(), "number": rich.holder.number}
    said = [
        what
        for what, value in (rich.never() | scanned).items()
        if re.search(as_a_word(value.lower()), written)
    ]
    assert said == []
