"""Schemes from a file: what is read, what is refused, what a file changes."""

import io
from datetime import date

import pytest

from given.files import a_file, a_scheme_row
from pas.csvfile import write_rows
from pas.ids import SchemeVersionId, uuid7
from pas.money import BasisPoints, Cents
from pas.schemes.compare import compare
from pas.schemes.files import COLUMNS, ReadVersion, read_versions, row_of
from pas.schemes.model import (
    Amount,
    InKind,
    Percentage,
    SchemeVersion,
    StoredVersion,
    Visits,
    holds_on,
    reserved_cents,
)


def read(*rows: dict[str, str]) -> list[ReadVersion]:
    return read_versions(a_file(COLUMNS, *rows))


def version(**cells: str) -> SchemeVersion:
    found = read(a_scheme_row(**cells))[0]
    assert found.version is not None, found.faults
    return found.version


def stored(*versions: SchemeVersion) -> list[StoredVersion]:
    return [StoredVersion(id=SchemeVersionId(uuid7()), version=one) for one in versions]


def outcomes(read: list[ReadVersion], before: list[StoredVersion]) -> list[str]:
    return [verdict.outcome for verdict in compare(read, before)]


def test_the_last_day_of_a_file_is_inclusive_and_the_version_half_open() -> None:
    found = version(valid_from="2026-01-01", valid_to="31-12-2026")

    assert found.valid_until == date(2027, 1, 1)
    assert holds_on(found, date(2026, 12, 31))
    assert not holds_on(found, date(2027, 1, 1))


