"""An award: one scheme granted because somebody asked or a team decided, outside the yearly assessment.

It is written as every grant is, by the common road and under the same locks; what is its own is that
the money can be bound to one merchant, and ends on a day of the award. The person's decision repeats
what was decided about the other schemes and grants none of them: that is for the assessment.

A bearer is a resident of whom nothing is known: whoever holds the voucher has its pass.
"""

from datetime import date, datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from pas.auth.actor import Actor
from pas.auth.processing import note_processing
from pas.db import Connection, Statement
from pas.grants import periods
from pas.grants.decide import WRITE_DECISIONS
from pas.grants.deviation_decision import Case, PotIsEmpty, SchemeGrantedBefore, find_case
from pas.grants.facts import Award, Reason, Verdict, outcome_of
from pas.grants.grant import Wanted, lock_grants, write_grants
from pas.grants.ground import Ground
from pas.grants.plan import claims_held, claims_of
from pas.grants.pots import assess_within
from pas.grants.preconditions import means_of, need_of
from pas.ids import (
    ApplicationId,
    DecisionId,
    HouseholdNumber,
    MerchantId,
    ResidentId,
    uuid7,
)
from pas.money import Cents
from pas.passes.issue import WantedPass, issue_passes
from pas.schemes.model import StoredVersion

INSERT_BEARER: Final = Statement("INSERT INTO resident (id, person_number) VALUES ($1, $2)", None)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """For which application, how much, until when (that day not included), and where at first."""

    application: ApplicationId
    amount_cents: Cents
    until: date
    merchant: MerchantId


