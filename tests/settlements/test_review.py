"""What a second person asks of a run: it adds up to the cent, and what differs stands out."""

import csv
import io
from itertools import groupby
from typing import Any

import openpyxl
import pytest

from given.city import a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import NOW, TODAY, YEAR
from given.merchants import OTHER_IBAN
from given.settlements import (
    MONTH,
    SECOND,
    Shop,
    a_proposal,
    a_setting,
    a_shop,
    an_account,
    an_approved_run,
    an_exported_run,
    give_back,
    sell,
)
from pas.db import Connection
from pas.ids import SettlementId
from pas.money import Cents
from pas.settlements.payments import mark_returned
from pas.settlements.review import read_review
from pas.settlements.review_file import COLUMNS, read_review_table
from pas.settlements.rules import SettlementDiffers
from pas.settlements.withdraw import withdraw_settlement
from pas.tables import csv_text, spreadsheet


async def a_museum(connection: Connection) -> Shop:
    """Its visitor has money for culture, of another scheme than that for sport."""
    merchant = await a_merchant(connection, name="Museum", categories=("culture",))
    await an_account(connection, merchant)
    scheme = await a_scheme(connection, year=YEAR, categories=("culture",), title="Cultuurpas")
    purse = await a_budget(connection, scheme, await a_holder(connection, year=YEAR))
    return Shop(merchant, await a_till(connection, merchant), purse)


async def test_what_was_spent_per_scheme_and_category_adds_up_to_the_run(
    connection: Connection,
) -> None:
    pool, museum = await a_shop(connection), await a_museum(connection)
    sale = await sell(connection, pool, 1_240)
    await sell(connection, museum, 333)
    await give_back(connection, pool, sale, 240)
    review = await read_review(connection, await a_proposal(connection))
    assert (review.spent_cents, review.reversed_cents, review.amount_cents) == (1_573, 240, 1_333)
    by_scheme = {one.scheme: (one.title, one.amount_cents) for one in review.schemes}
    assert min(by_scheme.values()) == ("Cultuurpas", 333)
    assert sum(cents for _, cents in by_scheme.values()) == 1_333
    assert {one.budget_year for one in review.schemes} == {YEAR}
    assert [(one.category, one.amount_cents) for one in review.categories] == [
        ("culture", 333),
        ("sport", 1_000),
    ]
    assert sum(one.amount_cents for one in review.payments) == review.amount_cents


async def test_a_refund_is_of_the_category_of_what_it_takes_back(connection: Connection) -> None:
    shop = await a_shop(connection)
    sale = await sell(connection, shop, 500)
    await connection.execute("UPDATE category SET title = 'Sport en spel'")
    await give_back(connection, shop, sale, 200)
    [category] = (await read_review(connection, await a_proposal(connection))).categories
    assert (category.category, category.spent_cents, category.reversed_cents) == (
        "Sport en spel",
        500,
        200,
    )


async def test_what_came_back_from_the_bank_is_told_apart_from_what_was_spent(
    connection: Connection,
) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    run = await an_exported_run(connection)
    await mark_returned(
        connection, run, 1, returned_on=TODAY, reason="Dicht", actor=SECOND, now=NOW
    )
    await sell(connection, shop, 150)
    review = await read_review(connection, await a_proposal(connection))
    assert (review.spent_cents, review.returned_cents, review.paid_back_cents) == (150, 500, 0)
    assert review.amount_cents == 650
    assert [one.amount_cents for one in review.schemes] == [150]


async def test_the_largest_difference_with_the_payment_before_stands_first(
    connection: Connection,
) -> None:
    steady, grown, shrunk = [await a_shop(connection, name=name) for name in "ABC"]
    for shop, cents in ((steady, 500), (grown, 200), (shrunk, 900)):
        await sell(connection, shop, cents)
    await an_approved_run(connection)
    for shop, cents in ((steady, 490), (grown, 1_000), (shrunk, 300)):
        await sell(connection, shop, cents)
    review = await read_review(connection, await a_proposal(connection))
    assert [(one.merchant, one.before_cents, one.difference_cents) for one in review.payments] == [
        ("B", 200, 800),
        ("C", 900, -600),
        ("A", 500, -10),
    ]
    assert review.new_payees.payments == 0


