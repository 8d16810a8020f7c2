"""The embedded PostgreSQL: who owns it, what it survives, and whom it lets in."""

import asyncio
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg
import pytest

from pas.db import Login
from pas.embedded import DataDir, EmbeddedProblem, Supervisor
from pas.embedded.binaries import binary
from pas.embedded.privileges import LAUNCHER, launch_command
from pas.embedded.processes import is_alive, postmaster_of
from pas.installation.access import embedded_access
from waiting import wait_until

IS_ROOT = os.geteuid() == 0
RECOVERY_SECONDS = 10


def superuser(place: DataDir) -> Login:
    found = embedded_access(place, "postgres").superuser
    assert found is not None
    return found


def ask(place: DataDir, sql: str) -> str:
    async def work() -> str:
        connection = await superuser(place).connect()
        try:
            return str(await connection.fetchval(sql))
        finally:
            await connection.close()

    return asyncio.run(work())


def ask_until_answered(place: DataDir, sql: str) -> tuple[str, float]:
    """Try again as a client would; gives the answer and how long it took."""
    began = time.monotonic()
    while time.monotonic() - began < RECOVERY_SECONDS:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, EmbeddedProblem):
            return ask(place, sql), time.monotonic() - began
        time.sleep(0.02)
    pytest.fail(f"no answer within {RECOVERY_SECONDS} seconds")


def postmaster(place: DataDir) -> int:
    found = postmaster_of(place.cluster)
    assert found is not None
    return found[0]


