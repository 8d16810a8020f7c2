"""An intermediary and a counter officer sell as themselves, for a club or shop that they name."""

import httpx
import pytest

from given.city import Holder, Merchant, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import YEAR
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import uuid7
from pas.redemptions.facts import TillKind
from signed_in import Visitor, signed_in

KINDS = pytest.mark.parametrize("kind", ["counter", "intermediary"])


@pytest.fixture
async def club(connection: Connection) -> Merchant:
    return await a_merchant(connection)


@pytest.fixture
async def holder(connection: Connection) -> Holder:
    holder = await a_holder(connection, year=YEAR)
    await a_budget(connection, await a_scheme(connection, year=YEAR), holder, cents=5_000)
    return holder


async def with_till(
    client: httpx.AsyncClient, connection: Connection, club: Merchant, kind: TillKind = "counter"
) -> Visitor:
    visitor = await signed_in(client, connection, Role(kind))
    await a_till(connection, club, kind=kind, login=visitor.login)
    return visitor


def a_sale(holder: Holder, payee: object = None, cents: int = 1_000) -> dict[str, object]:
    item: dict[str, object] = {
        "id": str(uuid7()),
        "scanned": holder.token.text(),
        "priceCents": cents,
        "takeCents": cents,
    }
    return item if payee is None else item | {"payee": str(payee)}


async def code_of(visitor: Visitor, sale: dict[str, object]) -> str:
    answer = await visitor.tell("redemptions", {"items": [sale]})
    body = answer.json()
    if answer.status_code != 200:
        return body["code"]
    [item] = body["items"]
    return item["refusal"]["code"] if item["refusal"] else item["outcome"]


@KINDS
async def test_a_sale_names_the_person_as_actor_and_the_club_as_payee(
    client: httpx.AsyncClient,
    connection: Connection,
    club: Merchant,
    holder: Holder,
    kind: TillKind,
) -> None:
    visitor = await with_till(client, connection, club, kind)
    sale = a_sale(holder, club.id)
    ask = {key: sale[key] for key in ("scanned", "priceCents", "payee")}

    quote = await visitor.tell("quotes", {"items": [ask]})
    outcomes = [await code_of(visitor, sale), await code_of(visitor, sale)]
    listed = await visitor.ask("redemptions")
    undone = await visitor.tell(
        f"redemptions/{sale['id']}/voids", {"id": str(uuid7()), "reason": "Vergissing"}
    )

    assert quote.json()["items"][0]["takeCents"] == 1_000
    assert outcomes == ["booked", "booked"]
    assert [one["id"] for one in listed.json()["items"]] == [sale["id"]]
    assert undone.json()["amountCents"] == 1_000
    rows = await connection.fetch("SELECT actor_kind, actor_id, kind FROM entry ORDER BY xid")
    actors = {row["kind"]: (row["actor_kind"], row["actor_id"]) for row in rows}
    assert actors["redeem"] == actors["void"] == ("login", visitor.login)
    assert await connection.fetchval("SELECT merchant_id FROM redemption") == club.id
    logged = await connection.fetchval(
        "SELECT array_agg(DISTINCT actor_id) FROM processing_log WHERE entry_id IS NOT NULL"
    )
    assert logged == [visitor.login]


async def test_a_payee_must_be_named_and_approved(
    client: httpx.AsyncClient, connection: Connection, club: Merchant, holder: Holder
) -> None:
    visitor = await with_till(client, connection, club)
    new, stopped = await a_merchant(connection), await a_merchant(connection)
    for merchant, state in ((new, "requested"), (stopped, "suspended")):
        await connection.execute("UPDATE merchant SET state = $2 WHERE id = $1", merchant.id, state)

    payees = (None, uuid7(), new.id, stopped.id)
    codes = [await code_of(visitor, a_sale(holder, payee)) for payee in payees]

    assert codes == [
        "payee-missing",
        "payee-missing",
        "merchant-not-approved",
        "merchant-suspended",
    ]
    assert await connection.fetchval("SELECT count(*) FROM transfer WHERE debit_turn > 1") == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE till SET state = 'revoked'", "till-revoked"),
        ("UPDATE till SET state = 'paused'", "till-paused"),
        ("UPDATE login SET state = 'ended'", "not-signed-in"),
        ("DELETE FROM login_role", "permission-missing"),
        ("UPDATE till SET kind = 'intermediary'", "till-not-allowed"),
    ],
)
async def test_who_may_scan_no_more_is_refused_at_once(
    client: httpx.AsyncClient,
    connection: Connection,
    owner: Connection,
    club: Merchant,
    holder: Holder,
    *,
    change: str,
    code: str,
) -> None:
    """The last: somebody who has another role by now than the one that the till was for."""
    visitor = await with_till(client, connection, club)
    assert await code_of(visitor, a_sale(holder, club.id)) == "booked"
    await owner.execute(change)
    assert await code_of(visitor, a_sale(holder, club.id)) == code


async def test_a_role_alone_is_no_till(
    client: httpx.AsyncClient, connection: Connection, club: Merchant, holder: Holder
) -> None:
    visitor = await signed_in(client, connection, Role.COUNTER)
    assert await code_of(visitor, a_sale(holder, club.id)) == "till-not-allowed"
    page = await visitor.look("till")
    assert page.status_code == 403
    assert "mag dit niet" in page.text


async def test_a_new_till_takes_over_from_one_that_was_revoked(
    client: httpx.AsyncClient, connection: Connection, club: Merchant, holder: Holder
) -> None:
    visitor = await with_till(client, connection, club)
    await connection.execute("UPDATE till SET state = 'revoked', state_since = now()")
    await a_till(connection, club, kind="counter", login=visitor.login)
    assert await code_of(visitor, a_sale(holder, club.id)) == "booked"


@KINDS
async def test_whoever_scans_for_others_can_look_up_whom(
    client: httpx.AsyncClient, connection: Connection, club: Merchant, kind: TillKind
) -> None:
    waiting = await a_merchant(connection)
    await connection.execute("UPDATE merchant SET state = 'requested' WHERE id = $1", waiting.id)
    visitor = await with_till(client, connection, club, kind)
    found = (await visitor.ask("payees?limit=100")).json()["items"]
    assert [one["id"] for one in found] == [str(club.id)]
    assert (await visitor.ask("payees?search=zzz")).json()["items"] == []
    after = await visitor.ask(f"payees?after={club.id}")
    assert after.json()["items"] == []