async def test_a_withdrawn_run_is_no_payment_before(connection: Connection) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    first = await an_approved_run(connection)
    await withdraw_settlement(connection, first, reason="Fout", actor=SECOND, now=NOW)
    review = await read_review(connection, await a_proposal(connection))
    assert review.payments[0].before_cents is None
    assert (review.new_payees.payments, review.new_payees.amount_cents) == (1, 500)


async def test_who_is_new_and_whose_account_changed_or_is_not_certain_is_counted(
    connection: Connection,
) -> None:
    await a_setting(connection, "payout_cooling_days", 0)
    moved = await a_shop(connection, name="Verhuisd")
    await sell(connection, moved, 500)
    await an_approved_run(connection)
    await an_account(connection, moved.merchant, iban=OTHER_IBAN, at=NOW - MONTH / 2, check="match")
    await sell(connection, moved, 700)
    await sell(connection, await a_shop(connection, name="Nieuw"), 250)
    review = await read_review(connection, await a_proposal(connection))
    counted = (review.changed_accounts, review.new_payees, review.unchecked_accounts)
    assert [(one.payments, one.amount_cents) for one in counted] == [(1, 700), (1, 250), (1, 250)]


async def test_what_is_left_is_summed_by_its_reason(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    for name, cents in (("A", 40), ("B", 59)):
        await sell(connection, await a_shop(connection, name=name), cents)
    await sell(connection, await a_shop(connection, name="C", account=False), 300)
    review = await read_review(connection, await a_proposal(connection))
    assert [(one.reason, one.merchants, one.amount_cents) for one in review.left] == [
        ("below_minimum", 2, 99),
        ("no_account", 1, 300),
    ]


async def test_the_review_stays_what_it_was_when_more_is_sold(connection: Connection) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    run = await a_proposal(connection)
    before = await read_review(connection, run)
    await give_back(connection, shop, await sell(connection, shop, 250))
    assert await read_review(connection, run) == before


@pytest.mark.tampered
async def test_lines_that_the_transfers_do_not_make_are_not_explained_away(
    connection: Connection, superuser: Connection
) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await a_proposal(connection)
    async with superuser.transaction():
        await superuser.execute("SET LOCAL ROLE ledger_velsen")
        await superuser.execute(
            "UPDATE settlement_line SET redeemed_cents = 501, amount_cents = 501"
        )
    with pytest.raises(SettlementDiffers):
        await read_review(connection, run)


async def a_run_of_everything(connection: Connection) -> SettlementId:
    pool, museum = await a_shop(connection, name="=1+1"), await a_museum(connection)
    sale = await sell(connection, pool, 1_240)
    await sell(connection, museum, 333)
    await sell(connection, await a_shop(connection, name="Klein"), 40)
    await give_back(connection, pool, sale, 240)
    return await a_proposal(connection)


def rows_in(spreadsheet: bytes) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(spreadsheet)).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


async def test_each_part_of_the_files_adds_up_to_the_run(connection: Connection) -> None:
    table = await read_review_table(connection, await a_run_of_everything(connection))
    made = csv_text(table)
    rows = list(csv.DictReader(io.StringIO(made), delimiter=";"))
    sums = {
        part: sum(int(row["bedrag"].replace(",", "")) for row in some)
        for part, some in groupby(rows, key=lambda row: row["deel"])
    }
    assert sums == {
        "betaling": 1_333,
        "regeling": 1_333,
        "bestedingsdoel": 1_333,
        "totaal": 1_333,
        "niet uitbetaald": 40,
    }
    assert rows[0]["naam"] == "'=1+1"
    assert made == csv_text(table)


async def test_the_spreadsheet_says_what_the_csv_says_to_another_library(
    connection: Connection,
) -> None:
    table = await read_review_table(connection, await a_run_of_everything(connection))
    head, *rows = rows_in(spreadsheet(table))
    amounts = [row[COLUMNS.index("bedrag")] for row in rows]
    written = csv.DictReader(io.StringIO(csv_text(table)), delimiter=";")
    assert head == COLUMNS
    assert [f"{amount:.2f}".replace(".", ",") for amount in amounts] == [
        row["bedrag"] for row in written
    ]
    assert spreadsheet(table) == spreadsheet(table)
    assert Cents(round(sum(amounts[:2]) * 100)) == 1_333
