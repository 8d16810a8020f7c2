"""Amounts, days and our own ids in the words of a bank. Pure."""

import hashlib
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from pas.days import AMSTERDAM
from pas.ledger.fingerprint import encoded_field
from pas.money import Cents
from pas.settlements.bank.said import Ours
from pas.settlements.bank.xml import BankFileUnreadable, Node, first
from pas.settlements.rules import payment_id

AMOUNT: Final = re.compile(r"([0-9]{1,11})(?:\.([0-9]{1,5}))?")
ID: Final = re.compile(r"[a-z][a-z0-9-]*-([1-9][0-9]{0,8})-(f?)([1-9][0-9]{0,8})", re.IGNORECASE)
WORD: Final = re.compile(r"[A-Za-z0-9-]+")
CENTS_LONG: Final = 2
DAY_LONG: Final = len("2026-11-30")
KEY: Final = b"pas bank item 1\x00"


def ours_in(municipality: str, said: str) -> Ours | None:
    """Read an id of ours; only what we ourselves would have written counts."""
    found = ID.fullmatch(said)
    if found is None:
        return None
    run, number = int(found[1]), int(found[3])
    made = payment_id(municipality, run, f"F{number}" if found[2] else number)
    if made.casefold() != said.casefold():
        return None
    return Ours(run, file=number) if found[2] else Ours(run, line=number)


def ours_among(municipality: str, said: Iterable[str]) -> list[Ours]:
    """Give the ids of ours that whole texts are."""
    found = (ours_in(municipality, one) for one in said)
    return list(dict.fromkeys(one for one in found if one is not None))


def ours_within(municipality: str, said: Iterable[str]) -> list[Ours]:
    """Give the ids of ours that stand as whole words in texts."""
    return ours_among(municipality, (word for one in said for word in WORD.findall(one)))


def cents_of(amount: Node | None) -> Cents | None:
    """Read an amount; None where there is none, or where it is no whole number of cents."""
    if amount is None:
        return None
    found = AMOUNT.fullmatch(amount.words.strip())
    if found is None:
        raise BankFileUnreadable("Er staat een bedrag in dat geen bedrag is.")
    rest = (found[2] or "").rstrip("0")
    if len(rest) > CENTS_LONG:
        return None
    return Cents(int(found[1]) * 100 + int(rest.ljust(CENTS_LONG, "0")))


def day_of_node(node: Node, name: str) -> date | None:
    """Read ``<BookgDt><Dt>`` or ``<DtTm>``, or a moment itself: the day in the Netherlands."""
    found = first(node, name)
    if found is None:
        return None
    said = "".join(one.words for one in found.inner).strip() or found.words.strip()
    try:
        # A day may carry a zone; it stays the day that the bank says.
        moment = datetime.fromisoformat(said if "T" in said else said[:DAY_LONG])
    except ValueError:
        raise BankFileUnreadable("Er staat een dag in die niet bestaat.") from None
    return (moment if moment.tzinfo is None else moment.astimezone(AMSTERDAM)).date()


def key_of(*fields: object) -> bytes:
    """Name what a bank says by all of what it says."""
    return hashlib.sha256(KEY + b"".join(encoded_field(str(one)) for one in fields)).digest()
