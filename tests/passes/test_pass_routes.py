"""Passes and cards over HTTP: officers, holders, strangers, and what is drawn."""

import random
from datetime import timedelta
from uuid import uuid4

import httpx
import png
import pytest
import zxingcpp

from booking import a_sale, redeem
from given.cards import a_resident
from given.city import a_budget, a_child_of, a_holder, a_merchant, a_scheme, a_till
from given.days import TODAY, YEAR
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import MerchantId, ResidentId
from pas.passes.codes import new_card_number, new_token
from people import ALMERE, VELSEN, Person, Town

CHANCE = random.Random(7).randrange
"""The same cases in every process that collects the tests."""


@pytest.fixture
async def officer(town: Town, connection: Connection) -> Person:
    return await town.officer(connection, Role.OFFICER)


async def a_card(officer: Person, resident: ResidentId) -> dict[str, str]:
    """A card as the printer gets it."""
    answer = await officer.post(
        "/v1/velsen/cards", {"residentIds": [str(resident)], "form": "paper"}
    )
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    (card,) = answer.json()["items"]
    return card


async def test_a_replacement_by_post_goes_with_the_next_run(
    officer: Person, connection: Connection
) -> None:
    old = await a_card(officer, await a_resident(connection))
    body = {"form": "paper", "reason": "kwijt", "byPost": True}
    new = await officer.post(f"/v1/velsen/cards/{old['cardId']}/replacements", body)
    waiting = await connection.fetch("SELECT card_id FROM card_print WHERE run_id IS NULL")
    assert [str(card) for (card,) in waiting] == [new.json()["cardId"]]


async def test_a_parent_lists_the_passes_of_the_household(
    town: Town, connection: Connection
) -> None:
    parent = await a_holder(connection, year=YEAR)
    child = await a_child_of(connection, parent, year=YEAR, name="Noor")
    await a_holder(connection, year=YEAR, household="H9")
    holder = await town.holder(connection, parent.id)
    found = (await holder.get("/v1/velsen/household-passes")).json()["items"]
    assert [one["passId"] for one in found] == [str(parent.pass_id), str(child.pass_id)]
    assert found[1]["name"] == "Noor"


async def test_a_card_goes_from_printer_to_till(
    town: Town, officer: Person, connection: Connection
) -> None:
    card = await a_card(officer, await a_resident(connection))
    wrong = await town.client.post(
        "/v1/velsen/activations", json={"scanned": card["code"], "code": "3333-4444"}
    )
    right = await town.client.post(
        "/v1/velsen/activations",
        json={"scanned": card["number"], "code": card["activationCode"]},
    )
    found = await officer.post("/v1/velsen/card-lookups", {"scanned": card["code"].lower()})

    assert (wrong.status_code, wrong.json()["code"]) == (403, "activation-code-wrong")
    assert (right.status_code, right.content) == (204, b"")
    assert (found.json()["id"], found.json()["state"]) == (card["cardId"], "active")


@pytest.mark.parametrize(
    ("scanned", "status", "code"),
    [
        ("hallo", 400, "card-unreadable"),
        ("1234 5678 9012", 400, "card-number-mistyped"),
        ("SP1:ABC", 400, "phone-code-not-accepted"),
        (new_token(VELSEN, CHANCE).text(), 404, "card-unknown"),
        (new_card_number(CHANCE), 404, "card-unknown"),
        (new_token(ALMERE, CHANCE).text(), 404, "card-foreign"),
        ("", 400, "invalid-input"),
        ("x" * 301, 400, "invalid-input"),
    ],
)
async def test_what_is_no_card_of_ours_has_its_own_answer(
    town: Town, officer: Person, *, scanned: str, status: int, code: str
) -> None:
    looked_up = await officer.post("/v1/velsen/card-lookups", {"scanned": scanned})
    activated = await town.client.post(
        "/v1/velsen/activations", json={"scanned": scanned, "code": "34679CFH"}
    )
    assert (looked_up.status_code, looked_up.json()["code"]) == (status, code)
    assert looked_up.json()["nextStep"]
    if status == 404:
        status, code = 403, "activation-code-wrong"
    assert (activated.status_code, activated.json()["code"]) == (status, code)


