"""Intermediaries with children, clubs and schemes to apply for; straight into the tables or by use cases."""

from datetime import date, datetime
from pathlib import Path
from typing import Final

import msgspec

from given.assessment import a_version
from given.city import Merchant, a_merchant
from given.days import NEW_YEAR, NOW, TODAY, YEAR
from given.logins import OFFICER, a_key_store, a_login, an_actor
from pas.applications.apply import ChildReceipt, apply_for_child
from pas.applications.asked import Agreement, Asked, TypedChild
from pas.applications.confirm import Confirmed, Stated, confirm
from pas.applications.decide_voucher import Proposal, propose_voucher
from pas.applications.give_back import Back
from pas.applications.judge import judge_all, judge_one, todays_ground
from pas.applications.organisations import (
    OrganisationKind,
    recognise_intermediary,
    recognise_organisation,
)
from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import (
    ApplicationId,
    EntryId,
    LoginId,
    MerchantId,
    MunicipalityName,
    OrganisationId,
    ResidentId,
    VoucherId,
    uuid7,
)
from pas.money import BasisPoints, Cents
from pas.schemes.keep_version import add_version
from pas.schemes.model import Amount

VELSEN: Final = MunicipalityName("velsen")
REGISTRAR: Final = an_actor(Role.REGISTRAR)
DECIDER: Final = an_actor(Role.OFFICER)
BORN: Final = date(YEAR - 9, 3, 5)
SPORT: Final = "jeugdfonds_sport"
POT: Final = "wijkteam_kinderbudget"


class Scene(msgspec.Struct, frozen=True):
    """One club, one intermediary, and a scheme of € 250 for sport."""

    club: Merchant
    applicant: Actor
    organisation: OrganisationId
    ring: KeyRing


async def a_scene(connection: Connection, folder: Path) -> Scene:
    await a_youth_scheme(connection)
    applicant, organisation = await an_applicant(connection)
    club = await a_merchant(connection, name="SV De Duinen")
    return Scene(club, applicant, organisation, a_key_store(folder).ring(VELSEN))


async def a_youth_scheme(connection: Connection, code: str = SPORT, **fields: object) -> None:
    """A scheme that an intermediary asks for, as the youth fund has it."""
    defaults: dict[str, object] = {
        "title": code.replace("_", " "),
        "valid_from": NEW_YEAR,
        "allowance": Amount(Cents(25_000)),
        "unit": "child",
        "income_limit": BasisPoints(12_000),
        "age_from": 0,
        "age_until": 18,
        "awarded_by": "intermediary",
        "executor": "Jeugdfonds",
    }
    version = a_version(code, **{**defaults, **fields}).version
    for category in version.categories:
        await connection.execute(
            "INSERT INTO category (code, title) VALUES ($1, $1) ON CONFLICT DO NOTHING", category
        )
    await add_version(connection, version, actor=an_actor(Role.POLICY))


async def a_team_scheme(connection: Connection, **fields: object) -> None:
    """The closed pot of the neighbourhood team: vouchers for clothing or school things."""
    pot: dict[str, object] = {
        "categories": frozenset(("clothing", "school_costs")),
        "income_limit": None,
        "period": "per_application",
        "awarded_by": "team",
        "closed_pot": True,
        "spend_at_once": True,
        "executor": "Sociaal Wijkteam",
    }
    await a_youth_scheme(connection, POT, **{**pot, **fields})


async def an_applicant(
    connection: Connection,
    *,
    kind: OrganisationKind = "school",
    organisation: OrganisationId | None = None,
    role: Role = Role.INTERMEDIARY,
    name: str = "Meester Jaap",
) -> tuple[Actor, OrganisationId]:
    """Somebody of a recognised organisation, new unless given."""
    login = await a_login(connection, role, name=name)
    organisation = organisation or await recognise_organisation(
        connection, f"Organisatie {login.hex[-8:]}", kind, actor=REGISTRAR, now=NOW
    )
    await recognise_intermediary(
        connection, login, organisation, profession="leerkracht", actor=REGISTRAR, now=NOW
    )
    return an_actor(role, login=login), organisation


async def a_child(
    connection: Connection,
    *,
    given_name: str = "Noor",
    family_name: str = "Bakker",
    born: date = BORN,
    income: int | None = 9_500,
    household: str | None = None,
    area: str = "Centrum",
) -> ResidentId:
    """A child in the register, without a pass."""
    resident = ResidentId(uuid7())
    await connection.execute(
        "INSERT INTO resident (id, person_number) VALUES ($1, $2)", resident, resident.hex
    )
    await connection.execute(
        """
        INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date,
            household_number, household_type, postcode, income, area, recorded_by)
        VALUES ($1, $2, $3, $4, $5, $6, 'unknown', '1971 AB', $7, $8, $9)
        """,
        *(resident, NEW_YEAR, given_name, family_name, born),
        *(household or f"H{resident.hex[-8:]}", income, area, OFFICER),
    )
    return resident


