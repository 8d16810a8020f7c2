"""A run of which the bank has the file, and what the bank may say of it."""

from datetime import datetime

from given.bank import Move
from given.days import NOW
from given.settlements import FINANCE, VELSEN, Shop, a_shop, an_account, an_exported_run, sell
from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.db import Connection
from pas.ids import SettlementId
from pas.settlements.bank.import_file import BankImport, import_bank_file
from pas.settlements.stored import read_lines

SHOP_IBAN = "NL02ABNA0123456789"
"""Where the shops are paid; the municipality pays from another account."""
WHOLE = Move(cents=2_100, batch="velsen-1-F1", count=3)
LINES = (
    ("velsen-1-1", 500, SHOP_IBAN),
    ("velsen-1-2", 700, SHOP_IBAN),
    ("velsen-1-3", 900, SHOP_IBAN),
)


def a_return(
    number: int,
    cents: int,
    *,
    returned: str = "AC04",
    reversal: bool | None = None,
    reference: str = "",
) -> Move:
    """Money that came back, marked as such by its reason unless said otherwise."""
    return Move(
        cents=cents,
        credit=True,
        lines=((f"velsen-1-{number}", cents, SHOP_IBAN),),
        returned=returned,
        reversal=reversal,
        reference=reference,
    )


class World:
    """Three shops that are owed 5, 7 and 9 euros, in a run of which the bank has the file."""

    def __init__(self, connection: Connection, ring: KeyRing) -> None:
        self.connection = connection
        self.ring = ring
        self.shops: list[Shop] = []
        self.run: SettlementId

    async def laid_out(self) -> "World":
        for name, cents in (("A", 500), ("B", 700), ("C", 900)):
            shop = await a_shop(self.connection, name=name, account=False)
            await an_account(self.connection, shop.merchant, iban=SHOP_IBAN)
            await sell(self.connection, shop, cents)
            self.shops.append(shop)
        self.run = await an_exported_run(self.connection)
        return self

    async def take(
        self, content: bytes, *, actor: Actor = FINANCE, now: datetime = NOW
    ) -> BankImport:
        return await import_bank_file(
            self.connection, VELSEN, content, name="x.xml", ring=self.ring, actor=actor, now=now
        )

    async def states(self) -> list[str]:
        return [one.state for one in await read_lines(self.connection, self.run)]

    async def whys(self) -> list[str]:
        rows = await self.connection.fetch(
            "SELECT why FROM bank_item WHERE outcome = 'open' ORDER BY id"
        )
        return [why for (why,) in rows]

    async def entries(self) -> dict[str, int]:
        rows = await self.connection.fetch(
            "SELECT kind, count(*) FROM entry WHERE kind IN ('pay', 'bounce') GROUP BY 1"
        )
        return {row["kind"]: row["count"] for row in rows}
