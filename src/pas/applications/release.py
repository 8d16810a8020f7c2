"""What happens to an award besides confirming: the rest is released, or it is bound to another club.

Releasing returns what is left to the appropriation at once; otherwise the daily lapse does so when the
award ends. An award that was released is not given again.
"""

import hashlib
from datetime import datetime
from typing import ClassVar, Final
from uuid import uuid4

import msgspec

from pas.applications.decide import AwardReasonMissing, ClubDoesNotJoin
from pas.applications.invite_club import club_facts
from pas.applications.open_cases import ChildApplicationNotFound
from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.permissions import Permission
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import AccountId, ApplicationId, EntryId, MerchantId, SchemeVersionId
from pas.ledger.fingerprint import encoded_field
from pas.money import NO_CENTS, Cents
from pas.schemes.stored import read_version_rows, version_of

PRINT: Final = b"pas release 1\x00"


class ClubHasNotAnswered(Refusal):
    """De club heeft nog niets laten weten."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Wacht op de club. Of bel de gemeente, die kan het wel."


class AwardReleased(Refusal):
    """Van deze toekenning is niets meer over."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "U hoeft niets meer te doen."


class HeldAward(msgspec.Struct, frozen=True):
    id: ApplicationId
    account_id: AccountId | None
    scheme_version_id: SchemeVersionId | None
    merchant_id: MerchantId
    participation: str | None
    released_at: datetime | None


class BalanceRow(msgspec.Struct, frozen=True):
    amount: Cents


class OutcomesRow(msgspec.Struct, frozen=True):
    outcomes: list[str]


LOCK: Final = Statement("SELECT FROM child_application WHERE id = $1 FOR UPDATE", None)
READ: Final = Statement(
    """
    SELECT a.id, b.account_id, b.scheme_version_id, a.merchant_id, a.participation, a.released_at
    FROM child_application a LEFT JOIN budget b ON b.application_id = a.id
    WHERE a.id = $1 AND a.state = 'awarded'
    """,
    HeldAward,
)
END_BUDGET: Final = Statement(
    """
    SELECT set_budget_usable(b.account_id, least(b.usable_from, $2::timestamptz), $2)
    FROM balance b WHERE b.account_id = $1 AND b.usable_until > $2
    """,
    None,
)
READ_LEFT: Final = Statement("SELECT amount FROM balance WHERE account_id = $1", BalanceRow)
LAPSE: Final = Statement("SELECT lapse_batch($1, $2, $3, $4, $5, $6, $7) AS outcomes", OutcomesRow)
SET_RELEASED: Final = Statement("UPDATE child_application SET released_at = $2 WHERE id = $1", None)
BIND: Final = Statement(
    """
    WITH bound AS (UPDATE budget SET merchant_id = $2 WHERE application_id = $1)
    UPDATE child_application SET merchant_id = $2, participation = NULL, participation_at = NULL WHERE id = $1
    """,
    None,
)


async def release(
    connection: Connection, application: ApplicationId, *, actor: Actor, now: datetime
) -> Cents:
    """Return what is left; whoever asked for it waits until the club has answered."""
    async with connection.transaction():
        held = await _held(connection, application)
        if held.released_at is not None or held.account_id is None:
            raise AwardReleased
        if held.participation is None and not actor.may(Permission.APPLICATIONS_DECIDE):
            raise ClubHasNotAnswered
        # Ending it locks it, so what is read after that is what is left, unless it had ended before.
        await END_BUDGET.run(connection, held.account_id, now)
        left = (await READ_LEFT.one(connection, held.account_id)).amount
        if left > 0:
            await _lapse(connection, held.account_id, left, actor=actor, now=now)
        await SET_RELEASED.run(connection, application, now)
        await record_event(
            connection,
            kind="child_application.released",
            subject_kind="child_application",
            subject_id=application,
            actor=actor,
            after={"amountCents": left},
        )
    return left


async def bind_elsewhere(
    connection: Connection,
    application: ApplicationId,
    club: MerchantId,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Let another club be the first payee: the first is full, or the child went elsewhere."""
    if not reason.strip():
        raise AwardReasonMissing
    async with connection.transaction():
        held = await _held(connection, application)
        if held.released_at is not None or held.account_id is None:
            raise AwardReleased
        if (await READ_LEFT.one(connection, held.account_id)).amount == NO_CENTS:
            raise AwardReleased
        assert held.scheme_version_id is not None, "of the same row as the account"
        (row,) = await read_version_rows(connection, version_id=held.scheme_version_id)
        stands = await club_facts(connection, club, version_of(row), now=now)
        if not stands.takes_part:
            raise ClubDoesNotJoin
        await BIND.run(connection, application, club)
        await record_event(
            connection,
            kind="child_application.bound",
            subject_kind="child_application",
            subject_id=application,
            actor=actor,
            before={"merchantId": str(held.merchant_id)},
            after={"merchantId": str(club)},
            reason=reason.strip(),
        )


async def _held(connection: Connection, application: ApplicationId) -> HeldAward:
    await LOCK.run(connection, application)
    found = await READ.first(connection, application)
    if found is None:
        raise ChildApplicationNotFound
    return found


async def _lapse(
    connection: Connection, account: AccountId, left: Cents, *, actor: Actor, now: datetime
) -> None:
    entry = EntryId(uuid4())
    print_ = hashlib.sha256(PRINT + b"".join(map(encoded_field, (entry, account, left)))).digest()
    row = await LAPSE.one(
        connection, [entry], [print_], [account], [left], now, actor.kind, actor.id
    )
    if row.outcomes != ["booked"]:  # the daily lapse was first
        raise AwardReleased
