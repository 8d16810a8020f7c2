"""Says where the time of a redemption goes: ``python load_tests/where_time_goes.py``.

``worker``: the processor time of a worker per request, by package and by function. ``database``:
what each statement of redeem_batch() and book() takes, from copies of them that look at the clock.
"""

import argparse
import asyncio
import cProfile
import io
import os
import pstats
import re
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

import uvloop
from litestar import Litestar
from litestar.types import HTTPScope, Message

import city
import http_apps
from build import add_residents, build_city
from granting import grant_passes
from over_http import TARGET, signed_requests
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from sales import Crowd, redeem_arguments
from server import Server, started

PASSES: Final = 3_000
REQUESTS: Final = 6_000
AT_ONCE: Final = 128
CALLS: Final = 120
SHOWN: Final = 30
TIMED: Final = "timed"
KEPT_TOGETHER: Final = ("END", "ELSE", "ELSIF", "GET ", "IF FOUND", "IF written")
"""Lines that belong to the statement before them."""
MARK: Final = re.compile(r"mark (\w+) (\d+) ([0-9.]+)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["worker", "database"], nargs="?", default="worker")
    parser.add_argument("--application", choices=http_apps.APPLICATIONS, default="program")
    options = parser.parse_args()
    with started("18") as server:
        build_city(server)
        add_residents(server, range(PASSES))
        grant_passes(server, range(PASSES))
        if options.what == "database":
            server.run(time_paragraphs(server))
        else:
            profile_worker(server, options.application)


def profile_worker(server: Server, application: str) -> None:
    """Serve requests in this process, first bare for the figure, then profiled for the shares."""
    with tempfile.TemporaryDirectory(prefix="pas-bench-") as folder:
        keys = KeyStore(Path(folder) / "keys")
        make_keys(keys, city.MUNICIPALITY, demo=False, now=datetime.now(UTC))
        address = server.access.address
        os.environ |= {
            "PAS_DATABASE_URL": address.url,
            "PAS_DATABASE_SECRET": address.secret,
            "PAS_DATA_DIR": folder,
            "PAS_LOG_LEVEL": "error",
        }
        make = cast("Callable[[], Litestar]", getattr(http_apps, application))
        requests = signed_requests(Crowd(0, PASSES), REQUESTS)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_profile(make(), requests))


async def _profile(app: Litestar, requests: list[bytes]) -> None:
    part = len(requests) // 3
    async with app.lifespan():
        await serve_all(app, requests[:part])
        began = time.process_time()
        await serve_all(app, requests[part : 2 * part])
        spent = time.process_time() - began
        profile = cProfile.Profile()
        profile.enable()
        await serve_all(app, requests[2 * part :])
        profile.disable()
    print(f"{spent / part * 1e6:.0f} µs of processor time per request, not profiled\n")
    profiled = pstats.Stats(profile, stream=io.StringIO())
    by_package: defaultdict[str, float] = defaultdict(float)
    functions: list[tuple[float, float, str]] = []
    stats = cast(
        "dict[tuple[str, int, str], tuple[int, int, float, float]]", vars(profiled)["stats"]
    )
    for (file, line, name), (_, _, own, whole, *_) in stats.items():
        by_package[package_of(file, name)] += own
        functions.append((own, whole, f"{Path(file).name}:{line} {name}"))
    total = sum(by_package.values())
    print("| package | share of its own time |\n|---|---|")
    for package, own in sorted(by_package.items(), key=lambda found: -found[1])[:15]:
        print(f"| {package} | {own / total:.1%} |")
    print("\n| function | own | with what it calls |\n|---|---|---|")
    for own, whole, name in sorted(functions, reverse=True)[:SHOWN]:
        print(f"| {name} | {own / total:.1%} | {whole / total:.1%} |")


def package_of(file: str, name: str) -> str:
    """Group functions; those in C stand under what they belong to, as far as they say so."""
    parts = Path(file).parts
    if "pas" in parts:
        return ".".join(parts[parts.index("pas") :][:2])
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1]
    if file == "~":
        return next((part for part in ("cryptography", "msgspec", "posix") if part in name), "C")
    return "Python"


async def serve_all(app: Litestar, requests: list[bytes]) -> None:
    waiting = iter(requests)

    async def visitor() -> None:
        for request in waiting:
            await serve_one(app, request)

    await asyncio.gather(*(visitor() for _ in range(AT_ONCE)))


