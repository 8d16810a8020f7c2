"""Jinja: everything is escaped, a forgotten variable is an error, each slice has its own folder."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

import msgspec
from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from pas.money import euros
from pas.web.counts import count
from pas.web.dates import day, day_at, moment
from pas.web.statics import static_url

PACKAGE = Path(__file__).parent.parent
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


class Place(msgspec.Struct, frozen=True):
    """Whose page it is: the municipality, or the installation where none is named."""

    title: str
    product: str
    telephone: str
    telephone_hours: str = ""
    home: str = "/"
    language: str = "nl"
    demonstration: bool = False
    sandbox: bool = False


def render(template: str, place: Place, context: Mapping[str, object]) -> str:
    """Make a page of ``slice/name.html``; forms also need ``csrf_token`` in the context."""
    return environment().get_template(template).render({**frame(place), **context})


def frame(place: Place) -> dict[str, object]:
    """What every page has in its context."""
    return {
        "place": place,
        "language": place.language,
        "direction": "rtl" if place.language in RIGHT_TO_LEFT else "ltr",
        "demonstration": place.demonstration,
        "moment": moment,
    }


def dialled(telephone: str) -> str:
    """What goes behind ``tel:``, digits and a leading plus only."""
    return re.sub(r"(?!^\+)[^0-9]", "", telephone)


@cache
def environment() -> Environment:
    folders = sorted(PACKAGE.glob("*/templates"))
    made = Environment(
        loader=PrefixLoader({folder.parent.name: FileSystemLoader(folder) for folder in folders}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "euros": euros,
        "counted": count,
        "day": day,
        "day_at": day_at,
        "dialled": dialled,
    }
    cast("dict[str, object]", made.globals)["static_url"] = static_url
    return made
