"""Children who get to a club through the year: applied for, awarded by the rules, confirmed by the club.

A year is a list of steps, each on its day; a stretch takes the steps of its days. Every step can be
repeated without doing anything twice, so a start that stopped goes on where it was.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Final, Literal
from uuid import uuid5

import msgspec

from pas.applications.apply import apply_for_child
from pas.applications.asked import Agreement, Asked, TypedChild
from pas.applications.confirm import Stated, confirm, never_came
from pas.applications.give_back import Back, give_back
from pas.applications.judge import judge_one, todays_ground
from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.auth.roles import Role, permissions_of
from pas.days import day_of, start_of
from pas.db import Connection, Statement
from pas.demo.grants import NAMESPACE
from pas.demo.staff import helper, manager_of, persona
from pas.ids import ApplicationId, EntryId, MerchantId, ResidentId
from pas.money import Cents
from pas.passes.residents import age_on
from pas.redemptions.sell import print_key

Act = Literal["apply", "confirm", "never_came", "give_back"]
IN_MONTH: Final = (10, 6, 5, 4, 4, 4, 2, 16, 16, 8, 6, 2)
"""How many apply in each month: most when a season begins."""
SCHEMES: Final = (
    ("jeugdfonds_sport", "sport", 25_000),
    ("jeugdfonds_sport", "sport", 25_000),
    ("jeugdfonds_cultuur", "culture", 35_000),
    ("jeugdfonds_zwemdiploma_ab", "zwemdiploma", 60_000),
)
WHAT_FOR: Final = "contributie en spullen"
SCHOOL_HOUR: Final = 11
CONFIRMED_AFTER: Final = timedelta(days=9, hours=8)
GIVEN_BACK_AFTER: Final = timedelta(days=40)


class Child(msgspec.Struct, frozen=True):
    """Somebody to apply for, as an intermediary knows them."""

    given_name: str
    family_name: str
    birth_date: date
    postcode: str


class ClubRow(msgspec.Struct, frozen=True):
    id: MerchantId


class StateRow(msgspec.Struct, frozen=True):
    state: str
    merchant_id: MerchantId | None


class Case(msgspec.Struct, frozen=True):
    """One child of a year: the number decides for what, where, and how it ends."""

    number: int
    received_at: datetime

    @property
    def id(self) -> ApplicationId:
        return ApplicationId(uuid5(NAMESPACE, f"child/{self.received_at.year}/{self.number}"))

    @property
    def scheme(self) -> tuple[str, str, int]:
        return SCHEMES[self.number % len(SCHEMES)]

    @property
    def steps(self) -> list["Step"]:
        """What is done, and when; one in thirteen never came, one in nine stopped half-way."""
        confirmed = self.received_at + CONFIRMED_AFTER
        steps: list[Step] = [(self.received_at, "apply", self)]
        if not self.number % 13:
            return [*steps, (confirmed, "never_came", self)]
        steps.append((confirmed, "confirm", self))
        if not self.number % 9:
            steps.append((self.received_at + GIVEN_BACK_AFTER, "give_back", self))
        return steps

    @property
    def price_cents(self) -> Cents:
        """What the club asks: now and then less than the award, so that something is left for gear."""
        most = self.scheme[2]
        return Cents(most if self.number % 3 else most * 4 // 5)


Step = tuple[datetime, Act, Case]

READ_CHILDREN: Final = Statement(
    """
    SELECT v.given_name, v.family_name, v.birth_date, v.postcode
    FROM resident_version v JOIN resident r ON r.id = v.resident_id
    WHERE v.birth_date > $1::date - interval '15 years' AND v.birth_date <= $1::date - interval '7 years'
        AND v.postcode IS NOT NULL AND (CASE WHEN $2 THEN v.income > 12000 ELSE v.income <= 12000 END)
        AND NOT EXISTS (SELECT 1 FROM resident_version o WHERE o.resident_id <> v.resident_id
            AND (o.family_name, o.birth_date, o.postcode) = (v.family_name, v.birth_date, v.postcode))
        AND NOT EXISTS (SELECT 1 FROM managing_adult m WHERE m.child_id = v.resident_id AND m.adult_id = ANY ($4::uuid[]))
    ORDER BY md5(r.person_number) LIMIT $3
    """,
    Child,
)
READ_CLUBS: Final = Statement(
    """
    SELECT m.id FROM merchant m JOIN agreement a ON a.merchant_id = m.id AND a.category = $1
    WHERE m.state = 'approved' AND m.kind = 'regular' ORDER BY m.name
    """,
    ClubRow,
)
READ_STATE: Final = Statement(
    "SELECT state, merchant_id FROM child_application WHERE id = $1", StateRow
)


async def help_children(
    connection: Connection,
    ring: KeyRing,
    *,
    first: date,
    until: datetime,
    spared: Sequence[ResidentId],
) -> None:
    """Do the steps of a stretch, in the order of their days; a visitor can apply for the spared families."""
    begins = start_of(first)
    years = (cases_of(first.year - 1), cases_of(first.year))
    cases = [case for year in years for case in year]
    steps = [step for case in cases for step in case.steps if begins <= step[0] < until]
    for at, act, case in sorted(steps, key=itemgetter(0)):
        if act == "apply":
            await apply(connection, ring, case, spared=spared)
        else:
            await hear_from_club(connection, ring, case, act=act, at=at)


def cases_of(year: int) -> list[Case]:
    """The same every time; spread over the days of each month on which a school is open."""
    return [Case(number, at) for number, at in enumerate(_days_of(year))]


def _days_of(year: int) -> Iterator[datetime]:
    for month, times in enumerate(IN_MONTH, start=1):
        for turn in range(times):
            day = start_of(date(year, month, 1 + (turn * 27) // times))
            yield day + timedelta(hours=SCHOOL_HOUR)


def reference_for(child: Child, *, on: date) -> str:
    """Something by which a teacher knows a child again, without its name."""
    return f"{age_on(child.birth_date, on)} jaar, {child.given_name[0]}."


async def apply(
    connection: Connection, ring: KeyRing, case: Case, *, spared: Sequence[ResidentId]
) -> None:
    """The rules decide at once where everything is known."""
    children = await READ_CHILDREN.all(
        connection, day_of(case.received_at), not case.number % 10, 2 * sum(IN_MONTH), list(spared)
    )
    child = children[(case.number + (case.received_at.year % 2) * sum(IN_MONTH)) % len(children)]
    scheme, category, _ = case.scheme
    clubs = await READ_CLUBS.all(connection, category)
    asked = Asked(
        id=case.id,
        scheme=scheme,
        child=msgspec.convert(msgspec.structs.asdict(child), TypedChild),
        club=clubs[case.number % len(clubs)].id,
        what_for=WHAT_FOR,
        own_reference=reference_for(child, on=day_of(case.received_at)),
        agreement=agreed(child, on=day_of(case.received_at)),
    )
    who = await (persona if case.number % 2 else helper)(connection, Role.INTERMEDIARY)
    now = case.received_at
    await apply_for_child(connection, asked, ring=ring, actor=who, now=now)
    await judge_one(connection, case.id, ground=await todays_ground(connection, now), now=now)


async def hear_from_club(
    connection: Connection, ring: KeyRing, case: Case, *, act: Act, at: datetime
) -> None:
    """What the club says of a child that was awarded something."""
    stand = await READ_STATE.first(connection, case.id)
    if stand is None or stand.state != "awarded" or stand.merchant_id is None:
        return
    club = stand.merchant_id
    who = await manager(connection, club)
    stated = Stated(
        id=EntryId(uuid5(NAMESPACE, f"confirmed/{case.id}")),
        application=case.id,
        merchant=club,
        amount_cents=case.price_cents,
        invoice=f"{case.received_at.year}-{case.number + 101}",
    )
    match act:
        case "never_came":
            await never_came(connection, club, stated.application, actor=who, now=at)
        case "give_back":
            back = Back(
                id=EntryId(uuid5(NAMESPACE, f"back/{stated.application}")),
                confirmation=stated.id,
                application=stated.application,
                amount_cents=Cents(stated.amount_cents // 2),
                reason="Het kind stopte halverwege.",
            )
            await give_back(connection, back, ring=ring, actor=who, now=at)
        case _:
            await confirm(
                connection,
                stated,
                municipality=ring.municipality,
                key=print_key(ring),
                actor=who,
                now=at,
            )


async def manager(connection: Connection, club: MerchantId) -> Actor:
    role = Role.MERCHANT_MANAGER
    return Actor(
        kind="login",
        id=await manager_of(connection, club),
        permissions=permissions_of([role]),
        merchant_id=club,
    )


def agreed(child: Child, *, on: date) -> Agreement:
    return Agreement(by=f"Ouder {child.family_name}", how="present", on=on, not_own_child=True)
