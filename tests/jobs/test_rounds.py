"""Going round: whoever has much to do does not keep the others waiting."""

import asyncio

from pas.db import Database
from pas.ids import MunicipalityName
from pas.jobs.rounds import Rounds

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
