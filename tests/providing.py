"""A real identity provider in a process of its own, and a browser that goes there and back."""

import asyncio
import json
import subprocess
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec

from node_tools import FOLDER, NODE, node_modules

CLIENT = "pas-velsen"
CALLBACK = "http://127.0.0.1:8000/velsen/sign-in/callback"
MOST_STEPS = 10


class Provider(msgspec.Struct):
    """A provider that runs; ``says`` decides who signs in next, and what is wrong with it."""

    issuer: str
    process: subprocess.Popen[str]

    def says(
        self,
        *,
        account: str | None = "joke",
        acr: str = "substantial",
        lie: str | None = None,
        bsn: str | None = None,
    ) -> None:
        said = {"account": account, "acr": acr, "lie": lie, "bsn": bsn}
        httpx.post(f"{self.issuer}/said", json=said).raise_for_status()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def provider(keys: list[Mapping[str, object]]) -> Generator[Provider]:
    """Start a provider that knows us by the public halves of these keys."""
    node_modules()
    config = {"clientId": CLIENT, "redirectUris": [CALLBACK], "keys": keys}
    process = subprocess.Popen(
        [NODE, FOLDER / "provider.mjs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(config))
    process.stdin.close()
    issuer = process.stdout.readline().strip()
    assert issuer, "the provider did not start"
    started = Provider(issuer, process)
    try:
        yield started
    finally:
        started.stop()
        process.stdout.close()


class Hanging:
    """A provider that takes requests and does not answer; it counts who waits."""

    def __init__(self, *, publishes: bool) -> None:
        self.publishes, self.issuer, self.waiting = publishes, "", 0
        self._came, self._over = asyncio.Semaphore(0), asyncio.Event()

    async def waits_for(self, requests: int) -> None:
        async with asyncio.timeout(5):
            for _ in range(requests):
                await self._came.acquire()

    async def takes(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readline()
        if self.publishes and b"/.well-known/" in asked:
            writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + self.published())
        else:
            self.waiting += 1
            self._came.release()
            await self._over.wait()
        writer.close()

    def published(self) -> bytes:
        places = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        addresses = {place: f"{self.issuer}/{place}" for place in places}
        return json.dumps({"issuer": self.issuer, **addresses}).encode()

    def lets_go(self) -> None:
        self._over.set()


@asynccontextmanager
async def hanging(*, publishes: bool) -> AsyncGenerator[Hanging]:
    """Start a provider that hangs, after it told where its endpoints are or before."""
    made = Hanging(publishes=publishes)
    server = await asyncio.start_server(made.takes, "127.0.0.1", 0)
    made.issuer = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        made.lets_go()
        server.close()


async def sent_back(address: str) -> str:
    """Sign in at the provider; gives the address to which it sends the browser back."""
    async with httpx.AsyncClient() as browser:
        for _ in range(MOST_STEPS):
            answer = await browser.get(address)
            assert answer.is_redirect, f"{answer.status_code}: {answer.text[:500]}"
            address = str(answer.headers["location"])
            if address.startswith("/"):
                parts = urlsplit(str(answer.url))
                address = f"{parts.scheme}://{parts.netloc}{address}"
            if address.startswith(CALLBACK):
                return address
    raise AssertionError("the provider keeps sending us round")


def question(address: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
