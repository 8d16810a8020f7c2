"""Writes a decision down: the award with its budget at the first payee, or the refusal with its reason.

An application is decided once; the database refuses a second decision, whoever makes it.
"""

from datetime import datetime, timedelta
from typing import Final

from pas.applications.open_cases import END_PAUSE, OpenCase
from pas.applications.rules import RefusalCode
from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.processing import note_processing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.grants.award import Asked, award_asked, period_of, until_of
from pas.grants.deviation_decision import Case
from pas.ids import MerchantId
from pas.money import Cents

AWARD: Final = Statement(
    """
    UPDATE child_application SET state = 'awarded', decided_at = $2, decided_by = $3, reason = $4, awarded_cents = $5,
        budget_year = $6, resident_id = $7, period_key = $8, merchant_id = $9, questions = '{}', scanned_token = NULL,
        scanned_numbers = NULL, given_name = NULL, family_name = NULL, birth_date = NULL, postcode = NULL
    WHERE id = $1
    """,
    None,
)
REFUSE: Final = Statement(
    """
    UPDATE child_application SET state = 'refused', decided_at = $2, decided_by = $3, refusal = $4, reason = $5,
        questions = '{}', scanned_token = NULL, scanned_numbers = NULL, given_name = NULL, family_name = NULL,
        birth_date = NULL, postcode = NULL
    WHERE id = $1
    """,
    None,
)
WITHDRAW: Final = Statement(
    """
    UPDATE child_application SET state = 'withdrawn', decided_at = $2, decided_by = $3, questions = '{}',
        scanned_token = NULL, scanned_numbers = NULL, given_name = NULL, family_name = NULL, birth_date = NULL, postcode = NULL
    WHERE id = $1
    """,
    None,
)


async def write_award(
    connection: Connection,
    held: OpenCase,
    case: Case,
    *,
    cents: Cents,
    club: MerchantId,
    reason: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Grant it and close the application, in the transaction of the caller who holds it."""
    release_days = (await read_municipality_settings(connection)).award_release_days
    until = until_of(case, day_of(now) + timedelta(days=release_days))
    asked = Asked(application=held.id, amount_cents=cents, until=until, merchant=club)
    await award_asked(connection, case, asked, actor=actor, now=now)
    await AWARD.run(
        connection,
        *(held.id, now, actor.id, reason, cents, case.ground.plan.year),
        *(case.person.resident, period_of(case, held.id), club),
    )
    await END_PAUSE.run(connection, held.id, day_of(now))
    await record_event(
        connection,
        kind="child_application.awarded",
        subject_kind="child_application",
        subject_id=held.id,
        actor=actor,
        after={"awardedCents": cents, "merchantId": str(club), "until": until},
        reason=reason,
    )


async def write_refusal(
    connection: Connection,
    held: OpenCase,
    code: RefusalCode,
    *,
    reason: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Close the application with a reason, in the transaction of the caller who holds it."""
    await REFUSE.run(connection, held.id, now, actor.id, code, reason)
    await END_PAUSE.run(connection, held.id, day_of(now))
    if held.resident_id is not None:
        residents = [held.resident_id]
        await note_processing(connection, residents, "application.refused", actor=actor, now=now)
    await record_event(
        connection,
        kind="child_application.refused",
        subject_kind="child_application",
        subject_id=held.id,
        actor=actor,
        after={"refusal": code},
        reason=reason,
    )


async def write_withdrawal(
    connection: Connection, held: OpenCase, *, actor: Actor, now: datetime
) -> None:
    """Close the application because whoever asked it wants it no more."""
    await WITHDRAW.run(connection, held.id, now, actor.id)
    await END_PAUSE.run(connection, held.id, day_of(now))
    await record_event(
        connection,
        kind="child_application.withdrawn",
        subject_kind="child_application",
        subject_id=held.id,
        actor=actor,
    )
