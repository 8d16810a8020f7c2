"""Lays the test cards out: each code on a new card, of a new holder who has spent nothing yet.

What the cards before have paid stays in the books; nobody asks for it any more. Codes go over in one
transaction, so nobody ever scans a code that no card has.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants import periods
from pas.grants.decide import WRITE_DECISIONS
from pas.grants.facts import Award
from pas.grants.grant import Wanted, lock_grants, write_grants
from pas.grants.ground import Ground, current_year, opened_ground, read_ground
from pas.ids import DecisionId, HouseholdNumber, PassId, ResidentId, SchemeVersionId, uuid7
from pas.installation.sandbox import refuse_outside_sandbox
from pas.passes.card_keys import number_hashes
from pas.passes.end import end_pass
from pas.passes.issue import WantedPass, issue_passes
from pas.passes.make_cards import NewCard, Press, make_card
from pas.sandbox.cards import CARDS, Given, SandboxCard, drawn, everyone

PAUSE_SECONDS: Final = 20
"""Between two times, so that cards stay for as long as somebody looks at what they answer."""
MOST_IN_A_DAY: Final = 500
"""Times, so that nobody fills the disk with new holders: each leaves some seventy kilobytes behind."""
ADULT: Final = 40
CHILD: Final = 10


class LaidOutJustNow(Refusal):
    """De testkaarten zijn net al vernieuwd."""

    status: ClassVar[int] = 429
    next_step: ClassVar[str] = "Ga door met de kaarten zoals ze zijn. Of wacht even."


class Recent(msgspec.Struct, frozen=True):
    is_recent: bool


class Person(msgspec.Struct, frozen=True):
    """Somebody to be: who, in which household, how old, and what they can spend."""

    id: ResidentId
    household: HouseholdNumber
    age: int
    given: Sequence[Given]


TAKE_TURN: Final = Statement("SELECT pg_advisory_xact_lock(hashtext('pas.sandbox'))", None)
IS_RECENT: Final = Statement(
    """
    SELECT EXISTS (SELECT 1 FROM card WHERE number_hash = ANY ($1::bytea[])
            AND created_at > clock_timestamp() - make_interval(secs => $2))
        OR (SELECT count(*) FROM card WHERE created_at > clock_timestamp() - interval '1 day') >= $3 AS is_recent
    """,
    Recent,
)
FREE_CODES: Final = Statement("SELECT free_test_codes($1)", None)
INSERT_PEOPLE: Final = Statement(
    "INSERT INTO resident (id, person_number) SELECT w.id, replace(w.id::text, '-', '') FROM unnest($1::uuid[]) AS w (id)",
    None,
)
INSERT_VERSIONS: Final = Statement(
    """
    INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date,
        household_number, household_type, recorded_by)
    SELECT w.id, make_date($4, 1, 1), 'Test', 'Kaart', make_date(w.born, 1, 1), w.household, 'unknown', $5
    FROM unnest($1::uuid[], $2::int[], $3::text[]) AS w (id, born, household)
    """,
    None,
)
INSERT_PARENT: Final = Statement(
    """
    INSERT INTO managing_adult (child_id, adult_id, kind, valid_from)
    SELECT w.child, $2, 'parent', $3 FROM unnest($1::uuid[]) AS w (child)
    """,
    None,
)


async def lay_out(
    connection: Connection, ring: KeyRing, *, actor: Actor, now: datetime, pause: bool = True
) -> None:
    """Give every code a new card; raises LaidOutJustNow, and OnlyInSandbox in a real city."""
    await refuse_outside_sandbox(connection)
    hashes = [one for card in CARDS for one in number_hashes(ring, card.number())]
    async with connection.transaction():
        await TAKE_TURN.run(connection)
        most = MOST_IN_A_DAY * len(CARDS)
        if pause and (await IS_RECENT.one(connection, hashes, PAUSE_SECONDS, most)).is_recent:
            raise LaidOutJustNow(headers={"Retry-After": str(PAUSE_SECONDS)})
        await FREE_CODES.run(connection, hashes)
        year = await current_year(connection, now)
        ground = await opened_ground(
            connection, await read_ground(connection, year=year, on=day_of(now))
        )
        people = {card.name: people_of(card) for card in CARDS}
        await settle_in(connection, people, ground, actor=actor)
        passes = await give(connection, people, ground, actor=actor, now=now)
        for card in CARDS:
            holder = people[card.name][0].id
            new = NewCard(form="plastic", state=card.state)
            press = Press(ring, drawn(card.place))
            await make_card(connection, holder, new, press=press, now=now)
            if card.has_ended:
                await end_pass(
                    connection,
                    passes[holder],
                    from_day=day_of(now),
                    because="asked",
                    actor=actor,
                    now=now,
                )


def people_of(card: SandboxCard) -> list[Person]:
    """The holder of a card and then their children, in one household; the oldest child is ten."""
    household = HouseholdNumber(uuid7().hex)
    ages = (CHILD if card.is_child else ADULT, *range(CHILD, 0, -1))
    return [
        Person(ResidentId(uuid7()), household, age, given)
        for age, given in zip(ages, everyone(card), strict=False)
    ]


async def settle_in(
    connection: Connection, people: dict[str, list[Person]], ground: Ground, *, actor: Actor
) -> None:
    """Let them live here from the first day of this year."""
    year = ground.plan.year
    everybody = [one for home in people.values() for one in home]
    ids = [one.id for one in everybody]
    await INSERT_PEOPLE.run(connection, ids)
    born = [year - one.age for one in everybody]
    households = [one.household for one in everybody]
    await INSERT_VERSIONS.run(connection, ids, born, households, year, actor.id)
    for parent, *children in people.values():
        kin = [child.id for child in children]
        await INSERT_PARENT.run(connection, kin, parent.id, date(year, 1, 1))


async def give(
    connection: Connection,
    people: dict[str, list[Person]],
    ground: Ground,
    *,
    actor: Actor,
    now: datetime,
) -> dict[ResidentId, PassId]:
    """Give each of them a pass of this year, and what stands on it."""
    await lock_grants(connection, ground)
    everybody = [one for home in people.values() for one in home]
    span = periods.pass_year(ground.plan.calendar, ground.plan.year)
    passes = await issue_passes(
        connection,
        [WantedPass(one.id, ground.plan.year, span.starts_on, span.ends_on) for one in everybody],
        actor=actor,
    )
    decisions = [DecisionId(uuid7()) for _ in everybody]
    await WRITE_DECISIONS.run(
        connection,
        decisions,
        [one.id for one in everybody],
        [one.household for one in everybody],
        ["[]" for _ in everybody],
        ["award" for _ in everybody],
        ground.plan.year,
        ground.plan.assessed_on,
        now,
        actor.kind,
        actor.id,
    )
    wanted = [
        wanted_by(one, given, decision, ground=ground)
        for one, decision in zip(everybody, decisions, strict=True)
        for given in one.given
    ]
    by_holder = {one.resident_id: one.id for one in passes}
    await write_grants(connection, wanted, by_holder, ground=ground, actor=actor, now=now)
    return by_holder


def wanted_by(one: Person, given: Given, decision: DecisionId, *, ground: Ground) -> Wanted:
    span = periods.pass_year(ground.plan.calendar, ground.plan.year)
    return Wanted(
        decision=decision,
        resident=one.id,
        household=one.household,
        scheme=given.scheme,
        version=version_of(ground, given.scheme),
        award=Award(
            claim_key=f"resident:{one.id}",
            period_key=span.key,
            amount_cents=given.amount_cents,
            visits=given.visits,
            starts_on=span.starts_on,
            ends_on=span.ends_on,
            lapses_on=span.ends_on,
        ),
    )


def version_of(ground: Ground, scheme: str) -> SchemeVersionId:
    return next(one.id for one in ground.plan.schemes if one.version.code == scheme)