async def test_activating_tells_nobody_whether_a_card_is_there_or_whose_it_is(
    town: Town, officer: Person, connection: Connection
) -> None:
    resident = await a_resident(connection)
    card = await a_card(officer, resident)
    answers: list[httpx.Response] = []
    for number, code in (
        (card["number"], card["activationCode"]),
        (card["number"], "34679CFH"),
        (new_card_number(CHANCE), "34679CFH"),
    ):
        answers.append(
            await town.client.post("/v1/velsen/activations", json={"scanned": number, "code": code})
        )
    bodies = [answer.text for answer in answers]
    _, wrong, unknown = ({**a.json(), "traceId": ""} if a.content else {} for a in answers)
    assert [answer.status_code for answer in answers] == [204, 403, 403]
    assert wrong == unknown
    assert not any(str(resident) in body or "residentId" in body for body in bodies)


async def test_a_holder_sees_the_own_code_as_a_drawing_that_reads(
    town: Town, officer: Person, connection: Connection
) -> None:
    resident = await a_resident(connection)
    card = await a_card(officer, resident)
    holder = await town.holder(connection, resident)
    drawn = await holder.get(f"/v1/velsen/cards/{card['cardId']}/qr.png")
    svg = await holder.get(f"/v1/velsen/cards/{card['cardId']}/qr.svg")
    number = await holder.get(f"/v1/velsen/cards/{card['cardId']}/number")

    width, height, rows, _ = png.Reader(bytes=drawn.content).asDirect()
    dots = bytes(255 * dot for row in rows for dot in row)
    read = zxingcpp.read_barcode(memoryview(dots).cast("B", shape=[height, width]))
    assert read is not None
    assert read.text == card["code"]
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert number.json() == {"number": card["number"]}
    assert drawn.headers["cache-control"] == "no-store"


async def test_a_stranger_sees_no_code_pass_or_card(
    town: Town, officer: Person, connection: Connection
) -> None:
    resident, stranger = await a_resident(connection), await a_holder(connection, year=YEAR)
    card = await a_card(officer, resident)
    holder = await town.holder(connection, stranger.id)
    for target in (
        f"cards/{card['cardId']}",
        f"cards/{card['cardId']}/qr.svg",
        f"cards/{card['cardId']}/qr.png",
        f"cards/{card['cardId']}/number",
        f"residents/{resident}/cards",
    ):
        answer = await holder.get(f"/v1/velsen/{target}")
        assert (answer.status_code, answer.json()["code"]) == (404, "card-not-found")
    passes = await holder.get(f"/v1/velsen/residents/{resident}/passes")
    assert (passes.status_code, passes.json()["code"]) == (404, "pass-not-found")
    blocked = await holder.put(
        f"/v1/velsen/cards/{card['cardId']}/block", {"blocked": True, "reason": "x"}
    )
    assert blocked.status_code == 404


@pytest.mark.parametrize(
    "role",
    [Role.ANALYST, Role.APPROVER, Role.REGISTRAR, Role.FINANCE, Role.INTERMEDIARY, Role.AUDITOR],
)
async def test_other_roles_reach_no_pass_and_no_card(
    town: Town, connection: Connection, role: Role
) -> None:
    person = await town.officer(connection, role)
    for target in ("passes", "cards"):
        assert (await person.get(f"/v1/velsen/{target}/{uuid4()}")).status_code == 403
    assert (await person.post("/v1/velsen/card-lookups", {"scanned": "x"})).status_code == 403
    for target in ("qr.svg", "qr.png", "number"):
        assert (await person.get(f"/v1/velsen/cards/{uuid4()}/{target}")).status_code == 403


async def test_a_pass_is_shown_with_a_history_that_adds_up(
    town: Town, officer: Person, connection: Connection
) -> None:
    parent = await a_holder(connection, year=YEAR)
    born = TODAY - timedelta(days=3000)
    child = await a_child_of(connection, parent, birth_date=born, year=YEAR)
    budget = await a_budget(connection, await a_scheme(connection), child, cents=5000)
    till = await a_till(connection, await a_merchant(connection, name="Bad"))
    assert await redeem(connection, a_sale(till, budget, 1240)) == ["booked"]
    mother = await town.holder(connection, parent.id)
    for person in (mother, officer):
        shown = (await person.get(f"/v1/velsen/passes/{child.pass_id}")).json()
        (seen,) = shown["budgets"]
        assert seen["balanceCents"] == 3760
        assert sum(line["amountCents"] for line in seen["history"]) == 3760
        assert seen["history"][1]["merchantName"] == "Bad"
    listed = (await mother.get(f"/v1/velsen/residents/{child.id}/passes")).json()["items"]
    assert [one["year"] for one in listed] == [YEAR]
    looks = await connection.fetch(
        "SELECT actor_id FROM processing_log WHERE activity = 'pass.shown'"
    )
    assert [row["actor_id"] for row in looks] == [officer.id]


