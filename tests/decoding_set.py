"""Sixty pictures that a till's camera may have to read: ten troubles, three cards, three phones."""

import random
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from optics import Frame, Pose, Shot, Surface, photograph
from pas import base45
from pas.crockford import encoded
from pas.ids import MunicipalityName
from pas.passes.codes import SECRETS, Token, municipality_tag
from surfaces import card, cracked, folded, stained, telephone

PHONE_KINDS: Final = ((90, 6, False), (104, 7, False), (101, 8, True))
"""Bytes of what a phone shows, the version of its code, and whether its level is Q instead of M; the
last is what it shows."""


class Case(Struct, frozen=True):
    name: str
    text: str
    surface: Surface
    pose: Pose
    shot: Shot
    seed: int

    def frame(self) -> Frame:
        return photograph(self.surface, pose=self.pose, shot=self.shot, seed=self.seed)


def card_text(chance: random.Random) -> str:
    secret = encoded(chance.randrange(SECRETS), 26)
    return Token(municipality_tag(MunicipalityName("velsen")), secret).text()


def phone_text(chance: random.Random, size: int) -> str:
    """A short-lived token with its signature: bytes that look like chance, in base 45."""
    return "SP1:" + base45.encoded(chance.randbytes(size))


# --- the sixty -----------------------------------------------------------------------------

# Of each trouble six: three cards, then three phones. What is not said is as a steady hand at
# 15 to 20 centimetres has it.
TURNED: Final = (23, 61, 134, 45, 178, 283)
LEANING: Final = ((48, 0), (-20, 46), (40, -38), (0, 52), (-46, 18), (36, 36))
DEFOCUS: Final = (3.2, 3.8, 4.4, 2.2, 2.7, 3.2)
MOVEMENT: Final = ((5, 10), (6, 75), (6.5, 130), (4, 20), (5, 100), (5, 45))
DARK: Final = (0.035, 0.02, 0.012, 0.04, 0.025, 0.015)
CONTRAST: Final = (0.2, 0.13, 0.08, 0.2, 0.13, 0.09)
NOISE: Final = (0.18, 0.24, 0.29, 0.18, 0.24, 0.3)
# Of each spot of light on the glass: where it is, how wide, how bright.
GLARE: Final = (
    ((0.02, -0.02, 0.022, 2.0),),
    ((-0.05, 0.05, 0.02, 1.6), (0.05, -0.05, 0.016, 2.5)),
    ((0.0, 0.0, 0.14, 0.35), (0.03, 0.04, 0.016, 2.0)),
)
FAR: Final = (
    (390, (40, 20)),
    (440, (-60, -35)),
    (520, (15, 50)),
    (400, (-50, 40)),
    (450, (30, -60)),
    (520, (-20, 10)),
)


def sixty() -> list[Case]:
    return [
        case
        for trouble in TROUBLES
        for number in range(6)
        for case in [TROUBLES[trouble](held(trouble, number), number)]
    ]


def held(trouble: str, number: int) -> Case:
    """A card or phone in a hand that is nearly steady, in light that is good enough."""
    seed = 6 * list(TROUBLES).index(trouble) + number
    chance = random.Random(seed)
    phone = number >= 3
    size, version, quartile = PHONE_KINDS[number % 3]
    text = phone_text(chance, size) if phone else card_text(chance)
    shown = telephone(text, seed, version=version, quartile=quartile) if phone else card(text, seed)
    return Case(
        name=f"{trouble} {'phone' if phone else 'card'} {number % 3 + 1}",
        text=text,
        surface=shown,
        pose=Pose(
            distance=chance.uniform(190, 230) if phone else chance.uniform(150, 190),
            turn=chance.uniform(-12, 12),
            tilt=chance.uniform(-14, 14),
            swing=chance.uniform(-14, 14),
            aside=(chance.uniform(-70, 70), chance.uniform(-50, 50)),
        ),
        shot=Shot(banding=0.12 if phone else 0),
        seed=seed,
    )


def posed(case: Case, **changes: float | tuple[float, float]) -> Case:
    return replace(case, pose=replace(case.pose, **changes))


def shot(case: Case, **changes: float | tuple[tuple[float, float, float, float], ...]) -> Case:
    return replace(case, shot=replace(case.shot, **changes))


def broken(case: Case, number: int) -> Case:
    """Cards folded through the code, and phones that fell."""
    if number < 3:
        angle, aside = ((70, 3), (160, -5), (25, 0))[number]
        return replace(case, surface=folded(case.surface, case.seed, angle=angle, aside=aside))
    return replace(case, surface=cracked(case.surface, case.seed, shards=(16, 26, 40)[number - 3]))


def dirty(case: Case, number: int) -> Case:
    """Cards with coffee, and phones with the sun in a greasy glass."""
    if number < 3:
        return replace(case, surface=stained(case.surface, case.seed, spots=(2, 4, 6)[number]))
    return shot(case, glare=GLARE[number - 3])


TROUBLES: Final[dict[str, Callable[[Case, int], Case]]] = {
    "turned": lambda case, number: posed(case, turn=TURNED[number]),
    "leaning": lambda case, number: posed(case, tilt=LEANING[number][0], swing=LEANING[number][1]),
    "out of focus": lambda case, number: shot(case, defocus=DEFOCUS[number]),
    "moving": lambda case, number: shot(
        case, movement=MOVEMENT[number][0], direction=MOVEMENT[number][1]
    ),
    "dark": lambda case, number: shot(case, light=DARK[number], noise=0.007),
    "pale": lambda case, number: shot(case, contrast=CONTRAST[number]),
    "grainy": lambda case, number: shot(case, noise=NOISE[number]),
    "far": lambda case, number: posed(case, distance=FAR[number][0], aside=FAR[number][1]),
    "broken": broken,
    "dirty": dirty,
}
