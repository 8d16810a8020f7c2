"""The process that sets type opens nothing: no network, no file, and it knows no secret."""

import asyncio
import os
import socket
import sys
import threading
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pas.press import press as presses
from pas.press.press import LayoutWrong, a_press
from pas.press.typesetter import MOST_MEMORY

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
A_PAGE = '#set document(title: "a")\na'
FETCHES = '#import "@preview/cetz:0.3.0"'


async def refused(source: str) -> str:
    async with a_press() as press:
        with pytest.raises(LayoutWrong) as told:
            await press.pdf(source, {}, made_at=NOON)
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


def limits_of(process: int) -> dict[str, list[str]]:
    told = Path(f"/proc/{process}/limits").read_text("utf-8")
    return {line[:26].strip(): line[26:].split()[:2] for line in told.splitlines()}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_the_process_opens_no_file_has_an_end_to_its_memory_and_leaves_no_dump() -> None:
    async with a_press() as press:
        await press.pdf(A_PAGE, {}, made_at=NOON)
        told = limits_of(press.process_id)
    assert told["Max open files"] == ["0", "0"]
    assert told["Max core file size"] == ["0", "0"]
    assert told["Max address space"] == [str(MOST_MEMORY)] * 2


async def test_a_third_file_waits_until_one_of_two_is_made() -> None:
    async with AsyncExitStack() as taken:
        for _ in range(2):
            await taken.enter_async_context(a_press())
        third = a_press()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(third.__aenter__(), 0.5)
    async with a_press() as press:
        assert await press.pdf(A_PAGE, {}, made_at=NOON)


async def test_a_layout_that_takes_too_long_is_refused_and_its_process_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(presses, "SECONDS", 0.5)
    assert "duurde te lang" in await refused("#for one in range(99999999) { [a] }")


async def test_after_a_large_file_another_process_sets_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(presses, "MOST_MADE", 1)
    async with a_press() as press:
        first = press.process_id
        made = [await press.pdf(A_PAGE, {}, made_at=NOON) for _ in range(2)]
        assert (made[0], press.process_id != first) == (made[1], True)
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)


async def test_what_no_screen_reader_can_read_is_refused() -> None:
    assert "alt" in await refused(
        '#set document(title: "a")\n'
        "#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>\"), format: \"svg\")"
    )
