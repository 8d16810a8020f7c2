"""Every table of finance goes along as a file, and both files hold the same."""

import csv
import io
from datetime import datetime

import httpx
import openpyxl
import pytest
from openpyxl.cell.cell import Cell, MergedCell

from given.books import ready_to_close
from given.settlements import Shop, a_shop, an_exported_run, sell
from pas.auth.roles import Role
from pas.csvfile import neutral
from pas.db import Connection
from signed_in import Visitor, signed_in


@pytest.fixture
async def shop(connection: Connection) -> Shop:
    """Paid € 12,40, and has € 7,60 coming; the name is one that a spreadsheet would run."""
    shop = await a_shop(connection, name='=Zwemclub;"De Golf"')
    await sell(connection, shop, 1_240)
    await an_exported_run(connection)
    await sell(connection, shop, 760)
    await ready_to_close(connection)
    return shop


@pytest.fixture
async def finance(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.FINANCE)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("settlements", "12,40"),
        ("merchants/{merchant}/payouts", "12,40"),
        ("appropriations", "10000,00"),
        ("spending", "20,00"),
        ("periods", "Open"),
        ("settlements/bank", None),
    ],
)
async def test_a_table_goes_along_as_both_files(
    finance: Visitor, shop: Shop, address: str, told: str | None
) -> None:
    place = address.format(merchant=shop.merchant.id)
    written = await finance.look(f"{place}.csv")
    assert written.headers["content-type"].startswith("text/csv")
    assert "attachment" in written.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(written.content.decode("utf-8-sig")), delimiter=";"))
    sheet = await finance.look(f"{place}.xlsx")
    assert _values(sheet.content) == rows
    assert told is None or any(told in row for row in rows)
    if len(rows) > 1:
        assert f"{place}.xlsx" in (await finance.look(place)).text


async def test_who_may_not_see_the_page_gets_no_file(
    client: httpx.AsyncClient, connection: Connection, shop: Shop
) -> None:
    counter = await signed_in(client, connection, Role.COUNTER)
    for place in ("settlements", "spending", "periods", f"merchants/{shop.merchant.id}/payouts"):
        assert (await counter.look(f"{place}.csv")).status_code == 403, place


def _values(content: bytes) -> list[list[str]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [[_as_csv(cell) for cell in row] for row in sheet.iter_rows()]


def _as_csv(cell: Cell | MergedCell) -> str:
    """What another program reads in a cell, as our CSV would write it."""
    match cell.value:
        case None:
            return ""
        case datetime() as day:
            return f"{day:%d-%m-%Y}"
        case int() | float() as number if cell.number_format == "#,##0.00":
            return f"{number:.2f}".replace(".", ",")
        case value:
            return neutral(str(value))
