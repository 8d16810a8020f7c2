"""People of the demonstration beside the tills of devices: who scans as themselves, who manages."""

from datetime import datetime
from typing import Final

import msgspec

from pas.applications.organisations import (
    OrganisationKind,
    candidates,
    list_organisations,
    recognise_intermediary,
    recognise_organisation,
)
from pas.auth.actor import Actor
from pas.auth.demo_login import BECOME, GIVE, ISSUER, persona_of
from pas.auth.roles import ROLE_TITLES, Role, permissions_of
from pas.db import Connection, Statement
from pas.ids import LoginId, MerchantId, TillId, uuid7
from pas.merchants.create_till import BoundKind, bind_till
from pas.merchants.tills import READ_TILL, list_bound_tills

SCANNING: Final[dict[Role, BoundKind | None]] = {
    Role.COUNTER: "counter",
    Role.INTERMEDIARY: "intermediary",
    Role.TEAM_MEMBER: None,
}
"""Who is there from the start, and with which till of their own."""

ORGANISATIONS: Final[dict[Role, tuple[str, OrganisationKind, str]]] = {
    Role.INTERMEDIARY: ("Basisschool De Duinroos", "school", "leerkracht"),
    Role.TEAM_MEMBER: ("Sociaal Wijkteam IJmuiden", "team", "wijkteam"),
}


COLLEAGUES: Final = {
    Role.INTERMEDIARY: "Marijke Vos (demonstratie)",
    Role.TEAM_MEMBER: "Sanne Mulder (demonstratie)",
}


class Manager(msgspec.Struct, frozen=True):
    """Who manages a merchant."""

    id: LoginId


BECOME_MANAGER: Final = Statement(
    """
    INSERT INTO login (id, issuer, subject, name, state, merchant_id)
    VALUES ($1, $2, $3, $4, 'active', $5)
    ON CONFLICT (issuer, subject) DO UPDATE SET state = 'active'
    RETURNING id
    """,
    Manager,
)


async def equip_people(connection: Connection, *, actor: Actor, now: datetime) -> None:
    """Make the people who are there from the start, those who scan with a till of their own."""
    equipped = {till.login_id for till in await list_bound_tills(connection, actor=actor)}
    for role, kind in SCANNING.items():
        async with connection.transaction():
            persona = await persona_of(connection, role)
            if kind is not None and persona not in equipped:
                await bind_till(connection, persona, kind=kind, name="balie", actor=actor, now=now)


async def colleague(connection: Connection, role: Role, name: str) -> Actor:
    """Make or find somebody whom no visitor can be, so that a visitor can be the second person."""
    async with connection.transaction():
        subject = f"colleague-{role.value}"
        found = await BECOME.one(connection, LoginId(uuid7()), ISSUER, subject, name)
        await GIVE.run(connection, found.id, role.value)
    return Actor(kind="login", id=found.id, permissions=permissions_of([role]))


async def helper(connection: Connection, role: Role) -> Actor:
    """A colleague of the intermediary or team member whom a visitor can be, who is never a visitor."""
    return await colleague(connection, role, COLLEAGUES[role])


async def persona(connection: Connection, role: Role) -> Actor:
    """Act as whom a visitor can be: what they did is in the visitor's own lists."""
    return Actor(
        kind="login", id=await persona_of(connection, role), permissions=permissions_of([role])
    )


async def recognise_people(connection: Connection, *, actor: Actor, now: datetime) -> None:
    """Let the helpers whom a visitor can be, and a colleague of each, apply for an organisation."""
    for role in ORGANISATIONS:
        await helper(connection, role)
    waiting = await candidates(connection)
    known = {one.name: one.id for one in await list_organisations(connection)}
    for role, (name, kind, profession) in ORGANISATIONS.items():
        if name not in known:
            known[name] = await recognise_organisation(connection, name, kind, actor=actor, now=now)
        people = {f"{ROLE_TITLES[role]} (demonstratie)", COLLEAGUES[role]}
        for one in waiting:
            if one.name in people:
                await recognise_intermediary(
                    connection, one.id, known[name], profession=profession, actor=actor, now=now
                )


async def manager_of_till(connection: Connection, till_id: TillId) -> LoginId:
    """Make or find the one who manages the merchant of a till."""
    till = await READ_TILL.one(connection, till_id)
    assert till.merchant_id is not None, "the cast is behind tills of merchants"
    return await manager_of(connection, till.merchant_id)


async def manager_of(connection: Connection, merchant_id: MerchantId) -> LoginId:
    """Make or find the one who manages a merchant."""
    async with connection.transaction():
        name = f"{ROLE_TITLES[Role.MERCHANT_MANAGER]} (demonstratie)"
        subject = f"manager-{merchant_id}"
        manager = await BECOME_MANAGER.one(
            connection, LoginId(uuid7()), ISSUER, subject, name, merchant_id
        )
        await GIVE.run(connection, manager.id, Role.MERCHANT_MANAGER.value)
    return manager.id
