"""What waits for an officer: oldest deadline first, with what is not known; and what is overdue.

An application that is overdue is in a list. It is never decided because time passed.
"""

from datetime import date, datetime
from typing import Final

import msgspec

from pas.applications.asked import AgreedHow
from pas.applications.cases import PAUSES, READ_CASES, CaseRow
from pas.applications.open_cases import ChildApplicationNotFound, State
from pas.applications.rules import ClockPause, Question, decide_by
from pas.auth.actor import Actor
from pas.auth.processing import note_processing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import ApplicationId, MerchantId, ResidentId

MOST_LISTED: Final = 200


class WaitingApplication(msgspec.Struct, frozen=True, rename="camel"):
    """One line of the queue."""

    id: ApplicationId
    title: str
    club: str
    organisation: str
    received_at: datetime
    decide_by: date
    state: State
    questions: list[Question]
    is_paused: bool


class ApplicationChild(msgspec.Struct, frozen=True, rename="camel"):
    """Who it is about: what was typed, or who was found; with the agreement of the parent."""

    resident_id: ResidentId | None
    given_name: str | None
    family_name: str | None
    birth_date: date | None
    postcode: str | None
    by_pass: bool
    agreed_by: str
    agreed_how: AgreedHow
    agreed_on: date
    club_email: str | None
    club_phone: str | None
    club_place: str | None


class ChildCandidate(msgspec.Struct, frozen=True, rename="camel"):
    """A resident who may be the child."""

    resident_id: ResidentId
    given_name: str
    family_name: str
    birth_date: date
    postcode: str | None


