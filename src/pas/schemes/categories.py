"""The purposes that a pass can be spent on: a code for the program, a title for people."""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Final

import msgspec
from msgspec import Meta

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import uuid7


class CategoryNotFound(Refusal):
    """Dit bestedingsdoel is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een bestedingsdoel uit de lijst. Of voeg het eerst toe."


class Category(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """One purpose."""

    code: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{1,40}$")]
    title: Annotated[str, Meta(min_length=1, max_length=80)]


READ: Final = Statement("SELECT code, title FROM category ORDER BY title, code", Category)
ADD: Final = Statement(
    """
    INSERT INTO category (code, title) VALUES ($1, $2)
    ON CONFLICT (code) DO NOTHING
    RETURNING code, title
    """,
    Category,
)
RENAME: Final = Statement(
    """
    UPDATE category c SET title = $2 FROM category b WHERE c.code = $1 AND b.code = $1
    RETURNING b.code, b.title
    """,
    Category,
)


async def read_categories(connection: Connection) -> list[Category]:
    """All purposes, by title."""
    return await READ.all(connection)


async def category_titles(connection: Connection) -> dict[str, str]:
    """The title of each purpose by its code, in the order of the titles."""
    return {one.code: one.title for one in await READ.all(connection)}


async def add_categories(
    connection: Connection, categories: Iterable[Category], *, actor: Actor
) -> list[Category]:
    """Add those that are new; a title that is there already stays as it is."""
    added: list[Category] = []
    async with connection.transaction():
        for one in sorted(categories, key=lambda one: one.code):
            made = await ADD.first(connection, one.code, one.title)
            if made is not None:
                await _record(connection, "category.added", actor=actor, after=made)
                added.append(made)
    return added


async def rename_category(
    connection: Connection, code: str, title: str, *, actor: Actor
) -> Category:
    async with connection.transaction():
        before = await RENAME.first(connection, code, title)
        if before is None:
            raise CategoryNotFound
        after = Category(code, title)
        await _record(connection, "category.renamed", actor=actor, before=before, after=after)
    return after


def title_from(code: str) -> str:
    """What people read until somebody gives it a title: ``school_costs`` is ``School costs``."""
    return code.replace("_", " ").strip().capitalize()


async def _record(
    connection: Connection,
    kind: str,
    *,
    actor: Actor,
    after: Category,
    before: Category | None = None,
) -> None:
    await record_event(
        connection,
        kind=kind,
        subject_kind="category",
        subject_id=uuid7(),
        actor=actor,
        before=before,
        after=after,
    )
