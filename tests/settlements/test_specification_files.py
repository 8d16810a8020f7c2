"""A specification to keep, on paper and as a sheet: to the cent what was paid, and the same bytes each time."""

import re

import pytest

from given.days import TODAY
from given.letters import opened, pages
from given.merchants import of_merchant
from given.settlements import VELSEN, Shop, a_shop, an_approved_run, give_back, sell
from pas.db import Connection
from pas.ids import SettlementId
from pas.press.document import House
from pas.press.press import a_press
from pas.settlements import specification_files
from pas.settlements.specification import PayoutNotFound, read_specification
from pas.settlements.specification_files import (
    SpecificationTooLong,
    parts_on_paper,
    specification_pdf,
    specification_table,
)
from pas.tables import csv_text, spreadsheet
from pas.web.dates import day
from sheets import cents_of, rows_of

HOUSE = House("Velsen", "Stadspas", "14 0255")
SALE = re.compile(r"\d{2}-\d{2}-\d{4} \d{2}:\d{2}")
EUROS = re.compile(r"€\s*([0-9.]+,\d{2})")


async def paper(connection: Connection, shop: Shop, run: SettlementId, *, part: int = 1) -> bytes:
    async with a_press() as press:
        return await specification_pdf(
            connection,
            shop.merchant.id,
            run,
            municipality=VELSEN,
            part=part,
            house=HOUSE,
            press=press,
            actor=of_merchant(shop.merchant.id),
        )


def words_of(pdf: bytes) -> str:
    return " ".join(pages(pdf))


async def sold(connection: Connection, *prices: int, name: str = "Zwembad") -> Shop:
    shop = await a_shop(connection, name=name)
    for price in prices:
        await sell(connection, shop, price)
    return shop


async def test_the_page_says_who_gets_how_much_where_and_for_what(connection: Connection) -> None:
    shop = await a_shop(connection, name="Zwembad De Heerenduinen", holder="Stichting Zwemmen")
    sale = await sell(connection, shop, 1_240)
    await give_back(connection, shop, sale, 240)
    run = await an_approved_run(connection)
    told = words_of(await paper(connection, shop, run))
    for part in (
        *("Specificatie van uitbetaling 1", "Zwembad De Heerenduinen", "velsen-1-1"),
        *("NL91ABNA0417164300 van Stichting Zwemmen", "Bedrag € 10,00", day(TODAY)),
        *("besteding, sport", "teruggeboekt, sport", "€ 12,40", "€ 2,40", "Bladzijde 1 van 1"),
    ):
        assert part in told, told


async def test_all_lines_of_all_parts_add_up_to_what_was_paid(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(specification_files, "MOST_ON_PAPER", 3)
    prices = (101, 202, 303, 404, 505, 606, 707)
    shop = await sold(connection, *prices)
    run = await an_approved_run(connection)
    lines = []
    for part in (1, 2, 3):
        told = words_of(await paper(connection, shop, run, part=part))
        assert f"deel {part} van 3" in told
        assert "Deze uitbetaling 7 € 28,28 € 0,00 € 28,28" in told
        lines += [EUROS.findall(one)[0] for one in SALE.split(told)[1:]]
    assert sum(int(one.replace(",", "")) for one in lines) == sum(prices)
    with pytest.raises(PayoutNotFound):
        await paper(connection, shop, run, part=4)


async def test_the_same_specification_is_the_same_bytes_and_for_whoever_cannot_see(
    connection: Connection,
) -> None:
    shop = await sold(connection, 500)
    run = await an_approved_run(connection)
    first, second = [await paper(connection, shop, run) for _ in range(2)]
    document = opened(first)
    assert first == second
    assert document.Root.MarkInfo.Marked
    assert document.Root.Lang == "nl"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in document.Root.Metadata.read_bytes()


async def test_names_of_any_script_are_printed_and_what_no_font_has_hides_no_amount(
    connection: Connection,
) -> None:
    shop = await sold(connection, 500, name="Łódź Świeże Pączki 🍩 مسبح القدس #set page()")
    run = await an_approved_run(connection)
    told = words_of(await paper(connection, shop, run))
    assert "Łódź Świeże Pączki ?" in told
    assert "#set page()" in told
    assert "€ 5,00" in told


async def test_a_sheet_adds_up_to_the_payment_and_says_what_the_text_says(
    connection: Connection,
) -> None:
    shop = await sold(connection, 1_999, 250)
    actor, merchant = of_merchant(shop.merchant.id), shop.merchant.id
    run = await an_approved_run(connection)
    table = await specification_table(connection, merchant, run, actor=actor)
    header, *rows = rows_of(spreadsheet(table))
    again = await specification_table(connection, merchant, run, actor=actor)
    text = csv_text(again).splitlines()
    assert ";".join(header) == text[0]
    assert [cents_of(row[8]) for row in rows] == [1_999, 250]
    assert {row[0][:10] for row in rows} == {TODAY.isoformat()}


async def test_a_payment_of_more_lines_than_a_file_holds_is_on_paper_in_parts(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(specification_files, "MOST_IN_A_FILE", 1)
    monkeypatch.setattr(specification_files, "MOST_ON_PAPER", 1)
    shop = await sold(connection, 100, 200)
    actor, merchant = of_merchant(shop.merchant.id), shop.merchant.id
    run = await an_approved_run(connection)
    with pytest.raises(SpecificationTooLong):
        await specification_table(connection, merchant, run, actor=actor)
    found = await read_specification(connection, merchant, run, actor=actor, most=1)
    assert (parts_on_paper(found), len(found.parts), found.total.amount_cents) == (2, 1, 300)
