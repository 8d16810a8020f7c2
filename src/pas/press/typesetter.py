"""The process that sets type: it reads jobs from its input, writes PDFs to its output, and does no more.

A layout is a program that a municipality may change, so it runs where it can do nothing. Fonts are read
first; then this process gives up opening anything. From there on it reads no file, asks no network (typst
fetches packages by itself), and has an end to its memory. Who starts it gives it no environment.
"""

import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

import msgspec
import typst

FONTS: Final = Path(__file__).parent / "fonts"
MOST_MEMORY: Final = 3 * 1024**3
LENGTH_BYTES: Final = 8
WARM_UP: Final = b"""
#set document(title: "a")
#set text(font: ("Noto Sans", "Noto Sans Arabic"))
a *b* \xd8\xb3 *\xd8\xb3* #image(bytes("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>"), format: "svg", alt: "a")
"""


class Job(msgspec.Struct, frozen=True):
    """One source, and what it reads; everything that makes the bytes."""

    source: str
    inputs: dict[str, str]
    made_at: datetime


class Answer(msgspec.Struct, frozen=True):
    """A PDF, or what typst has against the source, and on which line of it."""

    pdf: bytes = b""
    problem: str = ""
    place: str = ""


def main() -> None:
    with TemporaryDirectory() as empty:
        compiler = _compiler(empty)
        compiler.compile(WARM_UP, format="pdf", pdf_standards=["ua-1"])
        decoder = msgspec.msgpack.Decoder(Job)
        compiled(compiler, Job("a", {}, datetime.now(UTC).replace(microsecond=0)))
        lock()
        while (asked := read_piece(sys.stdin.buffer)) is not None:
            write_piece(sys.stdout.buffer, compiled(compiler, decoder.decode(asked)))


def lock() -> None:
    """Open nothing more, neither file nor socket; have an end to the memory."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def compiled(compiler: typst.Compiler, job: Job) -> bytes:
    try:
        pdf = compiler.compile(
            job.source.encode(),
            format="pdf",
            sys_inputs=job.inputs,
            pdf_standards=["ua-1"],
            timestamp=job.made_at.astimezone(UTC),
        )
    except typst.TypstError as error:
        return msgspec.msgpack.encode(Answer(problem=error.message, place=error.diagnostic))
    assert isinstance(pdf, bytes), "a PDF is one file"
    return msgspec.msgpack.encode(Answer(pdf=pdf))


def read_piece(source: BinaryIO) -> bytes | None:
    length = source.read(LENGTH_BYTES)
    if len(length) < LENGTH_BYTES:
        return None
    return source.read(int.from_bytes(length, "big"))


def write_piece(target: BinaryIO, piece: bytes) -> None:
    target.write(len(piece).to_bytes(LENGTH_BYTES, "big") + piece)
    target.flush()


def _compiler(empty: str) -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    return typst.Compiler(
        b"", root=empty, font_paths=fonts, package_path=empty, package_cache_path=empty
    )


if __name__ == "__main__":
    main()
