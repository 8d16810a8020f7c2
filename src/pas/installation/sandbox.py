"""A sandbox: a municipality in which makers of tills try things. Nobody in it exists, nothing leaves it."""

from typing import ClassVar, Final

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal


class NothingLeavesSandbox(Refusal):
    """Dit kan niet in een testomgeving."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Doe dit in uw eigen gemeente. Hier bestaat niemand echt."


class OnlyInSandbox(Refusal):
    """Dit kan alleen in een testomgeving."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Vraag de gemeente naar het adres van haar testomgeving."


class Known(msgspec.Struct, frozen=True):
    is_sandbox: bool


IS_SANDBOX: Final = Statement("SELECT EXISTS (SELECT 1 FROM sandbox) AS is_sandbox", Known)


async def is_sandbox(connection: Connection) -> bool:
    return (await IS_SANDBOX.one(connection)).is_sandbox


async def refuse_outside_sandbox(connection: Connection) -> None:
    """Call before anything that no real municipality has."""
    if not await is_sandbox(connection):
        raise OnlyInSandbox


async def refuse_in_sandbox(connection: Connection) -> None:
    """Call before money or cards go out; the database refuses it as well."""
    if await is_sandbox(connection):
        raise NothingLeavesSandbox
