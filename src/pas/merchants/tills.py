"""A till is renamed, limited, paused, started again, or revoked; revoked is for good and at once.

Every scan reads the till's state in its own statement, so a change works on the next scan.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import LocationId, MerchantId, TillId
from pas.merchants.locations import find_location
from pas.merchants.model import PausedBy, SaleLimit, Till, TillName
from pas.merchants.rules import pauser_after, refuse_pausing, refuse_resuming
from pas.merchants.stored import read_merchant
from pas.merchants.values import tidy

STOPS_COUNT_FOR: Final = timedelta(days=1)


class TillNotFound(Refusal):
    """Deze kassa is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een kassa uit de lijst."


class TillChange(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"
):
    """What of a till can be set; a limit of None is no limit."""

    name: TillName
    location_id: LocationId | None = None
    sale_limit_cents: SaleLimit | None = None


class Stops(msgspec.Struct, frozen=True):
    """How often the program stopped a till lately."""

    stops: int


READ_TILL: Final = Statement(
    """
    SELECT id, kind, merchant_id, location_id, login_id, name, state, state_since, paused_by,
        pairing_until, paired_at, sale_limit_cents, paused_because
    FROM till WHERE id = $1
    """,
    Till,
)
LOCK_TILL: Final = Statement(
    """
    SELECT id, kind, merchant_id, location_id, login_id, name, state, state_since, paused_by,
        pairing_until, paired_at, sale_limit_cents, paused_because
    FROM till WHERE id = $1 FOR NO KEY UPDATE
    """,
    Till,
)
READ_TILLS: Final = Statement(
    """
    SELECT id, kind, merchant_id, location_id, login_id, name, state, state_since, paused_by,
        pairing_until, paired_at, sale_limit_cents, paused_because
    FROM till WHERE merchant_id = $1 ORDER BY state = 'revoked', name, id
    """,
    Till,
)
READ_BOUND_TILLS: Final = Statement(
    """
    SELECT id, kind, merchant_id, location_id, login_id, name, state, state_since, paused_by,
        pairing_until, paired_at, sale_limit_cents, paused_because
    FROM till WHERE merchant_id IS NULL ORDER BY state = 'revoked', name, id LIMIT 1000
    """,
    Till,
)
SET_STATE: Final = Statement(
    "UPDATE till SET state = $2, state_since = $3, paused_by = $4, paused_because = $5 WHERE id = $1",
    None,
)
COUNT_STOPS: Final = Statement(
    """
    SELECT count(*) AS stops FROM event e
    WHERE e.subject_kind = 'till' AND e.subject_id = $1 AND e.recorded_at > $2
        AND e.kind = 'till.paused' AND e.actor_kind = 'till'
    """,
    Stops,
)
CHANGE_TILL: Final = Statement(
    "UPDATE till SET name = $2, location_id = $3, sale_limit_cents = $4 WHERE id = $1", None
)


async def read_till(connection: Connection, till_id: TillId, *, actor: Actor) -> Till:
    """Somebody of another merchant hears that it is not there."""
    return _visible(await READ_TILL.first(connection, till_id), actor)


async def lock_till(connection: Connection, till_id: TillId, *, actor: Actor) -> Till:
    return _visible(await LOCK_TILL.first(connection, till_id), actor)


async def list_tills(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor
) -> list[Till]:
    """The tills of a merchant, the revoked ones last."""
    await read_merchant(connection, merchant_id, actor=actor)
    return await READ_TILLS.all(connection, merchant_id)


async def list_bound_tills(connection: Connection, *, actor: Actor) -> list[Till]:
    """The tills of intermediaries and counters; nobody of a merchant sees them."""
    return [] if actor.merchant_id is not None else await READ_BOUND_TILLS.all(connection)


async def change_till(
    connection: Connection, till_id: TillId, change: TillChange, *, actor: Actor
) -> Till:
    async with connection.transaction():
        stored = await lock_till(connection, till_id, actor=actor)
        if change.location_id is not None:
            if stored.merchant_id is None:
                raise TillNotFound
            await find_location(connection, stored.merchant_id, change.location_id)
        after = msgspec.structs.replace(
            stored,
            name=tidy(change.name) or stored.name,
            location_id=change.location_id,
            sale_limit_cents=change.sale_limit_cents,
        )
        if after != stored:
            await CHANGE_TILL.run(
                connection, till_id, after.name, after.location_id, after.sale_limit_cents
            )
            await _record(connection, stored, after, kind="till.changed", actor=actor)
    return after


async def pause_till(
    connection: Connection,
    till_id: TillId,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> Till:
    """Let it scan no more for now; the reason is told to its cashier."""
    async with connection.transaction():
        stored = await lock_till(connection, till_id, actor=actor)
        refuse_pausing(stored.state)
        paused_by = pauser_after(stored.paused_by, _pauser(actor))
        since = stored.state_since if stored.state == "paused" else now
        is_ours, is_new = paused_by == _pauser(actor), paused_by != stored.paused_by
        earlier = None if is_new else stored.paused_because
        after = msgspec.structs.replace(
            stored,
            state="paused",
            state_since=since,
            paused_by=paused_by,
            paused_because=(reason or earlier) if is_ours else earlier,
        )
        await _set(connection, stored, after, actor=actor, reason=reason)
    return after


async def resume_till(
    connection: Connection, till_id: TillId, *, actor: Actor, now: datetime
) -> Till:
    """Let it scan again; a merchant cannot undo a pause of the municipality."""
    async with connection.transaction():
        stored = await lock_till(connection, till_id, actor=actor)
        lately = await COUNT_STOPS.one(connection, till_id, now - STOPS_COUNT_FOR)
        refuse_resuming(stored.state, stored.paused_by, _pauser(actor), stops=lately.stops)
        since = stored.state_since if stored.state == "active" else now
        after = msgspec.structs.replace(
            stored, state="active", state_since=since, paused_by=None, paused_because=None
        )
        await _set(connection, stored, after, actor=actor, reason=None)
    return after


async def revoke_till(
    connection: Connection,
    till_id: TillId,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> Till:
    """Switch it off for good, from the next scan on; a code that waits is worth nothing."""
    async with connection.transaction():
        stored = await lock_till(connection, till_id, actor=actor)
        since = stored.state_since if stored.state == "revoked" else now
        after = msgspec.structs.replace(
            stored, state="revoked", state_since=since, paused_by=None, paused_because=None
        )
        await _set(connection, stored, after, actor=actor, reason=reason)
    return after


async def _set(
    connection: Connection, before: Till, after: Till, *, actor: Actor, reason: str | None
) -> None:
    if before == after:
        return
    row = (after.state, after.state_since, after.paused_by, after.paused_because)
    await SET_STATE.run(connection, before.id, *row)
    kind = "till.resumed" if after.state == "active" else f"till.{after.state}"
    await _record(connection, before, after, kind=kind, actor=actor, reason=reason)


async def _record(
    connection: Connection,
    before: Till,
    after: Till,
    *,
    kind: str,
    actor: Actor,
    reason: str | None = None,
) -> None:
    await record_event(
        connection,
        kind=kind,
        subject_kind="till",
        subject_id=before.id,
        actor=actor,
        before=before,
        after=after,
        reason=reason,
    )


def _visible(till: Till | None, actor: Actor) -> Till:
    if till is None or (actor.merchant_id is not None and till.merchant_id != actor.merchant_id):
        raise TillNotFound
    return till


def _pauser(actor: Actor) -> PausedBy:
    if actor.kind != "login":
        return "program"
    return "municipality" if actor.merchant_id is None else "merchant"
