"""What somebody chose to hear of a pass, and how; of a child's pass each parent for themselves.

Nobody has to choose: without a choice a letter comes before money lapses, and nothing else.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ResidentId
from pas.messages.model import CHANNELS, AfterSpending, BeforeLapse, Channel, Language
from pas.passes.cards import is_own
from pas.problems.refusals import NotFound


class AddressMissing(Refusal):
    """Wij weten nog niet waar uw berichten heen moeten."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Geef eerst uw e-mailadres of mobiele nummer op."


class Choice(msgspec.Struct, frozen=True):
    """What one person wants to hear of one pass."""

    after_spending: AfterSpending = "none"
    before_lapse: BeforeLapse = "post"


class Preference(msgspec.Struct, frozen=True):
    """How one person reads; no language means that nothing was chosen."""

    language: Language | None = None
    large_print: bool = False


class PreferenceRow(msgspec.Struct, frozen=True):
    resident_id: ResidentId
    language: Language | None
    large_print: bool


class ChannelRow(msgspec.Struct, frozen=True):
    channel: Channel


READ_CHOICE: Final = Statement(
    "SELECT after_spending, before_lapse FROM holder_choice WHERE holder_id = $1 AND recipient_id = $2",
    Choice,
)
LOCK_PERSON: Final = Statement(
    "SELECT id AS resident_id, NULL::text AS language, false AS large_print FROM resident WHERE id = $1 FOR NO KEY UPDATE",
    PreferenceRow,
)
WRITE_CHOICE: Final = Statement(
    """
    INSERT INTO holder_choice (holder_id, recipient_id, after_spending, before_lapse, changed_at, epoch)
    SELECT $1, $2, $3, $4, $5, max(number) FROM epoch
    ON CONFLICT (holder_id, recipient_id) DO UPDATE SET after_spending = $3, before_lapse = $4, changed_at = $5,
        epoch = CASE WHEN holder_choice.after_spending = 'none' THEN excluded.epoch ELSE holder_choice.epoch END,
        xid = CASE WHEN holder_choice.after_spending = 'none' THEN excluded.xid ELSE holder_choice.xid END
    """,
    None,
)
READ_PREFERENCES: Final = Statement(
    "SELECT resident_id, language, large_print FROM holder_preference WHERE resident_id = ANY ($1::uuid[])",
    PreferenceRow,
)
WRITE_PREFERENCE: Final = Statement(
    """
    INSERT INTO holder_preference (resident_id, language, large_print, changed_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (resident_id) DO UPDATE SET language = $2, large_print = $3, changed_at = $4
    """,
    None,
)
READ_PROVED: Final = Statement(
    "SELECT channel FROM holder_contact WHERE resident_id = $1 ORDER BY channel", ChannelRow
)


async def choices_of(
    connection: Connection, residents: Sequence[ResidentId]
) -> Mapping[ResidentId, Preference]:
    """How each of these people reads; who chose nothing gets Dutch, in the usual size."""
    rows = await READ_PREFERENCES.all(connection, residents)
    found = {row.resident_id: Preference(row.language, row.large_print) for row in rows}
    return {resident: found.get(resident, Preference()) for resident in residents}


async def read_choice(connection: Connection, holder: ResidentId, recipient: ResidentId) -> Choice:
    return await READ_CHOICE.first(connection, holder, recipient) or Choice()


async def proved_channels(connection: Connection, resident: ResidentId) -> frozenset[Channel]:
    """By which ways somebody can be reached: with an address that was proved to be theirs."""
    return frozenset(row.channel for row in await READ_PROVED.all(connection, resident))


async def choose(
    connection: Connection,
    holder: ResidentId,
    *,
    after_spending: AfterSpending | None = None,
    before_lapse: BeforeLapse | None = None,
    actor: Actor,
    now: datetime,
) -> Choice:
    """Set what the actor hears of this pass; what is None stays. Raises AddressMissing."""
    recipient = await refuse_stranger(connection, holder, actor=actor, now=now)
    async with connection.transaction():
        await LOCK_PERSON.first(connection, recipient)
        stored = await READ_CHOICE.first(connection, holder, recipient)
        before = stored or Choice()
        after = Choice(after_spending or before.after_spending, before_lapse or before.before_lapse)
        wanted = {after_spending, before_lapse} & set(CHANNELS)
        if not wanted <= await proved_channels(connection, recipient):
            raise AddressMissing
        # Who says what holds without a choice chose too: it stands beside that of another parent.
        if after != stored:
            await WRITE_CHOICE.run(
                connection, holder, recipient, after.after_spending, after.before_lapse, now
            )
            await _record(connection, holder, actor, before=before, after=after)
    return after


async def prefer(
    connection: Connection,
    *,
    language: Language | None = None,
    large_print: bool | None = None,
    actor: Actor,
    now: datetime,
) -> Preference:
    """Set how the actor reads; what is None stays as it was."""
    reader = ResidentId(actor.id)
    async with connection.transaction():
        await LOCK_PERSON.first(connection, reader)
        before = (await choices_of(connection, [reader]))[reader]
        after = Preference(
            language or before.language,
            before.large_print if large_print is None else large_print,
        )
        if after != before:
            await WRITE_PREFERENCE.run(connection, reader, after.language, after.large_print, now)
            await _record(connection, reader, actor, before=before, after=after)
    return after


async def refuse_stranger(
    connection: Connection, holder: ResidentId, *, actor: Actor, now: datetime
) -> ResidentId:
    """Give who chooses: the holder, or who manages that pass today. To others it is not there."""
    if not await is_own(connection, holder, actor=actor, now=now):
        raise NotFound
    return ResidentId(actor.id)


async def forget_channel(
    connection: Connection, recipient: ResidentId, channel: Channel, *, actor: Actor, now: datetime
) -> None:
    """After an address went: nothing is sent there any more, and a letter comes again before lapse."""
    await FALL_BACK.run(connection, recipient, channel, now)
    await record_event(
        connection,
        kind="contact.removed",
        subject_kind="resident",
        subject_id=recipient,
        actor=actor,
        before={"channel": channel},
    )


FALL_BACK: Final = Statement(
    """
    UPDATE holder_choice SET changed_at = $3,
        after_spending = CASE WHEN after_spending = $2 THEN 'none' ELSE after_spending END,
        before_lapse = CASE WHEN before_lapse = $2 THEN 'post' ELSE before_lapse END
    WHERE recipient_id = $1 AND $2 IN (after_spending, before_lapse)
    """,
    None,
)


async def _record(
    connection: Connection,
    subject: ResidentId,
    actor: Actor,
    *,
    before: msgspec.Struct,
    after: msgspec.Struct,
) -> None:
    await record_event(
        connection,
        kind="choice.changed",
        subject_kind="resident",
        subject_id=subject,
        actor=actor,
        before=before,
        after=after,
    )
