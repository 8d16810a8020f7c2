"""A holder's own pages over HTTP: the code, the words, what was refused, and the card in hand."""

import gzip
from datetime import date

import httpx
import pytest

from given.city import Budget, a_budget, a_child_of, a_holder, a_merchant, a_scheme, a_till
from given.days import NOW, YEAR
from given.sales import a_sale_item, desk_of
from pas.db import Connection
from pas.redemptions.redeem import redeem
from signed_in import Visitor, signed_in_holder


@pytest.fixture
async def purse(connection: Connection) -> Budget:
    """€ 112,50 for sport."""
    scheme = await a_scheme(connection, year=YEAR, title="Meedoen")
    return await a_budget(connection, scheme, await a_holder(connection, year=YEAR), cents=11_250)


@pytest.fixture
async def holder(client: httpx.AsyncClient, connection: Connection, purse: Budget) -> Visitor:
    return await signed_in_holder(client, connection, purse.holder.id)


async def code_of(visitor: Visitor, purse: Budget) -> httpx.Response:
    return await visitor.ask(f"passes/{purse.holder.pass_id}/phone-code")


async def test_budgets_are_amounts_and_words(holder: Visitor) -> None:
    text = (await holder.look("my-pass")).text
    assert f"€\u00a0112,50 voor sport, tot en met 31 december {YEAR}." in text
    assert "Pas van Sanne de Wit" in text


@pytest.mark.parametrize(
    ("scheme", "words"),
    [
        ({"spend_at_once": True}, "Koop alles in één keer. Wat dan overblijft, vervalt."),
        ({"once_per_year": True}, "Dit kan één keer per jaar."),
        ({"share_basis_points": 6_000}, "De pas betaalt 60 procent. U betaalt de rest."),
        ({"share_basis_points": 10_000}, ""),
    ],
)
async def test_what_hurts_at_the_till_is_told_before(
    client: httpx.AsyncClient, connection: Connection, scheme: dict[str, object], words: str
) -> None:
    own = await a_holder(connection, year=YEAR)
    made = await a_scheme(connection, year=YEAR, **scheme)  # pyright: ignore[reportArgumentType]
    await a_budget(connection, made, own)
    text = (await (await signed_in_holder(client, connection, own.id)).look("my-pass")).text
    assert words in text
    assert ("procent" in text) == ("60 procent" in words)


async def test_visits_are_counted_and_explained(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    own = await a_holder(connection, year=YEAR)
    scheme = await a_scheme(connection, year=YEAR, visits=10, visit_price_cents=450)
    await a_budget(connection, scheme, own, cents=4_500, visits=10)
    text = (await (await signed_in_holder(client, connection, own.id)).look("my-pass")).text
    assert "Nog 10 keer." in text
    assert "U betaalt per keer, niet met een bedrag." in text


async def test_a_sale_of_a_moment_ago_stands_in_the_history_and_they_add_up(
    holder: Visitor, connection: Connection, purse: Budget
) -> None:
    till = await a_till(connection, await a_merchant(connection, name="Zwembad"))
    sale = a_sale_item(till, purse.holder, price=1_250, take=1_250)
    assert [one.outcome for one in await redeem(desk_of(connection, now=NOW), [sale])] == ["booked"]
    text = (await holder.look(f"my-pass/{purse.holder.pass_id}/history")).text
    assert "Betaald bij Zwembad" in text
    assert "- €\u00a012,50" in text
    assert "Er staat nu €\u00a0100,00 op deze pas." in text


async def test_what_a_till_refused_is_told_with_what_to_do_until_it_went_well(
    holder: Visitor, connection: Connection, purse: Budget
) -> None:
    museum = await a_merchant(connection, name="Museum", categories=("culture",))
    club = await a_merchant(connection, name="Judoclub")
    desk = desk_of(connection, now=NOW)
    for merchant, cents in ((museum, 100), (club, 100)):
        till = await a_till(connection, merchant)
        await redeem(desk, [a_sale_item(till, purse.holder, price=cents)])
    text = (await holder.look("my-pass")).text
    assert "Het lukte niet bij Museum" in text
    assert "Judoclub" not in text

    rows = await connection.fetch("SELECT refusal FROM refused_scan")
    assert [row["refusal"] for row in rows] == ["no-budget"]
    await redeem(desk, [a_sale_item(till, purse.holder, price=100, take=100)])
    await connection.execute("UPDATE refused_scan SET refused_at = now() - interval '8 days'")
    assert "Museum" not in (await holder.look("my-pass")).text


async def test_what_a_cashier_did_wrong_is_not_told_to_the_holder(
    holder: Visitor, connection: Connection, purse: Budget
) -> None:
    till = await a_till(connection, await a_merchant(connection), state="paused")
    await redeem(desk_of(connection, now=NOW), [a_sale_item(till, purse.holder, price=100)])
    assert await connection.fetchval("SELECT count(*) FROM refused_scan") == 0
    assert "Het lukte niet" not in (await holder.look("my-pass")).text


async def test_the_first_view_is_one_small_answer_with_a_policy_for_its_own_styles(
    holder: Visitor,
) -> None:
    holder.client.headers["accept-encoding"] = "gzip"
    answer = await holder.look("my-pass")
    assert answer.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(answer.content)) < 20_000
    assert '<link rel="stylesheet"' not in answer.text
    assert "'unsafe-inline'" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].count("'sha256-") == 2


