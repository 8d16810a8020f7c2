"""The year for the accountant: it is the ledger's equation and the journal, to the cent, and stays what it was."""

import csv
import hashlib
import io
from collections import Counter
from typing import Any

import openpyxl
import pytest

from given.books import VELSEN, at
from given.days import NOW
from given.years import (
    DECEMBER,
    IN_DECEMBER,
    LAST,
    OldYear,
    a_closed_year,
    lapsed,
    refunded,
    sold,
)
from mutate import by_hand
from pas.app.proving import prove_and_keep
from pas.auth.keys import KeyRing
from pas.bookkeeping.journal import read_groups
from pas.bookkeeping.periods import read_period
from pas.db import Connection, Database
from pas.tables import csv_lines, spreadsheet
from pas.years.stored import year_file_of
from pas.years.year_file import YearFile, YearNotBalanced, YearNotSealed
from pas.years.year_table import year_table
from sealing import seal_all


def csv_of(file: YearFile) -> str:
    return "".join(csv_lines(year_table(file)))


def rows_in(made: bytes) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


def total(file: YearFile, part: str, field: str, unit: str = "cents") -> int:
    return sum(
        getattr(line, field) for line in file.lines if (line.part, line.unit) == (part, unit)
    )


@pytest.fixture
async def file(connection: Connection, old: OldYear, ring: KeyRing) -> YearFile:
    """Sold and refunded in part, in euros and in visits, all in the December of the year."""
    assert old
    await seal_all(connection, ring)
    return await year_file_of(connection, LAST)


async def test_a_scheme_is_the_ledgers_equation_to_the_cent(
    connection: Connection, file: YearFile
) -> None:
    proof = await prove_and_keep(connection, VELSEN)
    ours = [
        (one.granted, one.shortfall, one.spent, one.refunded, one.lapsed, one.closing)
        for one in file.lines
        if one.part == "scheme"
    ]
    theirs = [
        (one.granted, one.shortfall, one.spent, one.reversed, one.lapsed, one.held + one.open)
        for one in proof.schemes
    ]
    assert Counter(ours) == Counter(theirs)
    assert (20_000, 0, 1_240, 240, 0, 19_000) in ours
    assert (10, 0, 3, 0, 0, 7) in ours


async def test_a_merchant_is_the_ledgers_equation_to_the_cent(
    connection: Connection, file: YearFile
) -> None:
    proof = await prove_and_keep(connection, VELSEN)
    assert {
        one.merchant_id: (one.spent, one.refunded, one.corrected, one.paid, one.closing)
        for one in file.lines
        if one.part == "merchant"
    } == {
        one.merchant_id: (one.redeemed, one.reversed, one.corrected, one.paid, one.owed)
        for one in proof.merchants
    }


def test_categories_add_up_to_schemes_and_to_merchants(file: YearFile) -> None:
    for field in ("spent", "refunded"):
        of_categories = total(file, "category", field)
        assert of_categories == total(file, "scheme", field)
        assert of_categories == total(file, "merchant", field) > 0
    assert total(file, "category", "spent", "visits") == total(file, "scheme", "spent", "visits")
    assert {one.category for one in file.lines if one.part == "category"} == {"sport", "swimming"}


async def test_the_journal_of_its_months_says_the_same(
    connection: Connection, file: YearFile
) -> None:
    groups = await read_groups(connection, await read_period(connection, DECEMBER, now=NOW))
    spent = sum(one.amount_cents for one in groups if one.credit == "merchant")
    refunds = sum(one.amount_cents for one in groups if one.debit == "merchant")
    assert (spent, refunds) == (total(file, "scheme", "spent"), total(file, "scheme", "refunded"))


def test_another_library_reads_the_spreadsheet_to_the_cent(file: YearFile) -> None:
    made = spreadsheet(year_table(file))
    assert made == spreadsheet(year_table(file))
    [header, *rows] = rows_in(made)
    texts = list(csv.DictReader(io.StringIO(csv_of(file)), delimiter=";"))
    assert len(rows) == len(texts) == len(file.lines)
    place = header.index("spent")
    cents = [row for row in rows if row[header.index("unit")] == "cents"]
    assert sum(round(row[place] * 100) for row in cents) == 3 * total(file, "scheme", "spent")
    assert {row["seal_size"] for row in texts} == {str(file.checkpoint.size)}


async def test_of_a_closed_year_the_bytes_stay_whatever_comes_in_later(
    connection: Connection, database: Database, old: OldYear, ring: KeyRing
) -> None:
    closing = await a_closed_year(connection, database, ring)
    before = csv_of(await year_file_of(connection, LAST))
    await refunded(connection, old.shop, old.sale, 500, when=NOW)
    await connection.execute("UPDATE merchant SET name = 'Heet nu anders'")
    await seal_all(connection, ring)
    after = csv_of(await year_file_of(connection, LAST))
    assert after == before
    assert "Sportzaak" in after
    assert hashlib.sha256(after.encode()).hexdigest() == closing.file_hash


async def test_the_next_year_opens_with_what_the_last_one_closed_with(
    connection: Connection, database: Database, old: OldYear, ring: KeyRing
) -> None:
    await seal_all(connection, ring)
    last = await year_file_of(connection, LAST)
    refund = await refunded(connection, old.shop, old.sale, 500, when=NOW)
    await lapsed(database)
    await seal_all(connection, ring)
    following = await year_file_of(connection, LAST + 1)

    def held(file: YearFile, field: str) -> dict[tuple[object, ...], int]:
        return {
            (one.part, one.scheme, one.budget_year, one.unit, one.merchant_id): getattr(one, field)
            for one in file.lines
            if one.part != "category"
        }

    assert held(last, "closing") == held(following, "opening")
    old_scheme = [one for one in following.lines if one.part == "scheme" and one.refunded]
    assert [(one.budget_year, one.refunded) for one in old_scheme] == [(LAST, 500)]
    assert refund
    assert all(one.closing == 0 for one in following.lines if one.part == "scheme")


async def test_without_a_seal_there_is_no_file(connection: Connection, old: OldYear) -> None:
    assert old
    with pytest.raises(YearNotSealed):
        await year_file_of(connection, LAST)


async def test_what_is_not_sealed_yet_is_not_in_it(
    connection: Connection, old: OldYear, ring: KeyRing
) -> None:
    await seal_all(connection, ring)
    before = csv_of(await year_file_of(connection, LAST))
    await at(connection, IN_DECEMBER)
    await sold(connection, old.shop, cents=100)
    await at(connection, None)
    assert csv_of(await year_file_of(connection, LAST)) == before
    await seal_all(connection, ring)
    assert csv_of(await year_file_of(connection, LAST)) != before


@pytest.mark.tampered
async def test_a_year_in_which_a_cent_is_missing_is_refused(
    connection: Connection, superuser: Connection, old: OldYear, ring: KeyRing
) -> None:
    assert old
    await seal_all(connection, ring)
    await by_hand(superuser, "entry", "UPDATE entry SET kind = 'gift' WHERE kind = 'refund'")
    with pytest.raises(YearNotBalanced):
        await year_file_of(connection, LAST)
