"""A specification to keep: for a spreadsheet as text (CSV) or as a sheet, and on paper (PDF) in parts."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from pas.auth.actor import Actor
from pas.days import AMSTERDAM, day_of
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import MerchantId, MunicipalityName, SettlementId
from pas.money import NO_CENTS, Cents, euros
from pas.press.document import Column, Document, Facts, House, Sentence, Table, set_document
from pas.press.press import Press
from pas.settlements.rules import payment_id
from pas.settlements.specification import (
    KINDS,
    Part,
    PayoutNotFound,
    Specification,
    Sum,
    read_specification,
)
from pas.spreadsheet import Amount, Cell
from pas.tables import Table as FileTable
from pas.web.counts import count
from pas.web.dates import day

COLUMNS: Final = (
    *("datum", "tijd", "soort", "locatie", "kassa", "factuur", "bestedingsdoel"),
    *("prijs", "bij", "af", "boeking"),
)
MOST_IN_A_FILE: Final = 200_000
"""Parts of one payment; what that takes of memory stands in decision 115."""
MOST_ON_PAPER: Final = 2_000
"""Parts in one PDF: some seventy pages, and more of them are in the next."""
SUMS: Final = (
    *(Column("Locatie", share=3), Column("Bestedingsdoel", share=3)),
    *(Column(title, is_amount=True) for title in ("Regels", "Erbij", "Eraf", "Samen")),
)
PARTS: Final = (
    *(Column("Wanneer"), Column("Wat", share=3), Column("Waar", share=4)),
    *(Column(title, is_amount=True) for title in ("Erbij", "Eraf")),
)


class SpecificationTooLong(Refusal):
    """Deze uitbetaling heeft te veel regels voor één bestand."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Haal de specificatie als PDF. Die is er in delen."


async def specification_table(
    connection: Connection, merchant_id: MerchantId, run_id: SettlementId, *, actor: Actor
) -> FileTable:
    """Give it as a table; what is in ``bij`` less what is in ``af`` is the payment."""
    found = await read_specification(
        connection, merchant_id, run_id, actor=actor, most=MOST_IN_A_FILE
    )
    if found.total.parts > MOST_IN_A_FILE:
        raise SpecificationTooLong
    name = f"uitbetaling-{found.payments[0].run_number}"
    return FileTable(name, COLUMNS, map(cells, found.parts))


async def specification_pdf(
    connection: Connection,
    merchant_id: MerchantId,
    run_id: SettlementId,
    *,
    municipality: MunicipalityName,
    part: int,
    house: House,
    press: Press,
    actor: Actor,
) -> bytes:
    """Set one part of it; each part says what the whole payment is, and adds up its own lines."""
    first = (part - 1) * MOST_ON_PAPER
    found = await read_specification(
        connection, merchant_id, run_id, actor=actor, first=first, most=MOST_ON_PAPER
    )
    if part > parts_on_paper(found):
        raise PayoutNotFound
    document = document_of(found, municipality=municipality, part=part, house=house)
    return await set_document(press, document, made_at=found.payments[0].proposed_at)


def parts_on_paper(found: Specification) -> int:
    return max(1, -(-found.total.parts // MOST_ON_PAPER))


def document_of(
    found: Specification, *, municipality: MunicipalityName, part: int, house: House
) -> Document:
    number, parts = found.payments[0].run_number, parts_on_paper(found)
    which = f", deel {part} van {parts}" if parts > 1 else ""
    return Document(
        house=house,
        title=f"Specificatie van uitbetaling {number}{which}",
        about=found.payments[0].merchant,
        blocks=[
            Facts(list(_facts(found, municipality))),
            Sentence(
                "Hieronder staat waar dit bedrag uit bestaat. Namen van pashouders staan er niet in."
            ),
            _sums(found),
            _parts(found, first=(part - 1) * MOST_ON_PAPER),
        ],
    )


def _facts(found: Specification, municipality: MunicipalityName) -> Iterator[tuple[str, str]]:
    for one in found.payments:
        yield "Bedrag", euros(one.amount_cents)
        yield "Op rekening", f"{one.iban} van {one.holder}"
        yield "Kenmerk van de betaling", payment_id(municipality, one.run_number, one.number)
    first = found.payments[0]
    yield "Dag van betaling", "nog niet bekend" if first.pays_on is None else day(first.pays_on)
    if found.days is not None:
        since, until = map(day_of, found.days)
        yield "Periode", day(since) if since == until else f"{day(since)} tot en met {day(until)}"
    yield "Regels", count(found.total.parts)


def _sums(found: Specification) -> Table:
    """Each location with what it was for, and what a location makes where that is more than one."""
    rows, bold = list[Sequence[str]](), list[int]()
    places = sorted(found.sums)
    for location in dict.fromkeys(place for place, _ in places):
        some = [(what, found.sums[place, what]) for place, what in places if place == location]
        name = location or "Geen locatie"
        rows += [
            ("" if place else name, what, *_amounts(one)) for place, (what, one) in enumerate(some)
        ]
        if len(some) > 1:
            whole = Sum()
            for _, one in some:
                whole.add(one)
            bold.append(len(rows))
            rows.append((f"{name} samen", "", *_amounts(whole)))
    total = ("Deze uitbetaling", "", *_amounts(found.total))
    return Table("Per locatie en bestedingsdoel", SUMS, rows, bold, total)


def _parts(found: Specification, *, first: int) -> Table:
    here = Sum()
    for one in found.parts:
        here.add(one)
    whole = here.parts == found.total.parts
    last = count(first + here.parts)
    title = "Alle regels" if whole else f"Regel {count(first + 1)} tot en met {last}"
    total = (
        "Samen" if whole else "Samen in dit deel",
        "",
        "",
        *map(euros, (here.credited_cents, here.debited_cents)),
    )
    return Table(title, PARTS, [_row(one) for one in found.parts], (), total)


def _row(one: Part) -> Sequence[str]:
    at = one.occurred_at.astimezone(AMSTERDAM)
    what = KINDS[one.kind] if one.category is None else f"{KINDS[one.kind]}, {one.category}"
    where = ", ".join(text for text in (one.location, one.till, one.invoice) if text)
    return (
        f"{at:%d-%m-%Y %H:%M}",
        what,
        where,
        *map(_shown, (one.credited_cents, one.debited_cents)),
    )


def _amounts(one: Sum) -> Sequence[str]:
    cents = (one.credited_cents, one.debited_cents, one.amount_cents)
    return (count(one.parts), *map(euros, cents))


def _shown(cents: Cents) -> str:
    return euros(cents) if cents != NO_CENTS else ""


def cells(one: Part) -> Sequence[Cell]:
    at = one.occurred_at.astimezone(AMSTERDAM)
    return (
        at.date(),
        f"{at:%H:%M}",
        KINDS[one.kind],
        *(one.location or "", one.till or "", one.invoice or "", one.category or ""),
        None if one.price_cents is None else Amount(one.price_cents),
        *(Amount(cents) if cents else None for cents in (one.credited_cents, one.debited_cents)),
        str(one.entry_id),
    )
