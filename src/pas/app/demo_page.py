"""The first page of the demonstration: who a visitor can be, what waits for them, and the city's numbers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response

from pas.app.waiting import count_waiting, worded
from pas.app.work import WORK
from pas.auth.actor import Actor
from pas.auth.demo_login import PERSONAS
from pas.auth.permissions import Permission
from pas.auth.role_tasks import ROLE_TASKS
from pas.auth.roles import ROLE_TITLES, Role, permissions_of
from pas.auth.state import auth_state
from pas.days import day_of
from pas.demo.cast import DemoHolder, DemoTill, applicants_of, people_of, read_cast
from pas.demo.letter import read_letter
from pas.demo.numbers import Books, YearNumbers, city_numbers, read_books
from pas.ids import MunicipalityName
from pas.money import Cents, euros
from pas.problems.bodies import AppRequest
from pas.web.pages import page

NOBODY: Final = Actor(kind="login", id=UUID(int=2**128 - 1), permissions=frozenset(Permission))
"""Whoever counts for all personas at once: nobody proposed anything as this one."""
HELPERS: Final = frozenset({Role.INTERMEDIARY, Role.TEAM_MEMBER, Role.VOLUNTEER})
MOST_TOLD: Final = 2
"""Of what waits for somebody; their own page tells the rest."""
Column = tuple[str, Callable[[YearNumbers], Cents], bool]
"""Title, amount, and whether it is shown where it is zero everywhere."""
COLUMNS: Final[tuple[Column, ...]] = (
    ("Toegekend#", lambda one: one.granted_cents, True),
    ("Tekort van toen de lijn weg was#", lambda one: one.shortfall_cents, False),
    ("Besteed#", lambda one: one.spent_cents, True),
    ("Vastgezet#", lambda one: one.held_cents, False),
    ("Terug naar de gemeente#", lambda one: one.returned_cents, True),
    ("Nog te besteden#", lambda one: one.open_cents, True),
)


class Persona(msgspec.Struct, frozen=True):
    """Somebody of the municipality, or a helper: what they do and what waits for them."""

    role: str
    title: str
    task: str
    waits: list[str]


class TillShown(msgspec.Struct, frozen=True):
    till: DemoTill
    owed: str


async def demo_page(request: AppRequest, name: MunicipalityName) -> Response[str]:
    """Everybody a visitor can be, each one click away, and the numbers of the city."""
    holders: list[DemoHolder]
    tills: list[DemoTill]
    books: Books
    now, ring = datetime.now(UTC), await auth_state(request.app.state).ring(name)
    async with auth_state(request.app.state).database.connection(name) as connection:
        cast_ = await read_cast(connection)
        holders, tills = await people_of(connection, cast_)
        applicants = await applicants_of(connection, cast_)
        numbers = await city_numbers(connection, today=day_of(now))
        books = await read_books(connection)
        letter = await read_letter(connection, cast_.letter, ring=ring)
        waits = await count_waiting(connection, [one.kind for one in WORK], NOBODY, now=now)
    personas = [persona(role, waits) for role in PERSONAS]
    return page(
        request,
        "app/demo.html",
        base=f"/{name}/demo",
        letter=letter,
        sign_in=f"/{name}/sign-in/card",
        register=f"/{name}/merchants/register",
        officials=[one for one in personas if one.role not in HELPERS],
        helpers=[one for one in personas if one.role in HELPERS],
        parents=[one for one in holders if one.children],
        singles=[one for one in holders if not one.children],
        applicants=applicants,
        tills=[TillShown(one, owed(books, one)) for one in tills],
        numbers=numbers,
        spent_cents=books.total.spent_cents,
        paid_cents=books.paid_cents,
        owed_cents=books.owed_cents,
        columns=["Jaar", *(title for title, _, _ in columns_of(books))],
        years=[*(cells(one, books) for one in books.years), cells(books.total, books)],
    )


def persona(role: Role, waits: dict[str, int]) -> Persona:
    actor = msgspec.structs.replace(NOBODY, permissions=permissions_of([role]))
    told = [
        worded(one, waits[one.kind]) for one in WORK if one.is_for(actor) and waits[one.kind] > 0
    ]
    if len(told) > MOST_TOLD + 1:
        told = [*told[:MOST_TOLD], f"en nog {len(told) - MOST_TOLD} dingen"]
    return Persona(role.value, ROLE_TITLES[role], ROLE_TASKS[role], told)


def owed(books: Books, till: DemoTill) -> str:
    return euros(books.owed_to.get(till.merchant_id, Cents(0)))


def columns_of(books: Books) -> list[Column]:
    total = books.total
    return [column for column in COLUMNS if column[2] or column[1](total)]


def cells(one: YearNumbers, books: Books) -> list[str]:
    amounts = [euros(amount(one)) for _, amount, _ in columns_of(books)]
    return [str(one.year) if one.year else "Samen", *amounts]
