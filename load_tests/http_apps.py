"""What is served over HTTP: the program itself, the same without its database, and bare Litestar.

``python http_apps.py APPLICATION PORT`` serves one of them with one worker, as ``pas serve`` would.
"""

import asyncio
import multiprocessing
import sys
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final, cast
from uuid import UUID

import msgspec
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from litestar import Litestar, post
from litestar.params import FromPath

from pas.app import worker
from pas.cli.serve import BACKLOG
from pas.db import Database
from pas.ids import MunicipalityName
from pas.redemptions.bodies import Sells
from pas.redemptions.lanes import Lanes
from pas.redemptions.read import READ_FACTS
from pas.redemptions.redeem import REDEEM_BATCH
from pas.redemptions.routes.counter import PLACE

APPLICATIONS: Final = ("program", "without_database", "bare")
REMEMBERED: Final = 1_000


def program() -> Litestar:
    return worker()


def without_database() -> Litestar:
    """The program, in which the two statements of a sale are answered from memory."""
    app = worker()

    async def put_lanes(app: Litestar) -> None:
        await asyncio.sleep(0)
        database = RememberingDatabase(cast("Database", app.state["database"]))
        app.state[PLACE] = Lanes(cast("Database", database))

    app.on_startup.append(put_lanes)
    return app


class RememberingDatabase:
    """Asks the real database a while, and answers ever after what it said then.

    It remembers many tills, or one merchant would soon be at its limit per hour.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._facts: deque[object] = deque()

    @asynccontextmanager
    async def connection(
        self, municipality: MunicipalityName
    ) -> AsyncGenerator["RememberingDatabase"]:
        self._municipality = municipality
        yield self

    async def fetch(self, sql: str, *arguments: object) -> Sequence[object]:
        if sql == REDEEM_BATCH.sql:
            await asyncio.sleep(0)
            return [(["booked"] * len(cast("list[object]", arguments[0])), datetime.now(UTC))]
        if sql == READ_FACTS.sql and len(self._facts) >= REMEMBERED:
            await asyncio.sleep(0)
            self._facts.rotate(len(cast("list[object]", arguments[0])))
            return [self._facts[place] for place in range(len(cast("list[object]", arguments[0])))]
        async with self._database.connection(self._municipality) as connection:
            rows = await connection.fetch(sql, *arguments)
        if sql == READ_FACTS.sql:
            self._facts.extend(tuple(row) for row in rows)
        return rows


class BareAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """As large as the program's answer for one item."""

    id: UUID
    outcome: str = "booked"
    price_cents: int = 1240
    take_cents: int = 1240
    ask_cents: int = 0
    visits: int = 0
    category: str = "sport"
    say: str = "Betaald: € 12,40."
    recorded_at: str = "2026-01-01T12:00:00.000000Z"
    refusal: None = None
    conditions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class BareAnswers(msgspec.Struct, frozen=True):
    """The answer of bare Litestar."""

    items: tuple[BareAnswer, ...]


@post("/v1/{municipality:str}/redemptions", status_code=200)
async def answer(municipality: FromPath[str], data: Sells) -> BareAnswers:
    """Read the same body, write an answer as large, and nothing else."""
    del municipality
    return BareAnswers(items=tuple(BareAnswer(item.id) for item in data.items))


def bare() -> Litestar:
    return Litestar([answer], openapi_config=None, logging_config=None)


def main() -> None:
    application, port = sys.argv[1:]
    assert application in APPLICATIONS, application
    multiprocessing.set_start_method("spawn", force=True)
    Granian(
        f"http_apps:{application}",
        factory=True,
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.ASGI,
        workers=1,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
