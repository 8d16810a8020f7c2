"""What a test of sales without a network does again and again: ask, sell, hand in, look."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from given.city import Budget, Merchant, a_budget, a_holder, a_merchant, a_scheme
from given.logins import NOON, a_key_store
from given.offline import Item, OfflineTill, an_offline_till, with_the_city_s_numbers
from pas.auth.keys import KeyRing
from pas.auth.till_keys import TillKeys
from pas.db import Connection, Database
from pas.ids import AccountId, MunicipalityName
from pas.ledger.prove import Proof
from pas.redemptions.offline.facts_then import Till
from pas.redemptions.offline.hand_in import hand_in
from pas.redemptions.offline.permits import PermitAsk, PermitTold, ask_permit
from pas.redemptions.offline.stored import OfflineTold
from pas.redemptions.prove import prove

VELSEN = MunicipalityName("velsen")
LATER = NOON + timedelta(hours=1)


class Desk(msgspec.Struct, frozen=True):
    """A till at a merchant, with the database and the keys."""

    database: Database
    connection: Connection
    ring: KeyRing
    till: OfflineTill
    merchant: Merchant

    async def permit(self, *, now: datetime = NOON, **ask: object) -> PermitTold:
        said = {"lastSequence": self.till.sequence, "lastHash": self.till.hash, **ask}
        return await ask_permit(
            self.connection,
            self.till.till.id,
            msgspec.convert(said, PermitAsk),
            ring=self.ring,
            now=now,
        )

    async def allowed(self, *, now: datetime = NOON) -> UUID:
        """The permit of the till, by its id."""
        return (await self.permit(now=now)).permit.id

    async def marks(self) -> list[tuple[str, str, datetime]]:
        """How each sale hung together and what was wrong with its clock, and as of when it was judged."""
        rows = await self.connection.fetch(
            "SELECT chain, clock, occurred_at FROM offline_sale ORDER BY recorded_at, sequence"
        )
        return [tuple(row) for row in rows]

    async def hand_in(self, *items: Item, now: datetime = LATER) -> list[OfflineTold]:
        """Hand in these, or all that waits."""
        keys = TillKeys(self.database)
        till = Till(
            municipality=VELSEN,
            key=await keys.find(VELSEN, self.till.till.id),
            merchant=self.merchant.id,
            ring=self.ring,
        )
        return await hand_in(self.database, till, items or self.till.queue, now=now)

    async def sold(
        self, *items: Item, now: datetime = LATER
    ) -> tuple[str, str, int, int, str | None]:
        """What became of one item: outcome, bearer, taken, risk and reason."""
        [told] = await self.hand_in(*items, now=now)
        return outcome(told)

    async def left(self, account: AccountId) -> int:
        return await self.connection.fetchval(
            "SELECT amount FROM balance WHERE account_id = $1", account
        )

    async def owed(self) -> int:
        return await self.connection.fetchval(
            """
            SELECT coalesce(sum(CASE WHEN credit = $1 THEN amount ELSE -amount END), 0)::bigint
            FROM transfer WHERE $1 IN (debit, credit)
            """,
            self.merchant.account,
        )

    async def proof(self) -> Proof:
        return await prove(self.connection, datetime.now(UTC))


def outcome(told: OfflineTold) -> tuple[str, str, int, int, str | None]:
    reason = told.reason.code if told.reason is not None else None
    return told.outcome, told.bearer, told.take_cents, told.risk_cents, reason


async def a_desk(connection: Connection, database: Database, folder: Path) -> Desk:
    """A till that may sell without a network, at a merchant for sport; its keys are in a folder."""
    merchant = await a_merchant(connection, name="Zwembad De Golfslag")
    till = await an_offline_till(connection, merchant)
    return Desk(database, connection, with_the_city_s_numbers(a_key_store(folder)), till, merchant)


async def ten_euros(connection: Connection) -> Budget:
    """Ten euros for sport, on the pass of somebody new."""
    holder = await a_holder(connection)
    return await a_budget(connection, await a_scheme(connection), holder, cents=1000)
