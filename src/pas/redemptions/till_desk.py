"""What a till's own pages show about it: its name, who is paid, what it may be used for."""

from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId, TillId
from pas.redemptions.facts import TillKind


class TillGone(Refusal):
    """Deze kassa is niet bekend."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Koppel deze kassa opnieuw. Vraag uw beheerder om een QR-code."


class TillDesk(msgspec.Struct, frozen=True):
    """One till as its cashier knows it; ``payee`` is None until a till of nobody's chooses one."""

    name: str
    kind: TillKind
    payee: MerchantId | None
    merchant: str | None
    codes: list[str]
    titles: list[str]
    sells_visits: bool

    @property
    def categories(self) -> list[tuple[str, str]]:
        return list(zip(self.codes, self.titles, strict=True))


READ_DESK: Final = Statement(
    """
    SELECT t.name, t.kind, m.id AS payee, m.name AS merchant,
        ARRAY(SELECT DISTINCT a.category FROM agreement a WHERE a.merchant_id = m.id ORDER BY 1) AS codes,
        ARRAY(SELECT c.title FROM category c WHERE c.code IN
            (SELECT a.category FROM agreement a WHERE a.merchant_id = m.id) ORDER BY c.code) AS titles,
        EXISTS (SELECT 1 FROM agreement a WHERE a.merchant_id = m.id AND a.visit_price_cents IS NOT NULL)
            AS sells_visits
    FROM till t LEFT JOIN merchant m ON m.id = CASE t.kind WHEN 'merchant' THEN t.merchant_id ELSE $2 END
    WHERE t.id = $1
    """,
    TillDesk,
)


async def till_desk(connection: Connection, till_id: TillId, payee: UUID | None) -> TillDesk:
    """``payee`` is who was chosen; a merchant's till is always paid itself."""
    found = await READ_DESK.first(connection, till_id, payee)
    if found is None:
        raise TillGone
    return found
