"""An officer decides what the rules could not: who the child is, award, refuse, or ask for more.

What the rules refuse on known facts nobody awards here: that takes a deviation, by two people. The scheme's
amount is the most, a child gets one award per purpose and period, and the club has to take part. Once what
was unknown is told, the rules are asked again at once.
"""

from datetime import datetime
from typing import ClassVar

from pas.applications.invite_club import club_facts
from pas.applications.judge import asked_before, case_of, judge_one, look, retried, todays_ground
from pas.applications.open_cases import FIND_CHILD, SET_CLUB, OpenCase, held_case
from pas.applications.purposes import Purpose, purpose_of
from pas.applications.rules import RefusalCode, Refused, amount_of
from pas.applications.verdicts import write_award, write_refusal, write_withdrawal
from pas.applications.words import OFFICER_REFUSALS
from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.processing import note_processing
from pas.days import day_of
from pas.db import Connection
from pas.errors import Refusal
from pas.grants.award import period_of
from pas.grants.deviation_decision import Case
from pas.grants.ground import Ground
from pas.grants.overspending import watch_overspending
from pas.ids import ApplicationId, MerchantId, ResidentId
from pas.money import Cents, euros


class ChildNotFound(Refusal):
    """Wij weten nog niet om welk kind het gaat."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Zoek het kind op in het register en kies het hier."


class AlreadyRequested(Refusal):
    """Voor dit kind is dit al aangevraagd."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Wijs deze aanvraag af. Of kies een ander kind."


class RulesRefuse(Refusal):
    """De regels wijzen deze aanvraag af."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Wijs de aanvraag af. Vindt u dat onredelijk? Stel een afwijking voor."
    )


class ClubDoesNotJoin(Refusal):
    """Deze club doet hier nu niet aan mee."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kies een andere club. Of laat de club eerst goedkeuren."


class AboveTheAward(Refusal):
    """Dit bedrag is hoger dan de regeling geeft."""

    next_step: ClassVar[str] = "Vul een lager bedrag in."


class AwardReasonMissing(Refusal):
    """Er staat nog geen reden bij."""

    next_step: ClassVar[str] = "Schrijf in één zin waarom u dit beslist."


async def name_child(
    connection: Connection,
    application_id: ApplicationId,
    resident: ResidentId,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Say which child it is; what was typed is forgotten, and the rules are asked again."""
    ground = await todays_ground(connection, now)
    async with connection.transaction():
        held = await held_case(connection, application_id)
        purpose = await _purpose(connection, held)
        case = await case_of(connection, resident, purpose, ground=ground)
        if case is None:
            raise ChildNotFound
        if await asked_before(connection, held, case):
            raise AlreadyRequested
        await FIND_CHILD.run(connection, held.id, resident, period_of(case, held.id))
        await note_processing(connection, [resident], "application.named", actor=actor, now=now)
        await record_step(connection, held, "child_named", actor=actor)
    await judge_again(connection, application_id, ground=ground, now=now)


async def choose_club(
    connection: Connection,
    application_id: ApplicationId,
    club: MerchantId,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Choose another club before the decision; one that takes part."""
    if not reason.strip():
        raise AwardReasonMissing
    ground = await todays_ground(connection, now)
    async with connection.transaction():
        held = await held_case(connection, application_id)
        purpose = await _purpose(connection, held)
        stands = await club_facts(connection, club, purpose.stored.version, now=now)
        if not stands.takes_part:
            raise ClubDoesNotJoin
        await SET_CLUB.run(connection, held.id, club)
        await record_step(
            connection,
            held,
            "club_chosen",
            actor=actor,
            after={"merchantId": str(club)},
            reason=reason.strip(),
        )
    await judge_again(connection, application_id, ground=ground, now=now)


async def award_by_officer(
    connection: Connection,
    application_id: ApplicationId,
    *,
    cents: Cents | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Award it, at most what the scheme gives, to a club that takes part."""
    if not reason.strip():
        raise AwardReasonMissing
    ground = await todays_ground(connection, now)

    async def once() -> bool:
        async with connection.transaction():
            held = await held_case(connection, application_id)
            case, club, amount = await _ready(connection, held, cents, ground=ground, now=now)
            await write_award(
                connection,
                held,
                case,
                cents=amount,
                club=club,
                reason=reason.strip(),
                actor=actor,
                now=now,
            )
        return True

    await retried(once)
    await watch_overspending(connection, year=ground.plan.year)


async def refuse_by_officer(
    connection: Connection,
    application_id: ApplicationId,
    code: RefusalCode,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    if not reason.strip():
        raise AwardReasonMissing
    async with connection.transaction():
        held = await held_case(connection, application_id)
        await write_refusal(connection, held, code, reason=reason.strip(), actor=actor, now=now)


async def withdraw(
    connection: Connection, application_id: ApplicationId, *, actor: Actor, now: datetime
) -> None:
    """The intermediary takes the application back, before it is decided."""
    async with connection.transaction():
        held = await held_case(connection, application_id)
        await write_withdrawal(connection, held, actor=actor, now=now)


async def _ready(
    connection: Connection,
    held: OpenCase,
    cents: Cents | None,
    *,
    ground: Ground,
    now: datetime,
) -> tuple[Case, MerchantId, Cents]:
    """Everything that an award needs, or the refusal that says what is missing."""
    looked = await look(connection, held, ground=ground, now=now)
    purpose = _in_force(looked.purpose)
    if held.resident_id is None or looked.case is None:
        raise ChildNotFound
    if isinstance(looked.verdict, Refused):
        if looked.verdict.code == "already-requested":
            raise AlreadyRequested
        raise RulesRefuse(f"{RulesRefuse.title()} {OFFICER_REFUSALS[looked.verdict.code]}")
    most = purpose.most_cents
    amount = amount_of(purpose.stored.version, held.asked_cents) if cents is None else cents
    if amount > most or amount <= 0:
        raise AboveTheAward(f"Vul een bedrag in van hoogstens {euros(most)}.")
    club = await club_facts(connection, held.merchant_id, purpose.stored.version, now=now)
    if held.merchant_id is None or not club.takes_part:
        raise ClubDoesNotJoin
    return looked.case, held.merchant_id, amount


async def judge_again(
    connection: Connection, application_id: ApplicationId, *, ground: Ground, now: datetime
) -> None:
    """Ask the rules, now that more is known; outside any transaction."""
    if await judge_one(connection, application_id, ground=ground, now=now):
        await watch_overspending(connection, year=ground.plan.year)


async def _purpose(connection: Connection, held: OpenCase) -> Purpose:
    return _in_force(await purpose_of(connection, held.scheme_id, day_of(held.received_at)))


def _in_force(found: Purpose | None) -> Purpose:
    if found is None:
        raise ChildNotFound("Deze regeling gold niet toen de aanvraag binnenkwam.")
    return found


async def record_step(
    connection: Connection,
    held: OpenCase,
    what: str,
    *,
    actor: Actor,
    after: dict[str, object] | None = None,
    reason: str | None = None,
) -> None:
    await record_event(
        connection,
        kind=f"child_application.{what}",
        subject_kind="child_application",
        subject_id=held.id,
        actor=actor,
        after=after,
        reason=reason,
    )
