"""The rules of shape that no linter knows: short modules, money without fractions, days with a zone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
LONGEST_FUNCTION = 70
LONGEST_MODULE = 300

FRACTION_TYPES = re.compile(
    r"\b(numeric|decimal|real|float[48]?|double precision|money)\b", re.IGNORECASE
)
DAY_WITHOUT_ZONE = re.compile(r"\bnow(\([^()]*\))?\.(date\(|year|month|day\b)|\bdate\.today\(")
MONEY_WORD = re.compile(r"(cents|amount)$", re.IGNORECASE)


def named(paths: list[Path]) -> list[object]:
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in paths]


@pytest.mark.parametrize("path", named(SOURCES))
def test_modules_and_functions_are_short(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_MODULE
    too_long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []


def fractions_of_money(text: str) -> Iterator[int]:
    """Find lines where an amount is divided, is a float, or is called one."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                suspect = node
            case ast.Call(func=ast.Name(id="float" | "Decimal")):
                suspect = node
            case (
                ast.AnnAssign(annotation=ast.Name(id="float"))
                | ast.arg(annotation=ast.Name(id="float"))
            ):
                suspect = node
            case _:
                continue
        if any(MONEY_WORD.search(name) for name in names_in(suspect)):
            yield suspect.lineno


def names_in(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case _:
                pass


@pytest.mark.parametrize("path", named(SOURCES))
def test_no_amount_is_a_fraction(path: Path) -> None:
    assert list(fractions_of_money(path.read_text())) == []


@pytest.mark.parametrize(
    "text", ["x = price_cents / 2", "float(amount)", "price_cents: float = 1", "y.take_cents /= 3"]
)
def test_the_search_for_fractions_finds_them(text: str) -> None:
    assert list(fractions_of_money(text)) == [1]


@pytest.mark.parametrize("path", named(sorted((ROOT / "migrations").glob("*/*.sql"))))
def test_no_column_holds_a_fraction(path: Path) -> None:
    code = re.sub(r"--.*|'[^']*'", "", path.read_text())
    assert FRACTION_TYPES.findall(code) == []


@pytest.mark.parametrize("part", ["src", "tests", "load_tests"])
def test_now_gets_its_day_from_the_zone_that_people_live_in(part: str) -> None:
    """In UTC a day begins one or two hours late, and a year too."""
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted((ROOT / part).rglob("*.py"))
        for line in path.read_text().splitlines()
        if DAY_WITHOUT_ZONE.search(line) and path != Path(__file__)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text", ["now.year", "x(now.date())", "datetime.now(UTC).date()", "date.today()"]
)
def test_the_search_for_days_finds_them(text: str) -> None:
    assert DAY_WITHOUT_ZONE.search(text)
