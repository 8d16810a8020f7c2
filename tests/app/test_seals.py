"""The seals over HTTP: anybody can keep a note and the hashes, and prove an entry with them alone."""

import base64
import html
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from given.city import a_budget, a_holder, a_scheme
from pas.auth.keys import KeyStore, Purpose
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7
from pas.seals.checkpoints import read_checkpoint
from pas.seals.notes import Verifier, is_signed_by, verifier_of
from pas.seals.routes import TileNotFound, read_tile_id
from pas.seals.seal import note_keys
from pas.seals.tiles import address_of
from pas.seals.tree import TileId, is_included, leaf_hash, root
from sealing import last, seal_all
from signed_in import signed_in


@pytest.fixture
async def entry(
    client: httpx.AsyncClient, connection: Connection, tmp_path: Path
) -> tuple[UUID, bytes]:
    """A grant that is sealed, and the public key that sealed it."""
    budget = await a_budget(connection, await a_scheme(connection), await a_holder(connection))
    ring = KeyStore(tmp_path).ring(MunicipalityName("velsen"))
    await seal_all(connection, ring)
    return budget.entry, verifier_of("", ring.current(Purpose.SEAL).secret).public_key


async def test_a_stranger_reads_the_note_and_the_hashes_under_it(
    client: httpx.AsyncClient, entry: tuple[UUID, bytes]
) -> None:
    answer = await client.get("/velsen/seals/checkpoint")
    checkpoint, note = read_checkpoint(answer.text)
    tile = await client.get(f"/velsen/seals/tile/0/000.p/{checkpoint.size}")
    assert answer.headers["content-type"].startswith("text/plain")
    assert root({(0, 0): tile.content}, checkpoint.size) == checkpoint.root
    assert note.signatures[0].name == checkpoint.origin
    assert is_signed_by(note, Verifier(checkpoint.origin, entry[1]))


async def test_before_anything_is_sealed_there_is_no_note(client: httpx.AsyncClient) -> None:
    answer = await client.get("/velsen/seals/checkpoint")
    assert answer.status_code == 404
    assert "nog geen zegel" in answer.text


async def test_the_page_about_the_seals_has_the_newest_one_and_the_keys(
    client: httpx.AsyncClient, connection: Connection, tmp_path: Path
) -> None:
    before = (await client.get("/velsen/seals")).text
    assert "Er is nog geen zegel" in before
    ring = KeyStore(tmp_path).ring(MunicipalityName("velsen"))
    await note_keys(connection, ring)
    await seal_all(connection, ring)
    text = html.unescape((await client.get("/velsen/seals")).text)
    checkpoint, note = await last(connection)
    assert str(note) in text
    for purpose, signer in (
        (Purpose.SEAL, checkpoint.origin),
        (Purpose.RECEIPT, "pas-receipt/velsen"),
    ):
        assert verifier_of(signer, ring.current(purpose).secret).text in text


@pytest.mark.parametrize("place", ["0/000", "0/000.p/255", "1/000", "0/001.p/1", "8/000", "0/0"])
async def test_hashes_that_are_not_there_are_not_made_up(
    client: httpx.AsyncClient, entry: tuple[UUID, bytes], place: str
) -> None:
    assert entry[0]
    assert (await client.get(f"/velsen/seals/tile/{place}")).status_code == 404


async def test_an_auditor_proves_one_entry_with_the_note_alone(
    client: httpx.AsyncClient, connection: Connection, entry: tuple[UUID, bytes]
) -> None:
    auditor = await signed_in(client, connection, Role.AUDITOR)
    proof = (await auditor.ask(f"entries/{entry[0]}/proof")).json()
    checkpoint, _ = read_checkpoint(proof["checkpoint"])
    data = base64.b64decode(proof["data"])
    way = [base64.b64decode(one) for one in proof["proof"]]
    number, size, top = int(proof["number"]), checkpoint.size, checkpoint.root
    assert entry[0].bytes in data
    assert is_included(leaf_hash(data), way, index=number, size=size, top=top)
    assert not is_included(leaf_hash(data + b"0"), way, index=number, size=size, top=top)


async def test_an_entry_that_is_not_there_or_not_sealed_is_not_proved(
    client: httpx.AsyncClient, connection: Connection, entry: tuple[UUID, bytes]
) -> None:
    assert entry[0]
    auditor = await signed_in(client, connection, Role.AUDITOR)
    later = await a_budget(connection, await a_scheme(connection), await a_holder(connection))
    for one in (uuid7(), later.entry):
        answer = await auditor.ask(f"entries/{one}/proof")
        assert answer.status_code == 404
        assert answer.json()["title"] == "Deze boeking heeft nog geen zegel."


@pytest.mark.parametrize(
    ("place", "tile"),
    [
        ("0/000", TileId(0, 0, 256)),
        ("/1/x001/x234/067", TileId(1, 1234067, 256)),
        ("0/x001/067.p/12", TileId(0, 1067, 12)),
    ],
)
def test_a_tile_has_the_address_of_the_standard(place: str, tile: TileId) -> None:
    assert read_tile_id(place) == tile
    assert address_of(tile) == place.removeprefix("/")


@pytest.mark.parametrize(
    "place",
    [
        "",
        "0",
        "0/1",
        "0/001/002",
        "0/x001",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/999",
        "9/000",
        "../0/000",
    ],
)
def test_what_is_no_address_of_a_tile_is_refused(place: str) -> None:
    with pytest.raises(TileNotFound):
        read_tile_id(place)
