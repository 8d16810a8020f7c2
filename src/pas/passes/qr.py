"""The QR code of a card: its token alone, 26 mm wide when printed.

Upper case and digits fit the alphanumeric mode, which keeps a card at version 3: 29 squares a side.
"""

from typing import Final

from pas.passes.codes import Token
from pas.qr import draw_png, draw_svg

TITLE: Final = "QR-code van de pas"


def card_svg(token: Token, *, title: str = TITLE) -> str:
    return draw_svg(token.text(), title=title)


def card_png(token: Token) -> bytes:
    return draw_png(token.text())
