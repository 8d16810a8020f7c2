"""Leaves work for whoever a visitor becomes: applications, a deviation, a pass that ended by mistake.

All of it by the functions that people use, as colleagues whom no visitor can be: so each of it waits
for a second person, and can be finished.
"""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import uuid5

import msgspec

from pas.auth.actor import Actor
from pas.auth.demo_login import persona_of
from pas.auth.logins import Person, invite_login
from pas.auth.roles import Role, permissions_of
from pas.days import day_of
from pas.db import Connection, Statement
from pas.demo.cast import Cast
from pas.demo.grants import NAMESPACE
from pas.demo.staff import colleague
from pas.grants.apply import Application, apply_for_household
from pas.grants.deviate import Proposal, propose_deviation
from pas.grants.help_apply import Helped, help_apply
from pas.ids import ApplicationId, HouseholdNumber, PassId, ResidentId, SchemeVersionId
from pas.passes.end import end_pass
from pas.passes.reopen import propose_reopening

APPLICATIONS: Final = 3
DEVIATIONS: Final = 2
DEVIATED_SCHEME: Final = "fiets_volwassenen"
DEVIATIONS_BECAUSE: Final = (
    "Werkt op een plek waar geen bus rijdt. Zonder fiets geen werk.",
    "De fiets is gestolen en het inkomen daalt volgende maand weer.",
)
REOPENED_BECAUSE: Final = "Verkeerde persoon gekozen: deze meneer woont hier nog gewoon."
WANTED: Final = (
    ("Van der Zandt", date(1988, 4, 12), "1971 AB"),
    ("Őrsi", date(2001, 9, 3), "1991 EX"),
)
"""Whom helpers apply for and nobody knows."""


class Household(msgspec.Struct, frozen=True):
    resident_id: ResidentId
    household_number: HouseholdNumber


class Refused(msgspec.Struct, frozen=True):
    resident_id: ResidentId
    version: SchemeVersionId


class Ended(msgspec.Struct, frozen=True):
    pass_id: PassId


READ_UNKNOWN: Final = Statement(
    """
    SELECT v.resident_id, v.household_number FROM resident_version v JOIN resident r ON r.id = v.resident_id
    WHERE v.income IS NULL AND v.birth_date <= $1::date - interval '25 years' AND v.resident_id <> ALL ($2::uuid[])
        AND NOT EXISTS (SELECT 1 FROM resident_version o WHERE o.household_number = v.household_number
            AND o.birth_date < v.birth_date)
    ORDER BY r.person_number DESC LIMIT $3
    """,
    Household,
)
READ_REFUSED: Final = Statement(
    """
    SELECT v.resident_id, s.id AS version
    FROM resident_version v JOIN resident r ON r.id = v.resident_id
    JOIN scheme c ON c.code = $3
    JOIN scheme_version s ON s.scheme_id = c.id AND s.status = 'in_force' AND s.valid_from <= $1
        AND (s.valid_until IS NULL OR s.valid_until > $1)
    WHERE v.income > s.income_limit AND v.birth_date <= $1::date - interval '25 years'
        AND v.resident_id <> ALL ($2::uuid[])
        AND NOT EXISTS (SELECT 1 FROM scheme_grant g WHERE g.resident_id = v.resident_id AND g.scheme_id = c.id)
        AND NOT EXISTS (SELECT 1 FROM deviation d WHERE d.resident_id = v.resident_id)
    ORDER BY r.person_number DESC LIMIT $4
    """,
    Refused,
)
READ_PASS: Final = Statement(
    """
    SELECT p.id AS pass_id FROM pass p JOIN resident r ON r.id = p.resident_id
    WHERE p.starts_on <= $1 AND p.ends_on > $1 AND p.ended_on IS NULL AND p.resident_id <> ALL ($2::uuid[])
        AND NOT EXISTS (SELECT 1 FROM managing_adult m WHERE p.resident_id IN (m.adult_id, m.child_id))
    ORDER BY r.person_number DESC LIMIT 1
    """,
    Ended,
)


async def leave_work(connection: Connection, cast: Cast, *, now: datetime) -> None:
    """Everything that waits for a second person, or for somebody to find out."""
    officer = await colleague(connection, Role.OFFICER, "Farah de Wit (demonstratie)")
    persons = [*cast.holders, *cast.applicants]
    await apply_as_parents(connection, persons, now=now)
    await help_somebody(connection, now=now)
    await propose_deviations(connection, persons, officer=officer, now=now)
    found = await READ_PASS.one(connection, day_of(now), persons)
    await end_pass(
        connection, found.pass_id, from_day=day_of(now), because="moved", actor=officer, now=now
    )
    await propose_reopening(connection, found.pass_id, REOPENED_BECAUSE, actor=officer, now=now)
    administrator = await colleague(connection, Role.ADMINISTRATOR, "Ruud Kok (demonstratie)")
    await invite_login(
        connection, Person("Joris Bakker"), actor=administrator, now=now - timedelta(days=10)
    )


async def apply_as_parents(
    connection: Connection, persons: list[ResidentId], *, now: datetime
) -> None:
    """Households whose income nobody knows; they wait for an officer who finds out."""
    today = day_of(now)
    for one in await READ_UNKNOWN.all(connection, today, persons, APPLICATIONS):
        application = Application(
            id=ApplicationId(uuid5(NAMESPACE, f"application/{one.household_number}")),
            household=one.household_number,
            year=today.year,
            channel="page",
            resident=one.resident_id,
        )
        holder = Actor(kind="holder", id=one.resident_id)
        await apply_for_household(connection, application, actor=holder, now=now)


async def help_somebody(connection: Connection, *, now: datetime) -> None:
    role = Role.INTERMEDIARY
    helper = Actor(
        kind="login",
        id=await persona_of(connection, role),
        permissions=permissions_of([role]),
    )
    for family_name, birth_date, postcode in WANTED:
        helped = Helped(
            id=ApplicationId(uuid5(NAMESPACE, f"helped/{family_name}")),
            year=day_of(now).year,
            family_name=family_name,
            birth_date=birth_date,
            postcode=postcode,
        )
        await help_apply(connection, helped, actor=helper, now=now)


async def propose_deviations(
    connection: Connection, persons: list[ResidentId], *, officer: Actor, now: datetime
) -> None:
    today = day_of(now)
    found = await READ_REFUSED.all(connection, today, persons, DEVIATED_SCHEME, DEVIATIONS)
    for one, reason in zip(found, DEVIATIONS_BECAUSE, strict=True):
        proposal = Proposal(
            resident=one.resident_id,
            version=one.version,
            year=today.year,
            effect="grant",
            reason=reason,
        )
        await propose_deviation(connection, proposal, actor=officer, now=now)
