"""Compares what came with what was recorded: a name in braces stands for what differs each time."""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

NAME = re.compile(r"\{([a-z][a-z0-9]*)\}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[.\d]*Z")
DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
VARIES = {"municipalityTag": "{tag}"}
RECEIPT = "pas-receipt/v1\n"
IDS = ("id", "saleId")
UNSAID = (None, [], 0)
"""What a till may say or leave out, but for amounts."""
AMOUNTS = ("priceCents", "takeCents", "amountCents", "visits")

Known = dict[str, str]


def faults(expected: Any, came: Any, known: Known, *, at: str = "") -> list[str]:
    """What differs, and where; names that are new are learned on the way."""
    if isinstance(expected, dict) and isinstance(came, dict):
        wanted, said = _said(expected), _said(came)
        found = [f"{_inside(at, key)} should not be there" for key in said.keys() - wanted.keys()]
        found += [f"{_inside(at, key)} is missing" for key in wanted.keys() - said.keys()]
        both = [key for key in wanted if key in said]
        return found + [
            each
            for key in both
            for each in faults(wanted[key], said[key], known, at=_inside(at, key))
        ]
    if isinstance(expected, list) and isinstance(came, list):
        if len(expected) != len(came):
            return [f"{at} has {len(came)} parts, not {len(expected)}"]
        pairs = enumerate(zip(expected, came, strict=True))
        return [
            each for n, (one, two) in pairs for each in faults(one, two, known, at=f"{at}[{n}]")
        ]
    if isinstance(expected, str) and (named := NAME.fullmatch(expected)):
        return _named(named[1], came, known, at=at)
    return [] if expected == came else [f"{at} is {came!r}, not {_filled(expected, known)!r}"]


def filled(recorded: Any, known: Known) -> Any:
    """Put in what is known; of the rest, something new of its kind."""
    if isinstance(recorded, dict):
        return {key: filled(one, known) for key, one in recorded.items()}
    if isinstance(recorded, list):
        return [filled(one, known) for one in recorded]
    return _filled(recorded, known)


def generalised(came: Any, known: Known) -> Any:
    """The other way round: give what differs each time a name, to be recorded."""
    if isinstance(came, dict):
        told = {key: VARIES.get(key, one) for key, one in came.items() if key != "traceId"}
        return {key: generalised(one, known) for key, one in told.items()}
    if isinstance(came, list):
        return [generalised(one, known) for one in came]
    if not isinstance(came, str):
        return came
    if came.startswith(RECEIPT):
        return "{receipt}"
    for name, value in known.items():
        came = came.replace(value, "{" + name + "}")
    return DATE.sub("{date}", TIME.sub("{time}", UUID.sub("{uuid}", came)))


def _said(body: dict[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in body.items() if key in AMOUNTS or one not in UNSAID}


def _inside(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key


def _named(name: str, came: Any, known: Known, *, at: str) -> list[str]:
    if not isinstance(came, str) or not came:
        return [f"{at} is {came!r}, and should be a text"]
    if name == "any":
        return []
    if at.rpartition(".")[2] in IDS and not UUID.fullmatch(came.lower()):
        return [f"{at} is {came!r}, and should be a UUID"]
    if name in known:
        return (
            []
            if known[name] == came
            else [f"{at} is {came!r}, and should be {known[name]!r} again"]
        )
    if came in known.values():
        return [f"{at} is {came!r} again, and should be new"]
    known[name] = came
    return []


def _filled(recorded: Any, known: Known) -> Any:
    if not isinstance(recorded, str):
        return recorded
    now = datetime.now(UTC)
    new = {
        "uuid": str(uuid.uuid4()),
        "time": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}",
        "date": f"{now:%Y-%m-%d}",
        "tag": "7ZYQ",
        "receipt": f"{RECEIPT}…\n{now:%Y-%m-%dT%H:%M:%SZ}\n\n\u2014 pas-receipt/… …\n",
    }
    return NAME.sub(lambda found: (known | new).get(found[1], found[0]), recorded)
