"""What finance does without a screen: read a budget in, take the journal out, hand over a file of the bank."""

import csv
import json
import subprocess
from pathlib import Path

import openpyxl
import pytest

from given.books import this_month
from given.days import YEAR
from given.files import a_file, a_scheme_row
from pas.bookkeeping.periods import name_of
from pas.schemes.files import COLUMNS as SCHEME_COLUMNS
from serving import run_pas

MONTH = name_of(this_month())
BUDGET = Path(__file__).parents[2] / "src" / "pas" / "demo" / "data" / "velsen_budget_2020_2024.csv"


def pas(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_pas(*words, data_dir=str(home))


@pytest.mark.slow
def test_finance_goes_through_a_month_by_commands_alone(short_path: Path) -> None:
    home, schemes = short_path / "home", short_path / "schemes.csv"
    schemes.write_bytes(a_file(SCHEME_COLUMNS, a_scheme_row(unit="person")).read())
    assert pas(home, "municipality", "add", "velsen", "--title", "Velsen").returncode == 0
    assert pas(home, "schemes", "import", "velsen", str(schemes)).returncode == 0
    amount = ("sport_kinderen", "150,00", "--year", str(YEAR), "--cover", "minimabeleid")
    assert pas(home, "grants", "appropriate", "velsen", *amount).returncode == 0

    read_in = pas(home, "appropriations", "import", "velsen", str(BUDGET))
    again = pas(home, "appropriations", "import", "velsen", str(BUDGET), "--json")
    assert read_in.returncode == 0, read_in.stderr
    assert "velsen_budget_2020_2024.csv: kept" in read_in.stderr
    assert json.loads(again.stdout)["found"]["kept"]["isNew"] is False

    nothing = pas(home, "journal", "show", "velsen", MONTH)
    assert nothing.returncode == 1
    assert "Traceback" not in nothing.stderr
    profile, journal = short_path / "profile.json", short_path / "journal.csv"
    profile.write_text(pas(home, "journal", "profile", "velsen").stdout, encoding="utf-8")
    assert "Version 1" in pas(home, "journal", "profile", "velsen", str(profile)).stderr
    [period] = json.loads(pas(home, "journal", "periods", "velsen", "--json").stdout)
    assert period["state"] == "open"
    lines = json.loads(pas(home, "journal", "show", "velsen", MONTH, "--json").stdout)
    assert [(one["side"], one["amountCents"]) for one in lines] == [
        ("debit", 15_000),
        ("credit", 15_000),
    ]
    made = pas(home, "journal", "export", "velsen", MONTH, str(journal))
    assert "2 lines" in made.stderr
    rows = list(csv.DictReader(journal.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [(row["Debet"], row["Credit"]) for row in rows] == [("150,00", ""), ("", "150,00")]
    sheet = journal.with_suffix(".xlsx")
    assert pas(home, "journal", "export", "velsen", MONTH, str(sheet)).returncode == 0
    book = openpyxl.load_workbook(sheet).active
    assert book is not None
    assert book.max_row == 3

    hostile = short_path / "bank.xml"
    for content, why in (
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "DOCTYPE"),
        (b"PK\x03\x04 and more", "zip"),
        (b"", "XML"),
    ):
        hostile.write_bytes(content)
        refused = pas(home, "settlements", "import-bank-file", "velsen", str(hostile))
        assert (refused.returncode, why in refused.stderr) == (1, True), refused.stderr
