"""What a holder reads about a budget before spending it, and about what a place asks."""

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from pas.guide.rules import Left, Offered, Place
from pas.money import euros, percent
from pas.web.dates import day
from pas.web.languages import as_data, left_to_right, mark, said, say, say_count, say_in_page

CONDITIONS: Final[Mapping[str, str]] = {
    "adult": mark("Neem een volwassene mee."),
    "diploma": mark("U heeft een zwemdiploma nodig."),
    "adult_or_diploma": mark("U heeft een zwemdiploma nodig. Of neem een volwassene mee."),
}
NEEDS_DIPLOMA: Final = frozenset({"diploma", "adult_or_diploma"})


def left_in_words(one: Left) -> str:
    """How much is left, and until when."""
    until = day(one.until)
    if one.visits is None:
        amount = left_to_right(euros(one.cents))
        return say("Nog {amount}, tot en met {day}.", amount=amount, day=until)
    return say_count(
        "Nog {count} bezoek, tot en met {day}.",
        "Nog {count} bezoeken, tot en met {day}.",
        one.visits,
        day=until,
    )


def to_know(one: Left) -> list[str | Markup]:
    """What one has to know before spending it, so that nobody is surprised at the till."""
    told: list[str | Markup] = []
    if one.merchant_name:
        told.append(say_in_page(mark("Alleen bij {name}."), name=as_data(one.merchant_name)))
    if one.spend_at_once:
        told.append(say("Besteed dit in één keer. Wat overblijft, vervalt."))
    if one.once_per_year:
        told.append(say("U kunt dit één keer per jaar gebruiken."))
    if one.share_basis_points is not None:
        share = left_to_right(percent(one.share_basis_points))
        told.append(say("Wij betalen {share} van de prijs. De rest betaalt u zelf.", share=share))
    return told + condition_in_words(one)


def condition_in_words(one: Left) -> list[str | Markup]:
    if not one.condition:
        return []
    if one.condition in NEEDS_DIPLOMA and one.has_diploma:
        return [say("Het zwemdiploma staat bij ons genoteerd.")]
    known = CONDITIONS.get(one.condition)
    if known:
        return [said(known)]
    return [say_in_page(mark("Dit is nodig: {condition}."), condition=as_data(one.condition))]


def price_of(offered: Offered) -> str:
    """What it costs, in euros or in visits."""
    if offered.price_cents is not None:
        return left_to_right(euros(offered.price_cents))
    return say_count("{count} bezoek", "{count} bezoeken", offered.visits or 0)


def address_of(place: Place) -> str:
    """Street, postcode and town on one line; what is not stored is left out."""
    town = " ".join(part for part in (place.postcode, place.city) if part)
    return ", ".join(part for part in (place.address, town) if part)
