"""The letters of one household, to look at or to print once more: as they would be written now."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.auth.permissions import Permission
from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import CardRunId, ResidentId
from pas.letters.batch import Batch, File, Source, make_file
from pas.letters.budget_letters import Reminders, YearOverviews
from pas.letters.card_letters import CardLetters
from pas.letters.decision_letters import Decisions
from pas.letters.fetch import Printing, record_fetched
from pas.letters.kinds import KINDS
from pas.letters.letter import Content, House
from pas.letters.recipients import Recipient, read_recipients
from pas.press.press import Press

HouseholdKind = Literal[
    "pass_letter", "activation_letter", "replacement", "reminder", "year_overview", "decision"
]
HOUSEHOLD_KINDS: Final[dict[str, HouseholdKind]] = {
    "pass_letter": "pass_letter",
    "activation_letter": "activation_letter",
    "replacement": "replacement",
    "reminder": "reminder",
    "year_overview": "year_overview",
    "decision": "decision",
}
EVER: Final = datetime(2200, 1, 1, tzinfo=UTC)
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


class MemberRow(msgspec.Struct, frozen=True):
    id: ResidentId


class PlaceRow(msgspec.Struct, frozen=True):
    run_id: CardRunId | None
    year: int | None


READ_MEMBERS: Final = Statement(
    """
    SELECT v.resident_id AS id FROM resident_version v
    WHERE v.household_number = (SELECT n.household_number FROM resident_version n
            WHERE n.resident_id = $1 ORDER BY n.valid_from <= $2::date DESC, abs(n.valid_from - $2::date) LIMIT 1)
        AND v.valid_from <= $2::date AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
            AND n.valid_from > v.valid_from AND n.valid_from <= $2::date)
    ORDER BY v.birth_date, v.resident_id
    """,
    MemberRow,
)
READ_PLACE: Final = Statement(
    """
    SELECT (SELECT r.id FROM card_print p JOIN card c ON c.id = p.card_id JOIN card_run r ON r.id = p.run_id
            WHERE c.resident_id = ANY ($1::uuid[]) AND r.files_until > $2 ORDER BY r.started_at DESC, r.id LIMIT 1) AS run_id,
        (SELECT max(s.year)::int FROM pass s WHERE s.resident_id = ANY ($1::uuid[])) AS year
    """,
    PlaceRow,
)


class Household(msgspec.Struct, frozen=True):
    """Who lives there, the run that their cards are in, and their newest pass year."""

    about: ResidentId
    members: tuple[ResidentId, ...]
    run_id: CardRunId | None
    year: int | None


class Desk(msgspec.Struct, frozen=True):
    """With what letters are made: keys for cards, who sends, and when."""

    ring: KeyRing
    house: House
    now: datetime


async def read_household(
    connection: Connection, resident: ResidentId, *, now: datetime
) -> Household:
    members = [row.id for row in await READ_MEMBERS.all(connection, resident, day_of(now))]
    place = await READ_PLACE.one(connection, members, now)
    return Household(resident, tuple(members), place.run_id, place.year)


async def kinds_of(
    connection: Connection, household: Household, desk: Desk, *, actor: Actor
) -> list[HouseholdKind]:
    """Which letters there are for these people, and this officer may see."""
    found: list[HouseholdKind] = []
    recipients = await read_recipients(connection, household.members, on=day_of(desk.now))
    for kind in HOUSEHOLD_KINDS.values():
        source = source_of(kind, household, desk)
        if source is None or not may_see(actor, kind):
            continue
        content_of: Callable[[Recipient], list[Content]] = await source.gather(
            connection, household.members
        )
        if any(content_of(one) for one in recipients):
            found.append(kind)
    return found


def may_see(actor: Actor, kind: HouseholdKind) -> bool:
    """Whoever sees a card or a code must be allowed to print them."""
    if kind == "decision":
        return actor.may(Permission.DECISIONS_READ)
    cards = kind in {"pass_letter", "activation_letter", "replacement"}
    return not cards or actor.may(Permission.CARDS_PRINT)


def source_of(kind: HouseholdKind, household: Household, desk: Desk) -> Source | None:
    match kind:
        case "pass_letter" | "activation_letter" | "replacement":
            if household.run_id is None:
                return None
            return CardLetters(household.run_id, kind, desk.ring, desk.house)
        case "reminder":
            return Reminders(desk.now, since=desk.now, until=EVER)
        case "year_overview":
            return None if household.year is None else YearOverviews(desk.now, year=household.year)
        case "decision":
            return Decisions(since=LONG_AGO, until=desk.now)


async def household_letters(
    connection: Connection,
    household: Household,
    kind: HouseholdKind,
    *,
    desk: Desk,
    large: bool,
    press: Press,
    actor: Actor,
) -> File:
    """Make the letters of one kind; noted of everybody in them, and an event of whoever asked."""
    source = source_of(kind, household, desk)
    if source is None:
        return File(1, "", 0, [], b"")
    batch = Batch(kind=KINDS[kind], source=source, house=desk.house, made_at=desk.now, large=large)
    members: Sequence[ResidentId] = household.members
    file = await make_file(
        connection, batch, members, number=1, press=press, actor=actor, now=desk.now
    )
    printing = Printing(batch, "resident", household.about)
    await record_fetched(connection, printing, file, actor=actor)
    return file
