"""How a card that goes by post begins: waiting for its code, or at work for small amounts."""

from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection
from pas.ids import CardId
from pas.passes.cards import LastingForm
from pas.passes.make_cards import NewCard


async def new_card_by_post(
    connection: Connection, form: LastingForm, *, replaces: CardId | None = None
) -> NewCard:
    """Follow the setting ``cardsArriveActive``; the limit stays with the card, whatever is set later."""
    settings = await read_municipality_settings(connection)
    if not settings.cards_arrive_active:
        return NewCard(form=form, replaces=replaces)
    return NewCard(
        form=form,
        state="active",
        unconfirmed_cents=settings.unconfirmed_per_sale_cents,
        replaces=replaces,
    )
