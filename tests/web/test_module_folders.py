"""Scripts that import each other: one address for a folder, and one script that may do more."""

import gzip
import re
from pathlib import Path

import httpx
import pytest

from pas.app.edge import CONTENT_POLICY, DECODER, DECODER_POLICY
from pas.web.statics import StaticFile, by_address, read_files, static_files, static_url

FOLDER = r"/static/till\.[0-9a-f]{12}/"


async def test_modules_of_a_folder_import_each_other_by_name(client: httpx.AsyncClient) -> None:
    address = static_url("till/decoder.js")
    assert re.fullmatch(f"{FOLDER}decoder.js", address)
    neighbour = await client.get(httpx.URL(address).join("./engines.js"))
    assert neighbour.content == static_files()["till/engines.js"].content
    assert neighbour.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("till/codes.js", "text/javascript; charset=utf-8"),
        ("till/vendor/zxing/reader/zxing_reader.wasm", "application/wasm"),
        ("till/vendor/zxing/LICENSE", "text/plain; charset=utf-8"),
    ],
)
async def test_a_module_comes_as_what_it_is_and_squeezed(
    client: httpx.AsyncClient, name: str, media_type: str
) -> None:
    answer = await client.get(static_url(name))
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == gzip.decompress(static_files()[name].squeezed)


def addresses(folder: Path) -> set[str]:
    return {file.address for file in read_files(folder)}


def test_any_change_in_a_folder_is_a_new_address_for_all(tmp_path: Path) -> None:
    modules = tmp_path / "till"
    modules.mkdir()
    (modules / "a.js").write_text("import './b.js'")
    (modules / "b.js").write_text("1")
    before = addresses(tmp_path)
    assert before == addresses(tmp_path)
    (modules / "b.js").write_text("2")
    changed = addresses(tmp_path)
    (modules / "b.js").rename(modules / "c.js")
    moved = addresses(tmp_path)
    assert not before & changed
    assert not {address.rpartition("/")[0] for address in changed} & {
        address.rpartition("/")[0] for address in moved
    }


@pytest.mark.parametrize(
    "name", ["till/codes.js", "till.000000000000/codes.js", "{till}/", "{till}", "{till}/x.js"]
)
async def test_only_what_is_in_a_folder_is_served(client: httpx.AsyncClient, name: str) -> None:
    till = static_url("till/codes.js").split("/")[2]
    assert (await client.get(f"/static/{name.format(till=till)}")).status_code == 404


@pytest.mark.parametrize("climbing", ["../statics.py", "..%2Fstatics.py", "../../statics.py"])
async def test_nobody_climbs_out_of_a_folder(client: httpx.AsyncClient, climbing: str) -> None:
    base = static_url("till/codes.js").rpartition("/")[0]
    assert (await client.get(f"{base}/{climbing}")).status_code == 404


@pytest.mark.parametrize("file", static_files().values(), ids=lambda file: file.name)
async def test_only_the_decoder_may_compile_webassembly(
    client: httpx.AsyncClient, file: StaticFile
) -> None:
    answer = await client.get(f"/static/{file.address}")
    expected = DECODER_POLICY if file.name == DECODER else CONTENT_POLICY.decode()
    assert answer.headers.get_list("content-security-policy") == [expected]
    assert by_address()[file.address] is file


def test_the_decoder_may_do_nothing_but_load_its_modules_and_compile() -> None:
    parts = [part.strip() for part in DECODER_POLICY.split(";")]
    assert {part for part in parts if not part.endswith(" 'none'")} == {
        "script-src 'self' 'wasm-unsafe-eval'",
        "connect-src 'self'",
    }
    assert "default-src 'none'" in parts
