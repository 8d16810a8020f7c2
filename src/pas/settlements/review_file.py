"""What a second person asks of a run as a table.

The rows of each part add up to the total of the run; what is left is not in it.
"""

from collections.abc import Iterator
from typing import Final

from pas.db import Connection
from pas.ids import SettlementId
from pas.merchants.model import PayeeCheck
from pas.money import NO_CENTS, Cents
from pas.settlements.model import UnpaidMerchant, UnpaidReason
from pas.settlements.review import (
    CategorySum,
    ComparedPayment,
    SchemeSum,
    SettlementReview,
    read_review,
)
from pas.settlements.show import read_unpaid
from pas.settlements.stored import EVERY_LINE, read_run
from pas.spreadsheet import Amount, Cell
from pas.tables import Table

COLUMNS: Final = (
    *("deel", "nummer", "naam", "begrotingsjaar", "rekening", "op naam van", "naamcontrole"),
    *("opmerking", "bij", "af", "kwam terug", "bedrag", "vorige keer", "verschil"),
)
PAYMENT: Final = "betaling"
CHECKS: Final[dict[PayeeCheck, str]] = {
    "not_done": "niet gedaan",
    "match": "klopt",
    "close_match": "bijna",
    "no_match": "klopt niet",
    "impossible": "kon niet",
}
REASONS: Final[dict[UnpaidReason, str]] = {
    "negative": "moet nog terugbetalen",
    "below_minimum": "te weinig",
    "above_maximum": "te veel voor één betaling",
    "no_account": "geen rekening",
    "other_name": "rekening op een andere naam",
}


async def read_review_table(connection: Connection, run_id: SettlementId) -> Table:
    run = await read_run(connection, run_id)
    review = await read_review(connection, run_id)
    left = await read_unpaid(connection, run_id, limit=EVERY_LINE)
    return Table(f"uitbetaling-{run.number}", COLUMNS, list(_rows(review, left)))


def _rows(review: SettlementReview, left: list[UnpaidMerchant]) -> Iterator[list[Cell]]:
    for one in sorted(review.payments, key=lambda payment: payment.number):
        yield _payment(one)
    for scheme in review.schemes:
        yield _sum_row("regeling", scheme.title, scheme, year=scheme.budget_year)
    for category in review.categories:
        yield _sum_row("bestedingsdoel", category.category or "onbekend", category)
    if review.returned_cents:
        yield _other("kwam terug van de bank", review.returned_cents)
    if review.paid_back_cents:
        yield _other("terugbetaald door aanbieders", review.paid_back_cents)
    yield [
        *("totaal", None, f"{len(review.payments)} betalingen", *[None] * 5),
        *(Amount(review.spent_cents), Amount(review.reversed_cents)),
        Amount(Cents(review.returned_cents + review.paid_back_cents)),
        *(Amount(review.amount_cents), None, None),
    ]
    for unpaid in left:
        yield [
            *("niet uitbetaald", None, unpaid.merchant, *[None] * 4, REASONS[unpaid.reason]),
            *(None, None, None, Amount(unpaid.amount_cents), None, None),
        ]


def _payment(one: ComparedPayment) -> list[Cell]:
    return [
        *(PAYMENT, one.number, one.merchant, None, one.iban, one.holder),
        *(CHECKS[one.payee_check], _remark(one)),
        *(Amount(one.redeemed_cents), Amount(one.reversed_cents), Amount(one.returned_cents)),
        Amount(one.amount_cents),
        None if one.before_cents is None else Amount(one.before_cents),
        Amount(one.difference_cents),
    ]


def _remark(one: ComparedPayment) -> str:
    if one.before_cents is None:
        return "nieuw"
    return "andere rekening" if one.account_changed else ""


def _sum_row(
    part: str, name: str, one: SchemeSum | CategorySum, *, year: int | None = None
) -> list[Cell]:
    return [
        *(part, None, name, year, *[None] * 4),
        *(Amount(one.spent_cents), Amount(one.reversed_cents), Amount(NO_CENTS)),
        *(Amount(one.amount_cents), None, None),
    ]


def _other(name: str, cents: Cents) -> list[Cell]:
    zero = Amount(NO_CENTS)
    return [
        "verrekend",
        None,
        name,
        *[None] * 5,
        zero,
        zero,
        Amount(cents),
        Amount(cents),
        *[None] * 2,
    ]
