"""Jinja: everything is escaped, a forgotten variable is an error, each slice has its own folder."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

import msgspec
from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from pas.money import Cents, euros
from pas.web.counts import count
from pas.web.dates import day, day_at, moment
from pas.web.languages import (
    as_data,
    count_in_page,
    direction,
    language,
    left_to_right,
    said,
    say_in_page,
)
from pas.web.statics import static_url

PACKAGE = Path(__file__).parent.parent


class Place(msgspec.Struct, frozen=True):
    """Whose page it is: the municipality, or the installation where none is named."""

    title: str
    product: str
    telephone: str
    telephone_hours: str = ""
    home: str = "/"
    demonstration: bool = False
    sandbox: bool = False


def render(template: str, place: Place, context: Mapping[str, object]) -> str:
    """Make a page of ``slice/name.html``; forms also need ``csrf_token`` in the context."""
    return environment().get_template(template).render({**frame(place), **context})


def frame(place: Place) -> dict[str, object]:
    """What every page has in its context."""
    return {
        "place": place,
        "language": language(),
        "direction": direction(),
        "tongues": (),
        "demonstration": place.demonstration,
        "moment": moment,
    }


def dialled(telephone: str) -> str:
    """What goes behind ``tel:``, digits and a leading plus only."""
    return re.sub(r"(?!^\+)[^0-9]", "", telephone)


def shown_euros(cents: Cents) -> str:
    """An amount that keeps its own order also on a page from right to left."""
    return left_to_right(euros(cents))


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
        "euros": shown_euros,
        "said": said,
        "counted": count,
        "day": day,
        "day_at": day_at,
        "dialled": dialled,
    }
    cast("dict[str, object]", made.globals).update(
        static_url=static_url, say=say_in_page, say_count=count_in_page, as_data=as_data
    )
    return made
