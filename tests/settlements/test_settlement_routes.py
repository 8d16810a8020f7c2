"""Settlements over HTTP: who may do what, from proposal to payment, and a merchant's own payouts."""

from datetime import UTC, datetime

import httpx
import pytest

from given.merchants import IBAN
from given.settlements import Shop, a_payer, a_shop, owed, sell
from pas.auth.roles import Role
from pas.days import day_of
from pas.db import Connection
from pas.demo.settling import until_decided
from pas.settlements.pain001 import read_totals
from signed_in import Visitor, signed_in

REASON = {"reason": "Te vroeg"}


@pytest.fixture
async def shop(connection: Connection) -> Shop:
    """It is owed 12.40."""
    shop = await a_shop(connection)
    await sell(connection, shop, 1_240)
    await a_payer(connection)
    await until_decided(connection)
    return shop


@pytest.fixture
async def finance(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.FINANCE)


@pytest.fixture
async def approver(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.APPROVER)


async def proposed(finance: Visitor) -> str:
    answer = await finance.put("settlements")
    assert answer.status_code == 201, answer.text
    return f"settlements/{answer.json()['id']}"


def today() -> str:
    """The day of now: a run of all tests goes on past midnight, and the bank pays on no earlier day."""
    return day_of(datetime.now(UTC)).isoformat()


async def exported(finance: Visitor, approver: Visitor) -> str:
    run = await proposed(finance)
    assert (await approver.tell(f"{run}/approval", {}, method="PUT")).status_code == 200
    assert (await finance.tell(f"{run}/export", {}, method="PUT")).status_code == 200
    return run


async def test_a_run_from_proposal_to_payment(
    shop: Shop, finance: Visitor, approver: Visitor, connection: Connection
) -> None:
    run = await exported(finance, approver)
    [file] = (await finance.ask(f"{run}/files")).json()["items"]
    content = await finance.ask(f"{run}/files/1")
    totals = read_totals(content.content)
    assert (totals.transactions, totals.total_cents) == (1, 1_240)
    assert (file["transactions"], file["totalCents"]) == (1, 1_240)
    assert content.headers["content-type"].startswith("application/xml")
    paid = await finance.tell(f"{run}/payment", {"paidOn": today()}, method="PUT")
    assert paid.json()["state"] == "booked"
    [line] = (await approver.ask(f"{run}/lines")).json()["items"]
    assert (line["state"], line["iban"], line["amountCents"]) == ("paid", IBAN, 1_240)
    assert await owed(connection, shop) == 0


async def test_a_returned_payment_is_payable_again(
    shop: Shop, finance: Visitor, approver: Visitor, connection: Connection
) -> None:
    run = await exported(finance, approver)
    body = {"returnedOn": today(), "reason": "Rekening opgeheven"}
    answer = await finance.tell(f"{run}/lines/1/return", body, method="PUT")
    assert answer.json()["state"] == "returned"
    assert await owed(connection, shop) == 1_240
    again = await finance.tell(f"{run}/lines/1/return", body, method="PUT")
    assert (again.status_code, again.json()["code"]) == (409, "line-has-outcome")


async def test_who_may_propose_may_not_approve_and_the_other_way_round(
    shop: Shop, finance: Visitor, approver: Visitor
) -> None:
    assert (await approver.put("settlements")).status_code == 403
    run = await proposed(finance)
    assert (await finance.tell(f"{run}/approval", {}, method="PUT")).status_code == 403
    assert (await approver.tell(f"{run}/export", {}, method="PUT")).status_code == 403
    assert (await approver.ask(f"{run}/files/1")).status_code == 403
    for who in (finance, approver):
        assert (await who.ask(run)).json()["state"] == "proposed"


async def test_a_second_proposal_says_which_one_waits(shop: Shop, finance: Visitor) -> None:
    run = await proposed(finance)
    answer = await finance.put("settlements")
    assert (answer.status_code, answer.json()["code"]) == (409, "settlement-waits")
    assert run.endswith(answer.json()["settlementId"])


async def test_either_withdraws_with_a_reason(
    shop: Shop, finance: Visitor, approver: Visitor
) -> None:
    for who in (finance, approver):
        run = await proposed(finance)
        assert (await who.tell(f"{run}/withdrawal", {}, method="PUT")).status_code == 400
        answer = await who.tell(f"{run}/withdrawal", REASON, method="PUT")
        assert answer.json()["withdrawnBecause"] == "Te vroeg"


async def test_a_merchant_sees_its_own_payouts_and_nobody_elses(
    shop: Shop,
    finance: Visitor,
    approver: Visitor,
    client: httpx.AsyncClient,
    connection: Connection,
) -> None:
    run = await exported(finance, approver)
    other = await a_shop(connection, name="Ander")
    own = await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=shop.merchant.id)
    stranger = await signed_in(
        client, connection, Role.MERCHANT_MANAGER, merchant=other.merchant.id
    )
    payouts = f"merchants/{shop.merchant.id}/payouts"
    specification = f"{payouts}/{run.partition('/')[2]}/specification"
    [item] = (await own.ask(payouts)).json()["items"]
    file = await own.ask(specification)
    assert item["amountCents"] == 1_240
    assert "12,40" in file.text
    assert file.headers["content-type"].startswith("text/csv")
    for path in (payouts, specification, run, "settlements", f"{run}/lines"):
        assert (await stranger.ask(path)).status_code == 403
    assert (await own.ask(run)).status_code == 403


async def test_every_list_has_its_bounds(shop: Shop, finance: Visitor) -> None:
    run = await proposed(finance)
    for path in ("settlements", f"{run}/lines", f"{run}/unpaid"):
        assert (await finance.ask(f"{path}?limit=1")).status_code == 200
        assert (await finance.ask(f"{path}?limit=201")).status_code == 400
    assert (await finance.ask("settlements?before=1")).json() == {"items": []}
    assert (await finance.ask(f"{run}/lines?after=1")).json() == {"items": []}
    nobody = "settlements/00000000-0000-0000-0000-000000000404"
    for part in ("", "/lines", "/unpaid", "/files", "/files/1"):
        assert (await finance.ask(nobody + part)).status_code == 404


async def test_an_approver_reads_and_fetches_what_a_run_was_spent_on(
    shop: Shop, finance: Visitor, approver: Visitor
) -> None:
    run = await proposed(finance)
    review = (await approver.ask(f"{run}/review")).json()
    assert review["amountCents"] == 1_240
    assert [one["amountCents"] for one in review["schemes"]] == [1_240]
    assert review["newPayees"] == {"payments": 1, "amountCents": 1_240}
    assert (await approver.ask(f"{run}/review?limit=201")).status_code == 400
    made = await approver.ask(f"{run}/review/csv")
    assert made.headers["content-type"].startswith("text/csv")
    assert made.content.decode("utf-8-sig").startswith("deel;nummer;naam")
    assert (await approver.ask(f"{run}/review/spreadsheet")).content.startswith(b"PK")
    nobody = "settlements/00000000-0000-0000-0000-000000000404"
    for part in ("review", "review/csv", "review/spreadsheet"):
        assert (await approver.ask(f"{nobody}/{part}")).status_code == 404