@contextmanager
def another_process(data_dir: Path, *prefix: str) -> Generator[subprocess.Popen[str]]:
    """Run ``pas postgres run`` until it says that it runs."""
    command = [*prefix, sys.executable, "-m", "pas.cli", "postgres", "run"]
    environment = {**os.environ, "PAS_DATA_DIR": str(data_dir)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        said = ""
        while "socket is in" not in said:
            said = process.stderr.readline()
            assert said, "it ended without a word"
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


@pytest.fixture
def place(short_path: Path) -> DataDir:
    return DataDir(short_path / "data")


@pytest.mark.parametrize("version", ["18", "16"])
def test_a_killed_postmaster_comes_back_with_everything_that_was_committed(
    short_path: Path, version: str
) -> None:
    with Supervisor(short_path / "data", version="16" if version == "16" else "18") as server:
        ask(server.place, "CREATE TABLE kept AS SELECT 42 AS answer")
        for _ in range(3):
            os.kill(postmaster(server.place), signal.SIGKILL)
            answer, _ = ask_until_answered(server.place, "SELECT answer FROM kept")
            assert answer == "42"
        assert server.restarts == 3


def test_a_backend_that_holds_on_does_not_keep_the_server_away(place: DataDir) -> None:
    """A backend in the middle of work does not notice that its postmaster died."""

    async def hold() -> None:
        connection = await superuser(place).connect()
        busy = asyncio.ensure_future(
            connection.execute("DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$")
        )
        await asyncio.sleep(0.2)
        os.kill(postmaster(place), signal.SIGKILL)
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.wait_for(busy, RECOVERY_SECONDS)
        connection.terminate()

    with Supervisor(place.path):
        asyncio.run(hold())
        assert ask_until_answered(place, "SELECT 1")[0] == "1"


def test_a_killed_backend_takes_only_a_moment(place: DataDir) -> None:
    with Supervisor(place.path) as server:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            ask(
                place,
                "SELECT pg_backend_pid() FROM (SELECT pg_sleep(0)) s, "
                "LATERAL (SELECT pg_terminate_backend(pg_backend_pid())) t",
            )
        assert ask_until_answered(place, "SELECT 1")[0] == "1"
        assert server.restarts == 0


def test_a_second_process_attaches_and_takes_over_when_the_owner_is_killed(place: DataDir) -> None:
    with another_process(place.path) as owner, Supervisor(place.path) as second:
        assert not second.owns
        ask(place, "CREATE TABLE kept AS SELECT 42 AS answer")
        owner.kill()
        wait_until(lambda: second.owns, RECOVERY_SECONDS)
        assert ask_until_answered(place, "SELECT answer FROM kept")[0] == "42"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells only on Linux")
def test_the_server_does_not_outlive_a_killed_owner(place: DataDir) -> None:
    with another_process(place.path) as owner:
        pid = postmaster(place)
        owner.kill()
        owner.wait()
        wait_until(lambda: not is_alive(pid), RECOVERY_SECONDS)


def test_a_server_that_nobody_owns_is_replaced(place: DataDir) -> None:
    """As after a killed owner on macOS, where no signal reaches the server."""
    with Supervisor(place.path):
        pass
    command = [str(binary("postgres")), "-D", str(place.cluster)]
    orphan = subprocess.Popen(launch_command(command, place.path))
    wait_until(lambda: postmaster_of(place.cluster) == (orphan.pid, True), RECOVERY_SECONDS)
    with Supervisor(place.path) as server:
        assert server.owns
        assert orphan.wait() == 0
        assert ask(place, "SELECT 1") == "1"


def test_the_owner_stops_it_cleanly(place: DataDir) -> None:
    with Supervisor(place.path):
        pid = postmaster(place)
    assert not is_alive(pid)
    state = subprocess.run(
        [binary("pg_controldata"), place.cluster], capture_output=True, text=True, check=True
    )
    assert "shut down" in next(line for line in state.stdout.splitlines() if "state" in line)


def test_a_stale_process_number_that_now_belongs_to_a_stranger_does_no_harm(place: DataDir) -> None:
    with Supervisor(place.path):
        left = (place.cluster / "postmaster.pid").read_text()
    stranger = subprocess.Popen(
        [sys.executable, "-I", "-S", str(LAUNCHER), "--parent", str(os.getpid())]
        + (["--user", str(place.cluster.stat().st_uid), "--group", "0"] if IS_ROOT else [])
        + ["--", "/bin/sleep", "60"]
    )
    try:
        old = left.splitlines()[0]
        (place.cluster / "postmaster.pid").write_text(left.replace(old, str(stranger.pid), 1))
        with Supervisor(place.path):
            assert ask(place, "SELECT 1") == "1"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_unfinished_first_start_is_done_again(place: DataDir) -> None:
    unfinished = place.cluster.with_suffix(".new")
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18")
    with Supervisor(place.path):
        assert ask(place, "SELECT 1") == "1"
    assert not unfinished.exists()


def test_a_long_path_gets_a_private_folder_for_its_socket(tmp_path: Path) -> None:
    place = DataDir(tmp_path / ("a" * 60) / ("b" * 60))
    with Supervisor(place.path):
        folder = place.socket_dir()
        assert folder is not None
        assert place.path not in folder.parents
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert ask(place, "SELECT 1") == "1"
    with Supervisor(place.path):
        assert place.socket_dir() == folder
    shutil.rmtree(folder)


def test_a_socket_folder_that_someone_else_made_anew_is_not_used(tmp_path: Path) -> None:
    place = DataDir(tmp_path / ("a" * 60) / ("b" * 60))
    place.prepare()
    first = place.make_socket_dir()
    first.chmod(0o777)
    assert place.socket_dir() is None
    second = place.make_socket_dir()
    assert second != first
    for folder in (first, second):
        shutil.rmtree(folder)


def test_everything_is_closed_to_others_and_to_the_network(place: DataDir) -> None:
    with Supervisor(place.path):
        for path in (place.path, place.cluster, place.path / "run"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert stat.S_IMODE(place.secrets_file.stat().st_mode) == 0o600
        assert ask(place, "SHOW listen_addresses") == ""
        with pytest.raises(OSError, match="refused"), socket.socket() as network:
            network.connect(("127.0.0.1", 5432))
        wrong = Login(superuser(place).url, "postgres", "guess")
        with pytest.raises(asyncpg.InvalidPasswordError):
            asyncio.run(wrong.connect())


def test_it_is_durable(place: DataDir) -> None:
    with Supervisor(place.path):
        for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert ask(place, f"SHOW {name}") == "on"
        assert ask(place, "SHOW wal_compression") == "pglz"
        assert ask(place, "SHOW max_connections") == "100"


@pytest.mark.parametrize("version", ["18", "16"])
def test_text_is_utf8_and_sorts_by_code_point(short_path: Path, version: str) -> None:
    with Supervisor(short_path, version="16" if version == "16" else "18") as server:
        assert ask(server.place, "SHOW server_encoding") == "UTF8"
        assert (
            ask(
                server.place,
                "SELECT string_agg(w, '' ORDER BY w) FROM unnest(ARRAY['é', 'B', 'a', 'z', 'A']) w",
            )
            == "ABazé"
        )
        assert ask(server.place, "SELECT upper('é')") == "É"


def test_a_damaged_secrets_file_is_named(place: DataDir) -> None:
    place.prepare()
    place.secrets_file.write_text("{")
    with pytest.raises(EmbeddedProblem, match=r"secrets\.json is damaged"):
        Supervisor(place.path).__enter__()


@pytest.mark.skipif(not IS_ROOT, reason="only root can become others")
class TestAsRoot:
    """Root hands PostgreSQL to another user; folders of root stay closed."""

    def test_the_server_runs_as_another_user_with_one_capability(self, place: DataDir) -> None:
        closed = place.path.parent
        closed.chmod(0o700)
        with Supervisor(place.path):
            status = Path(f"/proc/{postmaster(place)}/status").read_text()
            fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            assert "0" not in fields["Uid"].split()
            assert int(fields["CapEff"], 16) == 1 << 2
            assert fields["NoNewPrivs"] == "1"

    def test_it_needs_no_capability_in_a_container_that_lacks_it(self, place: DataDir) -> None:
        place.path.parent.chmod(0o711)
        done = run_without_search(place.path)
        assert done.returncode == 0, done.stderr
        assert stat.S_IMODE(place.path.stat().st_mode) == 0o711

    def test_without_it_a_closed_folder_is_named(self, place: DataDir) -> None:
        place.path.parent.chmod(0o700)
        done = run_without_search(place.path)
        assert done.returncode == 3
        assert f"chmod o+x {place.path.parent}" in " ".join(done.stderr.split())

    def test_another_user_runs_it_as_themselves(self, short_path: Path) -> None:
        nobody = 65534
        os.chown(short_path, nobody, nobody)
        program = textwrap.dedent(f"""
            from pathlib import Path
            from pas.embedded import Supervisor
            from pas.embedded.processes import postmaster_of
            with Supervisor(Path({str(short_path)!r})) as server:
                pid, ready = postmaster_of(server.place.cluster)
                print(Path(f"/proc/{{pid}}").stat().st_uid)
        """)
        launched = [sys.executable, "-I", "-S", str(LAUNCHER), "--parent", str(os.getpid())]
        launched += ["--user", str(nobody), "--group", str(nobody), "--search"]
        done = subprocess.run(
            [*launched, "--", sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.strip() == str(nobody), done.stderr


def run_without_search(data_dir: Path) -> subprocess.CompletedProcess[str]:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("setpriv is not here")
    return subprocess.run(
        [
            setpriv,
            "--bounding-set=-dac_read_search",
            sys.executable,
            "-m",
            "pas.cli",
            "municipality",
            "list",
        ],
        env={**os.environ, "PAS_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )
