"""The process that sets type opens nothing: no network, no file, and it knows no secret."""

import os
import socket
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pas.letters import press as presses
from pas.letters.press import Layout, LayoutWrong, a_press

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
FETCHES = '#import "@preview/cetz:0.3.0"'


async def refused(source: str) -> str:
    async with a_press() as press:
        with pytest.raises(LayoutWrong) as told:
            await press.pdf(Layout(source, ""), {}, large=False, made_at=NOON)
    return told.value.detail


async def test_typst_fetches_no_package_not_even_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy is given on purpose: a process that can open a socket would ask it."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        asked = threading.Event()

        def listen() -> None:
            try:
                proxy.accept()[0].close()
                asked.set()
            except OSError:
                return

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "ALL_PROXY"):
            monkeypatch.setitem(presses.ENVIRONMENT, name, address)
        assert "failed to download" in await refused(FETCHES)
        assert not asked.wait(0.5)


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../etc/passwd", "/proc/self/environ"])
async def test_typst_reads_no_file(path: str) -> None:
    detail = await refused(f'#read("{path}")')
    assert "Typst zegt" in detail
    assert "root:" not in detail


def environment_of(process: int) -> str:
    return Path(f"/proc/{process}/environ").read_text("utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_the_process_knows_no_secret_and_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAS_DATABASE_SECRET", "a secret of thirty-two characters")
    async with a_press() as press:
        known = environment_of(press.process_id)
    assert "PAS_" not in known
    assert "PATH" not in known
    assert "PAS_DATABASE_SECRET" in os.environ
