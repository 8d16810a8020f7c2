"""Static files carry a hash of their content in their name, so a browser may keep them for ever."""

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "static"
KEEP_FOR_EVER = "public, max-age=31536000, immutable"
WORTH_COMPRESSING = 1024


class StaticFile(msgspec.Struct, frozen=True):
    """One file as it is served; ``squeezed`` is empty where gzip gains nothing."""

    address: str
    media_type: str
    content: bytes
    squeezed: bytes


@cache
def static_files() -> dict[str, StaticFile]:
    """All static files by the name that templates use; read once per process."""
    paths = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): _read(path) for path in paths}


@cache
def by_address() -> dict[str, StaticFile]:
    return {file.address: file for file in static_files().values()}


def static_url(name: str) -> str:
    """The address of a file, such as ``/static/pas.3f1c0a9b2d4e.css``."""
    return f"/static/{static_files()[name].address}"


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    name = path.relative_to(FOLDER)
    digest = hashlib.sha256(content).hexdigest()[:12]
    squeezed = gzip.compress(content, mtime=0) if len(content) >= WORTH_COMPRESSING else b""
    return StaticFile(
        address="-".join((*name.parent.parts, f"{name.stem}.{digest}{name.suffix}")),
        media_type=mimetypes.guess_type(name.name)[0] or "application/octet-stream",
        content=content,
        squeezed=squeezed if len(squeezed) < len(content) else b"",
    )
