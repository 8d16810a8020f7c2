"""The statement of a year: it begins and ends with what stood on the account, and adds up to the cent."""

import csv
from datetime import UTC, datetime
from io import StringIO

import httpx
import pytest

from given.books import let_the_clock_be_set
from given.days import NOW, TODAY, YEAR
from given.letters import opened, pages
from given.merchants import of_merchant
from given.settlements import (
    FINANCE,
    SECOND,
    Shop,
    a_shop,
    an_approved_run,
    an_exported_run,
    give_back,
    sell,
)
from pas.auth.actor import OtherMerchant
from pas.auth.roles import Role
from pas.db import Connection
from pas.ledger.prove import MERCHANT_EQUATIONS
from pas.press.document import House
from pas.press.press import a_press
from pas.settlements.payments import mark_returned
from pas.settlements.statement import StatementYearAhead, YearStatement, read_statement
from pas.settlements.statement_files import statement_pdf, statement_table
from pas.settlements.withdraw import withdraw_settlement
from pas.tables import csv_text, spreadsheet
from sheets import cents_of, rows_of
from signed_in import signed_in

HOUSE = House("Velsen", "Stadspas", "14 0255")


async def statement(
    connection: Connection, shop: Shop, *, year: int = YEAR, now: datetime | None = None
) -> YearStatement:
    at = now or datetime.now(UTC)
    own = of_merchant(shop.merchant.id)
    return await read_statement(connection, shop.merchant.id, year, actor=own, now=at)


async def a_year(connection: Connection) -> Shop:
    """Sold, given back, paid, withdrawn and returned."""
    shop = await a_shop(connection)
    await give_back(connection, shop, await sell(connection, shop, 1_240), 240)
    first = await an_approved_run(connection)
    await withdraw_settlement(connection, first, reason="Fout", actor=SECOND, now=NOW)
    second = await an_exported_run(connection)
    await mark_returned(
        connection, second, 1, returned_on=TODAY, reason="AC04", actor=FINANCE, now=NOW
    )
    await sell(connection, shop, 77)
    return shop


async def test_a_statement_says_what_the_equation_of_the_books_says(
    connection: Connection,
) -> None:
    shop = await a_year(connection)
    whole = (await statement(connection, shop)).whole
    [books] = await MERCHANT_EQUATIONS.all(connection)
    assert (whole.redeemed_cents, whole.reversed_cents) == (books.redeemed, books.reversed)
    assert (whole.corrected_cents, whole.paid_cents) == (books.corrected, books.paid)
    assert (whole.bounced_cents, whole.end_cents) == (books.bounced, books.owed)
    assert (whole.redeemed_cents, whole.reversed_cents, whole.paid_cents) == (1_317, 240, 2_000)
    assert (whole.bounced_cents, whole.start_cents, whole.end_cents) == (2_000, 0, 1_077)


async def test_a_month_begins_with_what_the_month_before_left_also_across_years(
    connection: Connection, superuser: Connection
) -> None:
    shop = await a_shop(connection)
    await let_the_clock_be_set(superuser)
    for moment, cents in (
        ("2025-12-31 22:59:59+00", 1),
        ("2025-12-31 23:00:00+00", 20),
        ("2026-01-31 22:59:59+00", 300),
        ("2026-01-31 23:00:00+00", 4_000),
        ("2026-12-31 23:00:00+00", 50_000),
    ):
        await connection.execute("SELECT set_config('pas_test.now', $1, false)", moment)
        await sell(connection, shop, cents)
    now = datetime(2027, 3, 1, 12, tzinfo=UTC)
    year = await statement(connection, shop, year=2026, now=now)
    began = [(one.month, one.start_cents, one.redeemed_cents) for one in year.months[:3]]
    assert began == [(1, 1, 320), (2, 321, 4_000), (3, 4_321, 0)]
    assert (len(year.months), year.whole.end_cents) == (12, 4_321)
    after = await statement(connection, shop, year=2027, now=now)
    assert [one.start_cents for one in after.months] == [4_321, 54_321, 54_321]


async def test_a_year_is_on_paper_in_text_and_on_a_sheet(connection: Connection) -> None:
    found = await statement(connection, await a_year(connection))
    async with a_press() as press:
        first, second = [await statement_pdf(found, house=HOUSE, press=press) for _ in range(2)]
    rows = list(csv.DictReader(StringIO(csv_text(statement_table(found))), delimiter=";"))
    sheet = rows_of(spreadsheet(statement_table(found)))
    told = " ".join(pages(first))
    assert first == second
    assert opened(first).Root.MarkInfo.Marked
    assert "Samen € 0,00 € 13,17 € 2,40 € 0,00 € 20,00 € 20,00 € 10,77" in told, told
    assert (rows[0]["begin"], rows[-1]["eind"]) == ("0,00", "10,77")
    assert len(sheet) == 1 + len(found.months)
    assert cents_of(sheet[-1][-1]) == 1_077


async def test_a_merchant_sees_its_own_year_and_nobody_sees_one_to_come(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    shop, other = await a_year(connection), await a_shop(connection, name="Ander")
    now = datetime.now(UTC)
    manager = await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=shop.merchant.id)
    payouts = (await manager.look(f"merchants/{shop.merchant.id}/payouts")).text
    at = f"merchants/{shop.merchant.id}/statements/{YEAR}"
    shown = (await manager.look(at)).text
    answer = (await manager.ask(at)).json()
    assert at in payouts
    assert "10,77" in shown
    assert answer["whole"]["endCents"] == 1_077
    for name in ("csv", "spreadsheet", "pdf"):
        assert "attachment" in (await manager.look(f"{at}/{name}")).headers["content-disposition"]
        assert (await manager.ask(f"{at}/{name}")).status_code == 200
    assert (
        await manager.look(f"merchants/{other.merchant.id}/statements/{YEAR}")
    ).status_code == 403
    assert (await manager.look(at.replace(str(YEAR), "2999"))).status_code == 404
    with pytest.raises(OtherMerchant):
        await read_statement(
            connection, shop.merchant.id, YEAR, actor=of_merchant(other.merchant.id), now=now
        )
    with pytest.raises(StatementYearAhead):
        await statement(connection, shop, year=YEAR + 1)
