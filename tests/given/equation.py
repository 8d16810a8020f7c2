"""The equation of now, held against the proof and against everything that it is made of."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from pas.bookkeeping.equation import (
    TERMS,
    Cut,
    Equation,
    Term,
    make_cut,
    read_entries,
    read_equation,
    read_months,
)
from pas.db import Connection
from pas.ledger.prove import MerchantEquation, Proof, SchemeEquation
from sealing import settled

FEW = 3


async def equation_now(connection: Connection) -> Equation:
    await settled(connection)
    cut = await make_cut(connection, day=None, position=None, now=datetime.now(UTC))
    return await read_equation(connection, cut)


def something(rows: list[SchemeEquation] | list[MerchantEquation]) -> set[tuple[object, ...]]:
    """Rows of which not everything is nought."""
    told = [msgspec.structs.astuple(one) for one in rows]
    return {one for one in told if any(isinstance(part, int) and part for part in _amounts(one))}


def _amounts(row: tuple[object, ...]) -> tuple[object, ...]:
    """Without the scheme, the year and the unit, or the merchant."""
    return row[3:] if isinstance(row[2], str) else row[1:]


def numbers(found: Equation) -> Iterator[tuple[Term, int]]:
    for one in found.schemes:
        for term in TERMS["scheme"]:
            yield Term("scheme", one.scheme_id, one.budget_year, one.unit, term), getattr(one, term)
    for one in found.merchants:
        for term in TERMS["merchant"]:
            yield Term("merchant", one.merchant_id, 0, "cents", term), getattr(one, term)


async def every_level_adds_up(connection: Connection, proof: Proof, *, page: int = FEW) -> None:
    """The equation says what the proof says; a number is its months, a month its entries, page by page."""
    found = await equation_now(connection)
    assert found.closes == all(one.difference == 0 for one in (*proof.schemes, *proof.merchants))
    assert something(found.schemes) == something(proof.schemes)
    assert something(found.merchants) == something(proof.merchants)
    for term, amount in numbers(found):
        months = await read_months(connection, found.cut, term)
        assert sum(one.amount for one in months) == amount, term
        for one in months:
            entries = await all_entries(connection, found.cut, term, one.period, page=page)
            assert sum(entries.values()) == one.amount, term
            assert len(entries) == one.entries


async def all_entries(
    connection: Connection, cut: Cut, term: Term, period: date, *, page: int
) -> dict[UUID, int]:
    """Every entry of a month, a few at a time; none stands on two pages."""
    found = dict[UUID, int]()
    before: UUID | None = None
    while True:
        some = await read_entries(connection, cut, term, period=period, before=before, limit=page)
        assert not found.keys() & {one.entry_id for one in some}
        found |= {one.entry_id: one.amount for one in some}
        if len(some) < page:
            return found
        before = some[-1].entry_id