class Bearing(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher to be: for one purpose of a scheme, how much, and until when."""

    stored: StoredVersion
    category: str
    amount_cents: Cents
    until: date


async def award_asked(
    connection: Connection, case: Case, asked: Asked, *, actor: Actor, now: datetime
) -> DecisionId:
    """Grant what was asked; raises PotIsEmpty, SchemeGrantedBefore, or GrantedElsewhere to try again."""
    pots = await lock_grants(connection, case.ground)
    case = await find_case(connection, case.ground, case.person.resident, version=case.version_id)
    given = _of_application(case, asked)
    case = replace(case, award=given)
    if case.is_granted:
        raise SchemeGrantedBefore
    _refuse_empty(pots, case.version.code, given.amount_cents)
    decision = await _decide(
        connection,
        case.ground,
        (case.person.resident, case.known.facts.number),
        verdicts=_verdicts(case, given, pots),
        actor=actor,
        now=now,
    )
    wanted = Wanted(
        decision=decision,
        resident=case.person.resident,
        household=case.known.facts.number,
        scheme=case.version.code,
        version=case.version_id,
        award=given,
        merchant=asked.merchant,
        application=asked.application,
    )
    await _write(connection, case.ground, wanted, actor=actor, now=now)
    return decision


async def award_bearer(
    connection: Connection, ground: Ground, bearing: Bearing, *, actor: Actor, now: datetime
) -> ResidentId:
    """Grant to whoever will hold the voucher; raises PotIsEmpty, or GrantedElsewhere to try again."""
    pots = await lock_grants(connection, ground)
    version = bearing.stored.version
    _refuse_empty(pots, version.code, bearing.amount_cents)
    bearer = ResidentId(uuid7())
    await INSERT_BEARER.run(connection, bearer, f"bearer-{bearer.hex}")
    number = HouseholdNumber(f"bearer-{bearer.hex}")
    given = Award(
        claim_key=f"resident:{bearer}",
        period_key=periods.ONCE,
        amount_cents=bearing.amount_cents,
        visits=None,
        starts_on=ground.plan.effective_on,
        ends_on=bearing.until,
        lapses_on=bearing.until,
    )
    verdict = _verdict(bearing.stored, "awarded-by-team", given)
    decision = await _decide(
        connection, ground, (bearer, number), verdicts=(verdict,), actor=actor, now=now
    )
    wanted = Wanted(
        decision=decision,
        resident=bearer,
        household=number,
        scheme=version.code,
        version=bearing.stored.id,
        award=given,
        category=bearing.category,
    )
    await _write(connection, ground, wanted, actor=actor, now=now)
    return bearer


def period_of(case: Case, application: ApplicationId) -> str:
    """The period in which a child can have this once."""
    of_its_own = case.version.period == "per_application"
    return f"application:{application}" if of_its_own else case.award.period_key


def is_held(case: Case, *, period_key: str) -> bool:
    """Whether the child has it already in the period, on the pass of somebody who is still here."""
    facts = case.known.facts
    claims = claims_of(case.version, facts, case.person, period_key=period_key)
    held = claims_held(facts, case.known.earlier, on=case.ground.days.on)
    return not held.isdisjoint(claims)


def until_of(case: Case, release_on: date) -> date:
    """Until when an award can be spent: lessons once per child as long as they last, else to the release."""
    if case.version.period != "once_per_child":
        return release_on
    return max(release_on, case.award.ends_on)


def _of_application(case: Case, asked: Asked) -> Award:
    return replace(
        case.award,
        period_key=period_of(case, asked.application),
        amount_cents=asked.amount_cents,
        ends_on=asked.until,
        lapses_on=asked.until,
    )


def _refuse_empty(pots: dict[str, Cents], code: str, cents: Cents) -> None:
    if pots.get(code, cents) < cents:
        raise PotIsEmpty
    if code in pots:
        pots[code] = Cents(pots[code] - cents)


def _verdicts(case: Case, given: Award, pots: dict[str, Cents]) -> tuple[Verdict, ...]:
    """This verdict, and of the other schemes whatever grants nothing now."""
    stored = StoredVersion(id=case.version_id, version=case.version)
    need = need_of(case.version, means_of(case.person, case.ground.plan.effective_on))
    verdict = replace(
        _verdict(stored, "awarded-on-application", given), condition=need.what if need else ""
    )
    decisions = assess_within(
        case.known.facts,
        case.ground.plan,
        case.known.earlier,
        pots=pots,
        refused=case.refused | {(case.person.resident, case.version.code)},
    )
    mine = next(one for one in decisions if one.resident == case.person.resident)
    return tuple(
        verdict if one.version == case.version_id else one
        for one in mine.verdicts
        if one.version == case.version_id or one.outcome != "granted"
    )


def _verdict(stored: StoredVersion, reason: Reason, given: Award) -> Verdict:
    return Verdict(
        scheme=stored.version.code,
        title=stored.version.title,
        version=stored.id,
        outcome=outcome_of(reason),
        reason=reason,
        award=given,
    )


async def _decide(
    connection: Connection,
    ground: Ground,
    of: tuple[ResidentId, HouseholdNumber],
    *,
    verdicts: tuple[Verdict, ...],
    actor: Actor,
    now: datetime,
) -> DecisionId:
    decision = DecisionId(uuid7())
    await WRITE_DECISIONS.run(
        connection,
        [decision],
        [of[0]],
        [of[1]],
        [msgspec.json.encode(verdicts).decode()],
        ["award"],
        ground.plan.year,
        ground.plan.assessed_on,
        now,
        actor.kind,
        actor.id,
    )
    await note_processing(connection, [of[0]], "grant.awarded", actor=actor, now=now)
    return decision


async def _write(
    connection: Connection, ground: Ground, wanted: Wanted, *, actor: Actor, now: datetime
) -> None:
    """Give the pass, if there is none this year, and the money."""
    plan = ground.plan
    ends_on = periods.pass_year(plan.calendar, plan.year).ends_on
    asked = WantedPass(wanted.resident, plan.year, plan.effective_on, ends_on)
    (issued,) = await issue_passes(connection, [asked], actor=actor)
    passes = {wanted.resident: issued.id}
    await write_grants(connection, [wanted], passes, ground=ground, actor=actor, now=now)
