"""Paying with a telephone, and everything that somebody may try with its code: forged, altered,
expired, used again, of another municipality, on a telephone that was removed; and a stolen ticket."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from structlog.testing import capture_logs

from given.city import Budget, Holder, a_budget, a_child_of, a_holder, a_merchant, a_scheme, a_till
from given.days import YEAR
from given.phones import a_code
from pas import base45
from pas.auth.key_files import rotate_key
from pas.auth.keys import KeyRing, KeyStore, Purpose
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7
from signing import SigningTill, paired

VELSEN = MunicipalityName("velsen")
QUOTES, SALES = "/v1/velsen/quotes", "/v1/velsen/redemptions"


@pytest.fixture
def keys(client: httpx.AsyncClient, tmp_path: Path) -> KeyStore:
    """The keys of the application that ``client`` speaks to."""
    assert client
    return KeyStore(tmp_path / "keys")


@pytest.fixture
def ring(keys: KeyStore) -> KeyRing:
    return keys.ring(VELSEN)


@pytest.fixture
async def till(client: httpx.AsyncClient, connection: Connection) -> SigningTill:
    return await paired(client, connection, await a_till(connection, await a_merchant(connection)))


@pytest.fixture
async def purse(connection: Connection) -> Budget:
    """A holder with twenty euros for sport."""
    scheme = await a_scheme(connection, year=YEAR)
    return await a_budget(connection, scheme, await a_holder(connection, year=YEAR), cents=2_000)


@pytest.fixture
def holder(purse: Budget) -> Holder:
    return purse.holder


def item(scanned: str, *, cents: int = 500, **fields: object) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "scanned": scanned,
        "priceCents": cents,
        "takeCents": cents,
        **fields,
    }


async def ask(till: SigningTill, scanned: str, **fields: object) -> dict[str, Any]:
    body = {"items": [{"scanned": scanned, "priceCents": 500, **fields}]}
    return (await till.post(QUOTES, body)).json()["items"][0]


async def sell(
    till: SigningTill, *items: dict[str, object], **sale: object
) -> Sequence[dict[str, Any]]:
    return (await till.post(SALES, {"items": items, **sale})).json()["items"]


def told(answer: dict[str, Any]) -> str:
    return answer["refusal"]["code"] if answer["refusal"] else answer["outcome"]


async def balance(connection: Connection, purse: Budget) -> int:
    return await connection.fetchval(
        "SELECT amount FROM balance WHERE account_id = $1", purse.account
    )


async def test_a_telephone_pays_and_the_same_sale_again_has_the_same_answer(
    till: SigningTill, ring: KeyRing, purse: Budget, connection: Connection
) -> None:
    sold = item(a_code(ring, purse.holder))
    [first] = await sell(till, sold)
    [again] = await sell(till, sold)
    assert (first["outcome"], first["takeCents"], first["recordedAt"]) == (
        again["outcome"],
        again["takeCents"],
        again["recordedAt"],
    )
    assert first["outcome"] == "booked"
    assert await balance(connection, purse) == 1_500


async def test_a_code_pays_for_one_sale_only(
    till: SigningTill, ring: KeyRing, purse: Budget, connection: Connection
) -> None:
    code = a_code(ring, purse.holder)
    assert told((await sell(till, item(code)))[0]) == "booked"
    assert told((await sell(till, item(code)))[0]) == "phone-code-used"
    assert told(await ask(till, code)) == "phone-code-used"
    assert await balance(connection, purse) == 1_500


async def test_one_request_with_one_code_for_two_sales_pays_one(
    till: SigningTill, ring: KeyRing, purse: Budget, connection: Connection
) -> None:
    """Without a sale that holds them together, two items are two sales."""
    code = a_code(ring, purse.holder)
    answers = await sell(till, item(code), item(code, cents=100))
    assert [told(one) for one in answers] == ["booked", "phone-code-used"]
    assert await balance(connection, purse) == 1_500


async def test_one_code_of_a_parent_pays_for_the_children_of_one_sale(
    till: SigningTill, ring: KeyRing, connection: Connection
) -> None:
    scheme, parent = await a_scheme(connection, year=YEAR), await a_holder(connection, year=YEAR)
    for _ in range(2):
        child = await a_child_of(connection, parent, year=YEAR)
        await a_budget(connection, scheme, child, cents=1_000)
    code = a_code(ring, parent)

    asked = await ask(till, code)
    ticket = asked["ticket"]
    sold = [item(str(ticket), holder=number) for number in (1, 2)]
    answers = await sell(till, *sold, saleId=str(uuid4()))

    assert told(asked) != "quoted", "the parent has nothing for this, the children have"
    assert asked["children"] == [1, 2]
    assert [told(one) for one in answers] == ["booked", "booked"]
    assert told((await sell(till, item(str(ticket), holder=1)))[0]) == "phone-code-used"


async def test_a_screenshot_of_two_minutes_ago_is_refused_and_pauses_no_honest_till(
    till: SigningTill, ring: KeyRing, holder: Holder
) -> None:
    old = a_code(ring, holder, now=datetime.now(UTC) - timedelta(minutes=2))
    for _ in range(7):
        assert told(await ask(till, old)) == "phone-code-expired"
    assert told((await sell(till, item(old)))[0]) == "phone-code-expired"
    assert told((await sell(till, item(a_code(ring, holder))))[0]) == "booked"


async def test_a_sale_that_comes_again_after_its_code_ended_has_its_answer(
    till: SigningTill, ring: KeyRing, purse: Budget, connection: Connection
) -> None:
    nearly_over = a_code(ring, purse.holder, now=datetime.now(UTC) - timedelta(seconds=88))
    sold = item(nearly_over)
    assert told((await sell(till, sold))[0]) == "booked"
    # Written down an age ago, as far as this code is concerned: it has no second left.
    assert told((await sell(till, item(a_code(ring, purse.holder, now=LONG_AGO))))[0]) == (
        "phone-code-expired"
    )
    late: dict[str, object] = {**sold, "scanned": a_code(ring, purse.holder, now=LONG_AGO)}
    assert told((await sell(till, late))[0]) == "booked"
    assert await balance(connection, purse) == 1_500


LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def test_a_quote_gives_a_ticket_with_which_the_sale_goes_on_when_the_code_is_over(
    till: SigningTill, ring: KeyRing, purse: Budget, connection: Connection
) -> None:
    ending = a_code(ring, purse.holder, now=datetime.now(UTC) - timedelta(seconds=80))
    asked = await ask(till, ending)
    ticket = str(asked["ticket"])
    assert asked["outcome"] == "quoted"
    assert ticket != ending
    assert (await ask(till, ticket))["ticket"] == ticket

    assert told((await sell(till, item(ticket)))[0]) == "booked"
    assert told((await sell(till, item(ticket)))[0]) == "phone-code-used"
    assert told((await sell(till, item(ending)))[0]) == "phone-code-used"
    assert await balance(connection, purse) == 1_500


async def test_a_card_gets_no_ticket(till: SigningTill, holder: Holder) -> None:
    assert (await ask(till, holder.token.text()))["ticket"] is None


async def test_a_stolen_ticket_is_nothing_at_another_till(
    till: SigningTill,
    client: httpx.AsyncClient,
    ring: KeyRing,
    purse: Budget,
    connection: Connection,
) -> None:
    thief = await paired(client, connection, await a_till(connection, await a_merchant(connection)))
    ticket = str((await ask(till, a_code(ring, purse.holder)))["ticket"])
    assert told((await sell(thief, item(ticket)))[0]) == "phone-code-forged"
    assert await balance(connection, purse) == 2_000


async def test_forged_codes_count_against_the_till_and_stop_it(
    till: SigningTill, ring: KeyRing, holder: Holder
) -> None:
    """Each with another byte of the signature changed; five, and the till stands still."""
    code = a_code(ring, holder)
    heard = [told(await ask(till, forged(code, at))) for at in range(6)]
    assert heard == ["phone-code-forged"] * 5 + ["till-paused"]
    assert told((await sell(till, item(holder.token.text())))[0]) == "till-paused"


def forged(code: str, at: int = 0) -> str:
    """The code with another byte of its signature, counted from the end."""
    altered = bytearray(base45.decoded(code.removeprefix("SP1:")))
    altered[-1 - at] ^= 1
    return "SP1:" + base45.encoded(bytes(altered))


async def test_a_forger_stops_one_till_and_the_rightful_holder_pays_at_another(
    till: SigningTill,
    client: httpx.AsyncClient,
    ring: KeyRing,
    purse: Budget,
    connection: Connection,
) -> None:
    code = a_code(ring, purse.holder)
    heard = [told((await sell(till, item(forged(code, at))))[0]) for at in range(6)]
    other = await paired(client, connection, await a_till(connection, await a_merchant(connection)))
    assert heard == ["phone-code-forged"] * 5 + ["till-paused"]
    assert told((await sell(other, item(code)))[0]) == "booked"
    assert await balance(connection, purse) == 1_500


@pytest.mark.parametrize("attack", ["expired", "used", "forged"])
async def test_each_code_that_is_refused_is_logged_without_whose_it_is_and_the_next_one_pays(
    till: SigningTill, ring: KeyRing, holder: Holder, attack: str
) -> None:
    """Once by asking and once by selling: two lines to count, each with the word of the refusal."""
    code = a_code(ring, holder)
    match attack:
        case "expired":
            code = a_code(ring, holder, now=datetime.now(UTC) - timedelta(minutes=2))
        case "used":
            await sell(till, item(code))
        case _:
            code = forged(code)
    with capture_logs() as logs:
        await ask(till, code)
        await sell(till, item(code))
        assert told((await sell(till, item(a_code(ring, holder))))[0]) == "booked"
    lines = [line for line in logs if line["event"] == "phone-code-refused"]
    assert [line["reason"] for line in lines] == [f"phone-code-{attack}"] * 2
    for line in lines:
        assert set(line) == {"event", "log_level", "reason", "till"}


@pytest.mark.usefixtures("almere")
async def test_a_code_of_another_municipality_is_told_so(
    till: SigningTill, keys: KeyStore, holder: Holder
) -> None:
    theirs = a_code(keys.ring(MunicipalityName("almere")), holder)
    assert told(await ask(till, theirs)) == "card-foreign"


async def test_a_code_from_before_a_new_key_still_pays(
    till: SigningTill, keys: KeyStore, holder: Holder
) -> None:
    code = a_code(keys.ring(VELSEN), holder)
    for purpose in (Purpose.PHONE_CODE, Purpose.TILL_TICKET):
        rotate_key(keys, VELSEN, purpose=purpose, now=datetime.now(UTC))
    assert told((await sell(till, item(code)))[0]) == "booked"


@pytest.mark.parametrize(
    ("form", "state", "code"),
    [("phone", "ended", "phone-removed"), ("paper", "blocked", "card-blocked")],
)
async def test_a_telephone_that_was_removed_pays_no_more_with_code_or_ticket(
    till: SigningTill,
    ring: KeyRing,
    holder: Holder,
    superuser: Connection,
    *,
    form: str,
    state: str,
    code: str,
) -> None:
    shown = a_code(ring, holder)
    ticket = str((await ask(till, shown))["ticket"])
    await superuser.execute(
        "UPDATE card SET form = $2, state = $3 WHERE id = $1", holder.card, form, state
    )
    for scanned in (shown, ticket):
        assert told(await ask(till, scanned)) == code
        assert told((await sell(till, item(scanned)))[0]) == code


async def test_codes_that_paid_are_written_by_the_sale_alone_and_kept_for_their_while(
    till: SigningTill, ring: KeyRing, holder: Holder, connection: Connection, superuser: Connection
) -> None:
    await sell(till, item(a_code(ring, holder)))
    for change in ("UPDATE phone_code_use SET sale_id = till_id", "DELETE FROM phone_code_use"):
        with pytest.raises(Exception, match="denied"):
            await connection.execute(change)
    soon, count = datetime.now(UTC) + timedelta(days=1), "SELECT count(*) FROM phone_code_use"
    await connection.execute("SELECT forget_phone_codes($1, 10)", soon)
    assert await connection.fetchval(count) == 1
    await superuser.execute(
        """
        INSERT INTO phone_code_use (nonce, sale_id, till_id, used_at)
        SELECT '\\x0102030405060708', sale_id, till_id, now() - interval '25 hours' FROM phone_code_use
        """
    )
    await connection.execute("SELECT forget_phone_codes($1, 10)", soon)
    assert await connection.fetchval(count) == 1
