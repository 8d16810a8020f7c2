"""What a till's form carries from the quote to the sale, between two pages without JavaScript.

The ids are made when the quote is shown, so pressing the button twice, or reloading, sends the same
ids and sells once.
"""

import base64
import binascii
from typing import ClassVar, Final

import msgspec

from pas.errors import Refusal
from pas.redemptions.bodies import Sells

MOST_CHARACTERS: Final = 20_000


class BasketDamaged(Refusal):
    """De gegevens van deze verkoop zijn niet compleet."""

    next_step: ClassVar[str] = "Ga terug naar de kassa en scan de pas opnieuw."


def packed(sells: Sells) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(sells)).decode("ascii")


def unpacked(basket: str) -> Sells:
    """Read it back as strictly as any request: a form field is as hostile as a body."""
    if len(basket) > MOST_CHARACTERS:
        raise BasketDamaged
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(basket), type=Sells)
    except (binascii.Error, msgspec.MsgspecError, ValueError):
        raise BasketDamaged from None
