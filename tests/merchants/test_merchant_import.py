"""A file of merchants: a verdict per row, and nothing twice."""

import io
from collections.abc import Mapping

import pytest

from given.files import a_file
from given.logins import NOON
from given.merchants import APPROVER, IBAN, OTHER_IBAN, REGISTRAR, the_categories
from pas.csvfile import FileRefused
from pas.db import Connection
from pas.ids import MerchantId
from pas.imports.record import ImportRow, read_import_rows
from pas.merchants.import_merchants import import_merchants
from pas.merchants.judge import end_merchant
from pas.merchants.merchant_files import COLUMNS
from pas.merchants.show import show_merchant

CELLS: Mapping[str, str] = {
    "name": "SV Velsen",
    "kvk_number": "12345678",
    "contact_email": "bestuur@svvelsen.nl",
    "location": "Sportpark",
    "postcode": "1971 AB",
    "agreements": "sport, swimming=450",
    "valid_from": "2026-01-01",
    "iban": IBAN,
    "account_holder": "SV Velsen",
}


def a_row(**cells: str) -> dict[str, str]:
    return {**CELLS, **cells}


async def outcomes(connection: Connection, *rows: Mapping[str, str]) -> list[ImportRow]:
    await the_categories(connection)
    done = await import_merchants(
        connection, a_file(COLUMNS, *rows), file_name="m.csv", actor=REGISTRAR, now=NOON
    )
    return await read_import_rows(connection, done.id)


async def test_the_same_file_again_changes_nothing(connection: Connection) -> None:
    rows = [a_row(), a_row(location="Sporthal", postcode="1975AB")]
    assert [one.outcome for one in await outcomes(connection, *rows)] == ["added", "changed"]
    before = await connection.fetchval("SELECT count(*) FROM event")
    assert [one.outcome for one in await outcomes(connection, *rows)] == ["same", "same"]
    assert await connection.fetchval("SELECT count(*) FROM event") == before


async def test_what_a_row_says_is_stored_and_waits_for_others(connection: Connection) -> None:
    await outcomes(connection, a_row())
    merchant = MerchantId(await connection.fetchval("SELECT id FROM merchant"))
    shown = await show_merchant(connection, merchant, actor=REGISTRAR, now=NOON)
    assert shown.merchant.state == "requested"
    assert [(one.category, one.visit_price_cents) for one in shown.agreements] == [
        ("sport", None),
        ("swimming", 450),
    ]
    assert shown.account_in_use is None
    assert shown.account_waiting is not None


async def test_what_changed_is_named(connection: Connection) -> None:
    await outcomes(connection, a_row(iban="", account_holder=""))
    changed = a_row(contact_email="nieuw@svvelsen.nl", address="Duinpad 1")
    (verdict,) = await outcomes(connection, changed)
    assert verdict.outcome == "changed"
    assert verdict.fields == ["contact_email", "location", "iban"]


@pytest.mark.parametrize(
    ("cells", "fields"),
    [
        ({"name": ""}, ("name",)),
        ({"kvk_number": "12"}, ("kvk_number",)),
        ({"contact_email": "x", "contact_phone": "y"}, ("contact_email", "contact_phone")),
        ({"postcode": "x"}, ("postcode",)),
        ({"location": "", "postcode": "1971 AB"}, ("location",)),
        ({"agreements": "sport;12,50"}, ()),
        ({"agreements": "sport=12.50"}, ("agreements",)),
        ({"agreements": "sport=0"}, ("agreements",)),
        ({"agreements": "sport,sport"}, ("agreements",)),
        ({"agreements": "sport=99999999"}, ("agreements",)),
        ({"valid_from": "31-02-2026"}, ("valid_from",)),
        ({"iban": "NL91ABNA0417164301"}, ("iban",)),
        ({"account_holder": ""}, ("iban",)),
    ],
)
async def test_a_bad_row_is_refused_with_its_columns_and_takes_no_other_down(
    connection: Connection, cells: Mapping[str, str], fields: tuple[str, ...]
) -> None:
    bad = a_row(**{"name": "Slecht", **cells})
    good = a_row(name="Goed", kvk_number="87654321")
    first, second = await outcomes(connection, bad, good)
    assert (first.outcome, first.line, first.fields) == ("refused", 2, list(fields))
    assert first.reason
    assert second.outcome == "added"


async def test_an_unknown_category_is_refused_by_name(connection: Connection) -> None:
    (verdict,) = await outcomes(connection, a_row(agreements="sport,vliegen"))
    assert verdict.outcome == "refused"
    assert "vliegen" in (verdict.reason or "")
    assert await connection.fetchval("SELECT count(*) FROM merchant") == 0


async def test_rows_that_disagree_about_their_merchant_are_refused(connection: Connection) -> None:
    other = a_row(location="Hal", iban=OTHER_IBAN)
    twice = a_row(address="Elders 1")
    verdicts = await outcomes(connection, a_row(), other, twice)
    assert [one.outcome for one in verdicts] == ["added", "refused", "refused"]
    assert all("regel 2" in (verdict.reason or "") for verdict in verdicts[1:])


async def test_another_price_is_refused_while_the_old_one_holds(connection: Connection) -> None:
    await outcomes(connection, a_row())
    (verdict,) = await outcomes(connection, a_row(agreements="swimming=500"))
    assert verdict.outcome == "refused"


async def test_an_agreement_that_is_left_out_stays(connection: Connection) -> None:
    await outcomes(connection, a_row())
    (verdict,) = await outcomes(connection, a_row(agreements=""))
    assert verdict.outcome == "same"
    assert await connection.fetchval("SELECT count(*) FROM agreement") == 2


async def test_an_ended_merchant_is_not_changed_by_a_file(connection: Connection) -> None:
    await outcomes(connection, a_row())
    merchant = MerchantId(await connection.fetchval("SELECT id FROM merchant"))
    await end_merchant(connection, merchant, reason="weg", actor=APPROVER, now=NOON)
    (verdict,) = await outcomes(connection, a_row())
    assert verdict.outcome == "refused"


async def test_a_file_of_another_shape_is_refused_whole(connection: Connection) -> None:
    with pytest.raises(FileRefused):
        await import_merchants(
            connection,
            io.BytesIO(b"naam,kvk\nSV,1\n"),
            file_name="m.csv",
            actor=REGISTRAR,
            now=NOON,
        )
    assert await connection.fetchval("SELECT count(*) FROM import") == 0


async def test_what_became_of_each_row_is_kept(connection: Connection) -> None:
    verdicts = await outcomes(connection, a_row(), a_row(kvk_number="1"))
    assert [(one.line, one.outcome) for one in verdicts] == [(2, "added"), (3, "refused")]
    row = await connection.fetchrow("SELECT added, changed, same, refused FROM import")
    assert row is not None
    assert tuple(row) == (1, 0, 0, 1)
    ended = await connection.fetchval("SELECT ended_at IS NOT NULL FROM import")
    assert ended
