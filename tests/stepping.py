"""Every interleaving of two transactions, on real connections, one statement at a time.

Gates are put between the statements of book(): a session waits at each for an advisory lock that
the stepper holds, and goes on when that is released. So a schedule is a list of whose turn it is;
a session that waits for a row of the other has no turn until that has committed. Schedules are
tried depth first until no other choice is left.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine

import asyncpg
import msgspec

from booking import Sale, book, lapse, redeem, reverse
from history import Call, Ended
from mutate import rewrite, without_ddl_guard
from pas.db import Connection
from pas.ledger.book import Item

PLACES = (
    "    place := 1;\n",
    "    booked_at := clock_timestamp();\n",
    "    UPDATE balance b SET",
)
"""Before each of these in book(): after the locks, before the entry, after the transfers."""
LONGEST_WAIT = 10


class Step(msgspec.Struct, frozen=True):
    """What one transaction does: a call with what it would be noted as."""

    run: Callable[[Connection], Coroutine[object, object, list[str]]]
    item: Item | None = None
    ended: Ended | None = None
    wanted: int = 0


def selling(sale: Sale, wanted: int = 0) -> Step:
    return Step(lambda connection: redeem(connection, sale), sale.item, wanted=wanted)


def undoing(item: Item) -> Step:
    return Step(lambda connection: reverse(connection, item), item)


def posting(item: Item) -> Step:
    return Step(lambda connection: book(connection, item), item)


def lapsing(item: Item) -> Step:
    (line,) = item.lines

    async def run(connection: Connection) -> list[str]:
        return [
            await lapse(
                *(connection, line.debit, line.amount),
                entry=item.id,
                print_=item.fingerprint,
                at=item.occurred_at,
            )
        ]

    return Step(run, item)


async def put_gates(superuser: Connection) -> None:
    await without_ddl_guard(superuser)
    gate = "PERFORM pg_advisory_xact_lock_shared(nullif(current_setting('test.session', true), '')::int, {});\n"
    changes = [(place, gate.format(at) + place) for at, place in enumerate(PLACES, start=1)]
    await rewrite(superuser, "book", *changes)


class Session:
    """One of the two: not begun, at a gate, waiting for the other, ready to commit, or done."""

    _numbers = itertools.count(1)

    def __init__(self, connection: Connection, step: Step) -> None:
        self.connection, self.step = connection, step
        self.number = next(self._numbers)
        self.gate = 0
        self.state = "new"
        self.invoked = 0
        self.heard: Call | Ended | None = None
        self.task: asyncio.Task[list[str]] | None = None
        self.transaction = connection.transaction()

    async def begin(self) -> None:
        await self.transaction.start()
        await self.connection.execute(
            "SELECT set_config('test.session', $1, true)", str(self.number)
        )
        self.invoked = time.monotonic_ns()
        self.task = asyncio.create_task(self.step.run(self.connection))

    async def commit(self) -> None:
        """An error is an answer: sent again if the id was booked elsewhere."""
        assert self.task is not None
        try:
            (outcome,) = await self.task
            await self.transaction.commit()
        except asyncpg.PostgresError as error:
            await self.transaction.rollback()
            outcome = "again" if error.sqlstate == "PA001" else f"error {error.sqlstate}"
        answered = time.monotonic_ns()
        self.state = "done"
        if self.step.ended is not None:
            self.heard = msgspec.structs.replace(
                self.step.ended, invoked=self.invoked, answered=answered
            )
        elif self.step.item is not None:
            self.heard = Call(
                item=self.step.item,
                outcome=outcome,
                invoked=self.invoked,
                answered=answered,
                wanted=self.step.wanted,
            )


class Stepper:
    """Runs two transactions by a schedule; `keeper` holds the gates."""

    def __init__(self, keeper: Connection, left: Connection, right: Connection) -> None:
        self.keeper, self.connections = keeper, (left, right)

    async def run(
        self, steps: tuple[Step, Step], schedule: list[int]
    ) -> list[tuple[int, list[int]]]:
        """Follow the schedule, then always the first that can; give each choice with its options."""
        pair = zip(self.connections, steps, strict=True)
        self.sessions = [Session(connection, step) for connection, step in pair]
        for session in self.sessions:
            await self._gates(session, "pg_advisory_lock")
        trace: list[tuple[int, list[int]]] = []
        while any(session.state != "done" for session in self.sessions):
            able = [
                at for at, one in enumerate(self.sessions) if one.state not in {"done", "waits"}
            ]
            assert able, "both wait for each other"
            choice = schedule[len(trace)] if len(trace) < len(schedule) else able[0]
            trace.append((choice, able))
            await self._step(self.sessions[choice])
        for session in self.sessions:
            await self._gates(session, "pg_advisory_unlock")
        return trace

    async def _gates(self, session: Session, function: str) -> None:
        first = session.gate + 1 if function == "pg_advisory_unlock" else 1
        await self.keeper.execute(
            f"SELECT {function}({session.number}, at) FROM generate_series({first}, {len(PLACES)}) at"
        )

    async def _step(self, session: Session) -> None:
        match session.state:
            case "new":
                await session.begin()
            case "at gate":
                session.gate += 1
                await self.keeper.execute(
                    "SELECT pg_advisory_unlock($1, $2)", session.number, session.gate
                )
            case _:
                await session.commit()
        await self._settle()

    async def _settle(self) -> None:
        """Wait until both stand still."""
        deadline = time.monotonic() + LONGEST_WAIT
        moving = True
        while moving:
            assert time.monotonic() < deadline, "a session neither stops nor goes on"
            await asyncio.sleep(0)
            waits = await self._waits()
            moving = False
            for session in self.sessions:
                if session.task is None or session.state == "done":
                    continue
                pid = session.connection.get_server_pid()
                if session.task.done():
                    session.state = "ready"
                elif pid not in waits:
                    moving = True
                else:
                    at_gate = waits[pid] == (session.number, session.gate + 1)
                    session.state = "at gate" if at_gate else "waits"

    async def _waits(self) -> dict[int, tuple[int, int]]:
        rows = await self.keeper.fetch(
            "SELECT pid, classid::bigint, objid::bigint FROM pg_locks WHERE NOT granted"
        )
        return {row[0]: (row[1], row[2]) for row in rows}


def next_schedule(trace: list[tuple[int, list[int]]]) -> list[int] | None:
    """Go back to the last choice that had another option."""
    for at in reversed(range(len(trace))):
        choice, able = trace[at]
        others = [one for one in able if one > choice]
        if others:
            return [made for made, _ in trace[:at]] + others[:1]
    return None
