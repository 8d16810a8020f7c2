"""The public keys of tills, read once: a till keeps its key for life, a new key is a new till."""

from collections import OrderedDict
from typing import Final

import msgspec

from pas.auth.till_signature import (
    Algorithm,
    TillKey,
    TillSignatureWrong,
    TillUnknown,
    read_public_key,
)
from pas.db import Database, Statement
from pas.ids import MerchantId, MunicipalityName, TillId

REMEMBERED: Final = 20_000


class _Row(msgspec.Struct, frozen=True):
    merchant_id: MerchantId | None
    algorithm: Algorithm
    public_key: bytes


READ_KEY = Statement(
    """
    SELECT merchant_id, algorithm, public_key FROM till
    WHERE id = $1 AND public_key IS NOT NULL AND algorithm IS NOT NULL
    """,
    _Row,
)


class TillKeys:
    """Remembers keys, per municipality; that a till exists says nothing about what it may."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[tuple[MunicipalityName, TillId], TillKey] = OrderedDict()

    async def find(self, municipality: MunicipalityName, till_id: TillId) -> TillKey:
        """Give the key of a till that was paired here, or refuse."""
        place = (municipality, till_id)
        known = self._known.get(place)
        if known is not None:
            self._known.move_to_end(place)
            return known
        async with self._database.connection(municipality) as connection:
            row = await READ_KEY.first(connection, till_id)
        if row is None:
            raise TillUnknown
        try:
            key = read_public_key(row.public_key, row.algorithm)
        except ValueError:
            raise TillSignatureWrong("De sleutel van deze kassa is onbruikbaar.") from None
        found = TillKey(till_id, row.merchant_id, row.algorithm, key)
        self._known[place] = found
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found
