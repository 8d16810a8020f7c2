"""Going round: whoever has much to do does not keep the others waiting."""

import asyncio

from pas.db import Database
from pas.ids import MunicipalityName
from pas.jobs.rounds import LOOK_SECONDS, Rounds

PATIENT = 20


async def test_a_municipality_that_always_has_work_leaves_the_others_their_turn(
    database: Database, velsen: MunicipalityName, almere: MunicipalityName
) -> None:
    begun: list[MunicipalityName] = []

    async def work() -> None:
        await asyncio.sleep(0)
        rounds.look_soon(almere)

    async def look(municipality: MunicipalityName) -> float | None:
        begun.append(municipality)
        if municipality == velsen or len(begun) > PATIENT:
            return None
        rounds.start(work())
        return 0.0

    rounds = Rounds(database, look, channel="pas_test", at_once=1, name="test")
    await rounds.run_all_due()
    assert begun.index(velsen) <= 1


async def test_what_is_heard_of_a_municipality_that_is_looked_at_is_not_lost(
    database: Database,
) -> None:
    looked: list[MunicipalityName] = []
    again, stop = asyncio.Event(), asyncio.Event()

    async def look(municipality: MunicipalityName) -> float | None:
        looked.append(municipality)
        if len(looked) == 1:
            rounds.look_soon(municipality)
        else:
            again.set()
        return LOOK_SECONDS

    rounds = Rounds(database, look, channel="pas_test", at_once=1, name="test")
    running = asyncio.create_task(rounds.run(stop))
    async with asyncio.timeout(10):
        await again.wait()
    stop.set()
    await running
