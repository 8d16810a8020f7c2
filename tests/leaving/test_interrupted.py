"""An import that is killed leaves nothing to be seen, and goes well the next time; a server may run meanwhile."""

import asyncio
import os
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from given.bank_world import World
from leaving_town import VELSEN, exported, imported, one_at_a_time
from pas.auth.keys import KeyRing, KeyStore
from pas.db import Connection
from pas.db.pools import READ_MUNICIPALITIES
from pas.installation import Access
from pas.installation.prepare import migrator
from serving import PAS, environment, serving

WAITS = """
SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'pas.municipality'::regclass
"""
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def settings_of(access: Access, store: KeyStore) -> dict[str, str]:
    """What a program on a server of its own is told."""
    assert access.migrator is not None
    login = f"{access.migrator.user}:{access.migrator.password}"
    return {
        "database_url": access.address.url,
        "database_secret": access.address.secret,
        "migrator_url": access.migrator.url.replace("//", f"//{login}@", 1),
        "key_dir": str(store.folder),
    }


async def until(connection: Connection, question: str, *, answer: int) -> None:
    for _ in range(3_000):
        if await connection.fetchval(question) == answer:
            return
        await asyncio.sleep(0.01)
    pytest.fail(question)


async def test_who_kills_an_import_just_before_the_end_can_do_it_again(
    access: Access,
    elsewhere: Access,
    world: World,
    store: KeyStore,
    ring: KeyRing,
    tmp_path: Path,
) -> None:
    there = await exported(access, tmp_path / "out", ring)
    assert elsewhere.superuser is not None
    superuser = await elsewhere.superuser.connect()
    async with one_at_a_time(elsewhere):
        async with superuser.transaction():
            await superuser.execute("LOCK TABLE pas.municipality IN SHARE MODE")
            process = started(tmp_path / "out", settings_of(elsewhere, store))
            await until(superuser, WAITS, answer=1)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        await until(superuser, OTHERS, answer=0)
    await superuser.close()

    async with migrator(elsewhere) as connection:
        assert await READ_MUNICIPALITIES.all(connection) == []
    arrived = await imported(elsewhere, tmp_path / "out", ring)
    assert arrived.totals == there.manifest.totals


def started(folder: Path, settings: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [PAS, "import", str(folder)],
        env=environment(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


async def test_a_server_that_runs_serves_who_came_without_a_start(
    access: Access,
    elsewhere: Access,
    world: World,
    store: KeyStore,
    ring: KeyRing,
    tmp_path: Path,
) -> None:
    await exported(access, tmp_path / "out", ring)
    settings = {"workers": "1", **settings_of(elsewhere, store)}
    with serving(tmp_path, **settings) as served:
        async with httpx.AsyncClient(base_url=served.url) as client:
            before = await client.get(f"/{VELSEN}/seals/checkpoint")
            await imported(elsewhere, tmp_path / "out", ring)
            after = await client.get(f"/{VELSEN}/seals/checkpoint")
    assert before.status_code == 404
    assert (after.status_code, after.text.splitlines()[0].startswith("pas/velsen/")) == (200, True)
