"""Applications to look at: one's own for the intermediary, and the club's answer to them.

An intermediary sees own cases; those of colleagues only where the municipality chose so. A case shows
what was sent and what became of it, never what the municipality knows of the child.
"""

from datetime import date, datetime
from typing import Final

import msgspec

from pas.applications.open_cases import ChildApplicationNotFound, State
from pas.applications.organisations import membership
from pas.applications.rules import (
    ClockPause,
    Question,
    RefusalCode,
    ToldCode,
    decide_by,
    told_code,
)
from pas.auth.actor import Actor
from pas.auth.municipality_settings import read_municipality_settings
from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import ApplicationId, LoginId, MerchantId, OrganisationId
from pas.money import Cents

MOST_LISTED: Final = 100


class CaseRow(msgspec.Struct, frozen=True):
    """An application with what the books say of its award."""

    id: ApplicationId
    scheme: str
    title: str
    applied_by: LoginId
    applied_by_name: str
    organisation: str
    profession: str
    received_at: datetime
    state: State
    questions: list[Question]
    merchant_id: MerchantId | None
    club: str
    asked_cents: Cents | None
    what_for: str | None
    own_reference: str | None
    decided_at: datetime | None
    refusal: RefusalCode | None
    reason: str | None
    awarded_cents: Cents | None
    participation: str | None
    released_at: datetime | None
    left_cents: Cents | None
    until: datetime | None
    pauses: str


class ChildCase(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """As its intermediary sees it; ``left_cents`` is what can still be spent until ``until``."""

    id: ApplicationId
    scheme: str
    title: str
    applied_by: str
    own: bool
    received_at: datetime
    decide_by: date
    overdue: bool
    pauses: list[ClockPause]
    state: State
    club: str
    asked_cents: Cents | None
    what_for: str
    own_reference: str
    decided_at: datetime | None
    refusal: ToldCode | None
    reason: str
    awarded_cents: Cents | None
    participation: str | None
    left_cents: Cents | None
    until: datetime | None
    released_at: datetime | None

    @property
    def waits_for(self) -> str | None:
        """What the clock stands still for; None while it runs."""
        return next((one.reason for one in self.pauses if one.until_on is None), None)


READ_CASES: Final = Statement(
    """
    SELECT a.id, s.code AS scheme, coalesce((SELECT v.title FROM scheme_version v WHERE v.scheme_id = a.scheme_id
            AND v.valid_from <= (a.received_at AT TIME ZONE 'Europe/Amsterdam')::date ORDER BY v.valid_from DESC LIMIT 1), s.code) AS title,
        a.applied_by, l.name AS applied_by_name, o.name AS organisation, a.profession, a.received_at, a.state, a.questions,
        a.merchant_id, coalesce(m.name, a.club_name, '') AS club, a.asked_cents, a.what_for, a.own_reference, a.decided_at, a.refusal,
        a.reason, a.awarded_cents, a.participation, a.released_at, c.amount AS left_cents, c.usable_until AS until,
        coalesce((SELECT json_agg(json_build_object('from_on', p.from_on, 'until_on', p.until_on, 'reason', p.reason) ORDER BY p.from_on)
            FROM child_application_pause p WHERE p.application_id = a.id), '[]')::text AS pauses
    FROM child_application a
    JOIN scheme s ON s.id = a.scheme_id
    JOIN login l ON l.id = a.applied_by
    JOIN organisation o ON o.id = a.organisation_id
    LEFT JOIN merchant m ON m.id = a.merchant_id
    LEFT JOIN budget b ON b.application_id = a.id
    LEFT JOIN balance c ON c.account_id = b.account_id
    WHERE ($1::uuid IS NULL OR a.id = $1)
        AND ($2::uuid IS NULL OR a.applied_by = $2) AND ($3::uuid IS NULL OR a.organisation_id = $3)
        AND ($4::uuid IS NULL OR (a.received_at, a.id) < (SELECT o.received_at, o.id FROM child_application o WHERE o.id = $4))
    ORDER BY a.received_at DESC, a.id DESC LIMIT $5
    """,
    CaseRow,
)
PAUSES: Final = msgspec.json.Decoder(list[ClockPause])


async def own_cases(
    connection: Connection,
    *,
    before: ApplicationId | None = None,
    limit: int = MOST_LISTED,
    actor: Actor,
    now: datetime,
) -> list[ChildCase]:
    """The newest first; the next page is ``before`` the last of this one."""
    applied_by, organisation = await _scope(connection, actor)
    most = max(1, min(limit, MOST_LISTED))
    rows = await READ_CASES.all(connection, None, applied_by, organisation, before, most)
    return [case_of_row(row, actor=actor, now=now) for row in rows]


async def own_case(
    connection: Connection, application_id: ApplicationId, *, actor: Actor, now: datetime
) -> ChildCase:
    """One's own, or that of a colleague where that is allowed; another's is not there."""
    applied_by, organisation = await _scope(connection, actor)
    row = await READ_CASES.first(connection, application_id, applied_by, organisation, None, 1)
    if row is None:
        raise ChildApplicationNotFound
    return case_of_row(row, actor=actor, now=now)


async def require_own(
    connection: Connection, application_id: ApplicationId, *, actor: Actor
) -> None:
    """Only who applied does something with an application, whatever colleagues may see."""
    await membership(connection, actor)
    row = await READ_CASES.first(connection, application_id, actor.id, None, None, 1)
    if row is None:
        raise ChildApplicationNotFound


def case_of_row(row: CaseRow, *, actor: Actor, now: datetime) -> ChildCase:
    today, pauses = day_of(now), PAUSES.decode(row.pauses)
    by = decide_by(day_of(row.received_at), pauses, today=today)
    return ChildCase(
        id=row.id,
        scheme=row.scheme,
        title=row.title,
        applied_by=row.applied_by_name,
        own=row.applied_by == actor.id,
        received_at=row.received_at,
        decide_by=by,
        overdue=row.decided_at is None and today > by,
        pauses=pauses,
        state=row.state,
        club=row.club,
        asked_cents=row.asked_cents,
        what_for=row.what_for or "",
        own_reference=row.own_reference or "",
        decided_at=row.decided_at,
        refusal=told_code(row.refusal),
        reason=row.reason or "" if row.refusal == "by-officer" else "",
        awarded_cents=row.awarded_cents,
        participation=row.participation,
        left_cents=None if row.released_at else row.left_cents,
        until=row.until,
        released_at=row.released_at,
    )


async def _scope(
    connection: Connection, actor: Actor
) -> tuple[LoginId | None, OrganisationId | None]:
    """Whose cases somebody sees: their own, or all of the organisation."""
    of = await membership(connection, actor)
    chosen = await read_municipality_settings(connection)
    if chosen.colleagues_see_applications:
        return None, of.organisation_id
    return LoginId(actor.id), None
