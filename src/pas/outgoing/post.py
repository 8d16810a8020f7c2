"""Sends one message to a web address that somebody else chose, and to nowhere inside.

A merchant names the address, so it may lead anywhere: to this machine, to the cloud's own services, to
a database beside us. So the name is looked up here, every address that it gives must be one of the
open internet, and the connection goes to the very address that was looked at: a second look could be
told something else. The certificate must be that of the name. No redirect is followed, no proxy of the
environment used, and only the first bytes of the answer are read.
"""

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, Literal
from urllib.parse import urlsplit

import httpx
import msgspec

from pas.outgoing.public import HTTPS, all_public
from pas.tls import trusted

TOTAL_SECONDS: Final = 10.0
"""For everything together: a byte now and then would keep within any other patience."""
MOST_BYTES: Final = 1_000
SHOWN_CHARACTERS: Final = 200
AGENT: Final = "pas/1"
"""Who asks, unless the headers say it otherwise."""
SIX: Final = 6

Problem = Literal[
    "name-not-found",
    "address-not-public",
    "certificate-wrong",
    "no-connection",
    "too-slow",
    "redirected",
    "not-accepted",
    "answer-unreadable",
]

LOOKING_UP: Final = ThreadPoolExecutor(64, thread_name_prefix="look-up")
"""Of our own: a name that takes long to look up keeps its thread, and nobody else may wait for that."""


class Place(msgspec.Struct, frozen=True):
    """Where a name leads: an address and a port."""

    address: str
    port: int = HTTPS


LookUp = Callable[[str], Awaitable[Sequence[Place]]]
MayReach = Callable[[Sequence[str]], bool]


class Sent(msgspec.Struct, frozen=True):
    """What came of one try; without a problem it has arrived."""

    status: int | None
    problem: Problem | None
    milliseconds: int
    answer: str


class _NotSent(Exception):
    """Nothing went out, and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem: Problem = problem


async def look_up(name: str) -> Sequence[Place]:
    """Ask the system where a name leads; whatever it says is judged afterwards."""
    ask = partial(socket.getaddrinfo, name, HTTPS, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(LOOKING_UP, ask)
    return [Place(str(address[0])) for *_, address in found]


class Post:
    """Sends messages. Tests hand over another way to look up, judge and trust; nothing else can."""

    def __init__(
        self,
        *,
        look_up: LookUp = look_up,
        may_reach: MayReach = all_public,
        trust: ssl.SSLContext | None = None,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._look_up = look_up
        self._may_reach = may_reach
        self._trust = trust or trusted()
        self._total_seconds = total_seconds

    async def send(self, url: str, content: str, headers: Mapping[str, str]) -> Sent:
        """Try once; what goes wrong is told, never raised."""
        started = time.monotonic()
        status, answer = None, ""
        problem: Problem | None
        try:
            async with asyncio.timeout(self._total_seconds):
                status, answer = await self._exchange(url, content, headers)
            problem = problem_of(status)
        except _NotSent as error:
            problem = error.problem
        except TimeoutError:
            problem = "too-slow"
        except httpx.TimeoutException:
            problem = "too-slow"
        except httpx.ConnectError as error:
            problem = "certificate-wrong" if is_about_trust(error) else "no-connection"
        except (httpx.ReadError, httpx.WriteError):
            problem = "no-connection"
        except httpx.HTTPError:
            problem = "answer-unreadable"
        return Sent(status, problem, int((time.monotonic() - started) * 1000), answer)

    async def _exchange(
        self, url: str, content: str, headers: Mapping[str, str]
    ) -> tuple[int, str]:
        parts = urlsplit(url)
        name = parts.hostname or ""
        place = await self._place_of(name)
        address = ipaddress.ip_address(place.address)
        host = f"[{address}]" if address.version == SIX else str(address)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        # A client of its own for each message: no connection to one name is used for another.
        async with (
            httpx.AsyncClient(
                verify=self._trust,
                trust_env=False,
                follow_redirects=False,
                timeout=self._total_seconds,
            ) as client,
            client.stream(
                "POST",
                f"https://{host}:{place.port}{target}",
                content=content.encode(),
                headers={
                    "user-agent": AGENT,
                    **headers,
                    "host": name,
                    "content-type": "application/json",
                    "accept": "*/*",
                    "accept-encoding": "identity",
                    "connection": "close",
                },
                extensions={"sni_hostname": name},
            ) as answer,
        ):
            return answer.status_code, await first_characters(answer)

    async def _place_of(self, name: str) -> Place:
        """Look the name up, once, and choose from what that gave."""
        try:
            places = await self._look_up(name)
        except OSError:
            raise _NotSent("name-not-found") from None
        if not places:
            raise _NotSent("name-not-found")
        if not self._may_reach([place.address for place in places]):
            raise _NotSent("address-not-public")
        return places[0]


async def first_characters(answer: httpx.Response) -> str:
    """Read the beginning of an answer and leave the rest, however much there is."""
    content = b""
    async for piece in answer.aiter_raw():
        content += piece[: MOST_BYTES - len(content)]
        if len(content) >= MOST_BYTES:
            break
    return shown(content)


def shown(content: bytes) -> str:
    """What can be printed of an answer, on one line."""
    text = content.decode("utf-8", "replace")
    printable = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(printable.split())[:SHOWN_CHARACTERS]


def problem_of(status: int) -> Problem | None:
    """Only 2xx means that it has arrived."""
    answer = httpx.codes
    if answer.is_success(status):
        return None
    return "redirected" if answer.is_redirect(status) else "not-accepted"


def is_about_trust(error: BaseException) -> bool:
    """Whether a connection failed on the certificate; what goes wrong first is the deepest cause."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
