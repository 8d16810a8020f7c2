"""One entry of the books on a page: what it moved, and the proof that nobody changed it unseen."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from pas.app.equation_routes import READ, File
from pas.auth.state import connected
from pas.bookkeeping.entry import BookEntry, read_entry
from pas.bookkeeping.equation_tables import (
    Names,
    from_of,
    read_names,
    to_of,
    transfers_sheet,
    written,
)
from pas.bookkeeping.words import KINDS, month_in_words
from pas.days import AMSTERDAM, day_of
from pas.problems.bodies import AppRequest
from pas.web.counts import count
from pas.web.pages import page, table_answer

ENTRY: Final = "/{municipality:str}/ledger/entries/{entry_id:uuid}"


@get(ENTRY, opt=READ, include_in_schema=False)
async def entry_page(
    municipality: FromPath[str],
    entry_id: FromPath[UUID],
    request: AppRequest,
    *,
    file: FromQuery[File | None] = None,
) -> Response[str] | Response[bytes]:
    """What did this entry move, and how do I know that nobody changed it?"""
    async with connected(request, municipality) as connection:
        found = await read_entry(connection, entry_id)
        names = await read_names(connection, on=day_of(found.entry.recorded_at))
    if file is not None:
        return table_answer(transfers_sheet(found), f".{file}")
    seal = found.seal
    return page(
        request,
        "app/entry.html",
        home=f"/{municipality}",
        code=municipality,
        kind=KINDS.get(found.entry.kind, found.entry.kind),
        entry=found.entry,
        facts=facts_of(found, names),
        transfers=transfer_cells(found),
        seal=seal,
        leaf_number=count(seal.number + 1) if seal else "",
        leaves=count(seal.size) if seal else "",
        leaf=seal.leaf_hash.hex() if seal else "",
        root=seal.root.hex() if seal else "",
        proof=[one.hex() for one in seal.proof] if seal else [],
    )


def facts_of(found: BookEntry, names: Names) -> list[tuple[str, str]]:
    entry = found.entry
    schemes = dict.fromkeys(
        f"{names.scheme(one.scheme_id)} {one.budget_year}"
        for one in found.transfers
        if one.scheme_id is not None
    )
    facts = [
        ("Nummer", str(entry.id)),
        ("Gebeurd", f"{entry.occurred_at.astimezone(AMSTERDAM):%d-%m-%Y %H:%M:%S}"),
        ("Geboekt", f"{entry.recorded_at.astimezone(AMSTERDAM):%d-%m-%Y %H:%M:%S}"),
        ("Maand van de boeken", month_in_words(entry.period)),
    ]
    if schemes:
        facts.append(("Regeling", ", ".join(schemes)))
    if entry.refusal is not None:
        facts.append(("Geweigerd", entry.refusal))
    return facts


def transfer_cells(found: BookEntry) -> list[Sequence[str]]:
    return [
        (
            f"{from_of(one)}, rekening {one.debit}",
            f"{to_of(one)}, rekening {one.credit}",
            written(one.amount, one.unit),
        )
        for one in found.transfers
    ]


routes: list[ControllerRouterHandler] = [entry_page]
