"""The test cards: one per situation that a till meets. Their codes never change; documentation names them."""

from collections.abc import Iterator
from typing import Final

import msgspec

from pas.ids import MunicipalityName
from pas.money import Cents
from pas.passes.cards import CardState
from pas.passes.codes import CardNumber, Draw, Token, new_card_number, new_token

UNKNOWN_PLACE: Final = 99


class Given(msgspec.Struct, frozen=True):
    """What a test card can spend: of which scheme, how much, and how many visits."""

    scheme: str
    amount_cents: Cents
    visits: int | None = None


class SandboxCard(msgspec.Struct, frozen=True, kw_only=True):
    """One situation; ``place`` makes the codes of its card, so it never changes."""

    place: int
    name: str
    situation: str
    tells: str
    given: tuple[Given, ...] = ()
    state: CardState = "active"
    has_ended: bool = False
    is_child: bool = False
    children: tuple[Given, ...] = ()
    """What each child of this holder has, the oldest first."""

    def number(self) -> CardNumber:
        """The twelve digits: ``1000 0000 PP`` and two check digits."""
        return new_card_number(drawn(self.place))

    def token(self, municipality: MunicipalityName) -> Token:
        """What its QR code holds; four of its characters depend on the municipality."""
        return new_token(municipality, drawn(self.place))


def drawn(place: int) -> Draw:
    """Give no chance but the place of a card, wherever a code is drawn."""
    return lambda most: place % most


SPORT: Final = Given("test_sport", Cents(50_000))
CARDS: Final = (
    SandboxCard(
        place=1,
        name="plain",
        situation="Genoeg tegoed voor sport: €\u00a0500,00.",
        tells="Alles wordt betaald.",
        given=(SPORT,),
    ),
    SandboxCard(
        place=2,
        name="part-pay",
        situation="Te weinig tegoed voor sport: €\u00a012,40.",
        tells="Bij €\u00a020,00: neem €\u00a012,40, vraag nog €\u00a07,60.",
        given=(Given("test_sport", Cents(1_240)),),
    ),
    SandboxCard(
        place=3,
        name="share",
        situation="De pas betaalt 60 procent van cultuur.",
        tells="Bij €\u00a020,00: neem €\u00a012,00, vraag nog €\u00a08,00.",
        given=(Given("test_share", Cents(50_000)),),
    ),
    SandboxCard(
        place=4,
        name="at-once",
        situation="In één keer opmaken: €\u00a0100,00 voor een fiets.",
        tells="Bij €\u00a080,00 verliest de pashouder €\u00a020,00. Dat moet die eerst horen.",
        given=(Given("test_bicycle", Cents(10_000)),),
    ),
    SandboxCard(
        place=5,
        name="visits",
        situation="Tien keer zwemmen.",
        tells="Stuur een aantal bezoeken, geen bedrag.",
        given=(Given("test_visits", Cents(4_500), 10),),
    ),
    SandboxCard(
        place=6,
        name="household",
        situation="Een ouder met drie kinderen, allemaal met €\u00a050,00 voor sport.",
        tells="De kassa vraagt voor welke kinderen het is: 1, 2 of 3.",
        given=(Given("test_sport", Cents(5_000)),),
        children=(Given("test_sport", Cents(5_000)),) * 3,
    ),
    SandboxCard(
        place=7,
        name="condition",
        situation="Een kind dat mag zwemmen met een diploma of een volwassene erbij.",
        tells="De kassa vraagt of dat zo is. Zo niet, dan kan het niet.",
        given=(Given("test_condition", Cents(20_000)),),
        is_child=True,
    ),
    SandboxCard(
        place=8,
        name="blocked",
        situation="Een geblokkeerde pas.",
        tells="Weigering card-blocked.",
        given=(SPORT,),
        state="blocked",
    ),
    SandboxCard(
        place=9,
        name="not-activated",
        situation="Een pas die nog niet aan staat.",
        tells="Weigering card-not-activated.",
        given=(SPORT,),
        state="inactive",
    ),
    SandboxCard(
        place=10,
        name="ended",
        situation="Een pas die gestopt is.",
        tells="Weigering pass-ended.",
        given=(SPORT,),
        has_ended=True,
    ),
    SandboxCard(
        place=11,
        name="elsewhere",
        situation="Alleen tegoed voor het museum. Dat is met een testaanbieder niet afgesproken.",
        tells="Weigering no-budget.",
        given=(Given("test_museum", Cents(10_000)),),
    ),
)
UNKNOWN: Final = SandboxCard(
    place=UNKNOWN_PLACE,
    name="unknown",
    situation="Een nummer dat van niemand is.",
    tells="Weigering card-unknown. Na vijf keer in tien minuten staat de kassa stil.",
)


def everyone(card: SandboxCard) -> Iterator[tuple[Given, ...]]:
    """The holder of a card, and then each of their children, by what they can spend."""
    yield card.given
    for child in card.children:
        yield (child,)
