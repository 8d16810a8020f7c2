"""What an offer says, and what must be right about it: told all at once, by the field of the form.

Pure; ``offers`` keeps it.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pas.ids import OfferId
from pas.merchants.model import Agreement, CategoryCode
from pas.merchants.values import ValueFault, tidy, wrong
from pas.money import Cents

MOST_VISITS: Final = 100
MOST_CENTS: Final = Cents(100_000_000)
LONGEST_TITLE: Final = 80
LONGEST_CONDITIONS: Final = 300
LAST_YEAR: Final = 2199


class OfferTerms(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"
):
    """What is offered: for a price or for visits, from and up to (not including) a day."""

    title: Annotated[str, Meta(min_length=1, max_length=LONGEST_TITLE)]
    category: CategoryCode
    price_cents: Cents | None = None
    visits: int | None = None
    conditions: Annotated[str, Meta(max_length=LONGEST_CONDITIONS)] | None = None
    valid_from: date
    valid_until: date | None = None


class Offer(msgspec.Struct, frozen=True, rename="camel"):
    """An offer as its newest version says; ``number`` is of that version."""

    id: OfferId
    number: int
    place: int
    title: str
    category: str
    price_cents: Cents | None
    visits: int | None
    conditions: str | None
    valid_from: date
    valid_until: date | None
    is_ended: bool

    @property
    def terms(self) -> OfferTerms:
        return OfferTerms(
            title=self.title,
            category=self.category,
            price_cents=self.price_cents,
            visits=self.visits,
            conditions=self.conditions,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )


def tidy_terms(terms: OfferTerms) -> OfferTerms:
    return msgspec.structs.replace(
        terms, title=tidy(terms.title) or "", conditions=tidy(terms.conditions)
    )


def faults_of_terms(terms: OfferTerms, agreements: Iterable[Agreement]) -> list[ValueFault]:
    """Of what is tidy; only what may be taken here can be offered here."""
    agreed = [one for one in agreements if one.category == terms.category]
    has_price = any(one.visit_price_cents is not None for one in agreed)
    price, visits, until = terms.price_cents, terms.visits, terms.valid_until
    last = until or terms.valid_from
    checks = (
        (not terms.title, "title", "Geef het een naam. Bijvoorbeeld: dagkaart."),
        (not terms.title.isprintable(), "title", "Haal het onleesbare teken weg."),
        (not agreed, "category", "Kies een doel waarvoor u een afspraak heeft."),
        ((price is None) == (visits is None), "price", "Vul een prijs in, of een aantal bezoeken."),
        (price is not None and not 0 < price <= MOST_CENTS, "price", "Deze prijs kan niet."),
        (
            visits is not None and not 0 < visits <= MOST_VISITS,
            "visits",
            f"Vul 1 tot en met {MOST_VISITS} bezoeken in.",
        ),
        (
            visits is not None and bool(agreed) and not has_price,
            "visits",
            "Met de gemeente is hier geen prijs per bezoek afgesproken. Vul een prijs in.",
        ),
        (
            until is not None and until <= terms.valid_from,
            "until",
            "Kies een dag na de eerste dag.",
        ),
        (last.year > LAST_YEAR, "from", f"Kies een dag tot en met het jaar {LAST_YEAR}."),
    )
    return wrong(*checks)
