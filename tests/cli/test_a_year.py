"""A year of a municipality by commands alone: schemes, residents, money, assessment, lapse."""

import json
import subprocess
from pathlib import Path

import pytest

from given.days import YEAR
from given.files import RESIDENT_CELLS, SCHEME_CELLS, a_file, a_resident_row, a_scheme_row
from pas.passes.resident_files import COLUMNS as RESIDENT_COLUMNS
from pas.schemes.files import COLUMNS as SCHEME_COLUMNS
from serving import run_pas

NEXT_YEAR = str(YEAR + 1)


def pas(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_pas(*words, data_dir=str(home))


@pytest.mark.slow
def test_a_year_of_a_municipality_by_commands_alone(short_path: Path) -> None:
    schemes, residents = short_path / "schemes.csv", short_path / "residents.csv"
    schemes.write_bytes(a_file(SCHEME_COLUMNS, a_scheme_row(unit="person")).read())
    wrong = a_resident_row(person_number="2", household_number="H2", birth_date="x")
    residents.write_bytes(a_file(RESIDENT_COLUMNS, a_resident_row(bsn="999990019"), wrong).read())
    home = short_path / "home"
    added = pas(home, "municipality", "add", "velsen", "--title", "Velsen")
    assert added.returncode == 0, added.stderr

    imported = pas(home, "schemes", "import", "velsen", str(schemes))
    again = pas(home, "schemes", "import", "velsen", str(schemes), "--json")
    listed = pas(home, "schemes", "list", "velsen")
    assert (imported.returncode, again.returncode) == (0, 0), imported.stderr
    assert "1 added" in imported.stderr
    assert json.loads(again.stdout)["made"]["summary"]["same"] == 1
    assert SCHEME_CELLS["code"] in listed.stdout

    people = pas(home, "residents", "import", "velsen", str(residents))
    assert people.returncode == 1
    assert "line 3" in people.stderr
    assert "1 added" in people.stderr
    assert RESIDENT_CELLS["family_name"] not in people.stderr
    assert pas(home, "residents", "changes", "velsen").returncode == 0

    amount = ("sport_kinderen", "150,00", "--year", NEXT_YEAR, "--cover", "minimabeleid")
    aside = pas(home, "grants", "appropriate", "velsen", *amount)
    dry = pas(home, "grants", "assess", "velsen", "--year", NEXT_YEAR, "--dry-run", "--json")
    real = pas(home, "grants", "assess", "velsen", "--year", NEXT_YEAR)
    assert aside.returncode == 0, aside.stderr
    assert json.loads(dry.stdout)["grantedCents"] == 20_000
    assert real.returncode == 0, real.stderr
    assert "overspent by €\u00a050,00" in real.stderr
    money = pas(home, "grants", "appropriations", "velsen", "--year", NEXT_YEAR, "--json")
    assert json.loads(money.stdout)[0]["leftCents"] == -5_000
    lapsed = pas(home, "grants", "lapse", "velsen", "--year", NEXT_YEAR, "--dry-run")
    assert lapsed.returncode == 0
    assert "€\u00a00,00 would return" in lapsed.stderr
    over = pas(home, "grants", "assess", "velsen", "--year", "2020")
    assert (over.returncode, "voorbij" in over.stderr) == (1, True)
    far = pas(home, "grants", "assess", "velsen", "--year", str(YEAR + 3))
    assert (far.returncode, "Toekennen voor" in far.stderr) == (1, True)
    assert pas(home, "ledger", "prove", "velsen").returncode == 0
    assert_told_to_close(pas(home, "ledger", "prove", "velsen", "--json").stdout)


def assert_told_to_close(told: str) -> None:
    proof = json.loads(told)
    assert proof["closes"] is True
    assert [one["difference"] for one in proof["schemes"]] == [0]
