"""Begins a sandbox: its settings, its schemes, and its first test cards."""

import io
from datetime import datetime
from importlib.resources import files
from typing import Final

from pas.auth.actor import SYSTEM, Actor
from pas.auth.keys import KeyRing
from pas.auth.municipality_settings import change_municipality_settings
from pas.auth.permissions import Permission
from pas.db import Connection
from pas.sandbox.lay_out import lay_out
from pas.schemes.categories import Category, add_categories
from pas.schemes.import_schemes import import_schemes

ACTOR: Final = Actor(kind="system", id=SYSTEM.id, permissions=frozenset(Permission))
TITLES: Final = {
    "sport": "Sport",
    "culture": "Cultuur",
    "bicycle": "Fiets",
    "swimming": "Zwemmen",
    "museum": "Museum",
}


async def begin(connection: Connection, ring: KeyRing, *, title: str, now: datetime) -> None:
    """Fill a municipality that was made as a sandbox; again it only lays out the cards anew."""
    await change_municipality_settings(connection, {"title": title}, actor=ACTOR)
    named = (Category(code, text) for code, text in TITLES.items())
    await add_categories(connection, named, actor=ACTOR)
    source = io.BytesIO((files("pas.sandbox") / "data" / "schemes.csv").read_bytes())
    await import_schemes(connection, source, file_name="schemes.csv", actor=ACTOR, now=now)
    await lay_out(connection, ring, actor=ACTOR, now=now, pause=False)
