"""The money of a year by month is the ledger's, on the page, in the API and in both files."""

import csv
import io
from datetime import date

import httpx
import openpyxl
import pytest

from given.days import NOW, YEAR
from given.settlements import Shop, a_shop, give_back, sell
from pas.app.proving import prove_books
from pas.auth.roles import Role
from pas.bookkeeping.spending.model import MoneyOfYear, MonthOfMoney
from pas.bookkeeping.spending.read import Moved, added, read_spending
from pas.db import Connection
from pas.money import Cents
from signed_in import signed_in


@pytest.fixture
async def shop(connection: Connection) -> Shop:
    """Somebody spent € 12,40, and € 2,40 of it came back."""
    shop = await a_shop(connection)
    await give_back(connection, shop, await sell(connection, shop, 1_240), 240)
    return shop


async def money_of(connection: Connection) -> MoneyOfYear:
    [money] = await read_spending(connection, year=YEAR, now=NOW)
    return money


async def test_months_add_up_to_the_equation_of_the_scheme(
    connection: Connection, shop: Shop
) -> None:
    money = await money_of(connection)
    [equation] = (await prove_books(connection, NOW)).schemes
    assert money.spent_cents == equation.spent - equation.reversed == 1_000
    assert money.granted_cents == equation.granted == 1_000_000
    assert sum(one.spent_cents for one in money.months) == money.spent_cents
    [month] = [one for one in money.months if one.spent_cents]
    assert month.period == date(YEAR, NOW.month, 1)


@pytest.mark.parametrize(
    ("kind", "debit", "credit", "moves"),
    [
        ("grant", "appropriation", "budget", (7, 0, 0)),
        ("correct", "budget", "appropriation", (-7, 0, 0)),
        ("hold", "budget", "held", (0, 0, 0)),
        ("capture", "held", "merchant", (0, 7, 0)),
        ("shortfall", "offline_risk", "merchant", (0, 7, 0)),
        ("redeem", "budget", "payee", (0, 7, 0)),
        ("refund", "merchant", "budget", (0, -7, 0)),
        ("refund", "budget", "appropriation", (0, 0, 7)),
        ("lapse", "held", "appropriation", (0, 0, 7)),
        ("settle", "merchant", "run", (0, 0, 0)),
        ("bounce", "bank", "merchant", (0, 0, 0)),
        ("appropriate", "cover", "appropriation", (0, 0, 0)),
    ],
)
def test_each_posting_counts_as_what_it_is(
    kind: str, debit: str, credit: str, moves: tuple[int, int, int]
) -> None:
    moved = Moved(date(YEAR, 1, 1), "sport", YEAR, kind, debit, credit, Cents(7))
    month = added(MonthOfMoney(moved.period), moved)
    assert (month.granted_cents, month.spent_cents, month.lapsed_cents) == moves


async def test_finance_sees_it_and_takes_the_same_amounts_along(
    client: httpx.AsyncClient, connection: Connection, shop: Shop
) -> None:
    finance = await signed_in(client, connection, Role.FINANCE)
    [one] = (await finance.ask(f"spending?year={YEAR}")).json()["items"]
    page = (await finance.look("spending")).text
    assert "€\u00a010,00" in page
    by_month = (await finance.look(f"spending/{one['scheme']}")).text
    assert "Besteed per maand" in by_month
    file = (await finance.look("spending.csv")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file), delimiter=";"))
    assert len(rows) == 13
    assert sum(_cents(row["besteed"]) for row in rows) == one["spentCents"]
    sheet = openpyxl.load_workbook(io.BytesIO((await finance.look("spending.xlsx")).content)).active
    assert sheet is not None
    values = [row[6] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert round(sum(float(str(value)) for value in values) * 100) == one["spentCents"]
    assert (await finance.look("spending/bestaat_niet")).status_code == 404


async def test_a_year_without_money_is_a_page_and_not_for_everybody(
    client: httpx.AsyncClient, connection: Connection, shop: Shop
) -> None:
    finance = await signed_in(client, connection, Role.FINANCE)
    assert "nog geen geld begroot" in (await finance.look("spending?year=2019")).text
    officer = await signed_in(client, connection, Role.REGISTRAR)
    assert (await officer.look("spending")).status_code == 403


def _cents(written: str) -> int:
    return int(written.replace(",", "").replace(".", ""))
