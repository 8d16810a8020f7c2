"""Gives passes and cards to many residents at once; one is many of one.

A pass is given once per resident and year, whoever asks and how often. A card is given to who has
none: it is inactive until its holder activates it with the code from another letter. The plain
codes come back once, for printing, and are then only in the print file and, encrypted, on the card.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import CardId, PassId, ResidentId, uuid7
from pas.passes.arriving import new_card_by_post
from pas.passes.cards import LastingForm
from pas.passes.make_cards import DRAWS, IssuedCard, Press, make_cards

MOST_AT_ONCE: Final = 5_000


class TooManyAtOnce(Refusal):
    """Dit zijn te veel passen in één keer."""

    next_step: ClassVar[str] = f"Vraag hoogstens {MOST_AT_ONCE} passen tegelijk aan."


class ResidentNotFound(Refusal):
    """Deze inwoner kennen wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Zoek de inwoner op. Of lees eerst het bestand met inwoners in."


class WantedPass(msgspec.Struct, frozen=True):
    """Somebody's pass for a year, from its first day up to (not including) ``ends_on``."""

    resident_id: ResidentId
    year: int
    starts_on: date
    ends_on: date


class IssuedPass(msgspec.Struct, frozen=True):
    id: PassId
    resident_id: ResidentId
    year: int
    is_new: bool


class ResidentRow(msgspec.Struct, frozen=True):
    id: ResidentId


INSERT_PASSES: Final = Statement(
    """
    INSERT INTO pass (id, resident_id, year, starts_on, ends_on)
    SELECT w.id, w.resident_id, w.year, w.starts_on, w.ends_on
    FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::date[], $5::date[])
        AS w (id, resident_id, year, starts_on, ends_on)
    ORDER BY w.resident_id, w.year
    ON CONFLICT (resident_id, year) DO NOTHING
    """,
    None,
)
READ_PASSES: Final = Statement(
    """
    SELECT p.id, p.resident_id, p.year::int AS year, p.id = ANY ($1::uuid[]) AS is_new
    FROM unnest($2::uuid[], $3::smallint[]) WITH ORDINALITY AS w (resident_id, year, n)
    JOIN pass p ON p.resident_id = w.resident_id AND p.year = w.year
    ORDER BY w.n
    """,
    IssuedPass,
)
READ_KNOWN: Final = Statement("SELECT id FROM resident WHERE id = ANY ($1::uuid[])", ResidentRow)
# A subquery per resident: a plan that was made while the table was empty still uses the index.
READ_WITHOUT_CARD: Final = Statement(
    """
    SELECT w.id FROM unnest($1::uuid[]) WITH ORDINALITY AS w (id, n)
    WHERE (SELECT c.id FROM card c WHERE c.resident_id = w.id AND c.form IN ('paper', 'plastic')
        AND c.state IN ('inactive', 'active', 'blocked')) IS NULL
    ORDER BY w.n
    """,
    ResidentRow,
)


async def issue_passes(
    connection: Connection, wanted: Sequence[WantedPass], *, actor: Actor
) -> list[IssuedPass]:
    """Give the pass of each resident and year, in order; those that were there already too."""
    if len(wanted) > MOST_AT_ONCE:
        raise TooManyAtOnce
    ids = [PassId(uuid7()) for _ in wanted]
    residents, years = [one.resident_id for one in wanted], [one.year for one in wanted]
    async with connection.transaction():
        await INSERT_PASSES.run(
            connection,
            ids,
            residents,
            years,
            [one.starts_on for one in wanted],
            [one.ends_on for one in wanted],
        )
        passes = await READ_PASSES.all(connection, ids, residents, years)
        new = [one.id for one in passes if one.is_new]
        await _record(connection, "pass", new, actor=actor)
    return passes


async def issue_cards(
    connection: Connection,
    residents: Iterable[ResidentId],
    *,
    form: LastingForm,
    press: Press,
    actor: Actor,
    now: datetime,
) -> list[IssuedCard]:
    """Give a card to each of these residents who has none that lasts; it waits for its code or its confirmation."""
    asked = list(dict.fromkeys(residents))
    if len(asked) > MOST_AT_ONCE:
        raise TooManyAtOnce
    made: list[IssuedCard] = []
    async with connection.transaction():
        await _refuse_strangers(connection, asked)
        begins = await new_card_by_post(connection, form)
        for _ in range(DRAWS):
            without = [row.id for row in await READ_WITHOUT_CARD.all(connection, asked)]
            new = await make_cards(connection, without, begins, press=press, now=now)
            made += new
            if len(new) == len(without):
                break
        await _record(connection, "card", [card.card_id for card in made], actor=actor)
    return made


async def _refuse_strangers(connection: Connection, residents: list[ResidentId]) -> None:
    known = {row.id for row in await READ_KNOWN.all(connection, residents)}
    if unknown := [str(resident) for resident in residents if resident not in known]:
        raise ResidentNotFound(residents=unknown[:50])


async def _record(
    connection: Connection,
    subject_kind: str,
    ids: Sequence[PassId] | Sequence[CardId],
    *,
    actor: Actor,
) -> None:
    """One event for all that were given together; for a single one it is that one's event."""
    if not ids:
        return
    await record_event(
        connection,
        kind=f"{subject_kind}.issued",
        subject_kind=subject_kind if len(ids) == 1 else f"{subject_kind}_batch",
        subject_id=ids[0] if len(ids) == 1 else uuid7(),
        actor=actor,
        after={"count": len(ids)},
    )
