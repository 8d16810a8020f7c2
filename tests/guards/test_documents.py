"""What the documents point at is there: paths, commands and settings."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "load_tests/README.md", *ROOT.glob("docs/**/*.md")])
PATH = re.compile(r"(?:tests|src|migrations|docs|load_tests)/[\w./-]*\w/?")
TARGET = re.compile(r"`make ([a-z-]+)|^make ([a-z-]+)", re.MULTILINE)
SETTING = re.compile(r"\bPAS_[A-Z_]+\b")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_a_document_names_is_there(document: Path) -> None:
    named = {found[0] for found in PATH.finditer(document.read_text())}
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_that_a_document_names_is_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {found[1] or found[2] for found in TARGET.finditer(document.read_text())}
    assert sorted(named - targets) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_setting_that_a_document_names_is_read_somewhere(document: Path) -> None:
    sources = [
        path.read_text()
        for part in ("src", "tests", "load_tests")
        for path in (ROOT / part).rglob("*.py")
    ]
    fields = set(
        re.findall(r"^    ([a-z_]+): ", (ROOT / "src/pas/settings.py").read_text(), re.MULTILINE)
    )
    named = {found[0] for found in SETTING.finditer(document.read_text())}
    unknown = [
        name
        for name in sorted(named)
        if name.removeprefix("PAS_").lower() not in fields
        and not any(name in text for text in sources)
    ]
    assert unknown == []
