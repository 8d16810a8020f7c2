"""A card that arrived active pays small amounts, until somebody confirmed who has it."""

from pathlib import Path

import asyncpg
import msgspec
import pytest

from booking import a_sale
from booking import redeem as book
from given.cards import a_press, an_issued_card
from given.city import CARD_KEY, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.logins import NOON
from given.merchants import REGISTRAR
from given.sales import a_sale_item, desk_of
from pas.auth.actor import SYSTEM
from pas.auth.municipality_settings import change_municipality_settings
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.passes.activate import activate_at_counter, activate_card
from pas.passes.cards import Card, read_card
from pas.passes.codes import hash_card_number
from pas.passes.make_cards import IssuedCard, Press
from pas.passes.prove_code import Shown
from pas.redemptions.redeem import redeem
from pas.redemptions.refusals import CardNotActivated, CardNotConfirmed
from pas.redemptions.sale import Scan

LIMIT = 1_500


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize(("cents", "outcome"), [(LIMIT, "booked"), (LIMIT + 1, "declined")])
async def test_it_pays_up_to_its_limit_and_says_what_to_do_above_it(
    connection: Connection, *, cents: int, outcome: str, typed: bool
) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder = await a_holder(connection, unconfirmed_cents=LIMIT)
    till = await a_till(connection, merchant)
    await a_budget(connection, scheme, holder, cents=20_000)
    sale = a_sale_item(till, holder, price=cents, take=cents)
    if typed:
        number = Scan(number_hash=hash_card_number(holder.number, CARD_KEY).digest)
        sale = msgspec.structs.replace(sale, scan=number)
    [answer] = await redeem(desk_of(connection), [sale])
    assert answer.outcome == outcome
    if outcome == "declined":
        assert answer.reason is CardNotConfirmed


async def test_the_database_books_no_more_than_the_limit_whatever_the_program_says(
    connection: Connection,
) -> None:
    holder = await a_holder(connection, unconfirmed_cents=LIMIT)
    budget = await a_budget(connection, await a_scheme(connection), holder, cents=20_000)
    till = await a_till(connection, await a_merchant(connection))
    assert await book(connection, a_sale(till, budget, LIMIT)) == ["booked"]
    assert await book(connection, a_sale(till, budget, LIMIT + 1)) == ["moved"]


async def test_a_card_that_was_refused_is_activated_by_telephone_and_pays_at_the_same_till(
    connection: Connection,
) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder = await a_holder(connection, card_state="inactive")
    till = await a_till(connection, merchant)
    await a_budget(connection, scheme, holder, cents=20_000)
    [refused] = await redeem(desk_of(connection), [a_sale_item(till, holder, price=900, take=900)])
    assert refused.reason is CardNotActivated
    assert "Bel de gemeente" in refused.reason.holder
    await activate_at_counter(
        connection, holder.card, reason="gebeld", actor=REGISTRAR, now=NOON, how="telephone"
    )
    [booked] = await redeem(desk_of(connection), [a_sale_item(till, holder, price=900, take=900)])
    assert booked.outcome == "booked"


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return a_press(tmp_path)


@pytest.fixture
async def arrived(connection: Connection, press: Press) -> IssuedCard:
    await change_municipality_settings(
        connection, {"cardsArriveActive": True, "unconfirmedPerSaleCents": LIMIT}, actor=SYSTEM
    )
    return await an_issued_card(connection, press)


async def stored(connection: Connection, card: IssuedCard) -> Card:
    return await read_card(connection, card.card_id, actor=REGISTRAR, now=NOON)


async def test_a_card_arrives_active_with_its_limit_and_a_code_where_the_municipality_chose_so(
    connection: Connection, arrived: IssuedCard
) -> None:
    card = await stored(connection, arrived)
    assert (card.state, card.unconfirmed_cents) == ("active", LIMIT)
    assert arrived.activation_code is not None
    await change_municipality_settings(connection, {"unconfirmedPerSaleCents": 9_000}, actor=SYSTEM)
    assert (await stored(connection, arrived)).unconfirmed_cents == LIMIT


async def test_its_code_and_the_counter_confirm_it_and_once_is_recorded(
    connection: Connection, press: Press, arrived: IssuedCard
) -> None:
    assert arrived.activation_code is not None
    shown = Shown(scanned=arrived.codes.number, code=arrived.activation_code)
    velsen = MunicipalityName("velsen")
    await activate_card(connection, shown, ring=press.ring, municipality=velsen, now=NOON)
    assert (await stored(connection, arrived)).unconfirmed_cents is None
    await activate_at_counter(connection, arrived.card_id, reason="x", actor=REGISTRAR, now=NOON)
    kinds = "SELECT array_agg(kind) FROM event WHERE subject_id = $1 AND kind <> 'card.issued'"
    assert await connection.fetchval(kinds, arrived.card_id) == ["card.confirmed"]


async def test_the_database_too_confirms_once_and_for_good(
    connection: Connection, arrived: IssuedCard
) -> None:
    await activate_at_counter(connection, arrived.card_id, reason="x", actor=REGISTRAR, now=NOON)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute("UPDATE card SET unconfirmed_cents = 100000")
    assert refused.value.sqlstate == "PA277"
