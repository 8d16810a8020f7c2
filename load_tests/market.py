"""Serves a city for a market day: ``python load_tests/market.py``, then locust in another terminal.

Everything is on a PostgreSQL of its own and gone with Ctrl-C. The file it writes tells the locust
scenario which tills there are, with their keys, and which cards people carry.
"""

import argparse
import base64
import os
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

import city
from build import Table, add_residents, build_city, copy
from granting import grant_passes
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from server import Server, started

FILE: Final = "market.json"
FAMILY: Final = 5
"""Each fifth holder is the parent of the two after them."""
CHILDREN: Final = 2
BUDGET_CENTS: Final = 10_000
"""So little that budgets run out on the day, and holders pay a part themselves."""


class MarketTill(msgspec.Struct, frozen=True, rename="camel"):
    """A till with its private key, which in life never leaves the device."""

    id: str
    key: str
    """The 32 bytes of Ed25519, in base64."""


class MarketCard(msgspec.Struct, frozen=True, rename="camel"):
    """What a holder shows, and how many children their card can speak for."""

    code: str
    children: int


class Market(msgspec.Struct, frozen=True, rename="camel"):
    """Everything the scenario needs to know."""

    municipality: str
    categories: list[str]
    tills: list[MarketTill]
    cards: list[MarketCard]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=5_000, help="how many holders there are")
    parser.add_argument("--tills", type=int, default=200, help="how many tills take part")
    parser.add_argument("--port", type=int, default=8000, help="where the city is served")
    parser.add_argument("--file", type=Path, default=Path(FILE), help="what locust reads")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with started("18") as server, tempfile.TemporaryDirectory(prefix="pas-market-") as folder:
        print(f"Building a city of {options.passes:,} passes …", flush=True)
        build_city(server)
        add_residents(server, range(options.passes))
        server.run(copy(server.superuser, parents(options.passes)))
        grant_passes(server, range(options.passes), BUDGET_CENTS)
        write(options.file, market(options.tills, options.passes))
        serve(server, Path(folder), port=options.port, file=options.file)


def parents(passes: int) -> Table:
    columns = ("child_id", "adult_id", "kind", "valid_from")
    rows = (
        (city.resident(parent + child), city.resident(parent), "parent", city.FIRST_DAY)
        for parent in range(0, passes - CHILDREN, FAMILY)
        for child in range(1, CHILDREN + 1)
    )
    return Table("managing_adult", columns, rows)


def market(tills: int, passes: int) -> Market:
    def key(number: int) -> str:
        return base64.b64encode(city.till_key(number).private_bytes_raw()).decode()

    def children(number: int) -> int:
        return CHILDREN if number % FAMILY == 0 and number < passes - CHILDREN else 0

    return Market(
        municipality=city.MUNICIPALITY,
        categories=list(city.CATEGORIES),
        tills=[MarketTill(str(city.till(number)), key(number)) for number in range(tills)],
        cards=[MarketCard(city.token(number).text(), children(number)) for number in range(passes)],
    )


def write(file: Path, content: Market) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(msgspec.json.encode(content))


def serve(server: Server, folder: Path, *, port: int, file: Path) -> None:
    """Run ``pas serve`` as an operator would, until Ctrl-C."""
    make_keys(KeyStore(folder / "keys"), city.MUNICIPALITY, demo=False, now=datetime.now(UTC))
    environment = {
        **server.program_environment(folder),
        "PAS_PORT": str(port),
        "PAS_LOG_LEVEL": "warning",
    }
    process = subprocess.Popen([sys.executable, "-m", "pas.cli", "serve"], env=environment)
    print(
        f"Wrote {file}. Now, in another terminal:\n"
        f"  PAS_MARKET={file} locust -f load_tests/locustfile.py --host http://127.0.0.1:{port}"
        " --headless -u 100 -r 20 -t 2m",
        flush=True,
    )
    try:
        process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        process.wait()
    finally:
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