async def serve_one(app: Litestar, request: bytes) -> None:
    """Give the application what a server would have made of these bytes."""
    head, _, body = request.partition(b"\r\n\r\n")
    headers = [line.split(b": ", 1) for line in head.split(b"\r\n")[1:]]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": TARGET,
        "raw_path": TARGET.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [tuple(header) for header in headers],
        "scheme": "http",
        "state": {},
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
        "extensions": {},
    }
    told: list[Message] = []

    async def receive() -> object:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        await asyncio.sleep(0)
        told.append(message)

    await app(cast("HTTPScope", scope), receive, send)  # pyright: ignore[reportArgumentType]
    assert cast("dict[str, object]", told[0])["status"] == 200, told


async def time_paragraphs(server: Server) -> None:
    """Book batches with copies of the functions that tell the time as they go."""
    owner = server.superuser
    await owner.execute(f"CREATE SCHEMA {TIMED}; GRANT USAGE ON SCHEMA {TIMED} TO PUBLIC")
    titles: dict[tuple[str, int], str] = {}
    for name in ("book", "redeem_batch"):
        source = await owner.fetchval(
            "SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.proname = $1", name
        )
        role = await owner.fetchval(
            "SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE proname = $1", name
        )
        await owner.execute(with_marks(name, source, titles))
        await owner.execute(f"ALTER FUNCTION {TIMED}.{name} OWNER TO {role}")
    spent: defaultdict[tuple[str, int], list[float]] = defaultdict(list)
    marks: list[tuple[str, int, float]] = []

    def heard(_: object, message: object) -> None:
        if found := MARK.search(str(message)):
            marks.append((found[1], int(found[2]), float(found[3])))

    connection = await server.access.superuser.connect() if server.access.superuser else owner
    await connection.execute(f"SET search_path = {city.MUNICIPALITY}, pg_temp")
    connection.add_log_listener(heard)
    crowd = Crowd(0, PASSES)
    for call in range(CALLS):
        if call == CALLS // 3:
            await connection.execute("SET client_min_messages = debug1")
        sizes = ", ".join(f"${number}" for number in range(1, 30))
        arguments = redeem_arguments(crowd.sales(AT_ONCE))
        marks.clear()
        began = time.time()
        await connection.fetchval(f"SELECT {TIMED}.redeem_batch({sizes})", *arguments)
        if marks:
            add_up(marks, spent, began=began, ended=time.time())
    await connection.close()
    show_paragraphs(spent, titles)


def with_marks(name: str, source: str, titles: dict[tuple[str, int], str]) -> str:
    """Copy a function into another schema; before each outer statement it tells the time."""
    source = source.replace(f"FUNCTION {city.MUNICIPALITY}.{name}", f"FUNCTION {TIMED}.{name}", 1)
    source = source.replace(":= book(", f":= {TIMED}.book(")
    lines: list[str] = []
    inside, ended = False, True
    for number, line in enumerate(source.split("\n")):
        is_outer = line.startswith("    ") and not line.startswith("     ")
        if inside and ended and is_outer and not line.strip().startswith(KEPT_TOGETHER):
            titles[name, number] = line.strip()
            lines.append(
                f"    RAISE DEBUG 'mark {name} {number} %', extract(epoch FROM clock_timestamp());"
            )
        lines.append(line)
        inside = (inside or line == "BEGIN") and not line.startswith("END")
        ended = line.endswith(";") or line == "BEGIN" or (ended and not line.strip())
    return "\n".join(lines)


def add_up(
    marks: list[tuple[str, int, float]],
    spent: dict[tuple[str, int], list[float]],
    *,
    began: float,
    ended: float,
) -> None:
    spent["wire", 0].append(marks[0][2] - began)
    for (name, number, at), after in zip(marks, [*marks[1:], None], strict=True):
        spent[name, number].append((ended if after is None else after[2]) - at)


def show_paragraphs(
    spent: dict[tuple[str, int], list[float]], titles: dict[tuple[str, int], str]
) -> None:
    """Show medians, which neighbours on the machine disturb least."""
    medians = {paragraph: statistics.median(times) for paragraph, times in spent.items()}
    total = sum(medians.values())
    print(f"{total * 1e3:.2f} ms per call of {AT_ONCE}, wire and commit included\n")
    print("| function | statement | µs per redemption | share |\n|---|---|---|---|")
    for (name, number), seconds in medians.items():
        each = seconds / AT_ONCE * 1e6
        title = titles.get((name, number), "sending the arguments")
        print(f"| {name} | {title[:90]} | {each:.1f} | {seconds / total:.0%} |")


if __name__ == "__main__":
    main()