@pytest.mark.parametrize(
    ("cells", "allowance", "reserved"),
    [
        ({}, Amount(Cents(20000)), 20000),
        (
            {"allowance": "visits", "amount_cents": "", "visits": "10", "unit_price_cents": "503"},
            Visits(10, Cents(503)),
            5030,
        ),
        (
            {
                "allowance": "percentage",
                "amount_cents": "",
                "share_pct": "75,5",
                "cap_cents": "30000",
            },
            Percentage(BasisPoints(7550), Cents(30000)),
            30000,
        ),
        (
            {"allowance": "in_kind", "amount_cents": "", "visits": "2", "unit_price_cents": "3000"},
            InKind(visits=2, unit_price_cents=Cents(3000)),
            6000,
        ),
    ],
)
def test_every_kind_of_allowance_is_read(
    cells: dict[str, str], allowance: Amount | Visits | Percentage | InKind, reserved: int
) -> None:
    found = version(**cells)

    assert found.allowance == allowance
    assert reserved_cents(found.allowance) == reserved


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"amount_cents": "0"}, "amount_cents"),
        ({"amount_cents": "-5"}, "amount_cents"),
        ({"amount_cents": "12.5"}, "amount_cents"),
        ({"amount_cents": "12,50"}, "amount_cents"),
        ({"amount_cents": "9223372036854775808"}, "amount_cents"),
        ({"amount_cents": "٥٠"}, "amount_cents"),
        ({"amount_cents": ""}, "amount_cents"),
        ({"visits": "3"}, "visits"),
        ({"allowance": "in_kind", "amount_cents": "", "visits": "1"}, "unit_price_cents"),
        ({"allowance": "in_kind", "amount_cents": "", "unit_price_cents": "1"}, "visits"),
        ({"allowance": "percentage", "amount_cents": "", "cap_cents": "5"}, "share_pct"),
        (
            {"allowance": "percentage", "amount_cents": "", "cap_cents": "5", "share_pct": "101"},
            "share_pct",
        ),
        ({"status": "in force"}, "status"),
        ({"code": "Sport Kinderen"}, "code"),
        ({"code": "=HYPERLINK(1)"}, "code"),
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "a\u202eb"}, "title"),
        ({"valid_from": "2026-02-30"}, "valid_from"),
        ({"valid_from": "1-2-26"}, "valid_from"),
        ({"valid_from": ""}, "valid_from"),
        ({"valid_to": "2025-12-31"}, "valid_to"),
        ({"categories": ""}, "categories"),
        ({"categories": "sport|culture"}, "categories"),
        ({"age_from": "8", "age_until": "8"}, "age_until"),
        ({"school_types": "primary,gym"}, "school_types"),
        ({"income_limit_pct": "110.005"}, "income_limit_pct"),
        ({"income_limit_pct": "-1"}, "income_limit_pct"),
        ({"income_limit_pct": ""}, "income_limit_pct"),
        ({"period": "once_per_child", "unit": "person"}, "period"),
        ({"period": "per_application"}, "period"),
        ({"excludes": "sport_kinderen"}, "excludes"),
        ({"excludes": "aa", "stacks_with": "aa"}, "excludes"),
        ({"spend_at_once": "ja"}, "spend_at_once"),
        ({"retention_years": "0"}, "retention_years"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_the_column_named(
    cells: dict[str, str], field: str
) -> None:
    verdict = compare(read(a_scheme_row(**cells)), [])[0]

    assert verdict.outcome == "refused"
    assert field in verdict.fields
    assert verdict.line == 2


def test_all_faults_of_a_row_are_told_together() -> None:
    verdict = compare(read(a_scheme_row(title="", status="x", amount_cents="y")), [])[0]

    assert set(verdict.fields) == {"title", "status", "amount_cents"}


def test_the_same_file_again_changes_nothing() -> None:
    rows = read(a_scheme_row(), a_scheme_row(code="other"))

    before = stored(*[one.version for one in rows if one.version])

    assert outcomes(rows, []) == ["added", "added"]
    assert outcomes(rows, before) == ["same", "same"]


def test_a_version_that_overlaps_another_is_refused_and_its_neighbours_are_not() -> None:
    before = stored(version(valid_from="2026-01-01", valid_to="2026-12-31"))
    rows = read(
        a_scheme_row(valid_from="2026-12-31", title="a day too early"),
        a_scheme_row(code="other"),
        a_scheme_row(valid_from="2027-01-01"),
    )

    verdicts = compare(rows, before)

    assert [one.outcome for one in verdicts] == ["refused", "added", "added"]
    assert "2026-01-01" in verdicts[0].reason


def test_closing_a_version_and_adding_its_successor_may_stand_in_one_file_in_any_order() -> None:
    before = stored(version())
    successor = a_scheme_row(valid_from="2027-01-01", amount_cents="25000")
    closed = a_scheme_row(valid_to="2026-12-31")

    assert outcomes(read(successor, closed), before) == ["added", "changed"]
    assert outcomes(read(closed, successor), before) == ["changed", "added"]
    assert outcomes(read(successor), before) == ["refused"]


def test_a_proposal_grants_nothing() -> None:
    assert not holds_on(version(status="proposed"), date(2026, 6, 1))


def test_two_rows_for_one_version_do_not_both_hold() -> None:
    rows = read(a_scheme_row(), a_scheme_row(amount_cents="1"))

    verdicts = compare(rows, [])

    assert [one.outcome for one in verdicts] == ["added", "refused"]
    assert "regel 2" in verdicts[1].reason


def test_a_version_is_never_rewritten_only_ended_or_adopted() -> None:
    in_force, proposal = stored(version()), stored(version(status="proposed"))

    assert outcomes(read(a_scheme_row(amount_cents="25000")), in_force) == ["refused"]
    assert outcomes(read(a_scheme_row(title="Sport")), in_force) == ["refused"]
    assert outcomes(read(a_scheme_row(valid_to="2026-12-31")), in_force) == ["changed"]
    assert outcomes(read(a_scheme_row(status="ended")), in_force) == ["changed"]
    assert outcomes(read(a_scheme_row(status="proposed")), in_force) == ["refused"]
    assert outcomes(read(a_scheme_row()), proposal) == ["changed"]


def test_a_version_written_and_read_is_the_same_version() -> None:
    one = version(
        allowance="percentage",
        amount_cents="",
        share_pct="80",
        cap_cents="5000",
        valid_to="2026-12-31",
        school_types="secondary,primary",
        age_from="4",
        age_until="18",
        income_limit_pct="120,5",
        excludes="aa,bb",
        run_out_days="90",
        subsidiary="yes",
    )

    again = read_versions(io.BytesIO("".join(write_rows(COLUMNS, [row_of(one)])).encode()))

    assert again[0].version == one
