"""Endpoints: what was decided about a person and why, in sentences a resident can read."""

from datetime import UTC, date, datetime, timedelta
from typing import Final, cast
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.processing import note_processing
from pas.auth.state import connected
from pas.days import day_of
from pas.grants.apply import household_of
from pas.grants.decide import Cause
from pas.grants.explain import HOW_TO_OBJECT, how_to_object, sentence
from pas.grants.facts import Decision, Outcome, Reason, Verdict
from pas.grants.ground import current_year
from pas.grants.routes.fields import YearAsked
from pas.grants.show_decision import WrittenDecision, all_decisions, decision_of_today
from pas.ids import DecisionId, HouseholdNumber, ResidentId, SchemeVersionId
from pas.money import BasisPoints, Cents
from pas.passes.cards import is_own
from pas.problems.bodies import AppRequest
from pas.residents.look_up import Look, ResidentUnknown, note_look

READ: Final = {"permission": Permission.DECISIONS_READ, "holder": True, "mandate": True}
RULES: Final = {"permission": Permission.DECISIONS_READ}
ONE_DAY: Final = timedelta(days=1)


class VerdictTold(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One scheme with its reason; ``sentence`` says it in words for the resident.

    Of what is held, income, limit, amount, period and version are those of the decision that granted
    it, on ``granted_on``.
    """

    scheme: str
    title: str
    version_id: SchemeVersionId
    outcome: Outcome
    reason: Reason
    sentence: str
    income: BasisPoints | None
    income_limit: BasisPoints | None
    amount_cents: Cents | None
    visits: int | None
    starts_on: date | None
    last_day: date | None
    granted_on: date | None
    granted_version: int | None
    granted_version_from: date | None


class DecisionTold(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One decision; without an id it is what the rules say now, and nothing is decided."""

    id: DecisionId | None
    resident_id: ResidentId
    household_number: HouseholdNumber
    year: int
    cause: Cause | None
    assessed_on: date
    decided_at: datetime | None
    object_until: date | None
    how_to_object: str
    verdicts: list[VerdictTold]


class Decisions(msgspec.Struct, frozen=True, rename="camel"):
    """What was decided, the newest first."""

    items: list[DecisionTold]


def verdict_told(one: Verdict) -> VerdictTold:
    before = one.granted
    facts = one if before is None else before.verdict
    award = facts.award
    return VerdictTold(
        scheme=one.scheme,
        title=one.title,
        version_id=facts.version,
        outcome=one.outcome,
        reason=one.reason,
        sentence=sentence(one),
        income=facts.income,
        income_limit=facts.limit,
        amount_cents=None if award is None else award.amount_cents,
        visits=None if award is None else award.visits,
        starts_on=None if award is None else award.starts_on,
        last_day=None if award is None else award.ends_on - ONE_DAY,
        granted_on=None if before is None else before.decided_on,
        granted_version=None if before is None else before.version,
        granted_version_from=None if before is None else before.valid_from,
    )


def decision_told(decision: Decision) -> DecisionTold:
    """Tell what the rules say, before it is written down."""
    return DecisionTold(
        id=None,
        resident_id=decision.resident,
        household_number=decision.household,
        year=decision.year,
        cause=None,
        assessed_on=decision.assessed_on,
        decided_at=None,
        object_until=None,
        how_to_object=HOW_TO_OBJECT,
        verdicts=[verdict_told(one) for one in decision.verdicts],
    )


def written_told(written: WrittenDecision, *, objection_weeks: int) -> DecisionTold:
    until = day_of(written.decided_at) + timedelta(weeks=objection_weeks)
    return msgspec.structs.replace(
        decision_told(written.decision),
        id=written.id,
        cause=written.cause,
        decided_at=written.decided_at,
        object_until=until,
        how_to_object=how_to_object(until),
    )


def look_of(request: AppRequest) -> Look:
    trace_id = cast("str", request.state.get("trace_id", ""))
    return Look(
        actor=actor_of(request), purpose="assessment", trace_id=trace_id, now=datetime.now(UTC)
    )


@get("/v1/{municipality:str}/residents/{resident_id:uuid}/decisions", opt=READ)
async def list_decisions_of_resident(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    year: YearAsked = 0,
) -> Decisions:
    """Lees wat er over iemand is besloten, waarom, en hoe bezwaar gaat.

    Een pashouder leest dat van zichzelf en van zijn kinderen.
    """
    who, look = ResidentId(resident_id), look_of(request)
    async with connected(request, municipality) as connection:
        if look.actor.kind == "holder" and not await is_own(
            connection, who, actor=look.actor, now=look.now
        ):
            raise ResidentUnknown
        weeks = (await read_municipality_settings(connection)).objection_weeks
        written = await all_decisions(connection, who, year=year or None)
        if look.actor.kind == "login":
            await note_look(connection, [who], look, what="decisions")
        elif look.actor.is_noted:
            actor, now = look.actor, look.now
            await note_processing(connection, [who], "decision.shown", actor=actor, now=now)
    return Decisions([written_told(one, objection_weeks=weeks) for one in written])


@get("/v1/{municipality:str}/residents/{resident_id:uuid}/decision-of-today", opt=RULES)
async def read_decision_of_today(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    year: YearAsked = 0,
) -> DecisionTold:
    """Lees wat de regels vandaag over iemand zeggen. Er wordt niets besloten."""
    who, look = ResidentId(resident_id), look_of(request)
    async with connected(request, municipality) as connection:
        wanted = year or await current_year(connection, look.now)
        household = await household_of(connection, who, now=look.now)
        today = await decision_of_today(
            connection, who, household, year=wanted, on=day_of(look.now)
        )
        await note_look(connection, [who], look, what="decisions")
    if today.decision is None:
        raise ResidentUnknown
    return decision_told(today.decision)


handlers: list[ControllerRouterHandler] = [list_decisions_of_resident, read_decision_of_today]
