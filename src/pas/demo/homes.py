"""The households of the demonstration city: areas, incomes and sizes that add up to the figures.

Every total that the papers print comes out exactly; how households divide below those totals is
drawn, with the shares of assumptions.csv.
"""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from pas.demo.draw import Draw, apportioned
from pas.demo.figures import AREAS, CHILD_AREAS, assumed, printed
from pas.money import WHOLE, BasisPoints
from pas.passes.residents import HouseholdType, IncomeSource

Band = Literal[100, 110, 120, 130]
MOST_CHILDREN: Final = 5
CHILDREN_PER_TEN_FAMILIES: Final = 18
LOWEST_INCOME: Final = BasisPoints(6_000)
WIDTH_OF_A_BAND: Final = BasisPoints(1_000)


class Home(msgspec.Struct, kw_only=True):
    """One household; ``band`` is the lowest of the four limits that its income is up to.

    ``known`` says that the municipality knows the income. ``grown_up`` is a child of age that
    lives in.
    """

    number: str = ""
    area: str
    source: IncomeSource
    band: Band
    income: BasisPoints = BasisPoints(0)
    known: bool = False
    long_term: bool = False
    children: int = 0
    partner: bool = False
    grown_up: bool = False

    @property
    def adults(self) -> int:
        return 1 + self.partner + self.grown_up

    @property
    def type(self) -> HouseholdType:
        if self.children or self.grown_up:
            return "couple_with_children" if self.partner else "single_parent"
        return "couple" if self.partner else "alone"


def make_homes(draw: Draw) -> list[Home]:
    """All households up to 130 %, numbered in an order that tells nothing."""
    homes = [*_minima(draw), *_above(120, draw), *_above(130, draw)]
    homes = draw.shuffled(homes)
    for index, home in enumerate(homes):
        home.number = f"H{10_001 + index}"
    return homes


def _minima(draw: Draw) -> list[Home]:
    figures, assumptions = printed(), assumed()
    areas = [area for area in AREAS for _ in range(assumptions[f"minima_{area}"])]
    homes = [
        Home(area=area, source=source, band=band)
        for area, (source, band) in zip(areas, draw.shuffled(_purses()), strict=True)
    ]
    for group, on_benefit in zip(CHILD_AREAS, _children_on_benefit(), strict=True):
        here = [home for home in homes if home.area in CHILD_AREAS[group]]
        total = assumptions[f"minima_children_{group}"]
        _give_children(
            [home for home in here if home.source == "participatiewet"], on_benefit, draw
        )
        _give_children([home for home in here if home.source == "other"], total - on_benefit, draw)
    beyond = assumptions["adults_beyond_a_couple"]
    _give_adults(homes, figures["persons_in_minima_households"], beyond, draw=draw)
    _give_incomes(homes, draw)
    for source, count in (
        ("participatiewet", assumptions["long_term_participatiewet"]),
        ("other", assumptions["long_term_other"]),
        ("aow", figures["long_term_minima_aow_households"]),
    ):
        for home in draw.shuffled([home for home in homes if home.source == source])[:count]:
            home.long_term = True
    for home in homes:
        home.known = home.source == "participatiewet"
    return homes


def _purses() -> list[tuple[IncomeSource, Band]]:
    figures, assumptions = printed(), assumed()
    other, aow = figures["income_source_other"], figures["income_source_aow"]
    low_other, low_aow = assumptions["up_to_100_other"], assumptions["up_to_100_aow"]
    counts: list[tuple[IncomeSource, Band, int]] = [
        ("participatiewet", 100, figures["income_source_participatiewet"]),
        ("other", 100, low_other),
        ("other", 110, other - low_other),
        ("aow", 100, low_aow),
        ("aow", 110, aow - low_aow),
    ]
    return [(source, band) for source, band, count in counts for _ in range(count)]


def _children_on_benefit() -> list[int]:
    """The printed children in households on participatiewet, spread over the areas."""
    assumptions = assumed()
    return apportioned(
        printed()["children_in_participatiewet_households"],
        [assumptions[f"minima_children_{group}"] for group in CHILD_AREAS],
    )


def _above(band: Literal[120, 130], draw: Draw) -> list[Home]:
    figures, assumptions = printed(), assumed()
    lower = band - 10
    count = figures[f"households_up_to_{band}_pct"] - figures[f"households_up_to_{lower}_pct"]
    key = f"above_{lower}_up_to_{band}"
    spread = apportioned(count, [assumptions[f"minima_{area}"] for area in AREAS])
    areas = [area for area, times in zip(AREAS, spread, strict=True) for _ in range(times)]
    homes = draw.shuffled(
        [
            Home(
                area=area,
                source="aow" if draw.chance(assumptions["aow_above_110_pct"]) else "other",
                band=band,
            )
            for area in areas
        ]
    )
    children = assumptions[f"children_{key}"]
    _give_children([home for home in homes if home.source == "other"], children, draw)
    beyond = assumptions["adults_beyond_a_couple_above_110"]
    _give_adults(homes, assumptions[f"persons_{key}"], beyond, draw=draw)
    _give_incomes(homes, draw)
    # The ones at and just above a limit stand first, so that the municipality knows them.
    for home in homes[: assumptions[f"known_{key}"]]:
        home.known = True
    return homes


def _give_children(homes: Sequence[Home], count: int, draw: Draw) -> None:
    families = draw.shuffled(homes)[: max(1, count * 10 // CHILDREN_PER_TEN_FAMILIES)]
    assert len(families) <= count <= len(families) * MOST_CHILDREN
    for home in families:
        home.children = 1
    left = count - len(families)
    while left:
        home = draw.one(families)
        if home.children < MOST_CHILDREN:
            home.children += 1
            left -= 1


def _give_adults(homes: Sequence[Home], persons: int, beyond: int, *, draw: Draw) -> None:
    """Partners and grown-up children, so that the persons come out exactly."""
    assumptions = assumed()
    partners = persons - sum(home.children for home in homes) - len(homes) - beyond
    for home in homes:
        share = "participatiewet" if home.source == "participatiewet" else "other"
        alone = assumptions[f"single_parent_{share}_pct"]
        home.partner = home.children > 0 and not draw.chance(alone)
    without = draw.shuffled([home for home in homes if not home.children])
    missing = partners - sum(home.partner for home in homes)
    assert 0 <= missing <= len(without)
    for home in without[:missing]:
        home.partner = True
    younger = draw.shuffled([home for home in homes if home.source != "aow"])
    for home in younger[:beyond]:
        home.grown_up = True


def _give_incomes(homes: Sequence[Home], draw: Draw) -> None:
    assumptions = assumed()
    exactly, above = assumptions["at_exactly_a_limit"], assumptions["just_above_a_limit"]
    seen: dict[Band, int] = {}
    for home in homes:
        place = seen.get(home.band, 0)
        seen[home.band] = place + 1
        upper = home.band * 100
        lower = LOWEST_INCOME if upper == WHOLE else upper - WIDTH_OF_A_BAND
        if home.source == "participatiewet":
            full = draw.chance(assumptions["participatiewet_at_exactly_100_pct"])
            income = upper if full else draw.between(lower, upper)
        elif place < exactly:
            income = upper
        elif place < exactly + above:
            income = lower + 1
        else:
            income = draw.between(lower + 1, upper)
        home.income = BasisPoints(income)