async def test_a_code_is_for_the_holder_and_who_manages_the_pass(
    client: httpx.AsyncClient, connection: Connection, holder: Visitor, purse: Budget
) -> None:
    told = (await code_of(holder, purse)).json()
    assert told["seconds"] == 90
    assert told["svg"].startswith("<svg")
    child = await a_child_of(connection, purse.holder, year=YEAR, birth_date=date(YEAR - 9, 5, 1))
    parents = await holder.ask(f"passes/{child.pass_id}/phone-code")
    assert parents.status_code == 200
    stranger = await signed_in_holder(client, connection, (await a_holder(connection)).id)
    assert (await code_of(stranger, purse)).status_code == 404
    assert (
        await client.get(f"/v1/velsen/passes/{purse.holder.pass_id}/phone-code")
    ).status_code == 401


@pytest.mark.parametrize("state", ["blocked", "inactive", "ended"])
async def test_a_card_that_does_not_work_gives_no_code(
    holder: Visitor, connection: Connection, purse: Budget, state: str
) -> None:
    await connection.execute("UPDATE card SET state = $1", state)
    assert (await code_of(holder, purse)).status_code == 404
    assert "<svg xmlns" not in (await holder.look("my-pass")).text


# --- the card in hand -----------------------------------------------------------------------


async def card_state(connection: Connection, purse: Budget) -> list[str]:
    rows = await connection.fetch(
        "SELECT state FROM card WHERE resident_id = $1 ORDER BY created_at", purse.holder.id
    )
    return [row["state"] for row in rows]


async def act(visitor: Visitor, purse: Budget, what: str) -> httpx.Response:
    return await visitor.send(f"my-pass/{purse.holder.pass_id}/card/{what}", {})


async def test_a_holder_blocks_and_unblocks_and_twice_is_the_same(
    holder: Visitor, connection: Connection, purse: Budget
) -> None:
    done = await act(holder, purse, "block")
    again = await act(holder, purse, "block")
    assert done.headers["location"] == again.headers["location"]
    assert done.headers["location"].endswith("/card/block/done")
    assert await card_state(connection, purse) == ["blocked"]
    assert (
        "De kaart is geblokkeerd"
        in (await holder.look(done.headers["location"].removeprefix("/velsen/"))).text
    )
    for _ in range(2):
        await act(holder, purse, "unblock")
        assert await card_state(connection, purse) == ["active"]


async def test_what_the_municipality_blocked_only_it_unblocks(
    client: httpx.AsyncClient, holder: Visitor, connection: Connection, purse: Budget
) -> None:
    await connection.execute(
        "UPDATE card SET state = 'blocked', state_before_block = 'active' WHERE id = $1",
        purse.holder.card,
    )
    refused = await act(holder, purse, "unblock")
    assert refused.status_code == 403
    assert "De gemeente heeft deze kaart geblokkeerd" in refused.text
    manage = (await holder.look(f"my-pass/{purse.holder.pass_id}/manage")).text
    assert "card/unblock" not in manage
    assert await card_state(connection, purse) == ["blocked"]


async def test_a_lost_card_is_replaced_once_the_balance_stays_and_the_card_goes_by_post(
    holder: Visitor, connection: Connection, purse: Budget
) -> None:
    for _ in range(2):
        await act(holder, purse, "replace")
    assert await card_state(connection, purse) == ["replaced", "inactive"]
    kept = await connection.fetchval("SELECT count(*) FROM card_print")
    assert kept == 1
    assert "€\u00a0112,50" in (await holder.look("my-pass")).text


async def test_nobody_touches_the_card_of_somebody_else(
    client: httpx.AsyncClient, connection: Connection, purse: Budget
) -> None:
    stranger = await signed_in_holder(client, connection, (await a_holder(connection)).id)
    for what in ("block", "unblock", "replace"):
        assert (await act(stranger, purse, what)).status_code == 404
    for page in ("manage", "history", "card/block"):
        shown = await stranger.look(f"my-pass/{purse.holder.pass_id}/{page}")
        assert shown.status_code == 404
    assert await card_state(connection, purse) == ["active"]
