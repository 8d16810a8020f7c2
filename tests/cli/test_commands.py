"""The commands: each teaches by example, and its exit code tells a script what happened."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from pas.cli.main import app, main


def pas(data_dir: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    given = {f"PAS_{name.upper()}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "pas.cli", *words],
        env={**os.environ, "PAS_DATA_DIR": str(data_dir), **given},
        capture_output=True,
        text=True,
        check=False,
    )


def all_helps() -> Iterator[tuple[str, str]]:
    """Walk the tree; a group that only holds others needs no example of its own."""

    def walk(name: str, command: object) -> Iterator[tuple[str, str]]:
        parts = getattr(command, "commands", {})
        for part, inner in parts.items():
            yield from walk(f"{name} {part}", inner)
        if not parts:
            yield name, getattr(command, "help", None) or ""

    return walk("pas", typer.main.get_command(app))


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in all_helps()])
def test_every_command_teaches_by_example(text: str) -> None:
    assert "Example" in text


def test_a_municipality_comes_is_listed_and_goes(short_path: Path) -> None:
    added = pas(short_path, "municipality", "add", "den_haag", "--title", "Den Haag")
    assert (added.returncode, added.stdout) == (0, "")
    assert "Den Haag was added" in added.stderr

    twice = pas(short_path, "municipality", "add", "den_haag", "--title", "Den Haag")
    assert twice.returncode == 1
    assert "is er al" in twice.stderr

    listed = pas(short_path, "municipality", "list")
    assert listed.returncode == 0
    assert "den_haag" in listed.stdout

    raised = pas(short_path, "ledger", "raise-epoch", "den_haag", "--reason", "restored")
    assert raised.returncode == 0
    assert "The books of den_haag are in epoch 2" in raised.stderr

    drop = ("municipality", "drop", "den_haag")
    kept = pas(short_path, *drop, "--again", "den_haag")
    assert kept.returncode == 1
    assert "--without-export" in " ".join(kept.stderr.split())
    kept = pas(short_path, *drop, "--without-export")
    assert kept.returncode == 1
    assert "--again den_haag" in " ".join(kept.stderr.split())

    dropped = pas(short_path, *drop, "--without-export", "--again", "den_haag")
    assert dropped.returncode == 0
    assert "den_haag" not in pas(short_path, "municipality", "list").stdout


@pytest.mark.parametrize(
    "name", ["Den Haag", "1e", "x", "pg_catalog", "pas", "public", "a;b", "é", "a" * 41, '"a"']
)
def test_a_name_that_can_not_be_a_schema_is_refused_with_an_example(
    short_path: Path, name: str
) -> None:
    refused = pas(short_path, "municipality", "add", name, "--title", "X")
    assert refused.returncode == 1
    assert "den_haag" in refused.stderr


def test_wrong_usage_is_2_and_wrong_settings_are_3(short_path: Path) -> None:
    assert pas(short_path, "municipality", "add").returncode == 2
    assert pas(short_path, "nonsense").returncode == 2
    wrong = pas(short_path, "settings", port="x", log_level="y")
    assert wrong.returncode == 3
    assert wrong.stderr.count("✗") == 2


@pytest.mark.parametrize(
    "command", ["migrate", "schemes list velsen", "grants explain velsen 1", "ledger prove velsen"]
)
def test_a_database_that_can_not_be_reached_is_3_without_a_traceback(
    short_path: Path, command: str
) -> None:
    url = "postgresql://pas@127.0.0.1:1/pas"
    given = {"database_url": url, "migrator_url": url, "database_secret": "s" * 32}
    away = pas(short_path, *command.split(), **given)
    assert away.returncode == 3
    assert "Traceback" not in away.stderr
    assert "✗" in away.stderr


def test_a_defect_is_4(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(sys.modules["pas.cli.main"], "app", broken)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 4


def test_status_tells_a_script_whether_it_runs(short_path: Path) -> None:
    status = pas(short_path, "postgres", "status")
    assert status.returncode == 1
    assert "does not run" in status.stdout


def test_merchants_are_imported_and_a_refused_row_is_told(short_path: Path) -> None:
    pas(short_path, "municipality", "add", "velsen", "--title", "Velsen")
    file = short_path / "merchants.csv"
    columns = "name;kvk_number;contact_email;contact_phone;location;address;postcode;city;area;"
    columns += "agreements;valid_from;iban;account_holder\n"
    file.write_text(columns + "SV Velsen;12345678" + ";" * 11 + "\n", encoding="utf-8")
    first = pas(short_path, "merchants", "import", "velsen", str(file))
    again = pas(short_path, "merchants", "import", "velsen", str(file))
    assert (first.returncode, again.returncode) == (0, 0)
    assert "1 added" in first.stderr
    assert "1 the same" in again.stderr

    file.write_text(columns + "SV Velsen;1" + ";" * 11 + "\n", encoding="utf-8")
    wrong = pas(short_path, "merchants", "import", "velsen", str(file), "--json")
    assert wrong.returncode == 1
    assert "line 2: Een KvK-nummer heeft 8 cijfers." in wrong.stderr
    assert json.loads(wrong.stdout)["refusedRows"][0]["fields"] == ["kvk_number"]

    file.write_text("naam,kvk\n", encoding="utf-8")
    refused = pas(short_path, "merchants", "import", "velsen", str(file))
    assert refused.returncode == 1
    assert "eerste regel moet zijn" in " ".join(refused.stderr.split())
