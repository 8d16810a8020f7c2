"""Letters with coupons: a household gets one, with a code on each that a scanner and a person can read."""

import re
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from given.city import Holder, a_budget, a_scheme
from given.coupons import a_run
from given.days import NOW, TODAY, YEAR
from given.letters import HOUSE, a_family, pages
from given.logins import a_key_store
from given.merchants import REGISTRAR
from pas.coupons.codes import read_code
from pas.coupons.print_coupons import CouponCodesGone
from pas.db import Connection, Database
from pas.ids import CardId, MunicipalityName, ResidentId, uuid7
from pas.letters.batch import File
from pas.letters.fetch import coupon_printing, fetch_letters
from pas.passes.codes import new_card_number, new_token
from pas.press.press import a_press

VELSEN = MunicipalityName("velsen")
CODE = re.compile(r"\b[3-9A-Z]{4}-[3-9A-Z]{4}-[3-9A-Z]{2}\b")


async def with_money(connection: Connection, resident: ResidentId) -> None:
    pass_id = await connection.fetchval("SELECT id FROM pass WHERE resident_id = $1", resident)
    token, number = new_token(VELSEN), new_card_number()
    holder = Holder(resident, pass_id, CardId(uuid7()), token, number, "H1")
    scheme = await a_scheme(connection, title="Sporten", year=YEAR)
    await a_budget(connection, scheme, holder, cents=2_500)


async def booklet(connection: Connection, database: Database, folder: Path) -> File:
    ring = a_key_store(folder).ring(VELSEN)
    for resident in await a_family(connection, ["Noor Bakker", "Bo Bakker"]):
        await with_money(connection, resident)
    run = await a_run(connection, database, ring=ring)
    printing = await coupon_printing(connection, run, ring=ring, house=HOUSE, large=False, now=NOW)
    late = NOW + timedelta(days=31)
    with pytest.raises(CouponCodesGone):
        await coupon_printing(connection, run, ring=ring, house=HOUSE, large=False, now=late)
    async with a_press() as typesetter:
        return await fetch_letters(
            connection, printing, number=1, press=typesetter, actor=REGISTRAR, now=NOW
        )


async def test_a_household_gets_one_letter_with_all_its_coupons(
    connection: Connection, database: Database, tmp_path: Path
) -> None:
    file = await booklet(connection, database, tmp_path)
    text = " ".join(pages(file.pdf))
    codes = CODE.findall(text)
    assert (file.letters, len(codes), len(set(codes))) == (1, 6, 6)
    assert [read_code(one) for one in codes]
    assert text.count("Tot € 10,00") == 4
    assert text.count("Tot € 5,00") == 2
    assert f"Tot en met {TODAY + timedelta(days=29):%-d} " in text
    kinds = await connection.fetch("SELECT kind FROM event")
    assert "coupon_run.fetched" in {row["kind"] for row in kinds}


async def test_what_is_scanned_is_what_is_typed(
    connection: Connection, database: Database, tmp_path: Path
) -> None:
    file = await booklet(connection, database, tmp_path)
    document = pypdfium2.PdfDocument(file.pdf)
    scanned = {
        found.text
        for number in range(len(document))
        for found in zxingcpp.read_barcodes(document[number].render(scale=2).to_numpy())
    }
    typed = {one.replace("-", "") for one in CODE.findall(" ".join(pages(file.pdf)))}
    assert scanned == typed
