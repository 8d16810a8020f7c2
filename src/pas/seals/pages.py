"""The page about the seals, in words: for a council member, an accountant, or whoever wants to keep a note."""

from datetime import datetime
from typing import Final

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.keys import Purpose
from pas.auth.state import connected
from pas.db import Statement
from pas.problems.bodies import AppRequest
from pas.seals.checkpoints import read_checkpoint
from pas.seals.notes import Verifier
from pas.seals.receipts import SIGNER
from pas.web.dates import moment
from pas.web.pages import page

PUBLIC: Final = {"public": True}


class Newest(msgspec.Struct, frozen=True):
    size: int
    note: str
    made_at: datetime


class KeyRow(msgspec.Struct, frozen=True):
    purpose: str
    public_key: bytes


class Witnessed(msgspec.Struct, frozen=True):
    """Who cosigned, and the newest time that they did."""

    name: str
    signed_at: datetime


READ_NEWEST: Final = Statement(
    "SELECT size, note, made_at FROM seal_checkpoint ORDER BY size DESC LIMIT 1", Newest
)
READ_KEYS: Final = Statement(
    "SELECT purpose, public_key FROM seal_key ORDER BY purpose DESC, made_at, key_id", KeyRow
)
READ_WITNESSED: Final = Statement(
    "SELECT witness AS name, max(signed_at) AS signed_at FROM seal_cosignature GROUP BY 1 ORDER BY 1",
    Witnessed,
)


@get("/{municipality:str}/seals", opt=PUBLIC, include_in_schema=False)
async def seals_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What a seal is, the newest one, and how to check with it."""
    async with connected(request, municipality) as connection:
        newest = await READ_NEWEST.first(connection)
        keys = await READ_KEYS.all(connection)
        witnessed = await READ_WITNESSED.all(connection)
    origin = "" if newest is None else read_checkpoint(newest.note)[0].origin
    names = {Purpose.SEAL: origin, Purpose.RECEIPT: f"{SIGNER}{municipality}"}
    return page(
        request,
        "seals/seals.html",
        home=f"/{municipality}",
        newest=newest,
        keys=[Verifier(names[Purpose(key.purpose)], key.public_key).text for key in keys],
        witnessed=[(one.name, moment(one.signed_at)) for one in witnessed],
        seals=f"/{municipality}/seals",
    )


routes: list[ControllerRouterHandler] = [seals_page]
