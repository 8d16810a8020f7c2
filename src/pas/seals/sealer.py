"""Seals the books of all municipalities, about once a second where something happens; for ``pas work``."""

import asyncio
from typing import Final

import structlog

from pas.auth.keys import KeyRing, KeyStore
from pas.db import CONNECTION_LOST, Database
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.jobs.rounds import Rounds
from pas.seals.seal import SealBroken, note_keys, seal_next

CHANNEL: Final = "pas_seal"
SOON_SECONDS: Final = 1.0
QUIET_SECONDS: Final = 8.0
"""Where nothing happens it is looked at less often; no row waits ten seconds for its seal."""

log = structlog.get_logger("pas.seals")


class Sealer:
    """Seals; of several at once one does the work of a municipality, and the others go on."""

    def __init__(self, database: Database, *, keys: KeyStore, at_once: int = 2) -> None:
        self.database = database
        self.keys = keys
        self._noted: dict[MunicipalityName, KeyRing] = {}
        self._pause: dict[MunicipalityName, float] = {}
        self._rounds = Rounds(database, self._look, channel=CHANNEL, at_once=at_once, name="seals")

    async def run(self, stop: asyncio.Event) -> None:
        """Seal until ``stop``; what is being sealed then is finished first."""
        await self._rounds.run(stop, finish=True)

    async def run_all_due(self) -> None:
        """Seal what there is and no more."""
        await self._rounds.run_all_due()

    async def _look(self, municipality: MunicipalityName) -> float | None:
        self._rounds.start(self._seal(municipality))
        return self._pause.get(municipality, SOON_SECONDS)

    async def _seal(self, municipality: MunicipalityName) -> None:
        try:
            async with self.database.connection(municipality) as connection:
                ring = self.keys.ring(municipality)
                if self._noted.get(municipality) != ring:
                    await note_keys(connection, ring)
                    self._noted[municipality] = ring
                sealed = 0
                while (one := await seal_next(connection, ring)) is not None:
                    sealed += one.leaves
        except SealBroken:
            log.exception("seal-broken", municipality=municipality)
        except (Refusal, *CONNECTION_LOST) as error:
            log.warning("not-sealed", municipality=municipality, reason=str(error))
        else:
            waited = self._pause.get(municipality, SOON_SECONDS)
            self._pause[municipality] = SOON_SECONDS if sealed else min(waited * 2, QUIET_SECONDS)
