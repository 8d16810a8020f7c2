"""A club that is not in the list becomes a merchant that is asked to join, while its application goes on.

It is registered with what the intermediary knows and the purpose that was asked for. Somebody of the
municipality approves it, after which alone it can be awarded anything; so this gives nobody money.
"""

from datetime import datetime
from typing import Final

import msgspec
import structlog

from pas.applications.asked import NewClub, details_of
from pas.applications.open_cases import SET_CLUB, OpenCase
from pas.applications.rules import ClubState
from pas.auth.actor import SYSTEM
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId
from pas.merchants.model import AgreementTerms, Registration
from pas.merchants.register import register_merchant
from pas.schemes.model import SchemeVersion

log = structlog.get_logger("pas.applications")


class ClubRow(msgspec.Struct, frozen=True):
    state: ClubState
    has_agreement: bool

    @property
    def takes_part(self) -> bool:
        return self.state == "approved" and self.has_agreement


class KnownClub(msgspec.Struct, frozen=True):
    id: MerchantId


READ_CLUB: Final = Statement(
    """
    SELECT m.state, m.kind = 'one_off' OR EXISTS (SELECT 1 FROM agreement a WHERE a.merchant_id = m.id AND a.category = ANY ($2::text[])
        AND a.valid_from <= $3::date AND (a.valid_until IS NULL OR a.valid_until > $3)) AS has_agreement
    FROM merchant m WHERE m.id = $1
    """,
    ClubRow,
)
ONE_INVITER: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.invited_club'))", None
)
FIND_KNOWN: Final = Statement(
    """
    SELECT m.id FROM merchant m
    WHERE lower(m.name) = lower($1) AND m.kind = 'regular' AND m.state <> 'ended'
        AND ($2::text IS NULL OR m.contact_email IS NULL OR lower(m.contact_email) = lower($2))
    ORDER BY m.state = 'approved' DESC, m.created_at LIMIT 1
    """,
    KnownClub,
)


async def club_of(
    connection: Connection, held: OpenCase, version: SchemeVersion, *, now: datetime
) -> MerchantId | None:
    """The club of an application, invited if it is not in the list; None when that cannot be."""
    if held.merchant_id is not None or held.club_name is None:
        return held.merchant_id
    await ONE_INVITER.run(connection)
    club = NewClub(name=held.club_name, email=held.club_email or "", phone=held.club_phone or "")
    known = await FIND_KNOWN.first(connection, club.name, club.email or None)
    invited = known.id if known else await _invite(connection, club, version, now=now)
    if invited is not None:
        await SET_CLUB.run(connection, held.id, invited)
    return invited


async def club_facts(
    connection: Connection, club: MerchantId | None, version: SchemeVersion, *, now: datetime
) -> ClubRow:
    """How the club stands; one that is not there does not take part, a one-off payee needs no agreement."""
    categories = sorted(version.categories)
    found = club and await READ_CLUB.first(connection, club, categories, day_of(now))
    return found or ClubRow("ended", has_agreement=False)


async def _invite(
    connection: Connection, club: NewClub, version: SchemeVersion, *, now: datetime
) -> MerchantId | None:
    registration = Registration(
        details=details_of(club),
        agreements=tuple(
            AgreementTerms(category=one, valid_from=day_of(now))
            for one in sorted(version.categories)
        ),
    )
    try:
        return await register_merchant(connection, registration, actor=SYSTEM, now=now)
    except Refusal as refused:
        # An officer chooses the club: what one application says wrong holds up no other.
        log.warning("club.not_invited", code=type(refused).code())
        return None
