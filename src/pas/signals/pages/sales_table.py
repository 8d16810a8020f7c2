"""The sales of a signal as rows of a table, with what matters to its kind."""

from typing import Final

import msgspec

from pas.db import Connection
from pas.money import euros
from pas.redemptions.judge import refusal_named
from pas.redemptions.offline.stored import Bearer
from pas.redemptions.verdicts import visits_text
from pas.signals.model import OFFLINE, Signal
from pas.signals.offline.read_offline import OfflineSale, offline_of_signal
from pas.signals.show import SignalSale, read_signal_sales
from pas.web.dates import moment

WHEN: Final = ("Wanneer",)
PAID: Final = ("Betaald met de pas", "Terug")
OFFLINE_COLUMNS: Final = ["Wanneer", "Kassa", "Prijs", "Wie betaalt", "Waarom"]
BEARERS: Final[dict[Bearer, str]] = {
    "budget": "de pas",
    "municipality": "de gemeente",
    "both": "de pas en de gemeente",
    "merchant": "niemand",
}


class Table(msgspec.Struct, frozen=True):
    """What the sales of a signal look like."""

    columns: list[str]
    rows: list[list[str]]


async def table_of(connection: Connection, one: Signal) -> Table:
    """The sales in a table: those without a network also say who bears them, and where they do not fit."""
    if one.kind in OFFLINE:
        offline = await offline_of_signal(connection, one)
        return Table(OFFLINE_COLUMNS, [offline_cells(sale) for sale in offline])
    sales = await read_signal_sales(connection, one.id)
    by_till = one.kind != "two_places"
    columns = [*WHEN, "Kassa" if by_till else "Waar", *PAID]
    return Table(columns, [cells_of(sale, by_till=by_till) for sale in sales])


def offline_cells(sale: OfflineSale) -> list[str]:
    why = ["nummer kwam al, of niet getekend"] if sale.is_forged else []
    why += ["het nummer ervoor ontbreekt"] if sale.is_alone else []
    why += [refusal_named(sale.reason).title()] if sale.reason else []
    when = f"{moment(sale.happened_at)}, nummer {sale.sequence}"
    return [when, sale.till, euros(sale.price_cents), BEARERS[sale.bearer], "; ".join(why)]


def cells_of(sale: SignalSale, *, by_till: bool) -> list[str]:
    taken = euros(sale.taken_cents) + (f", {visits_text(sale.visits)}" if sale.visits else "")
    where = sale.till or "factuur" if by_till else sale.merchant
    back = euros(sale.reversed_cents) if sale.reversed_cents else "nee"
    return [moment(sale.happened_at), where, taken, back]
