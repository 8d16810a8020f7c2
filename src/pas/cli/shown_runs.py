"""How a settlement run is laid out on a screen."""

from typing import Final

import msgspec
from rich.table import Table

from pas.money import euros
from pas.settlements.model import SettlementLine, UnpaidMerchant
from pas.settlements.review import SettlementReview
from pas.settlements.show import ListedSettlement

PAYMENT_COLUMNS: Final = ("merchant", "account", "euros", "before", "difference", "outcome")
NUMBERS: Final = frozenset({"euros", "before", "difference", "payments", "year"})


class ShownRun(msgspec.Struct, frozen=True, rename="camel"):
    """A run with everything in it."""

    run: ListedSettlement
    review: SettlementReview
    lines: list[SettlementLine]
    unpaid: list[UnpaidMerchant]


def shown_tables(shown: ShownRun) -> list[Table]:
    """Lay a run out: its payments, on what it was spent, and what asks for attention."""
    before = {one.number: one for one in shown.review.payments}
    payments = _table(f"run {shown.run.number}: {shown.run.state}", *PAYMENT_COLUMNS)
    for line in shown.lines:
        was = before[line.number]
        payments.add_row(
            *(line.merchant, line.iban, euros(line.amount_cents)),
            "new" if was.before_cents is None else euros(was.before_cents),
            *(euros(was.difference_cents), line.state),
        )
    for one in shown.unpaid:
        payments.add_row(one.merchant, "", euros(one.amount_cents), "", "", one.reason)
    spent = _table("spent on", "scheme or category", "year", "euros")
    for scheme in shown.review.schemes:
        spent.add_row(scheme.title, str(scheme.budget_year), euros(scheme.amount_cents))
    for category in shown.review.categories:
        spent.add_row(category.category or "unknown", "", euros(category.amount_cents))
    return [payments, spent, _attention(shown.review)]


def _attention(found: SettlementReview) -> Table:
    table = _table("look at", "what", "payments", "euros")
    for what, some in (
        ("paid for the first time", found.new_payees),
        ("account changed since the payment before", found.changed_accounts),
        ("name of the account not certain", found.unchecked_accounts),
    ):
        table.add_row(what, str(some.payments), euros(some.amount_cents))
    for left in found.left:
        table.add_row(f"not paid: {left.reason}", str(left.merchants), euros(left.amount_cents))
    table.add_row("in all", str(len(found.payments)), euros(found.amount_cents))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in NUMBERS else "left")
    return table
