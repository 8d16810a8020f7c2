"""Static files carry a hash of their content in their name, so a browser may keep them for ever.

A folder beside them is a module folder: its files are served together, under one address with a
hash of all of them, so that scripts in it can import each other by their plain names. A change in
one of them is a new address for all.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

FOLDER: Final = Path(__file__).parent / "static"
KEEP_FOR_EVER: Final = "public, max-age=31536000, immutable"
WORTH_COMPRESSING: Final = 1024

# Said here because the tables of Python and of the machine differ, and a browser runs neither a
# module nor WebAssembly that is called anything else.
MEDIA_TYPES: Final = {".js": "text/javascript", ".wasm": "application/wasm", "": "text/plain"}


class StaticFile(msgspec.Struct, frozen=True):
    """One file as it is served; ``squeezed`` is empty where gzip gains nothing."""

    name: str
    address: str
    media_type: str
    content: bytes
    squeezed: bytes


@cache
def static_files() -> dict[str, StaticFile]:
    """All static files by the name that templates use; read once per process."""
    return {file.name: file for file in read_files(FOLDER)}


@cache
def by_address() -> dict[str, StaticFile]:
    return {file.address: file for file in static_files().values()}


def static_url(name: str) -> str:
    """Where a file is: ``/static/pas.3f1c0a9b2d4e.css``, ``/static/till.8a3d52c07b1f/codes.js``."""
    return f"/static/{static_files()[name].address}"


def read_files(folder: Path) -> Iterator[StaticFile]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from read_modules(path)
        else:
            content = path.read_bytes()
            address = f"{path.stem}.{digest(content)}{path.suffix}"
            yield made(path.name, address, content)


def read_modules(folder: Path) -> Iterator[StaticFile]:
    """Read a module folder; a file that is renamed or moved within it changes its hash too."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    parts = (part for name, content in contents.items() for part in (name.encode(), content))
    address = f"{folder.name}.{digest(*parts)}"
    for name, content in contents.items():
        yield made(f"{folder.name}/{name}", f"{address}/{name}", content)


def digest(*parts: bytes) -> str:
    """Hash parts; where one ends and the next begins counts."""
    hashed = (hashlib.sha256(part).digest() for part in parts)
    return hashlib.sha256(b"".join(hashed)).hexdigest()[:12]


def made(name: str, address: str, content: bytes) -> StaticFile:
    squeezed = gzip.compress(content, mtime=0) if len(content) >= WORTH_COMPRESSING else b""
    suffix = Path(name).suffix
    guessed = MEDIA_TYPES.get(suffix) or mimetypes.guess_type(f"x{suffix}")[0]
    return StaticFile(
        name=name,
        address=address,
        media_type=guessed or "application/octet-stream",
        content=content,
        squeezed=squeezed if len(squeezed) < len(content) else b"",
    )
