"""A real identity provider in a process of its own, and a browser that goes there and back."""

import json
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
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
