"""Raise the epoch of a municipality, before its first write on another server.

A position in the books is (epoch, transaction id, id). After a restore, an import or a move the
server counts transactions from elsewhere, so that new rows could come before old ones.
"""

from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.db.pools import READ_MUNICIPALITY
from pas.ids import MunicipalityName
from pas.installation.access import Access
from pas.installation.municipalities import NoSuchMunicipality, fit_name
from pas.installation.prepare import migrator
from pas.installation.roles import for_municipality

AS_LEDGER: Final = """
SET LOCAL ROLE ledger_municipality;
SET LOCAL search_path = municipality, pg_temp;
"""


class Epoch(msgspec.Struct, frozen=True):
    number: int


RAISE_EPOCH: Final = Statement("SELECT raise_epoch($1) AS number", Epoch)


async def raise_epoch(access: Access, name: str, *, reason: str) -> int:
    """Begin the next epoch, for a reason that stays; gives its number."""
    municipality = fit_name(name)
    async with migrator(access) as connection:
        if await READ_MUNICIPALITY.first(connection, municipality) is None:
            raise NoSuchMunicipality(f"Er is geen gemeente '{municipality}'.")
        async with connection.transaction():
            return await raise_in_transaction(connection, municipality, reason=reason)


async def raise_in_transaction(
    connection: Connection, municipality: MunicipalityName, *, reason: str
) -> int:
    """Begin the next epoch in the transaction of the migrator that brought the books here."""
    await connection.execute(for_municipality(AS_LEDGER, municipality))
    return (await RAISE_EPOCH.one(connection, reason)).number
