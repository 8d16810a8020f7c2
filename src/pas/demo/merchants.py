"""Brings in the demonstration's merchants, approves them, and gives some of them a till.

A till's key is made here and thrown away: in the demonstration somebody stands behind the till's
pages, and no device signs for it.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pas.auth.actor import Actor
from pas.csvfile import write_rows
from pas.days import day_of
from pas.db import Connection, Statement
from pas.demo.population import merchants_file
from pas.ids import MerchantId, MunicipalityName, TillId
from pas.merchants.create_till import NewTill, create_till
from pas.merchants.import_merchants import import_merchants
from pas.merchants.judge import approve_merchant
from pas.merchants.merchant_files import COLUMNS
from pas.merchants.pair_till import Device, pair_till
from pas.merchants.pairing import challenge

PAST_TILL: Final = "kassa"
SHOWN_TILL: Final = "balie"
"""Years are booked in a minute, at a till of their own: one that sold so much would now be too busy."""
LEFT_WAITING: Final = ("Surfschool Derde Bank", "Tekenatelier Blauwe Verf")
"""Whom a visitor can approve."""


class WaitingMerchant(msgspec.Struct, frozen=True):
    """A merchant that the municipality has not judged yet."""

    id: MerchantId


class TillToMake(msgspec.Struct, frozen=True):
    """A till that a merchant does not have yet."""

    id: MerchantId
    name: str


READ_WAITING: Final = Statement(
    "SELECT id FROM merchant WHERE state = 'requested' AND name <> ALL ($1::text[]) ORDER BY name",
    WaitingMerchant,
)
READ_TILLS_TO_MAKE: Final = Statement(
    """
    SELECT m.id, w.name FROM merchant m CROSS JOIN unnest($1::text[]) WITH ORDINALITY AS w (name, n)
    WHERE m.state = 'approved' AND m.kind = 'regular'
        AND NOT EXISTS (SELECT 1 FROM till t WHERE t.merchant_id = m.id AND t.name = w.name)
    ORDER BY m.name, w.n
    """,
    TillToMake,
)
READ_TILLS_TO_SHOW: Final = Statement(
    """
    SELECT DISTINCT ON (a.category) t.id
    FROM agreement a JOIN till t ON t.merchant_id = a.merchant_id AND t.state = 'active'
    WHERE a.category = ANY ($1::text[]) AND t.name = $2
    ORDER BY a.category, a.visit_price_cents IS NULL, t.created_at, t.id
    """,
    WaitingMerchant,
)


async def open_merchants(
    connection: Connection, municipality: MunicipalityName, *, actor: Actor, now: datetime
) -> int:
    """Import them all, approve and equip all but two; again it does what is still to be done."""
    first_day = date(day_of(now).year, 1, 1)
    source = io.BytesIO("".join(import_file(first_day)).encode())
    done = await import_merchants(
        connection, source, file_name="merchants.csv", actor=actor, now=now
    )
    for waiting in await READ_WAITING.all(connection, list(LEFT_WAITING)):
        await approve_merchant(connection, waiting.id, actor=actor, now=now)
    for till in await READ_TILLS_TO_MAKE.all(connection, [PAST_TILL, SHOWN_TILL]):
        await equip(connection, municipality, till.id, name=till.name, actor=actor, now=now)
    return done.added + done.changed + done.same


def import_file(first_day: date) -> Iterator[str]:
    """Write the invented merchants in the shape in which merchants are imported."""
    rows = csv.DictReader(merchants_file().splitlines(), delimiter=";")
    return write_rows(COLUMNS, (cells_of(row, first_day) for row in rows))


def cells_of(row: dict[str, str], first_day: date) -> list[str]:
    prices = dict(part.split("=") for part in row["visit_prices"].split(",") if part)
    agreements = [
        f"{category}={prices[category]}" if category in prices else category
        for category in row["categories"].split(",")
    ]
    known = {**row, "agreements": ",".join(agreements), "valid_from": first_day.isoformat()}
    return [known[column] for column in COLUMNS]


async def equip(
    connection: Connection,
    municipality: MunicipalityName,
    merchant: MerchantId,
    *,
    name: str,
    actor: Actor,
    now: datetime,
) -> None:
    invited = await create_till(connection, merchant, NewTill(name=name), actor=actor, now=now)
    key = ed25519.Ed25519PrivateKey.generate()
    device = Device(
        code=invited.code,
        algorithm="Ed25519",
        public_key=key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),
        signature=key.sign(challenge(municipality, invited.code)),
    )
    await pair_till(connection, device, municipality=municipality, now=now)


async def tills_to_show(connection: Connection, categories: list[str]) -> list[TillId]:
    """A till for each of these purposes, the same ones at every start."""
    found = await READ_TILLS_TO_SHOW.all(connection, categories, SHOWN_TILL)
    return list(dict.fromkeys(TillId(one.id) for one in found))
