"""A voucher is proposed by one of the team and confirmed by a colleague: never by one person alone.

The pot is closed: when it is empty a voucher is refused while it is confirmed, also when two confirm at
the same moment.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.applications.judge import retried, todays_ground
from pas.applications.organisations import team_of
from pas.applications.purposes import Purpose
from pas.applications.vouchers import VoucherNotFound, team_purposes
from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.auth.municipality_settings import read_municipality_settings
from pas.days import day_of, start_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.award import Bearing, award_bearer
from pas.grants.deviation_decision import PotIsEmpty
from pas.grants.ground import Ground
from pas.ids import LoginId, OrganisationId, ResidentId, SchemeId, VoucherId
from pas.money import Cents, euros
from pas.passes.codes import Draw
from pas.passes.make_cards import NewCard, Press, make_card


class VoucherWrong(Refusal):
    """Deze bon klopt nog niet."""

    next_step: ClassVar[str] = "Verbeter wat wij noemen en probeer het opnieuw."


class VoucherJudged(Refusal):
    """Over deze bon is al beslist."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Bekijk de bon opnieuw. Stel anders een nieuwe bon voor."


class TeamColleagueNeeded(Refusal):
    """U kunt uw eigen bon niet bevestigen."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega van uw team."


class TeamPotEmpty(Refusal):
    """In de pot van het wijkteam zit niet genoeg geld."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Stel een lager bedrag voor. Of vraag de gemeente om geld bij te zetten."
    )


class VoucherIdTaken(Refusal):
    """Dit nummer hoort bij een andere bon."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Begin opnieuw met een nieuwe bon."


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher to be; the id is made by whoever sends it. ``what_for`` names no child."""

    id: VoucherId
    scheme: str
    category: str
    amount_cents: Cents
    what_for: str
    no_other_provision: bool


class HeldVoucher(msgspec.Struct, frozen=True):
    id: VoucherId
    organisation_id: OrganisationId
    scheme_id: SchemeId
    category: str
    amount_cents: Cents
    what_for: str
    proposed_by: LoginId
    judged: bool


INSERT: Final = Statement(
    """
    INSERT INTO voucher (id, organisation_id, scheme_id, category, amount_cents, what_for, no_other_provision,
        proposed_at, proposed_by)
    VALUES ($1, $2, $3, $4, $5, $6, true, $7, $8) ON CONFLICT DO NOTHING
    """,
    None,
)
READ_HELD: Final = Statement(
    """
    SELECT v.id, v.organisation_id, v.scheme_id, v.category, v.amount_cents, v.what_for, v.proposed_by,
        v.confirmed_at IS NOT NULL OR v.rejected_at IS NOT NULL AS judged
    FROM voucher v WHERE v.id = $1 FOR UPDATE
    """,
    HeldVoucher,
)
CONFIRM: Final = Statement(
    "UPDATE voucher SET confirmed_at = $2, confirmed_by = $3, card_id = $4, expires_on = $5 WHERE id = $1",
    None,
)
REJECT: Final = Statement(
    "UPDATE voucher SET rejected_at = $2, rejected_by = $3, rejected_because = $4 WHERE id = $1",
    None,
)


async def propose_voucher(
    connection: Connection, proposal: Proposal, *, actor: Actor, now: datetime
) -> None:
    """Put a voucher to a colleague; the same again is the same."""
    team = await team_of(connection, actor)
    purpose = await _purpose(connection, proposal, now=now)
    async with connection.transaction():
        known = await READ_HELD.first(connection, proposal.id)
        if known is not None:
            return _refuse_other(known, proposal, purpose.scheme_id, actor=actor)
        await INSERT.run(
            connection,
            *(proposal.id, team.organisation_id, purpose.scheme_id, proposal.category),
            *(proposal.amount_cents, proposal.what_for.strip(), now, actor.id),
        )
        await _record(connection, "proposed", proposal.id, actor=actor)
    return None


