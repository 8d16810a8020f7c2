"""The schemes of the papers word for word, every kind of scheme, and merchants to spend at."""

import csv
import io
from collections import Counter
from datetime import date
from functools import cache

import pytest
from stdnum import iban

from pas.demo.figures import read_table
from pas.demo.population import (
    areas,
    categories,
    make_population,
    merchants_file,
    schemes_file,
)
from pas.demo.published import ADOPTED, adopted_schemes, published_schemes
from pas.grants.facts import HouseholdFacts, PersonFacts, Verdict
from pas.grants.plan import plan
from pas.grants.rules import assess
from pas.ids import HouseholdNumber, ResidentId, SchemeVersionId, uuid7
from pas.schemes.compare import compare
from pas.schemes.files import read_versions
from pas.schemes.model import (
    Amount,
    InKind,
    Percentage,
    SchemeVersion,
    StoredVersion,
    Visits,
    holds_on,
    last_day,
)

NEW_YEAR = date(2026, 1, 1)


@cache
def imported() -> tuple[SchemeVersion, ...]:
    read = read_versions(io.BytesIO("".join(schemes_file()).encode()))
    assert {one.outcome for one in compare(read, [])} == {"added"}
    return tuple(one.version for one in read if one.version)


def in_force() -> list[SchemeVersion]:
    return [one for one in imported() if holds_on(one, NEW_YEAR)]


@pytest.mark.parametrize(
    ("row", "version"),
    list(zip(read_table("velsen_schemes.csv"), published_schemes(), strict=True)),
)
def test_a_published_row_keeps_its_words(row: dict[str, str], version: SchemeVersion) -> None:
    assert version.code == row["scheme"]
    assert version.status == {"in force": "in_force", "pilot": "pilot"}.get(
        row["status"], "proposed"
    )
    assert str(version.valid_from) == (row["valid_from"] or "2018-01-01")
    assert ("valid_from" in version.derived_cells) == (not row["valid_from"])
    assert str(last_day(version) or "") == row["valid_to"]
    assert ";".join(sorted(version.categories)) == ";".join(sorted(row["categories"].split(";")))
    limit = row["income_limit_pct"]
    assert version.income_limit == (int(limit) * 100 if limit else None)
    assert version.unit == row["unit"]
    assert version.note == row["note"]
    match version.allowance:
        case Amount(amount_cents=amount):
            assert str(amount) == row["amount_cents"]
        case Visits(visits=visits, unit_price_cents=price):
            assert (str(visits), str(price)) == (row["visits"], row["unit_price_cents"])
        case InKind(visits=things, unit_price_cents=price):
            assert row["kind"] == "in kind"
            assert (things, price) == (1, 3000)
            assert {"visits", "unit_price_cents"} <= version.derived_cells
        case Percentage():
            pytest.fail("the papers have none")


def test_a_proposal_of_the_papers_grants_nothing_until_the_city_adopts_it() -> None:
    on = date(2023, 6, 1)

    assert not any(
        holds_on(one, on) for one in published_schemes() if one.code == "jeugdfonds_sport"
    )
    assert sum(holds_on(one, on) for one in adopted_schemes()) == 15


def test_what_a_page_shows_of_the_papers_is_in_dutch() -> None:
    dutch = {row["dutch"] for row in read_table("dutch.csv")}
    for one in adopted_schemes():
        assert one.target_group in dutch
        assert one.note.removesuffix(ADOPTED).strip() in dutch | {""}


def test_every_kind_of_scheme_occurs() -> None:
    now = in_force()

    assert {type(one.allowance) for one in now} == {Amount, Visits, Percentage, InKind}
    assert {one.unit for one in now} == {"child", "person", "household"}
    assert {one.period for one in now} == {
        "pass_year",
        "school_year",
        "once_per_child",
        "per_application",
    }
    assert {one.awarded_by for one in now} == {"assessment", "intermediary", "team"}
    assert {one.income_limit for one in now} == {None, 11_000, 12_000, 13_000}
    for field in (
        "spend_at_once",
        "once_per_year",
        "closed_pot",
        "subsidiary",
        "precondition",
        "excludes",
        "stacks_with",
        "school_types",
        "run_out_days",
    ):
        assert any(getattr(one, field) for one in imported()), field


def test_every_purpose_has_a_title_and_a_merchant() -> None:
    named = {category for one in imported() for category in one.categories}
    agreed = {
        category
        for row in csv.DictReader(merchants_file().splitlines(), delimiter=";")
        for category in row["categories"].split(",")
    }

    assert named == agreed == set(categories())


def test_merchants_have_accounts_that_check_out_and_that_no_bank_has() -> None:
    rows = list(csv.DictReader(merchants_file().splitlines(), delimiter=";"))

    assert len({row["name"] for row in rows}) >= 50
    assert len({row["iban"] for row in rows}) == len({row["name"] for row in rows})
    for row in rows:
        assert iban.is_valid(row["iban"])
        assert row["iban"][4:8] == "PASX"
        assert row["area"] in areas()
        assert row["contact_email"].endswith(".example")
        for agreed in filter(None, row["visit_prices"].split(",")):
            category, price = agreed.split("=")
            assert category in row["categories"].split(",")
            assert int(price) > 0


def test_the_city_can_be_assessed_and_nobody_is_granted_on_a_guess() -> None:
    versions = [StoredVersion(id=SchemeVersionId(uuid7()), version=one) for one in imported()]
    the_plan = plan(versions, year=2026, on=NEW_YEAR)
    city = make_population(NEW_YEAR)
    households: dict[str, list[PersonFacts]] = {}
    for one in city.residents:
        households.setdefault(one.household_number, []).append(
            PersonFacts(
                resident=ResidentId(uuid7()),
                birth_date=one.birth_date,
                school_type=one.school_type,
                here_from=one.valid_from,
            )
        )
    verdicts: list[tuple[int, bool, Verdict]] = []
    granted: set[str] = set()
    for home in city.homes:
        facts = HouseholdFacts(
            number=HouseholdNumber(home.number),
            income=home.income if home.known else None,
            members=tuple(households[home.number]),
        )
        for decision in assess(facts, the_plan):
            granted |= {home.number} if decision.granted else set()
            verdicts += [(home.income, home.known, one) for one in decision.verdicts]

    outcomes = Counter((known, one.outcome) for _, known, one in verdicts)
    assert outcomes[False, "granted"] == outcomes[False, "refused"] == 0
    assert outcomes[False, "unknown"] > outcomes[True, "unknown"] == 0
    by_scheme = {one.scheme for _, _, one in verdicts if one.outcome == "granted"}
    assert by_scheme == {one.code for one in in_force() if one.awarded_by == "assessment"}
    for income, known, one in verdicts:
        if known and one.reason in {"within-limit", "income-above-limit"}:
            assert one.limit is not None
            assert (one.outcome == "granted") == (income <= one.limit)
    on_benefit = {home.number for home in city.homes if home.source == "participatiewet"}
    assert on_benefit <= granted