def asking(club: MerchantId | None, **fields: object) -> Asked:
    """An application for Noor Bakker at a club, for the whole amount, unless said otherwise."""
    typed = {"given_name": "Noor", "family_name": "Bakker", "birth_date": BORN}
    changed = {name: fields.pop(name) for name in (*typed, "postcode") if name in fields}
    child = msgspec.convert({**typed, "postcode": "1971 AB", **changed}, TypedChild)
    agreement = Agreement(by="Moeder", how="present", on=TODAY, not_own_child=True)
    asked = Asked(
        id=ApplicationId(uuid7()),
        scheme=SPORT,
        child=None if "scanned" in fields else child,
        club=club,
        what_for="contributie",
        agreement=agreement,
    )
    return msgspec.structs.replace(asked, **fields)


async def applies(
    connection: Connection, scene: Scene, *, now: datetime = NOW, **fields: object
) -> ChildReceipt:
    asked = asking(None if "new_club" in fields else scene.club.id, **fields)
    return await apply_for_child(connection, asked, ring=scene.ring, actor=scene.applicant, now=now)


async def judged(connection: Connection, application: ApplicationId) -> str:
    """Let the rules look at one, and say how it stands."""
    ground = await todays_ground(connection, NOW)
    await judge_one(connection, application, ground=ground, now=NOW)
    return await state(connection, application)


async def judge_everything(database: Database, *, now: datetime = NOW) -> int:
    return (await judge_all(database, VELSEN, now=now)).decided


async def state(connection: Connection, application: ApplicationId) -> str:
    """``awarded``, ``refused: too-old``, ``with_officer: income-unknown`` …"""
    row = await connection.fetchrow(
        "SELECT state, coalesce(refusal, array_to_string(questions, ', ')) FROM child_application WHERE id = $1",
        application,
    )
    assert row is not None
    return f"{row[0]}: {row[1]}" if row[1] else str(row[0])


async def an_award(
    connection: Connection, scene: Scene, *, given_name: str = "Noor"
) -> ApplicationId:
    """A child with an award at the club of the scene."""
    await a_child(connection, given_name=given_name)
    made = await applies(connection, scene, given_name=given_name)
    assert await judged(connection, made.id) == "awarded"
    return made.id


async def a_manager(connection: Connection, club: Merchant) -> Actor:
    """Somebody who manages a club, as a login of it."""
    login: LoginId = await a_login(connection, Role.MERCHANT_MANAGER, merchant=club.id)
    actor = an_actor(Role.MERCHANT_MANAGER, login=login)
    return msgspec.structs.replace(actor, merchant_id=club.id)


def stated(
    payee: MerchantId, award: ApplicationId, cents: int = 20_000, invoice: str = "2026-001"
) -> Stated:
    """What a club, or an officer for a one-off payee, says that a child costs."""
    return Stated(
        id=EntryId(uuid7()),
        application=award,
        merchant=payee,
        amount_cents=Cents(cents),
        invoice=invoice,
    )


async def confirmed(connection: Connection, one: Stated, actor: Actor) -> Confirmed:
    return await confirm(connection, one, municipality=VELSEN, key=b"k" * 32, actor=actor, now=NOW)


def coming_back(one: Stated, cents: int | None = None) -> Back:
    """The whole of it, or so much."""
    return Back(
        id=EntryId(uuid7()),
        confirmation=one.id,
        application=one.application,
        amount_cents=None if cents is None else Cents(cents),
        reason="Halverwege gestopt",
    )


async def left(connection: Connection, application: ApplicationId) -> int:
    """What is left of an award."""
    return await connection.fetchval(
        """
        SELECT c.amount FROM budget b JOIN balance c ON c.account_id = b.account_id
        WHERE b.application_id = $1
        """,
        application,
    )


async def a_proposed_voucher(connection: Connection, actor: Actor, **fields: object) -> VoucherId:
    proposal = msgspec.convert(
        {
            "id": uuid7(),
            "scheme": POT,
            "category": "clothing",
            "amount_cents": 25_000,
            "what_for": "winterjas",
            "no_other_provision": True,
            **fields,
        },
        Proposal,
    )
    await propose_voucher(connection, proposal, actor=actor, now=NOW)
    return proposal.id
