"""What a deviation comes down to: the person's decision, in which one scheme is set against the rule."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from pas.auth.actor import Actor
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.decide import read_for, write_decisions
from pas.grants.facts import (
    Award,
    Decision,
    EarlierGrant,
    PersonFacts,
    Reason,
    Verdict,
    Without,
    outcome_of,
)
from pas.grants.grant import lock_grants
from pas.grants.ground import Ground
from pas.grants.plan import award, claims_held, claims_of
from pas.grants.pots import assess_within
from pas.grants.preconditions import means_of, need_of
from pas.grants.read_households import Known
from pas.ids import DecisionId, HouseholdNumber, ResidentId, SchemeVersionId
from pas.money import Cents
from pas.schemes.model import InKind, SchemeVersion, Visits


class VersionNotInForce(Refusal):
    """Deze regeling geldt nu niet."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kies de versie van de regeling die nu geldt."


class ResidentNotHere(Refusal):
    """Deze persoon woont niet in de gemeente."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Controleer de gegevens van deze persoon."


class SchemeGrantedBefore(Refusal):
    """Deze regeling is al toegekend."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Een toekenning blijft staan. Kies een andere regeling."


class PotIsEmpty(Refusal):
    """In deze pot zit niet genoeg geld."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Vraag financiën om geld bij te zetten."


class AmountDoesNotFit(Refusal):
    """Bij deze regeling hoort geen eigen bedrag."""

    next_step: ClassVar[str] = "Laat het bedrag leeg."


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A person, a scheme, and what was decided about them before."""

    ground: Ground
    known: Known
    refused: Without
    person: PersonFacts
    version_id: SchemeVersionId
    version: SchemeVersion
    award: Award

    @property
    def is_granted(self) -> bool:
        """What is on the pass of who died or left is of no use to the others, so it may be granted again."""
        facts, period = self.known.facts, self.award.period_key
        claims = claims_of(self.version, facts, self.person, period_key=period)
        held = claims_held(facts, self.known.earlier, on=self.ground.days.on)
        return not held.isdisjoint(claims)


class _Home(msgspec.Struct, frozen=True):
    household_number: HouseholdNumber


READ_HOME: Final = Statement(
    """
    SELECT household_number FROM resident_version
    WHERE resident_id = $1 AND valid_from <= $2 ORDER BY valid_from DESC LIMIT 1
    """,
    _Home,
)


async def find_case(
    connection: Connection,
    ground: Ground,
    resident: ResidentId,
    *,
    version: SchemeVersionId,
) -> Case:
    """Read the facts; raises VersionNotInForce or ResidentNotHere."""
    stored = next((one for one in ground.plan.schemes if one.id == version), None)
    if stored is None:
        raise VersionNotInForce
    home = await READ_HOME.first(connection, resident, ground.days.on)
    if home is None:
        raise ResidentNotHere
    found = await read_for(connection, ground, [home.household_number])
    (known,) = found.known
    person = next(one for one in known.facts.members if one.resident == resident)
    if person.is_gone(ground.days.on):
        raise ResidentNotHere
    return Case(
        ground=ground,
        known=known,
        refused=found.refused,
        person=person,
        version_id=version,
        version=stored.version,
        award=award(stored.version, known.facts, person, plan=ground.plan),
    )


def refuse_impossible(
    case: Case, *, effect: Literal["grant", "refuse"], amount_cents: Cents | None
) -> None:
    """Refuse what could not be confirmed either."""
    if case.is_granted:
        raise SchemeGrantedBefore
    counted = isinstance(case.version.allowance, Visits | InKind)
    if amount_cents is not None and (counted or effect == "refuse"):
        raise AmountDoesNotFit


async def decide_grant(
    connection: Connection,
    case: Case,
    *,
    amount_cents: Cents | None,
    cause: Literal["deviation", "objection"],
    actor: Actor,
    now: datetime,
) -> DecisionId:
    """Grant one scheme against the rule; raises PotIsEmpty or SchemeGrantedBefore."""
    pots = await lock_grants(connection, case.ground)
    case = await find_case(connection, case.ground, case.person.resident, version=case.version_id)
    refuse_impossible(case, effect="grant", amount_cents=amount_cents)
    given = msgspec.structs.replace(
        case.award, amount_cents=amount_cents or case.award.amount_cents
    )
    if pots.get(case.version.code, given.amount_cents) < given.amount_cents:
        raise PotIsEmpty
    if case.version.code in pots:
        pots[case.version.code] = Cents(pots[case.version.code] - given.amount_cents)
    verdict = _verdict(case, "granted-by-deviation", given)
    return await _write(connection, case, (verdict, pots), cause=cause, actor=actor, now=now)


async def decide_refusal(
    connection: Connection,
    case: Case,
    *,
    amount_cents: Cents | None,
    cause: Literal["deviation", "objection"],
    actor: Actor,
    now: datetime,
) -> DecisionId:
    """Refuse one scheme against the rule, for this year; raises SchemeGrantedBefore."""
    pots = await lock_grants(connection, case.ground)
    case = await find_case(connection, case.ground, case.person.resident, version=case.version_id)
    refuse_impossible(case, effect="refuse", amount_cents=amount_cents)
    verdict = _verdict(case, "refused-by-deviation", None)
    return await _write(connection, case, (verdict, pots), cause=cause, actor=actor, now=now)


async def _write(
    connection: Connection,
    case: Case,
    given: tuple[Verdict, dict[str, Cents]],
    *,
    cause: Literal["deviation", "objection"],
    actor: Actor,
    now: datetime,
) -> DecisionId:
    """Write the person's one decision: this verdict, and by the rules every other scheme."""
    verdict, pots = given
    decisions = assess_within(
        case.known.facts,
        case.ground.plan,
        (*case.known.earlier, *_as_held(case, verdict)),
        pots=pots,
        refused=case.refused | {(case.person.resident, case.version.code)},
    )
    mine = next(one for one in decisions if one.resident == case.person.resident)
    verdicts = tuple(verdict if one.version == case.version_id else one for one in mine.verdicts)
    decision = Decision(
        resident=mine.resident,
        household=mine.household,
        year=mine.year,
        assessed_on=mine.assessed_on,
        effective_on=mine.effective_on,
        verdicts=verdicts,
    )
    done = await write_decisions(
        connection,
        case.ground,
        ((case.known.facts,), [decision]),
        cause=cause,
        actor=actor,
        now=now,
    )
    (decided,) = done.decided
    assert decided.id is not None, "a deviation is news"
    return decided.id


def _as_held(case: Case, verdict: Verdict) -> Sequence[EarlierGrant]:
    """What is granted here bears on the other schemes as if it was there already."""
    given = verdict.award
    if given is None:
        return ()
    return (
        EarlierGrant(
            version=case.version,
            resident=case.person.resident,
            claim_key=given.claim_key,
            period_key=given.period_key,
            starts_on=given.starts_on,
            ends_on=given.ends_on,
        ),
    )


def _verdict(case: Case, reason: Reason, given: Award | None) -> Verdict:
    need = need_of(case.version, means_of(case.person, case.ground.plan.effective_on))
    return Verdict(
        scheme=case.version.code,
        title=case.version.title,
        version=case.version_id,
        outcome=outcome_of(reason),
        reason=reason,
        income=None if given else case.known.facts.income,
        limit=None if given else case.version.income_limit,
        condition=need.what if given and need else "",
        award=given,
    )
