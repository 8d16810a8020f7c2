"""``pas serve`` as an operator sees it: it starts safely, counts together, stops cleanly."""

import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest

from given.city import a_budget, a_holder, a_scheme
from mutate import by_hand
from pas.cli.safety import behind_their_books, held_rights
from pas.db import Database
from pas.installation import Access, raise_epoch
from pas.installation.municipalities import NoSuchMunicipality
from serving import PAS, environment, free_port, run_pas, serving


def settings_of(access: Access) -> dict[str, str]:
    return {"database_url": access.address.url, "database_secret": access.address.secret}


async def test_the_role_that_serves_can_do_nothing_to_the_books(
    connection: asyncpg.Connection,
) -> None:
    assert await held_rights(connection) == []


async def test_a_superuser_and_an_owner_are_recognised(
    superuser: asyncpg.Connection, owner: asyncpg.Connection
) -> None:
    assert "postgres is superuser" in " ".join(await held_rights(superuser))
    assert "owns tables here" in " ".join(await held_rights(owner))


@pytest.mark.parametrize("right", ["INSERT", "UPDATE", "DELETE", "TRUNCATE"])
async def test_any_right_to_write_the_ledger_is_too_much(
    owner: asyncpg.Connection, connection: asyncpg.Connection, right: str
) -> None:
    await owner.execute(f"SET pas.migrating = on; GRANT {right} ON transfer TO app_velsen")
    assert await held_rights(connection) == [f"app_velsen may {right} on transfer"]


async def test_a_member_of_the_owner_is_recognised(superuser: asyncpg.Connection) -> None:
    async with superuser.transaction():
        # Roles belong to the whole server: other tests must never see this.
        await superuser.execute("GRANT owner_velsen TO app_velsen; SET LOCAL ROLE app_velsen")
        held = await held_rights(superuser)
        await superuser.execute("RESET ROLE; REVOKE owner_velsen FROM app_velsen")
    assert "app_velsen may become owner_velsen, which owns tables here" in held


async def test_serving_is_refused_with_a_right_on_the_ledger(
    access: Access, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await owner.execute("SET pas.migrating = on; GRANT INSERT ON transfer TO app_velsen")
    done = run_pas("serve", port=str(free_port()), data_dir=str(tmp_path), **settings_of(access))
    assert done.returncode == 3
    assert "velsen: app_velsen may INSERT on transfer" in done.stderr


async def test_books_from_another_server_are_served_after_the_epoch_was_raised(
    access: Access,
    database: Database,
    connection: asyncpg.Connection,
    superuser: asyncpg.Connection,
    tmp_path: Path,
) -> None:
    """A position of the other server lies ahead of what this one has counted to."""
    budget = await a_budget(connection, await a_scheme(connection), await a_holder(connection))
    assert await behind_their_books(database) == []
    await by_hand(superuser, "entry", "UPDATE entry SET xid = xid + 1000000000")
    settings = {"data_dir": str(tmp_path), **settings_of(access)}

    refused = run_pas("serve", port=str(free_port()), **settings)
    assert refused.returncode == 3
    assert "pas ledger raise-epoch velsen" in refused.stderr

    assert await raise_epoch(access, "velsen", reason="moved") == 2
    assert await behind_their_books(database) == []
    again = await a_budget(connection, budget.scheme, budget.holder)
    epochs = await connection.fetch("SELECT id, epoch FROM entry WHERE epoch = 2")
    assert [row["id"] for row in epochs] == [again.entry]
    assert await connection.fetchval("SELECT reason FROM epoch WHERE number = 2") == "moved"


async def test_an_epoch_is_raised_for_a_municipality_that_is_there(access: Access) -> None:
    with pytest.raises(NoSuchMunicipality):
        await raise_epoch(access, "atlantis", reason="moved")


def test_a_port_in_use_is_said_in_words(access: Access, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run_pas("serve", port=port, data_dir=str(tmp_path), **settings_of(access))
    assert done.returncode == 3
    assert f"Cannot listen on 127.0.0.1 port {port}" in done.stderr


def test_it_says_where_it_is_once_it_answers(access: Access, tmp_path: Path) -> None:
    port = free_port()
    settings = {"port": str(port), "data_dir": str(tmp_path), "workers": "1"}
    process = subprocess.Popen(
        [PAS, "serve"],
        env=environment({**settings, **settings_of(access)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = next(line for line in process.stdout if "Serving on" in line)
        assert f"127.0.0.1:{port}" in said
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    finally:
        process.terminate()
        process.communicate()


def test_workers_count_together(access: Access, tmp_path: Path) -> None:
    with serving(tmp_path, workers="2", **settings_of(access)) as served:
        for _ in range(40):
            # A connection each, so that both workers get some.
            assert httpx.get(f"{served.url}/problems/not-found").status_code == 200
        text = httpx.get(f"{served.url}/metrics").text
    found = re.search(r'pas_requests_total{[^}]*route="/problems/{code}"[^}]*} (\d+)', text)
    assert found
    assert found[1] == "40"


def test_a_worker_that_dies_is_replaced(access: Access, tmp_path: Path) -> None:
    with serving(tmp_path, workers="1", **settings_of(access)) as served:
        (worker,) = workers_of(served.process)
        worker.kill()
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                assert httpx.get(f"{served.url}/healthz").status_code == 200
                break
            except httpx.TransportError:
                time.sleep(0.1)
        assert workers_of(served.process) != [worker]


def test_requests_are_finished_before_it_stops(access: Access, tmp_path: Path) -> None:
    with serving(tmp_path, workers="1", **settings_of(access)) as served:
        with httpx.Client(base_url=served.url) as visitor:
            assert visitor.get("/healthz").status_code == 200
            served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(30) == 0
        assert "Stopped." in served.wrote()
        assert "Traceback" not in served.wrote()


def test_workers_do_not_outlive_a_killed_parent(access: Access, tmp_path: Path) -> None:
    with serving(tmp_path, workers="2", **settings_of(access)) as served:
        workers = workers_of(served.process)
        assert len(workers) == 2
        served.stop(signal.SIGKILL)
        _, alive = psutil.wait_procs(workers, timeout=20)
        assert alive == []


def test_it_brings_its_own_postgresql_and_takes_it_away(short_path: Path) -> None:
    with serving(short_path, workers="1") as served:
        children = psutil.Process(served.process.pid).children(recursive=True)
        assert any("postgres" in child.name() for child in children)
        assert served.stop() == 0
        _, alive = psutil.wait_procs(children, timeout=20)
        assert alive == []


def workers_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    children = psutil.Process(process.pid).children()
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]
