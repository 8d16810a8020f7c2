"""Endpoints: the purposes that passes are spent on."""

from typing import Annotated, Final

import msgspec
from litestar import get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.problems.bodies import AppRequest
from pas.schemes.categories import Category, add_categories, read_categories, rename_category

READ: Final = {"permission": Permission.SCHEMES_READ}
WRITE: Final = {"permission": Permission.SCHEMES_WRITE}
CategoryCode = Annotated[str, Meta(max_length=41)]


class Categories(msgspec.Struct, frozen=True):
    """Purposes, by title."""

    items: list[Category]


class TitleBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people read."""

    title: Annotated[str, Meta(min_length=1, max_length=80)]


@get("/v1/{municipality:str}/categories", opt=READ)
async def list_all_categories(municipality: FromPath[str], request: AppRequest) -> Categories:
    """Lees de bestedingsdoelen."""
    async with connected(request, municipality) as connection:
        return Categories(await read_categories(connection))


@post("/v1/{municipality:str}/categories", opt=WRITE)
async def add_new_category(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[Category]
) -> Categories:
    """Voeg een bestedingsdoel toe. Is het er al, dan verandert er niets."""
    async with connected(request, municipality) as connection:
        await add_categories(connection, [data], actor=actor_of(request))
        return Categories(await read_categories(connection))


@patch("/v1/{municipality:str}/categories/{code:str}", opt=WRITE)
async def rename_one_category(
    municipality: FromPath[str],
    code: FromPath[CategoryCode],
    request: AppRequest,
    *,
    data: JSONBody[TitleBody],
) -> Category:
    """Geef een bestedingsdoel een andere naam voor mensen."""
    async with connected(request, municipality) as connection:
        return await rename_category(connection, code, data.title, actor=actor_of(request))


handlers: list[ControllerRouterHandler] = [
    list_all_categories,
    add_new_category,
    rename_one_category,
]
