"""One school, one network address: three hundred children pay, and a stolen till beside them is stopped.

Over real connections to a server of two workers. Limits are a till's, a card's and a merchant's; who
shares an address with somebody who tries card numbers notices nothing of it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from given.city import Holder, Merchant, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import YEAR
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7
from pas.installation import Access
from pas.passes.codes import CardNumber, new_card_number
from serving import serving
from signing import SigningTill, paired

CHILDREN = 300
AT_ONCE = 12
CENTS = 350
Items = Sequence[Mapping[str, object]]


@pytest.fixture
async def school(access: Access, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    """The way to a server of two workers; all of it from one address."""
    keys = KeyStore(tmp_path / "keys")
    make_keys(keys, MunicipalityName("velsen"), demo=False, now=datetime.now(UTC))
    settings = {
        "database_url": access.address.url,
        "database_secret": access.address.secret,
        "key_dir": str(keys.folder),
        "workers": "2",
    }
    with serving(tmp_path, **settings) as served:
        limits = httpx.Limits(max_connections=4 * AT_ONCE)
        async with httpx.AsyncClient(base_url=served.url, limits=limits, timeout=60) as client:
            yield client
        assert "unexpected-error" not in served.wrote()


@pytest.fixture
async def merchant(connection: Connection) -> Merchant:
    return await a_merchant(connection)


@pytest.fixture
async def children(connection: Connection) -> list[Holder]:
    scheme = await a_scheme(connection, year=YEAR)
    made = [await a_holder(connection, year=YEAR) for _ in range(CHILDREN)]
    for child in made:
        await a_budget(connection, scheme, child, cents=2 * CENTS)
    return made


async def tills(
    client: httpx.AsyncClient, connection: Connection, merchant: Merchant, count: int
) -> list[SigningTill]:
    return [
        await paired(client, connection, await a_till(connection, merchant)) for _ in range(count)
    ]


async def pays(till: SigningTill, child: Holder) -> str:
    """As a till does it: ask, and take what the answer says."""
    ask = {"scanned": child.token.text(), "priceCents": CENTS}
    [quote] = await told(till, "quotes", [ask])
    sale = {**ask, "id": str(uuid7()), "takeCents": quote["takeCents"]}
    [sold] = await told(till, "redemptions", [sale])
    return str(sold["outcome"])


async def told(till: SigningTill, what: str, items: Items) -> list[dict[str, object]]:
    answer = await till.post(f"/v1/velsen/{what}", {"items": items})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def all_pay(gates: Sequence[SigningTill], children: Sequence[Holder]) -> Counter[str]:
    """A dozen at once, over the gates in turn."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(place: int, child: Holder) -> str:
        async with room:
            return await pays(gates[place % len(gates)], child)

    return Counter(await asyncio.gather(*(one(n, child) for n, child in enumerate(children))))


# --- a till that was stolen -----------------------------------------------------------------


def typed(number: CardNumber, *, sells: bool) -> dict[str, object]:
    """A number with the right check digits, that no card has."""
    ask: dict[str, object] = {"scanned": str(number), "priceCents": CENTS}
    return {**ask, "id": str(uuid7()), "takeCents": CENTS} if sells else ask


async def tries(thief: SigningTill, count: int, *, sells: bool) -> list[str]:
    items = [typed(new_card_number(), sells=sells) for _ in range(count)]
    answers = await told(thief, "redemptions" if sells else "quotes", items)
    return [code_of(answer) for answer in answers]


def code_of(answer: dict[str, object]) -> str:
    refusal = answer["refusal"]
    assert isinstance(refusal, dict)
    return str(refusal["code"])


async def one_by_one(thief: SigningTill) -> list[str]:
    return [code for n in range(12) for code in await tries(thief, 1, sells=n % 2 == 0)]


async def in_batches(thief: SigningTill) -> list[str]:
    return [code for n in range(4) for code in await tries(thief, 50, sells=n % 2 == 1)]


async def all_at_once(thief: SigningTill) -> list[str]:
    """Over as many connections, so that both workers get some; quotes, sales, single and fifty."""
    asked = [tries(thief, 50 if n % 3 else 1, sells=n % 2 == 0) for n in range(24)]
    return [code for codes in await asyncio.gather(*asked) for code in codes]


async def state_of(connection: Connection, till: SigningTill) -> tuple[str, str | None]:
    row = await connection.fetchrow("SELECT state, paused_by FROM till WHERE id = $1", till.till.id)
    assert row is not None
    return row["state"], row["paused_by"]


async def test_three_hundred_children_all_pay_at_one_gate_and_at_three(
    school: httpx.AsyncClient, connection: Connection, merchant: Merchant, children: list[Holder]
) -> None:
    """In far less than the ten minutes of a school's morning, which is harder."""
    for gates in (1, 3):
        at = await tills(school, connection, merchant, gates)
        assert await all_pay(at, children) == {"booked": CHILDREN}


async def test_a_stolen_till_hears_of_five_numbers_and_no_more_whatever_it_does(
    school: httpx.AsyncClient, connection: Connection, merchant: Merchant
) -> None:
    """Asking or selling, one at a time or by fifty, over one connection or many."""
    for way in (one_by_one, in_batches, all_at_once):
        [thief] = await tills(school, connection, merchant, 1)
        heard = Counter(await way(thief))
        assert heard["card-unknown"] == 5, way
        assert heard.keys() == {"card-unknown", "till-paused"}, way
        assert await state_of(connection, thief) == ("paused", "program")
        assert await tries(thief, 1, sells=False) == ["till-paused"]


async def test_numbers_with_a_wrong_check_digit_tell_nothing_and_pause_nobody(
    school: httpx.AsyncClient, connection: Connection, merchant: Merchant
) -> None:
    """So a cashier who mistypes is not stopped, and one who tries them learns nothing."""
    [till] = await tills(school, connection, merchant, 1)
    number = str(new_card_number())
    wrong = [f"{number[:-1]}{(int(number[-1]) + step) % 10}" for step in range(1, 10)]
    answers = await told(till, "quotes", [{"scanned": one, "priceCents": CENTS} for one in wrong])
    assert {code_of(answer) for answer in answers} == {"card-number-mistyped"}
    assert await state_of(connection, till) == ("active", None)


async def test_a_thief_is_stopped_while_all_the_children_around_him_pay(
    school: httpx.AsyncClient, connection: Connection, merchant: Merchant, children: list[Holder]
) -> None:
    """The thief stands at the same school: the same merchant, and the same address."""
    *gates, thief = await tills(school, connection, merchant, 4)
    paid, heard = await asyncio.gather(all_pay(gates, children), all_at_once(thief))
    assert paid == {"booked": CHILDREN}
    assert Counter(heard)["card-unknown"] == 5
    states = await connection.fetch("SELECT id, state FROM till")
    assert {row["id"] for row in states if row["state"] == "paused"} == {thief.till.id}
