"""The rehearsal of a year's end as a table: a row per number, with what it is a number of."""

from collections.abc import Iterator, Sequence
from typing import Final

from pas.days import day_of
from pas.money import Cents
from pas.spreadsheet import Amount, Cell
from pas.tables import Table
from pas.years.rehearse import Rehearsal, SchemeRehearsal
from pas.years.rules import Distribution
from pas.years.words import FATES

COLUMNS: Final = ("part", "scheme", "what", "passes", "visits", "euros", "until")
HIDDEN: Final = "hidden"
"""A number below the threshold, or one that would give such a number away."""


def rehearsal_table(rehearsal: Rehearsal) -> Table:
    return Table(f"jaareinde {rehearsal.year}", COLUMNS, list(_rows(rehearsal)))


def _rows(rehearsal: Rehearsal) -> Iterator[Sequence[Cell]]:
    for one in rehearsal.schemes:
        yield _scheme(one)
        if one.bands is not None:
            yield from _parts("band", one.scheme, one.bands)
    yield from _parts("age", "", rehearsal.ages)
    for award in rehearsal.awards:
        ending, going_on = Amount(award.ending_cents), Amount(award.going_on_cents)
        yield ("award", award.scheme, "ending", _number(award.ending), None, ending, None)
        yield ("award", award.scheme, "going on", None, None, going_on, None)
        yield ("award", award.scheme, "unanswered", _number(award.unanswered), None, None, None)
    for sales in rehearsal.open_sales:
        yield ("open sales", "", sales.merchant, None, None, Amount(sales.amount_cents), None)
    for upload in rehearsal.late_uploads:
        most = Amount(upload.most_cents)
        yield ("late uploads", "", upload.merchant, upload.tills, None, most, None)
    coupons = rehearsal.waiting.coupon_cents
    yield ("coupons", "", "", rehearsal.waiting.coupons, None, Amount(coupons), None)
    for missing in rehearsal.not_ready:
        lacks = [("version", missing.has_version), ("money", missing.has_money)]
        for what in (name for name, is_there in lacks if not is_there):
            yield ("next year", missing.scheme, f"no {what}", None, None, None, None)


def _scheme(one: SchemeRehearsal) -> Sequence[Cell]:
    numbers = (_number(one.passes), one.visits, Amount(one.amount_cents))
    return ("scheme", one.scheme, FATES[one.fate], *numbers, day_of(one.last_until))


def _parts(part: str, scheme: str, shown: Distribution) -> Iterator[Sequence[Cell]]:
    if shown.parts is None:
        yield (part, scheme, "", HIDDEN, None, HIDDEN, None)
        return
    for one in shown.parts:
        yield (part, scheme, one.label, _number(one.passes), None, _amount(one.amount_cents), None)


def _number(number: int | None) -> Cell:
    return HIDDEN if number is None else number


def _amount(cents: Cents | None) -> Cell:
    return HIDDEN if cents is None else Amount(cents)
