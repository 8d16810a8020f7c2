"""Sets type: starts the process that does it, and tells what it has against a source."""

import asyncio
import re
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import ClassVar, Final
from weakref import WeakKeyDictionary

import msgspec

from pas.errors import Refusal
from pas.press.typesetter import LENGTH_BYTES, Answer, Job

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
    """Van deze opmaak is geen PDF te maken."""

    status: ClassVar[int] = 400
    next_step: ClassVar[str] = "Herstel de opmaak, of zet de standaard terug."


def plain_line(line: int) -> str:
    return f"regel {line}"


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
        self,
        source: str,
        inputs: Mapping[str, str],
        *,
        made_at: datetime,
        place: Callable[[int], str] = plain_line,
    ) -> bytes:
        """Give tagged PDF (PDF/UA-1); the same source and inputs give the same bytes.

        ``place`` says in words where a line of the source stands.
        """
        if self._made > MOST_MADE:
            await self.end()
            self._process, self._made = await _started(), 0
        job = Job(source, dict(inputs), made_at.replace(microsecond=0))
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
            where = f" ({place(line)})" if line else ""
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
        *("-m", "pas.press.typesetter"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=ENVIRONMENT,
    )


def _line(place: str) -> int:
    """Find the line in what typst shows; nought where it names none."""
    found = PLACE.search(place)
    return int(found[1]) if found else 0
