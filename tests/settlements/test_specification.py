"""What a payment is made of: every redemption, to the cent, and no holder."""

import csv
from io import StringIO

import pytest

from given.days import NOW
from given.merchants import of_merchant
from given.settlements import (
    SECOND,
    a_proposal,
    a_shop,
    an_approved_run,
    give_back,
    sell,
)
from pas.auth.actor import OtherMerchant
from pas.db import Connection
from pas.ids import MerchantId, SettlementId
from pas.settlements.show import read_coming, read_payouts
from pas.settlements.specification import PayoutNotFound, read_specification
from pas.settlements.specification_files import specification_table
from pas.settlements.withdraw import withdraw_settlement
from pas.tables import csv_text


async def rows_of(
    connection: Connection, merchant: MerchantId, run: SettlementId
) -> list[dict[str, str]]:
    text = csv_text(
        await specification_table(connection, merchant, run, actor=of_merchant(merchant))
    )
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def cents(text: str) -> int:
    return int(text.replace(",", "")) if text else 0


def total(rows: list[dict[str, str]]) -> int:
    return sum(cents(row["bij"]) - cents(row["af"]) for row in rows)


async def test_every_redemption_stands_in_it_and_it_adds_up(connection: Connection) -> None:
    shop = await a_shop(connection)
    sale = await sell(connection, shop, 1_240)
    await sell(connection, shop, 500)
    await give_back(connection, shop, sale, 240)
    run = await an_approved_run(connection)
    rows = await rows_of(connection, shop.merchant.id, run)
    assert total(rows) == 1_500
    assert [(row["soort"], row["bij"], row["af"]) for row in rows] == [
        ("besteding", "12,40", ""),
        ("besteding", "5,00", ""),
        ("teruggeboekt", "", "2,40"),
    ]
    assert {row["locatie"] for row in rows} == {"Zwembad De Heerenduinen"}
    assert {row["kassa"] for row in rows} == {"bar"}
    assert rows[0]["boeking"] == str(sale)


async def test_names_of_holders_cards_and_passes_are_not_in_it(connection: Connection) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    run = await an_approved_run(connection)
    text = csv_text(
        await specification_table(
            connection, shop.merchant.id, run, actor=of_merchant(shop.merchant.id)
        )
    )
    holder = shop.purse.holder
    for secret in ("Sanne", "de Wit", str(holder.id), str(holder.card), str(holder.pass_id)):
        assert secret not in text
    assert str(shop.purse.account) not in text


async def test_names_that_look_like_formulas_are_made_harmless(connection: Connection) -> None:
    shop = await a_shop(connection, name="=HYPERLINK(1)")
    await connection.execute("UPDATE till SET name = '@SUM(A1)'")
    await connection.execute("UPDATE category SET title = '+1+1'")
    await sell(connection, shop, 500)
    run = await an_approved_run(connection)
    [row] = await rows_of(connection, shop.merchant.id, run)
    assert (row["locatie"], row["kassa"], row["bestedingsdoel"]) == (
        "'=HYPERLINK(1)",
        "'@SUM(A1)",
        "'+1+1",
    )


async def test_what_never_left_is_told_by_what_it_was_made_of(connection: Connection) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    first = await an_approved_run(connection)
    await withdraw_settlement(connection, first, reason="Fout", actor=SECOND, now=NOW)
    await sell(connection, shop, 250)
    second = await a_proposal(connection)
    rows = await rows_of(connection, shop.merchant.id, second)
    assert [(row["soort"], row["bij"]) for row in rows] == [
        ("besteding", "5,00"),
        ("besteding", "2,50"),
    ]


async def test_what_was_carried_over_is_in_the_specification_that_pays_it(
    connection: Connection,
) -> None:
    shop, other = await a_shop(connection), await a_shop(connection, name="Ander")
    await sell(connection, shop, 60)
    await sell(connection, other, 500)
    await an_approved_run(connection)
    await sell(connection, shop, 60)
    second = await a_proposal(connection)
    assert total(await rows_of(connection, shop.merchant.id, second)) == 120


async def test_people_of_another_merchant_see_nothing_of_it(connection: Connection) -> None:
    shop, other = await a_shop(connection), await a_shop(connection, name="Ander")
    await sell(connection, shop, 500)
    run = await an_approved_run(connection)
    stranger = of_merchant(other.merchant.id)
    for ask in (read_payouts, read_coming):
        with pytest.raises(OtherMerchant):
            await ask(connection, shop.merchant.id, actor=stranger)
    with pytest.raises(OtherMerchant):
        await read_specification(connection, shop.merchant.id, run, actor=stranger, most=9)
    with pytest.raises(PayoutNotFound):
        await read_specification(connection, other.merchant.id, run, actor=stranger, most=9)


async def test_a_merchant_sees_what_is_coming_and_what_was_paid(connection: Connection) -> None:
    shop = await a_shop(connection)
    own = of_merchant(shop.merchant.id)
    await sell(connection, shop, 500)
    await an_approved_run(connection)
    await sell(connection, shop, 250)
    await a_proposal(connection)
    await sell(connection, shop, 100)
    coming = await read_coming(connection, shop.merchant.id, actor=own)
    [paid] = await read_payouts(connection, shop.merchant.id, actor=own)
    assert (coming.proposed_cents, coming.next_cents) == (250, 100)
    assert (paid.run_number, paid.amount_cents, paid.state) == (1, 500, "approved")