class Club(msgspec.Struct, frozen=True, rename="camel"):
    """A club that can be chosen."""

    id: MerchantId
    name: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One application as an officer decides on it."""

    row: CaseRow
    child: ApplicationChild
    candidates: list[ChildCandidate]
    pauses: list[ClockPause]
    decide_by: date
    overdue: bool


LIST: Final = Statement(
    """
    SELECT q.id, q.title, q.club, q.organisation, q.received_at, q.decide_by, q.state, q.questions, q.is_paused
    FROM (
        SELECT a.id, coalesce((SELECT v.title FROM scheme_version v WHERE v.scheme_id = a.scheme_id AND v.awarded_by = 'intermediary'
                ORDER BY v.valid_from DESC LIMIT 1), s.code) AS title,
            coalesce(m.name, a.club_name, '') AS club, o.name AS organisation, a.received_at, a.state, a.questions,
            (a.received_at AT TIME ZONE 'Europe/Amsterdam')::date + 21 + coalesce((
                SELECT sum(greatest(0, coalesce(p.until_on, $1::date) - p.from_on)) FROM child_application_pause p
                WHERE p.application_id = a.id), 0)::int AS decide_by,
            EXISTS (SELECT 1 FROM child_application_pause p WHERE p.application_id = a.id AND p.until_on IS NULL) AS is_paused
        FROM child_application a
        JOIN scheme s ON s.id = a.scheme_id
        JOIN organisation o ON o.id = a.organisation_id
        LEFT JOIN merchant m ON m.id = a.merchant_id
        WHERE a.decided_at IS NULL
    ) q
    WHERE NOT $2 OR q.decide_by < $1
    ORDER BY q.decide_by, q.received_at, q.id LIMIT $3 OFFSET $4
    """,
    WaitingApplication,
)
READ_CHILD: Final = Statement(
    """
    SELECT a.resident_id, coalesce(a.given_name, v.given_name) AS given_name, coalesce(a.family_name, v.family_name) AS family_name,
        coalesce(a.birth_date, v.birth_date) AS birth_date, coalesce(a.postcode, v.postcode) AS postcode,
        num_nonnulls(a.scanned_token, a.scanned_numbers) > 0 AS by_pass, a.agreed_by, a.agreed_how, a.agreed_on,
        a.club_email, a.club_phone, a.club_place
    FROM child_application a
    LEFT JOIN LATERAL (SELECT * FROM resident_version r WHERE r.resident_id = a.resident_id AND r.valid_from <= $2::date
        ORDER BY r.valid_from DESC LIMIT 1) v ON true
    WHERE a.id = $1
    """,
    ApplicationChild,
)
FIND_CANDIDATES: Final = Statement(
    """
    SELECT v.resident_id, v.given_name, v.family_name, v.birth_date, v.postcode
    FROM child_application a
    JOIN resident_version v ON v.birth_date = a.birth_date
        AND (lower(v.family_name) = lower(a.family_name) OR v.postcode = a.postcode OR lower(v.given_name) = lower(a.given_name))
    WHERE a.id = $1 AND a.resident_id IS NULL AND v.valid_from <= $2::date
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
            AND n.valid_from > v.valid_from AND n.valid_from <= $2)
    UNION
    SELECT v.resident_id, v.given_name, v.family_name, v.birth_date, v.postcode
    FROM child_application a
    JOIN card c ON c.token_hash = a.scanned_token OR c.number_hash = ANY (a.scanned_numbers)
    JOIN managing_adult g ON g.adult_id = c.resident_id AND g.valid_from <= $2 AND (g.valid_until IS NULL OR g.valid_until > $2)
    JOIN resident_version v ON v.resident_id = g.child_id
    WHERE a.id = $1 AND a.resident_id IS NULL AND v.valid_from <= $2
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
            AND n.valid_from > v.valid_from AND n.valid_from <= $2)
    ORDER BY family_name, given_name, resident_id LIMIT 20
    """,
    ChildCandidate,
)
FIND_CLUBS: Final = Statement(
    """
    SELECT m.id, m.name FROM merchant m
    WHERE m.state = 'approved' AND m.kind = 'regular' AND position(lower($1) IN lower(m.name)) > 0
        AND EXISTS (SELECT 1 FROM agreement a JOIN scheme_version v ON a.category = ANY (v.categories)
            JOIN scheme s ON s.id = v.scheme_id AND s.code = $2
            WHERE a.merchant_id = m.id AND a.valid_from <= $3::date AND (a.valid_until IS NULL OR a.valid_until > $3)
                AND ($4::text IS NULL OR a.category = $4))
    ORDER BY lower(m.name), m.id LIMIT $5
    """,
    Club,
)


async def list_waiting(
    connection: Connection,
    *,
    only_overdue: bool = False,
    offset: int = 0,
    limit: int = MOST_LISTED,
    now: datetime,
) -> list[WaitingApplication]:
    """Everything that is not decided, the oldest deadline first."""
    most = max(1, min(limit, MOST_LISTED))
    return await LIST.all(connection, day_of(now), only_overdue, most, offset)


async def show_case(
    connection: Connection, application_id: ApplicationId, *, actor: Actor, now: datetime
) -> Shown:
    """One application; whoever is in it is noted in the processing log."""
    row = await READ_CASES.first(connection, application_id, None, None, None, 1)
    if row is None:
        raise ChildApplicationNotFound
    today = day_of(now)
    async with connection.transaction():
        child = await READ_CHILD.one(connection, application_id, today)
        found = await FIND_CANDIDATES.all(connection, application_id, today)
        about = [one.resident_id for one in found]
        if child.resident_id is not None:
            about.append(child.resident_id)
        await note_processing(connection, about, "application.shown", actor=actor, now=now)
    pauses = PAUSES.decode(row.pauses)
    by = decide_by(day_of(row.received_at), pauses, today=today)
    return Shown(
        row=row,
        child=child,
        candidates=found,
        pauses=pauses,
        decide_by=by,
        overdue=row.decided_at is None and today > by,
    )


async def find_clubs(
    connection: Connection,
    text: str,
    scheme: str,
    *,
    category: str | None = None,
    limit: int = 50,
    now: datetime,
) -> list[Club]:
    """Clubs that take part now, with an agreement for a scheme's purposes or one of these, by a part of their name."""
    most = max(1, min(limit, MOST_LISTED))
    return await FIND_CLUBS.all(connection, text.strip(), scheme, day_of(now), category, most)