async def confirm_voucher(
    connection: Connection,
    voucher: VoucherId,
    *,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
    draw: Draw | None = None,
) -> None:
    """Let a colleague of the same team make it so: money from the pot, and a code to spend it."""
    ground = await todays_ground(connection, now)
    press = Press(ring) if draw is None else Press(ring, draw)

    async def once() -> bool:
        async with connection.transaction():
            held = await _held(connection, voucher, actor=actor)
            if held.proposed_by == actor.id:
                raise TeamColleagueNeeded
            await _make(connection, held, ground=ground, press=press, actor=actor, now=now)
            await _record(connection, "confirmed", voucher, actor=actor)
        return True

    await retried(once)


async def reject_voucher(
    connection: Connection, voucher: VoucherId, because: str, *, actor: Actor, now: datetime
) -> None:
    """Turn it down, or take one's own proposal back."""
    async with connection.transaction():
        held = await _held(connection, voucher, actor=actor)
        await REJECT.run(connection, held.id, now, actor.id, because)
        await _record(connection, "rejected", voucher, actor=actor, reason=because)


async def _make(
    connection: Connection,
    held: HeldVoucher,
    *,
    ground: Ground,
    press: Press,
    actor: Actor,
    now: datetime,
) -> None:
    code = next((code for code, id_ in ground.scheme_ids.items() if id_ == held.scheme_id), "")
    stored = next((one for one in ground.plan.schemes if one.version.code == code), None)
    if stored is None or not ground.pots[code].closed:
        raise VoucherWrong("Deze regeling geldt nu niet, of is geen pot op zichzelf.")
    days = (await read_municipality_settings(connection)).voucher_days
    until = day_of(now) + timedelta(days=days)
    bearing = Bearing(
        stored=stored, category=held.category, amount_cents=held.amount_cents, until=until
    )
    try:
        bearer: ResidentId = await award_bearer(connection, ground, bearing, actor=actor, now=now)
    except PotIsEmpty:
        raise TeamPotEmpty from None
    new = NewCard(form="voucher", state="active", expires_at=start_of(until))
    card = await make_card(connection, bearer, new, press=press, now=now)
    await CONFIRM.run(connection, held.id, now, actor.id, card.card_id, until)


async def _purpose(connection: Connection, proposal: Proposal, *, now: datetime) -> Purpose:
    """The scheme of a proposal, or everything that is wrong with it."""
    known = await team_purposes(connection, now=now)
    purpose = next((one for one in known if one.code == proposal.scheme), None)
    if purpose is None:
        raise VoucherWrong("Deze regeling is nu niet voor bonnen van het wijkteam.")
    faults: list[str] = []
    if proposal.category not in purpose.stored.version.categories:
        faults.append("Kies waarvoor de bon is.")
    if not 0 < proposal.amount_cents <= purpose.most_cents:
        faults.append(f"Vul een bedrag in van hoogstens {euros(purpose.most_cents)}.")
    if not proposal.what_for.strip():
        faults.append("Schrijf op wat er nodig is, zonder naam.")
    if not proposal.no_other_provision:
        faults.append("Een bon is er alleen als er niets anders is.")
    if faults:
        raise VoucherWrong(" ".join(faults))
    return purpose


async def _held(connection: Connection, voucher: VoucherId, *, actor: Actor) -> HeldVoucher:
    """Hold a voucher of one's own team that nobody decided on; another team's is not there."""
    team = await team_of(connection, actor)
    found = await READ_HELD.first(connection, voucher)
    if found is None or found.organisation_id != team.organisation_id:
        raise VoucherNotFound
    if found.judged:
        raise VoucherJudged
    return found


def _refuse_other(
    known: HeldVoucher, proposal: Proposal, scheme: SchemeId, *, actor: Actor
) -> None:
    same = (known.proposed_by, known.scheme_id, known.category, known.amount_cents, known.what_for)
    by: UUID = actor.id
    sent = (by, scheme, proposal.category, proposal.amount_cents, proposal.what_for.strip())
    if same != sent:
        raise VoucherIdTaken


async def _record(
    connection: Connection,
    what: str,
    voucher: VoucherId,
    *,
    actor: Actor,
    reason: str | None = None,
) -> None:
    await record_event(
        connection,
        kind=f"voucher.{what}",
        subject_kind="voucher",
        subject_id=voucher,
        actor=actor,
        reason=reason,
    )
