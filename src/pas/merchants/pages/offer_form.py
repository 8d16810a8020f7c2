"""The form of one offer: what is typed in it, read and filled in again."""

from datetime import date, timedelta
from typing import Final

from pas.merchants.offer_terms import LONGEST_CONDITIONS, LONGEST_TITLE, Offer, OfferTerms
from pas.money import Cents, comma_euros
from pas.web.forms import Form

ONE_DAY: Final = timedelta(days=1)


def terms_in(form: Form) -> OfferTerms | None:
    """Read the form; what the rules say of it comes later."""
    title = form.text("title", "Geef het een naam. Bijvoorbeeld: dagkaart.", most=LONGEST_TITLE)
    category = form.text("category", "Kies waarvoor het is.", most=41)
    price: Cents | None = None
    if form.value("price").strip():
        price = form.cents("price", "")
    visits = visits_in(form)
    conditions = form.text("conditions", "", most=LONGEST_CONDITIONS, optional=True)
    starts_on = day_in(form, "from")
    last_day = day_in(form, "until") if form.value("until").strip() else None
    if starts_on is None and "from" not in form.errors:
        form.refuse("from", "Kies vanaf welke dag.")
    if not form.ok or title is None or category is None or starts_on is None:
        return None
    return OfferTerms(
        title=title,
        category=category,
        price_cents=price,
        visits=visits,
        conditions=conditions,
        valid_from=starts_on,
        valid_until=None if last_day is None else last_day + ONE_DAY,
    )


def visits_in(form: Form) -> int | None:
    typed = form.value("visits").strip()
    if typed and not (typed.isascii() and typed.isdigit() and len(typed) <= len("100")):
        form.refuse("visits", "Typ een heel getal. Bijvoorbeeld 1.")
        return None
    return int(typed) if typed else None


def day_in(form: Form, name: str) -> date | None:
    typed = form.value(name).strip()
    try:
        return min(date.fromisoformat(typed), date.max - ONE_DAY) if typed else None
    except ValueError:
        form.refuse(name, "Kies een dag. Bijvoorbeeld 2027-03-14.")
        return None


def typed_from(stored: Offer) -> Form:
    last = None if stored.valid_until is None else stored.valid_until - ONE_DAY
    return Form(
        {
            "title": stored.title,
            "category": stored.category,
            "price": "" if stored.price_cents is None else comma_euros(stored.price_cents),
            "visits": "" if stored.visits is None else str(stored.visits),
            "conditions": stored.conditions or "",
            "from": stored.valid_from.isoformat(),
            "until": "" if last is None else last.isoformat(),
        }
    )
