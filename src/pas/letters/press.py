"""Sets letters in type: starts the process that does it, and tells what it has against a layout."""

import asyncio
import re
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import ClassVar, Final
from weakref import WeakKeyDictionary

import msgspec

from pas.errors import Refusal
from pas.letters.typesetter import LENGTH_BYTES, Answer, Job

LAYOUTS: Final = Path(__file__).parent / "layouts"
WHOLE: Final = "letter"
SECONDS: Final = 120.0
ENVIRONMENT: Final = {"MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "2", "LC_ALL": "C.UTF-8"}
"""All that the process knows: no secrets, no proxies, and threads that fit in its memory."""
AT_ONCE: Final = 2
"""How many of these run for one worker: each may fill all the memory it is allowed."""
PLACES: Final = WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]()
MOST_TOLD: Final = 600
MOST_MADE: Final = 1_000_000
"""Bytes of PDF after which a process is replaced."""
PLACE: Final = re.compile(r"┌─ [^\n]*?:(\d+):\d+")


class LayoutWrong(Refusal):
    """Van deze opmaak is geen brief te maken."""

    status: ClassVar[int] = 400
    next_step: ClassVar[str] = "Herstel de opmaak, of zet de standaard terug."


class Layout(msgspec.Struct, frozen=True):
    """What letters look like: ``kind`` is the middle of a letter, ``whole`` is around it."""

    whole: str
    kind: str

    def source(self) -> str:
        """One source: a layout can import nothing."""
        return self.whole.replace(MIDDLE, self.kind, 1)

    def place(self, line: int) -> str:
        """Say where a line of the source stands, as the two files count."""
        before = self.whole.partition(MIDDLE)[0].count("\n")
        middle = self.kind.count("\n")
        if line <= before:
            return f"regel {line} van de opmaak van elke brief"
        if line <= before + middle + 1:
            return f"regel {line - before} van de opmaak van deze brief"
        return f"regel {line - middle} van de opmaak van elke brief"


MIDDLE: Final = "// Here comes the middle of the letter."


@cache
def layout_of_ours(name: str) -> str:
    return (LAYOUTS / f"{name}.typ").read_text("utf-8")


class Press:
    """A process that is running; one job at a time.

    Typst remembers what it laid out before, and never lets go of it. So after a large file the process
    is replaced by a new one: memory is that of one file, however many there are.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._made = 0

    @property
    def process_id(self) -> int:
        return self._process.pid

    async def end(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def pdf(
        self, layout: Layout, given: Mapping[str, object], *, large: bool, made_at: datetime
    ) -> bytes:
        """Give the letters as tagged PDF (PDF/UA-1); the same letters give the same bytes."""
        if self._made > MOST_MADE:
            await self.end()
            self._process, self._made = await _started(), 0
        content = msgspec.json.encode(given).decode()
        inputs = {"letters": content, "large": "yes" if large else "no"}
        job = Job(layout.source(), inputs, made_at.replace(microsecond=0))
        try:
            answer = await asyncio.wait_for(self._asked(msgspec.msgpack.encode(job)), SECONDS)
        except TimeoutError:
            raise LayoutWrong("Het maken duurde te lang.") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            ended = await self._process.wait()
            assert ended < 0, "only the limit on memory ends it"
            raise LayoutWrong("Het maken kostte te veel geheugen.") from None
        if answer.problem:
            line = _line(answer.place)
            where = f" ({layout.place(line)})" if line else ""
            raise LayoutWrong(f"Typst zegt: {answer.problem[:MOST_TOLD]}{where}")
        self._made += len(answer.pdf)
        return answer.pdf

    async def _asked(self, job: bytes) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(len(job).to_bytes(LENGTH_BYTES, "big") + job)
        await self._process.stdin.drain()
        length = int.from_bytes(await self._process.stdout.readexactly(LENGTH_BYTES), "big")
        return msgspec.msgpack.decode(await self._process.stdout.readexactly(length), type=Answer)


@asynccontextmanager
async def a_press() -> AsyncGenerator[Press]:
    """Wait for a place, so ask for one before a connection of the database."""
    loop = asyncio.get_running_loop()
    async with PLACES.setdefault(loop, asyncio.Semaphore(AT_ONCE)):
        press = Press(await _started())
        try:
            yield press
        finally:
            await press.end()


async def _started() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "pas.letters.typesetter"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=ENVIRONMENT,
    )


def _line(place: str) -> int:
    """Find the line in what typst shows; nought where it names none."""
    found = PLACE.search(place)
    return int(found[1]) if found else 0
