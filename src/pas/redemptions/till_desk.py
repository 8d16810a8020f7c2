"""What a till's own pages show about it: its name, its merchant, what it may be used for."""

from typing import ClassVar, Final

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import TillId


class TillGone(Refusal):
    """Deze kassa is niet bekend."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Koppel deze kassa opnieuw. Vraag uw beheerder om een QR-code."


class TillDesk(msgspec.Struct, frozen=True):
    """One till as its cashier knows it."""

    name: str
    merchant: str
    codes: list[str]
    titles: list[str]
    sells_visits: bool

    @property
    def categories(self) -> list[tuple[str, str]]:
        return list(zip(self.codes, self.titles, strict=True))


READ_DESK: Final = Statement(
    """
    SELECT t.name, coalesce(m.name, 'Gemeente') AS merchant,
        ARRAY(SELECT DISTINCT a.category FROM agreement a WHERE a.merchant_id = m.id ORDER BY 1) AS codes,
        ARRAY(SELECT c.title FROM category c WHERE c.code IN
            (SELECT a.category FROM agreement a WHERE a.merchant_id = m.id) ORDER BY c.code) AS titles,
        EXISTS (SELECT 1 FROM agreement a WHERE a.merchant_id = m.id AND a.visit_price_cents IS NOT NULL)
            AS sells_visits
    FROM till t LEFT JOIN merchant m ON m.id = t.merchant_id
    WHERE t.id = $1
    """,
    TillDesk,
)


async def till_desk(connection: Connection, till_id: TillId) -> TillDesk:
    found = await READ_DESK.first(connection, till_id)
    if found is None:
        raise TillGone
    return found
