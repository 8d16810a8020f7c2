"""The neighbourhood team's own pot: one proposes a voucher, a colleague confirms, anybody may bring it.

A voucher is for one purpose and is spent at once, by the ordinary scan of a till; what is left of it
returns to the pot. Nobody is registered as its holder, no receipt is asked. The pot is closed: when it is
empty a voucher is refused while it is confirmed, also when two confirm at the same moment.
"""

from datetime import date, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.applications.judge import retried, todays_ground
from pas.applications.organisations import team_of
from pas.applications.purposes import Purpose, purposes_on
from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.auth.municipality_settings import read_municipality_settings
from pas.days import day_of, start_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.award import Bearing, award_bearer
from pas.grants.deviation_decision import PotIsEmpty
from pas.grants.ground import Ground, current_year
from pas.ids import CardId, LoginId, OrganisationId, ResidentId, SchemeId, VoucherId
from pas.money import Cents, euros
from pas.passes.card_keys import CardCodes, open_codes
from pas.passes.codes import Draw
from pas.passes.make_cards import NewCard, Press, make_card

MOST_LISTED: Final = 200


class VoucherWrong(Refusal):
    """Deze bon klopt nog niet."""

    next_step: ClassVar[str] = "Verbeter wat wij noemen en probeer het opnieuw."


class VoucherNotFound(Refusal):
    """Deze bon is er niet bij uw team."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een bon uit de lijst."


class VoucherJudged(Refusal):
    """Over deze bon is al beslist."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Bekijk de bon opnieuw. Stel anders een nieuwe bon voor."


class ColleagueNeeded(Refusal):
    """U kunt uw eigen bon niet bevestigen."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega van uw team."


class TeamPotEmpty(Refusal):
    """In de pot van het wijkteam zit niet genoeg geld."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Stel een lager bedrag voor. Of vraag de gemeente om geld bij te zetten."
    )


class VoucherSpent(Refusal):
    """Deze bon is gebruikt of verlopen."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Stel een nieuwe bon voor als dat nodig is."


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


class HeldVoucher(msgspec.Struct, frozen=True):
    id: VoucherId
    organisation_id: OrganisationId
    scheme_id: SchemeId
    category: str
    amount_cents: Cents
    what_for: str
    proposed_by: LoginId
    judged: bool


class SealedRow(msgspec.Struct, frozen=True):
    card_id: CardId
    codes_encrypted: bytes | None


class PotRow(msgspec.Struct, frozen=True, rename="camel"):
    """What a team's pot still holds this year."""

    scheme: str
    title: str
    left_cents: Cents


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
CONFIRM: Final = Statement(
    "UPDATE voucher SET confirmed_at = $2, confirmed_by = $3, card_id = $4, expires_on = $5 WHERE id = $1",
    None,
)
REJECT: Final = Statement(
    "UPDATE voucher SET rejected_at = $2, rejected_by = $3, rejected_because = $4 WHERE id = $1",
    None,
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


async def propose_voucher(
    connection: Connection, proposal: Proposal, *, actor: Actor, now: datetime
) -> None:
    """Put a voucher to a colleague; the same again is the same."""
    team = await team_of(connection, actor)
    purpose = await _purpose(connection, proposal, now=now)
    async with connection.transaction():
        known = await READ_HELD.first(connection, proposal.id)
        if known is not None:
            return _refuse_other(known, proposal, actor)
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
                raise ColleagueNeeded
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


def _refuse_other(known: HeldVoucher, proposal: Proposal, actor: Actor) -> None:
    same = (known.proposed_by, known.category, known.amount_cents, known.what_for)
    mine: UUID = actor.id
    if same != (mine, proposal.category, proposal.amount_cents, proposal.what_for.strip()):
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
