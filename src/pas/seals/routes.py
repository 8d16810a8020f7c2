"""Endpoints: the seals as anybody may read them, so that a copy outside the building pins the past.

The layout is that of C2SP tlog-tiles: a checkpoint, and tiles of hashes. Hashes say nothing about anybody.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.db import Connection
from pas.errors import Refusal
from pas.problems.bodies import AppRequest
from pas.seals.checkpoints import last_checkpoint
from pas.seals.cosign import READ_NEWEST, keep_cosignature
from pas.seals.prove_entry import LeafProof, prove_entry
from pas.seals.tiles import read_tile
from pas.seals.tree import HASH_BYTES, TILE_WIDTH, TileId

PUBLIC: Final = {"public": True}
PROVE: Final = {"permission": Permission.LEDGER_PROVE}
FOREVER: Final = {"cache-control": "public, max-age=31536000, immutable"}
TILE: Final = re.compile(r"/?([0-7])/((?:x[0-9]{3}/){0,4}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class NothingSealed(Refusal):
    """De boeken hebben nog geen zegel."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Probeer het over een minuut nog eens."


class TileNotFound(Refusal):
    """Dit stuk van de zegels is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Lees eerst het zegel. Daarin staat hoeveel er is."


@get("/{municipality:str}/seals/checkpoint", opt=PUBLIC, include_in_schema=False)
async def read_newest_checkpoint(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """The newest signed note, to be kept outside the building."""
    async with connected(request, municipality) as connection:
        last = await last_checkpoint(connection)
    if last is None:
        raise NothingSealed
    return Response(last.note, media_type="text/plain; charset=utf-8")


class Cosignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The line of a witness below the seal over so many leaves, as ``pas ledger witness`` writes it."""

    size: Annotated[int, msgspec.Meta(gt=0, le=2**53)]
    line: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class Kept(msgspec.Struct, frozen=True):
    witness: str


@get("/{municipality:str}/seals/witnessed", opt=PUBLIC, include_in_schema=False)
async def read_newest_witnessed(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """The newest note that witnesses signed too: everybody sees the same books."""
    async with connected(request, municipality) as connection:
        found = await READ_NEWEST.first(connection)
    if found is None:
        raise NothingSealed
    return Response(found.note, media_type="text/plain; charset=utf-8")


@post("/v1/{municipality:str}/cosignatures", opt=PUBLIC, status_code=200)
async def receive_cosignature(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[Cosignature]
) -> Kept:
    """Neem de handtekening van een getuige aan, onder een zegel.

    Wie de getuige is, blijkt uit de handtekening. Dezelfde nog eens sturen verandert niets.
    """
    async with connected(request, municipality) as connection:
        witness = await keep_cosignature(
            connection, data.line, size=data.size, now=datetime.now(UTC)
        )
    return Kept(witness)


@get("/{municipality:str}/seals/tile/{place:path}", opt=PUBLIC, include_in_schema=False)
async def read_tile_of_hashes(
    municipality: FromPath[str], place: FromPath[str], request: AppRequest
) -> Response[bytes]:
    """Hashes of up to 256 leaves or subtrees: ``0/x001/067`` or, of a tile that grows, ``0/x001/067.p/12``."""
    tile = read_tile_id(place)
    async with connected(request, municipality) as connection:
        hashes = await _hashes(connection, tile)
    return Response(hashes, media_type="application/octet-stream", headers=FOREVER)


@get("/v1/{municipality:str}/entries/{entry_id:uuid}/proof", opt=PROVE)
async def read_entry_proof(
    municipality: FromPath[str], entry_id: FromPath[UUID], request: AppRequest
) -> LeafProof:
    """Lees het bewijs dat een boeking onder het zegel van nu staat."""
    async with connected(request, municipality) as connection:
        return await prove_entry(connection, entry_id)


def read_tile_id(place: str) -> TileId:
    """Read where a tile is from its address (C2SP tlog-tiles), or raise TileNotFound."""
    found = TILE.fullmatch(place)
    if found is None:
        raise TileNotFound
    level, number, width = found.groups()
    groups = number.replace("x", "").split("/")
    tile = TileId(int(level), int("".join(groups)), int(width or TILE_WIDTH))
    if tile.width > TILE_WIDTH or (width is not None and tile.width == TILE_WIDTH):
        raise TileNotFound
    return tile


async def _hashes(connection: Connection, tile: TileId) -> bytes:
    hashes = await read_tile(connection, tile)
    if len(hashes) != tile.width * HASH_BYTES:
        raise TileNotFound
    return hashes


routes: list[ControllerRouterHandler] = [
    read_newest_checkpoint,
    read_newest_witnessed,
    receive_cosignature,
    read_tile_of_hashes,
    read_entry_proof,
]
