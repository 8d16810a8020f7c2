"""The neighbourhood team's own pot: one proposes a voucher, a colleague confirms, anybody may bring it.

A voucher is for one purpose and is spent at once, by the ordinary scan of a till; what is left of it
returns to the pot. Nobody is registered as its holder, and no receipt is asked.
"""

from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.applications.organisations import team_of
from pas.applications.purposes import Purpose, purposes_on
from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.ground import current_year
from pas.ids import CardId, LoginId, VoucherId
from pas.money import Cents
from pas.passes.card_keys import CardCodes, open_codes

MOST_LISTED: Final = 200


class VoucherNotFound(Refusal):
    """Deze bon is er niet bij uw team."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een bon uit de lijst."


class VoucherSpent(Refusal):
    """Deze bon is gebruikt of verlopen."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Stel een nieuwe bon voor als dat nodig is."


class Voucher(msgspec.Struct, frozen=True, rename="camel"):
    """A voucher as its team sees it; ``left_cents`` is what a shop can still take."""

    id: VoucherId
    scheme: str
    category: str
    category_title: str
    amount_cents: Cents
    what_for: str
    proposed_at: datetime
    proposed_by: LoginId
    proposed_by_name: str
    confirmed_at: datetime | None
    confirmed_by_name: str | None
    rejected_at: datetime | None
    rejected_because: str | None
    expires_on: date | None
    left_cents: Cents | None

    def stand(self, today: date) -> str:
        """``waiting``, ``rejected``, ``ready``, ``used`` or ``expired``."""
        if self.rejected_at is not None:
            return "rejected"
        if self.confirmed_at is None or self.expires_on is None:
            return "waiting"
        if not self.left_cents:
            return "used" if today < self.expires_on else "expired"
        return "ready" if today < self.expires_on else "expired"


class SealedRow(msgspec.Struct, frozen=True):
    card_id: CardId
    codes_encrypted: bytes | None


class PotRow(msgspec.Struct, frozen=True, rename="camel"):
    """What a team's pot still holds this year."""

    scheme: str
    title: str
    left_cents: Cents


LIST: Final = Statement(
    """
    SELECT v.id, s.code AS scheme, v.category, c.title AS category_title, v.amount_cents, v.what_for, v.proposed_at, v.proposed_by,
        p.name AS proposed_by_name, v.confirmed_at, q.name AS confirmed_by_name, v.rejected_at, v.rejected_because, v.expires_on,
        (SELECT b.amount FROM card k JOIN pass a ON a.resident_id = k.resident_id JOIN budget g ON g.pass_id = a.id
            JOIN balance b ON b.account_id = g.account_id WHERE k.id = v.card_id) AS left_cents
    FROM voucher v
    JOIN scheme s ON s.id = v.scheme_id
    JOIN category c ON c.code = v.category
    JOIN login p ON p.id = v.proposed_by
    LEFT JOIN login q ON q.id = v.confirmed_by
    WHERE v.organisation_id = $1 AND ($2::uuid IS NULL OR v.id = $2)
        AND ($3::uuid IS NULL OR (v.proposed_at, v.id) < (SELECT o.proposed_at, o.id FROM voucher o WHERE o.id = $3))
    ORDER BY v.proposed_at DESC, v.id DESC LIMIT $4
    """,
    Voucher,
)
READ_SEALED: Final = Statement(
    "SELECT k.id AS card_id, k.codes_encrypted FROM voucher v JOIN card k ON k.id = v.card_id WHERE v.id = $1",
    SealedRow,
)
READ_POTS: Final = Statement(
    """
    SELECT s.code AS scheme, coalesce((SELECT v.title FROM scheme_version v WHERE v.scheme_id = s.id
            AND v.awarded_by = 'team' ORDER BY v.valid_from DESC LIMIT 1), s.code) AS title, b.amount AS left_cents
    FROM appropriation a JOIN scheme s ON s.id = a.scheme_id JOIN balance b ON b.account_id = a.account_id
    WHERE a.budget_year = $1 AND EXISTS (SELECT 1 FROM scheme_version v WHERE v.scheme_id = s.id AND v.awarded_by = 'team')
    ORDER BY s.code
    """,
    PotRow,
)


async def team_purposes(connection: Connection, *, now: datetime) -> list[Purpose]:
    """The schemes that a team awards, as far as they fit a voucher: in euros, a closed pot, spent at once."""
    return [
        one
        for one in await purposes_on(connection, day_of(now), "team")
        if one.stored.version.closed_pot and one.stored.version.spend_at_once
    ]


async def pots_left(connection: Connection, *, now: datetime) -> list[PotRow]:
    return await READ_POTS.all(connection, await current_year(connection, now))


async def list_vouchers(
    connection: Connection,
    *,
    before: VoucherId | None = None,
    limit: int = MOST_LISTED,
    actor: Actor,
) -> list[Voucher]:
    """Those of one's own team, the newest first."""
    team = await team_of(connection, actor)
    most = max(1, min(limit, MOST_LISTED))
    return await LIST.all(connection, team.organisation_id, None, before, most)


async def show_voucher(connection: Connection, voucher: VoucherId, *, actor: Actor) -> Voucher:
    team = await team_of(connection, actor)
    found = await LIST.first(connection, team.organisation_id, voucher, None, 1)
    if found is None:
        raise VoucherNotFound
    return found


async def voucher_codes(
    connection: Connection, voucher: VoucherId, *, ring: KeyRing, actor: Actor, now: datetime
) -> CardCodes:
    """The code to show or print, until it is used or expires."""
    found = await show_voucher(connection, voucher, actor=actor)
    if found.stand(day_of(now)) != "ready":
        raise VoucherSpent
    sealed = await READ_SEALED.one(connection, voucher)
    assert sealed.codes_encrypted is not None, "we made this card"
    return open_codes(ring, sealed.codes_encrypted, card=sealed.card_id)
