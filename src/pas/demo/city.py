"""Makes the demonstration city, through the front door: the files and functions of a real one.

Phases are told as they begin. Whatever was made stays: a second start finds the city and goes on.
"""

import io
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Final

import msgspec

from pas.auth.actor import SYSTEM, Actor
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from pas.auth.municipality_settings import change_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.state import AuthState
from pas.db import Connection, Database, Statement
from pas.demo.cast import Cast, keep_cast
from pas.demo.merchants import open_merchants
from pas.demo.population import (
    areas,
    categories,
    make_population,
    residents_file,
    schemes_file,
)
from pas.ids import MunicipalityName, ResidentId
from pas.installation import Access, add_municipality, prepare
from pas.installation.prepare import migrator
from pas.residents.import_residents import ResidentsFile, import_residents
from pas.schemes.categories import Category, add_categories
from pas.schemes.import_schemes import import_schemes
from pas.settings import Settings

NAME: Final = MunicipalityName("velsen")
TITLE: Final = "Gemeente Velsen"
DEMO_ACTOR: Final = Actor(kind="system", id=SYSTEM.id, permissions=frozenset(Permission))

Say = Callable[[str], None]
