"""Each test card does what its situation says, again and again, under the same number."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx
import pytest

from given.city import a_holder
from given.logins import NOON, a_key_store
from given.sandbox import a_makers_till
from pas.auth.key_files import rotate_key
from pas.auth.keys import KeyStore, Purpose
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7
from pas.installation.sandbox import OnlyInSandbox
from pas.sandbox import lay_out as lay_out_cards
from pas.sandbox.begin import ACTOR
from pas.sandbox.cards import CARDS, UNKNOWN
from pas.sandbox.lay_out import LaidOutJustNow, lay_out
from pas.sandbox.open_shop import NewShop, open_shop
from signing import SigningTill

NUMBERS: Final = {card.name: card.number() for card in (*CARDS, UNKNOWN)}
EUROS: Final = {"priceCents": 2_000}


def test_the_numbers_are_those_of_the_documentation() -> None:
    assert NUMBERS == {
        "plain": "100000000190",
        "part-pay": "100000000287",
        "share": "100000000384",
        "at-once": "100000000481",
        "visits": "100000000578",
        "household": "100000000675",
        "condition": "100000000772",
        "blocked": "100000000869",
        "not-activated": "100000000966",
        "ended": "100000001063",
        "elsewhere": "100000001160",
        "unknown": "100000009987",
    }


async def test_each_card_answers_as_its_situation_says(till: SigningTill) -> None:
    asked: dict[str, dict[str, int]] = {
        **dict.fromkeys(NUMBERS, EUROS),
        "at-once": {"priceCents": 8_000},
        "visits": {"visits": 1},
        "household": {**EUROS, "holder": 3},
    }
    quotes = dict(zip(asked, await ask_all(till, asked), strict=True))

    told = {
        name: (one["outcome"], one["takeCents"], one["askCents"]) for name, one in quotes.items()
    }
    refused = {name: one["refusal"]["code"] for name, one in quotes.items() if one["refusal"]}
    assert {name: one for name, one in told.items() if name not in refused} == {
        "plain": ("quoted", 2_000, 0),
        "part-pay": ("quoted", 1_240, 760),
        "share": ("quoted", 1_200, 800),
        "at-once": ("quoted", 8_000, 0),
        "visits": ("quoted", 450, 0),
        "household": ("quoted", 2_000, 0),
        "condition": ("quoted", 2_000, 0),
    }
    assert refused == {
        "blocked": "card-blocked",
        "not-activated": "card-not-activated",
        "ended": "pass-ended",
        "elsewhere": "no-budget",
        "unknown": "card-unknown",
    }
    assert [one["lostCents"] for one in quotes["at-once"]["warnings"]] == [2_000]
    assert [one["code"] for one in quotes["condition"]["conditions"]] == ["adult_or_diploma"]
    assert quotes["household"]["children"] == [1, 2, 3]


async def test_new_cards_have_their_money_again_and_old_sales_can_be_undone(
    till: SigningTill, connection: Connection, tmp_path: Path
) -> None:
    sale = str(uuid7())
    item = {"id": sale, "scanned": NUMBERS["part-pay"], **EUROS, "takeCents": 1_240}
    sold = await till.post("/v1/velsen/redemptions", {"items": [item]})
    emptied = await ask(till, "part-pay")

    await renew(connection, tmp_path)
    renewed = await ask(till, "part-pay")
    undone = await till.post(
        f"/v1/velsen/redemptions/{sale}/voids", {"id": str(uuid7()), "reason": "proef"}
    )

    assert sold.json()["items"][0]["outcome"] == "booked"
    assert emptied["refusal"]["code"] == "budget-empty"
    assert renewed["takeCents"] == 1_240
    assert undone.json()["amountCents"] == 1_240


async def renew(connection: Connection, folder: Path, *, pause: bool = False) -> None:
    ring = KeyStore(folder / "keys").ring(MunicipalityName("velsen"))
    await lay_out(connection, ring, actor=ACTOR, now=datetime.now(UTC), pause=pause)


async def test_the_numbers_stay_when_the_key_under_them_is_changed(
    client: httpx.AsyncClient, connection: Connection, tmp_path: Path
) -> None:
    store, velsen = KeyStore(tmp_path / "keys"), MunicipalityName("velsen")
    rotate_key(store, velsen, purpose=Purpose.CARD_NUMBER_HASH, now=datetime.now(UTC))
    await renew(connection, tmp_path)
    till = await a_makers_till(client)
    assert (await ask(till, "part-pay"))["takeCents"] == 1_240


async def test_nobody_renews_the_cards_all_the_time(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/velsen/sandbox/cards")
    assert (answer.status_code, answer.json()["code"]) == (429, "laid-out-just-now")
    assert answer.headers["retry-after"] == "20"


async def test_nobody_fills_the_disk_with_holders_who_do_not_exist(
    till: SigningTill, connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lay_out_cards, "PAUSE_SECONDS", 0)
    await renew(connection, tmp_path, pause=True)
    monkeypatch.setattr(lay_out_cards, "MOST_IN_A_DAY", 2)
    with pytest.raises(LaidOutJustNow):
        await renew(connection, tmp_path, pause=True)
    assert (await ask(till, "plain"))["outcome"] == "quoted"


async def test_in_a_real_city_nobody_gets_a_till_like_that(
    connection: Connection, tmp_path: Path
) -> None:
    ring = a_key_store(tmp_path).ring(MunicipalityName("velsen"))
    with pytest.raises(OnlyInSandbox):
        await open_shop(connection, NewShop(), ring=ring, now=NOON)


async def test_codes_of_real_people_never_go_to_another_card(
    connection: Connection, tmp_path: Path
) -> None:
    """Refused in Python, and by the database where nobody asks that."""
    a_key_store(tmp_path)
    holder = await a_holder(connection)
    with pytest.raises(OnlyInSandbox):
        await renew(connection, tmp_path)
    with pytest.raises(asyncpg.PostgresError) as error:
        await connection.execute(
            "SELECT free_test_codes(ARRAY(SELECT number_hash FROM card WHERE id = $1))", holder.card
        )
    assert error.value.sqlstate == "PA262"


async def ask(till: SigningTill, name: str) -> dict[str, Any]:
    [answer] = await ask_all(till, {name: EUROS})
    return answer


async def ask_all(till: SigningTill, asked: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    items = [{"scanned": NUMBERS[name], **asks} for name, asks in asked.items()]
    answer = await till.post("/v1/velsen/quotes", {"items": items})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]
