"""An offer that a cashier tapped: what it fills in, and that its conditions were looked at before taking."""

from typing import Final

import msgspec

from pas.money import comma_euros
from pas.redemptions.bodies import AskBody, Asks, Sells
from pas.redemptions.pages.typed import id_in
from pas.redemptions.till_desk import TillDesk
from pas.redemptions.till_offers import OfferTold
from pas.web.forms import Form

CHECKED: Final = "offer-checked"
UNCHECKED: Final = "Vink aan dat dit klopt. Klopt het niet? Neem dan niets."


class AtDesk(msgspec.Struct, frozen=True):
    """A till as its cashier knows it, with what its merchant offers today."""

    till: TillDesk
    offers: list[OfferTold]


def chosen_in(form: Form, desk: AtDesk) -> OfferTold | None:
    """The offer that was tapped; one that is there no more is told."""
    wanted = id_in(form.value("offer") or form.value("kept"))
    if wanted is None:
        return None
    found = next((one for one in desk.offers if one.id == wanted), None)
    if found is None:
        form.refuse("amount", "Dit aanbod is er niet meer. Kies een ander, of typ een bedrag.")
    elif not form.value("offer") and form.value("amount") != filled_in(found)["amount"]:
        # It was tapped before, and another amount was typed since.
        return None
    return found


def fill_in(form: Form, chosen: OfferTold) -> None:
    """As if the cashier had typed what the offer says."""
    form.typed |= {**filled_in(chosen), "offer": str(chosen.id)}


def filled_in(chosen: OfferTold) -> dict[str, str]:
    return {
        "amount": "" if chosen.price_cents is None else comma_euros(chosen.price_cents),
        "visits": "" if chosen.visits is None else str(chosen.visits),
        "category": chosen.category,
    }


def asked_again(sale: Sells) -> Asks:
    """What was quoted for this sale, to be quoted once more."""
    return Asks(
        items=tuple(
            AskBody(
                scanned=one.scanned,
                price_cents=one.price_cents,
                visits=one.visits,
                category=one.category,
                holder=one.holder,
                payee=one.payee,
                unmet=one.unmet,
            )
            for one in sale.items
        )
    )


def typed_again(sale: Sells, chosen: OfferTold) -> Form:
    first = sale.items[0]
    payee = "" if first.payee is None else str(first.payee)
    form = Form({"scanned": first.scanned, "payee": payee})
    fill_in(form, chosen)
    return form
