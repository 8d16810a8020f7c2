"""The closed list of refusals: found by importing the whole program, never kept by hand."""

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from typing import Final

import pas
from pas.errors import Refusal, TillRefusal

ABSTRACT: Final = frozenset({Refusal, TillRefusal})


@cache
def all_refusals() -> tuple[type[Refusal], ...]:
    """Every refusal of the program, by code."""
    for module in pkgutil.walk_packages(pas.__path__, "pas."):
        importlib.import_module(module.name)
    return tuple(sorted(set(_below(Refusal)), key=lambda refusal: refusal.code()))


@cache
def by_code() -> dict[str, type[Refusal]]:
    return {refusal.code(): refusal for refusal in all_refusals()}


def as_markdown() -> str:
    """The text of docs/problems.md."""
    refusals = all_refusals()
    till = [refusal for refusal in refusals if issubclass(refusal, TillRefusal)]
    other = [refusal for refusal in refusals if not issubclass(refusal, TillRefusal)]
    lines = [
        "# Refusals",
        "",
        "Written by `pas problems > docs/problems.md`; a test keeps it complete. An answer holds",
        "the code, the title and these sentences as problem+json (RFC 9457). People read the Dutch.",
        "The codes are part of the API: they never change their meaning.",
        "",
        "## At the till",
        "",
        *_table(
            ("code", "status", "title", "cashier", "holder", "next step"), map(_till_row, till)
        ),
        "",
        "## Elsewhere",
        "",
        *_table(("code", "status", "title", "next step"), map(_row, other)),
    ]
    return "\n".join(lines) + "\n"


def _below(kind: type[Refusal]) -> Iterable[type[Refusal]]:
    for refusal in kind.__subclasses__():
        yield from _below(refusal)
        if refusal not in ABSTRACT and refusal.__module__.startswith("pas."):
            yield refusal


def _till_row(refusal: type[TillRefusal]) -> tuple[str, ...]:
    code, status, title, next_step = _row(refusal)
    return code, status, title, refusal.cashier, refusal.holder, next_step


def _row(refusal: type[Refusal]) -> tuple[str, str, str, str]:
    return f"`{refusal.code()}`", str(refusal.status), refusal.title(), refusal.next_step


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterable[str]:
    yield _line(head)
    yield _line(tuple("---" for _ in head))
    yield from map(_line, rows)


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
