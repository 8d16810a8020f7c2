"""What finance and an accountant take from a whole city by commands: the same figures in every shape."""

import csv
import io
import json
import subprocess
from pathlib import Path

import openpyxl
import pytest

from given.days import TODAY, YEAR
from pas.money import parse_euros
from serving import Served, run_pas

VELSEN = "velsen"


class City:
    """Runs commands on the demonstration city."""

    def __init__(self, served: Served, folder: Path) -> None:
        self.data_dir, self.folder = str(served.output.parent / "data"), folder

    def runs(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run_pas(*words, data_dir=self.data_dir)

    def told(self, *words: str) -> str:
        ran = self.runs(*words)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def written(self, name: str, *words: str) -> Path:
        """The file that a command writes as its last argument."""
        file = self.folder / name
        self.told(*words, str(file))
        return file


@pytest.fixture
def desk(city: Served, tmp_path: Path) -> City:
    return City(city, tmp_path)


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig")), delimiter=";"))


def cents_in(cell: str) -> int:
    return parse_euros(cell) if cell else 0


def test_a_run_is_reviewed_and_pinned_by_commands(desk: City) -> None:
    runs = json.loads(desk.told("settlements", "list", VELSEN, "--json"))
    number = next(str(one["number"]) for one in runs if one["state"] in {"exported", "booked"})
    review = desk.written("run.csv", "settlements", "review", VELSEN, number)
    sheet = desk.written("run.xlsx", "settlements", "review", VELSEN, number)
    manifest = desk.written("run.json", "settlements", "manifest", VELSEN, number)
    refused = desk.runs("settlements", "review", VELSEN, "9999", str(sheet))

    book = openpyxl.load_workbook(sheet).active
    assert book is not None
    assert book.max_row == len(rows_of(review)) + 1
    pinned = json.loads(manifest.read_text(encoding="utf-8"))
    assert sum(one["totalCents"] for one in pinned["files"]) == sum(
        one["amountCents"] for one in pinned["payments"]
    )
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr


def test_a_merchant_s_papers_say_what_it_was_paid(desk: City) -> None:
    manifest = desk.written("run.json", "settlements", "manifest", VELSEN, "1")
    payment = json.loads(manifest.read_text(encoding="utf-8"))["payments"][0]
    merchant = payment["merchantId"]
    said = ("settlements", "specification", VELSEN, "1", merchant)
    listed = rows_of(desk.written("specification.csv", *said))
    paper = desk.written("specification.pdf", *said)
    again = desk.written("again.pdf", *said)
    of_year = desk.written(
        "statement.csv", "settlements", "statement", VELSEN, str(TODAY.year), merchant
    )

    assert (
        sum(cents_in(row["bij"]) - cents_in(row["af"]) for row in listed) == payment["amountCents"]
    )
    assert paper.read_bytes().startswith(b"%PDF-")
    assert paper.read_bytes() == again.read_bytes()
    assert len(rows_of(of_year)) >= 12


def test_an_accountant_draws_the_same_year_and_the_same_sample_twice(desk: City) -> None:
    account = desk.written("year.csv", "years", "account", VELSEN, str(YEAR))
    asked = ("years", "sample", VELSEN, str(YEAR), "--seed", "accountant", "--size", "7", "--json")
    one, other = desk.told(*asked), desk.told(*asked)
    rehearsed = json.loads(desk.told("years", "rehearse", VELSEN, str(YEAR), "--json"))

    assert {row["part"] for row in rows_of(account)} >= {"scheme", "merchant"}
    assert one == other
    assert len(json.loads(one)["entries"]) == 7
    assert rehearsed["year"] == YEAR
    assert desk.told("years", "list", VELSEN) is not None
