"""Reads the money of a policy paper in: keeps the file, says whether it closes, and sets aside what it says.

Which of the two kinds of file it is, its first line says. A cell that is open stays unknown: nothing is
set aside for it. Once for each scheme, year and source of cover: the same file again books nothing, and
one with another amount is told apart, not added.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

import msgspec

from pas.auth.actor import Actor
from pas.db import Connection, Statement
from pas.grants.appropriations import AppropriationIdReused, CoverLine, set_aside
from pas.ids import EntryId
from pas.reach.appropriation_lines import (
    AppropriationLine,
    PackageDifference,
    read_lines,
    schemes_of,
)
from pas.reach.budget_table import BudgetColumn
from pas.reach.compare_money import compare_money
from pas.reach.keep_published import KeptFile, keep_published
from pas.reach.published_files import PublishedKind, header_of

SET_ASIDE: Final = UUID("6d0b8a52-9f5e-5c0a-8b34-2f1f2f6f6d31")
"""The namespace of the ids of what was set aside from papers."""


class ImportedBudget(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a file says: columns of the table, lines by source of cover, and where the two differ."""

    kept: KeptFile
    table: list[BudgetColumn]
    lines: list[AppropriationLine]
    differences: list[PackageDifference]
    """Where the lines of a package are something else than its line in the table."""


class SetAside(msgspec.Struct, frozen=True, rename="camel"):
    """What was set aside, and what was not: it is open, it is of no single scheme, or it was another amount."""

    booked: list[AppropriationLine]
    unknown: list[AppropriationLine]
    without_scheme: list[AppropriationLine]
    otherwise: list[AppropriationLine]


class _Code(msgspec.Struct, frozen=True):
    code: str


READ_SCHEMES: Final = Statement("SELECT code FROM scheme ORDER BY code", _Code)


async def import_budget(
    connection: Connection, content: bytes, *, file_name: str, actor: Actor, now: datetime
) -> ImportedBudget:
    """Keep it; raises FileRefused or FigureUnreadable for what cannot be read."""
    kept = await keep_published(
        connection,
        content,
        kind=kind_of(content),
        file_name=file_name,
        actor=actor,
        now=now,
    )
    compared = await compare_money(connection)
    lines = [line for one in compared.subjects for line in one.cover_lines]
    differences = [one for one in compared.differences if one.difference_cents]
    return ImportedBudget(kept=kept, table=compared.table, lines=lines, differences=differences)


def kind_of(content: bytes) -> PublishedKind:
    return "appropriations" if "subject" in header_of(content) else "budget_table"


async def set_aside_lines(
    connection: Connection, content: bytes, *, actor: Actor, now: datetime
) -> SetAside:
    """Set aside every budget of the file that is known and is of one scheme of ours."""
    codes = {one.code for one in await READ_SCHEMES.all(connection)}
    lines = [line for line in read_lines(content) if line.kind == "budget"]
    found = SetAside([], [], [], [])
    for line in lines:
        schemes = line.schemes or schemes_of(line.subject, codes)
        if line.amount_cents is None:
            found.unknown.append(line)
        elif len(schemes) != 1 or schemes[0] not in codes or not line.amount_cents:
            found.without_scheme.append(line)
        elif await _book(connection, cover_of(line, schemes[0], lines), actor=actor, now=now):
            found.booked.append(line)
        else:
            found.otherwise.append(line)
    return found


def cover_of(line: AppropriationLine, scheme: str, lines: Sequence[AppropriationLine]) -> CoverLine:
    """Say what to set aside; two lines of one source in one file are two amounts, told apart by their order."""
    assert line.amount_cents is not None, "what is open is not set aside"
    alike = [
        one.line
        for one in lines
        if (one.subject, one.year, one.cover_line) == (line.subject, line.year, line.cover_line)
    ]
    name = f"{scheme}/{line.year}/{line.cover_line}/{alike.index(line.line)}"
    return CoverLine(
        id=EntryId(uuid5(SET_ASIDE, name)),
        scheme=scheme,
        year=line.year,
        cover_line=line.cover_line or line.subject,
        amount_cents=line.amount_cents,
    )


async def _book(connection: Connection, cover: CoverLine, *, actor: Actor, now: datetime) -> bool:
    """Whether it is in the books now, with this amount."""
    try:
        await set_aside(connection, cover, actor=actor, now=now)
    except AppropriationIdReused:
        return False
    return True
