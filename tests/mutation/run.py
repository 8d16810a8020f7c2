"""``make test-mutation``: make one mistake at a time in the SQL, and see that a test fails.

Each mutant is a copy of the migrated database with one statement run in it; the fast tests of the
ledger copy that copy. This process imports everything once and forks for each mutant.
"""

import argparse
import asyncio
import contextlib
import io
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import asyncpg
import pytest
from equivalent import reason_for
from mutants import Mutant, all_mutants

import booking  # once, for all forks
import servers
from mutate import with_ddl_guard, without_ddl_guard
from pas.installation import Access
from pas.installation.access import embedded_access

LEDGER = Path(__file__).parents[1] / "ledger"
TESTS = (
    *(
        "test_constraints",
        "test_constraints_of_use",
        "test_append_only",
        "test_batches",
        "test_outcomes",
        "test_reversals",
        "test_who_takes_back",
    ),
    *(
        "test_redeem_batch",
        "test_limits_of_sales",
        "test_accounts",
        "test_grants_and_lapses",
        "test_prove",
        "test_tampering",
        "test_missing_walls",
    ),
    *("test_bugs_of_others", "test_walls", "test_machine"),
)
LONGEST_RUN = 300
"""Seconds; what takes longer has a loop without end, and counts as found."""
KILLED, SURVIVED, INVALID, ENDLESS = "killed", "survived", "invalid", "endless"


def host(pipe: Pipe) -> None:
    """Run the server in a process of its own, so that the one that forks has no threads."""
    server = servers.Host()
    pipe.send(str(server.folder))
    pipe.recv()
    server.end()


async def prepare(access: Access, mutant: Mutant, name: str, slot: int) -> bool:
    """Copy the database and make the mistake; False when it is not even SQL."""
    assert access.superuser is not None
    superuser = await access.superuser.to("postgres").connect()
    leftovers = await superuser.fetch(
        "SELECT datname FROM pg_database WHERE datname LIKE $1 OR datname = $2",
        f"test_mutant{slot}_%",
        name,
    )
    for (leftover,) in leftovers:
        await superuser.execute(f"DROP DATABASE {leftover} WITH (FORCE)")
    await superuser.execute(
        f"CREATE DATABASE {name} TEMPLATE {servers.TEMPLATE} OWNER migrator STRATEGY FILE_COPY"
    )
    await superuser.close()
    connection = await access.superuser.to(name).connect()
    await connection.execute("SET search_path = velsen, pg_temp")
    await without_ddl_guard(connection)
    try:
        await connection.execute(mutant.sql)
    except asyncpg.PostgresError:
        return False
    else:
        await with_ddl_guard(connection)
        return True
    finally:
        await connection.close()


class Order:
    """Puts first what killed others of its kind, and says which test killed this one."""

    def __init__(self, first: Sequence[str], note: Path) -> None:
        self.rank = {name: at for at, name in enumerate(first)}
        self.note = note

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self.rank.get(item.name, len(self.rank)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.note.write_text(report.nodeid.rpartition("::")[2])


def start(folder: str, name: str, slot: int, first: Sequence[str]) -> int:
    """Fork, and run the tests until the first that fails."""
    child = os.fork()
    if child:
        return child
    os.environ["PYTEST_XDIST_WORKER"] = f"mutant{slot}"
    signal.alarm(LONGEST_RUN)
    assert booking.__file__
    files = [str(LEDGER / f"{test}.py") for test in TESTS]
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not faults"]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        order = Order(first, Path(folder) / f"killer-{slot}")
        code = pytest.main([*options, "--servers", folder, "--template", name, *files], [order])
    os._exit(int(code))


def run(folder: str, access: Access, mutants: Sequence[Mutant], slots: int) -> dict[Mutant, str]:
    verdicts: dict[Mutant, str] = {}
    running: dict[int, tuple[Mutant, int]] = {}
    killers: dict[str, Counter[str]] = defaultdict(Counter)
    waiting = list(enumerate(mutants))
    began = time.monotonic()
    while waiting or running:
        free = set(range(slots)) - {slot for _, slot in running.values()}
        if waiting and free:
            number, mutant = waiting.pop(0)
            slot = free.pop()
            name = f"mutant_{slot}"
            if asyncio.run(prepare(access, mutant, name, slot)):
                (Path(folder) / f"killer-{slot}").unlink(missing_ok=True)
                best = [test for test, _ in killers[part_of(mutant)].most_common()]
                running[start(folder, name, slot, best)] = (mutant, slot)
            else:
                verdicts[mutant] = INVALID
            if number % 10 == 0:
                print(
                    f"{number} of {len(mutants)} after {time.monotonic() - began:.0f} s", flush=True
                )
            continue
        child, status = os.wait()
        if child in running:
            mutant, slot = running.pop(child)
            killer = Path(folder) / f"killer-{slot}"
            killers[part_of(mutant)][killer.read_text() if killer.exists() else ""] += 1
            verdicts[mutant] = verdict_of(status)
            if status == 0:
                print(f"survived: {mutant.where} | {mutant.change}", flush=True)
    return verdicts


def verdict_of(status: int) -> str:
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        return ENDLESS
    return SURVIVED if status == 0 else KILLED


def part_of(mutant: Mutant) -> str:
    return mutant.where.partition(":")[0].split()[0]


def report(verdicts: dict[Mutant, str]) -> int:
    """Print the score per part and every survivor with its reason; 1 if one has none."""
    groups = Counter((part_of(mutant), verdict) for mutant, verdict in verdicts.items())
    excused = [m for m, verdict in verdicts.items() if verdict == SURVIVED and reason_for(m)]
    unexcused = [m for m, verdict in verdicts.items() if verdict == SURVIVED and not reason_for(m)]
    print("\n| part | mutants | killed | endless | survived |\n|---|---:|---:|---:|---:|")
    for part in dict.fromkeys(part for part, _ in groups):
        killed, endless, survived = (groups[part, one] for one in (KILLED, ENDLESS, SURVIVED))
        print(f"| {part} | {killed + endless + survived} | {killed} | {endless} | {survived} |")
    killed = sum(verdict in {KILLED, ENDLESS} for verdict in verdicts.values())
    total = killed + len(excused) + len(unexcused)
    print(f"\n{killed} of {total} mutants killed: {100 * killed / max(total, 1):.1f} %.")
    print(f"{len(excused)} survived with a reason (they change nothing that can be seen):")
    for mutant in excused:
        print(f"- `{mutant.where}`: {mutant.change}. {reason_for(mutant)}")
    print(f"{len(unexcused)} survived without one.")
    for mutant in unexcused:
        print(f"- `{mutant.where}`: {mutant.change}")
    return 1 if unexcused else 0


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", default="", help="only where this text occurs")
    arguments.add_argument("--processes", type=int, default=2)
    given = arguments.parse_args()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=host, args=(theirs,))
    server.start()
    folder = ours.recv()
    try:
        access = embedded_access(servers.ask(Path(folder), "18"), servers.TEMPLATE)
        mutants = [one for one in asyncio.run(found(access)) if given.only in one.where]
        print(f"{len(mutants)} mutants", flush=True)
        return report(run(folder, access, mutants, given.processes))
    finally:
        ours.send("end")
        server.join()


async def found(access: Access) -> list[Mutant]:
    assert access.superuser is not None
    connection = await access.superuser.connect()
    await connection.execute("SET search_path = velsen, pg_temp")
    mutants = await all_mutants(connection)
    await connection.close()
    return mutants


if __name__ == "__main__":
    sys.exit(main())