async def test_nothing_about_income_or_address_is_shown(
    officer: Person, connection: Connection
) -> None:
    holder = await a_holder(connection, year=YEAR)
    text = (await officer.get(f"/v1/velsen/passes/{holder.pass_id}")).text
    for word in ("income", "9500", "address", "birth", "1990"):
        assert word not in text


async def test_a_holder_blocks_and_unblocks_and_an_officer_too(
    town: Town, officer: Person, connection: Connection
) -> None:
    mine = await a_holder(connection, year=YEAR)
    holder, card = await town.holder(connection, mine.id), f"/v1/velsen/cards/{mine.card}"
    blocked = await holder.put(f"{card}/block", {"blocked": True, "reason": "kwijt"})
    undone = await holder.put(f"{card}/block", {"blocked": False, "reason": "terug"})
    after = await officer.put(f"{card}/block", {"blocked": False, "reason": "terug"})

    assert (blocked.status_code, blocked.json()["state"]) == (200, "blocked")
    assert (undone.status_code, undone.json()["state"]) == (200, "active")
    assert after.json()["state"] == "active"


async def test_a_card_is_replaced_and_codes_are_renewed(
    officer: Person, connection: Connection
) -> None:
    card = await a_card(officer, await a_resident(connection))
    target = f"/v1/velsen/cards/{card['cardId']}"
    code = await officer.post(f"{target}/activation-codes")
    new = await officer.post(f"{target}/replacements", {"form": "plastic", "reason": "nat"})
    again = await officer.post(f"{target}/replacements", {"form": "plastic", "reason": "nat"})
    shown = await officer.get(f"{target}/qr.svg")
    at_desk = await officer.put(
        f"/v1/velsen/cards/{new.json()['cardId']}/activation", {"reason": "paspoort gezien"}
    )

    assert code.json()["activationCode"] != card["activationCode"]
    assert new.json()["code"] != card["code"]
    assert (again.status_code, again.json()["code"]) == (409, "card-already-replaced")
    assert (shown.status_code, shown.json()["code"]) == (409, "card-is-over")
    assert at_desk.json()["state"] == "active"


async def test_a_temporary_card_has_a_last_moment(officer: Person, connection: Connection) -> None:
    resident = await a_resident(connection)
    made = await officer.post(f"/v1/velsen/residents/{resident}/temporary-cards", {"days": 3})
    stored = (await officer.get(f"/v1/velsen/cards/{made.json()['cardId']}")).json()
    too_long = await officer.post(
        f"/v1/velsen/residents/{resident}/temporary-cards", {"days": 1000}
    )
    nobody = await officer.post(f"/v1/velsen/residents/{uuid4()}/temporary-cards", {})

    assert (made.status_code, made.json()["activationCode"]) == (201, None)
    assert (stored["form"], stored["state"]) == ("temporary", "active")
    assert stored["expiresAt"] is not None
    assert too_long.json()["code"] == "invalid-input"
    assert (nobody.status_code, nobody.json()["code"]) == (404, "resident-not-found")


async def test_a_pass_ends_over_http(officer: Person, connection: Connection) -> None:
    holder = await a_holder(connection, year=YEAR)
    target = f"/v1/velsen/passes/{holder.pass_id}/end"
    past = await officer.put(target, {"endedOn": "2020-01-01", "because": "moved"})
    ended = await officer.put(target, {"endedOn": f"{YEAR + 1}-01-01", "because": "moved"})
    wrong = await officer.put(target, {"endedOn": "morgen", "because": "moved"})
    why = await officer.put(target, {"endedOn": None, "because": "zomaar"})

    assert (past.status_code, past.json()["code"]) == (400, "pass-ends-before-today")
    assert ended.json()["endedBecause"] == "moved"
    assert (wrong.json()["code"], why.json()["code"]) == ("invalid-input", "invalid-input")


async def test_people_of_a_merchant_and_nobody_reach_nothing(
    town: Town, connection: Connection
) -> None:
    merchant = await a_merchant(connection)
    manager = await town.manager(connection, MerchantId(merchant.id))
    for target in (f"passes/{uuid4()}", f"cards/{uuid4()}", f"residents/{uuid4()}/cards"):
        assert (await manager.get(f"/v1/velsen/{target}")).status_code == 403
        assert (await town.client.get(f"/v1/velsen/{target}")).status_code == 401


@pytest.mark.usefixtures("almere")
async def test_a_token_of_velsen_opens_nothing_in_almere(
    town: Town, officer: Person, connection: Connection
) -> None:
    holder = await a_holder(connection, year=YEAR)
    answer = await officer.get(f"/v1/almere/passes/{holder.pass_id}")
    assert answer.status_code == 401
