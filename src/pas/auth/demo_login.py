"""The demonstration's login: become an officer, or accept an invitation, without a password, behind five fences.

The database was created by the demonstration, and so was the municipality; the server is bound to
this machine and published nowhere; the request names this machine as its host, and comes from it
without a proxy that shows itself. Outside any of them the login is not there at all.
"""

from datetime import datetime
from typing import Final

import msgspec

from pas.auth.logins import invitation_hash
from pas.auth.providers import LOOPBACK
from pas.auth.roles import ROLE_TITLES, Role
from pas.auth.sessions import NewSession, SessionToken, start_session
from pas.auth.sign_in import FIND_INVITED, LoginUnknown, activate
from pas.auth.state import auth_state
from pas.db import Connection, Statement
from pas.ids import LoginId, MunicipalityName, uuid7
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound

ISSUER: Final = "demo"
ASSURANCE: Final = "demo"
FORWARDED: Final = (
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-host",
    "true-client-ip",
    "cf-connecting-ip",
)
FORWARDED_PREFIX: Final = "x-forwarded"
OLD_HTTP: Final = frozenset({"1", "1.0"})
"""What nginx speaks to the program behind it when nobody told it how, and no browser does."""
PERSONAS: Final = (
    Role.OFFICER,
    Role.COUNTER,
    Role.VOLUNTEER,
    Role.POLICY,
    Role.REGISTRAR,
    Role.FINANCE,
    Role.APPROVER,
    Role.TREASURER,
    Role.ANALYST,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    Role.INTERMEDIARY,
    Role.TEAM_MEMBER,
)
"""Whom a visitor can become; managers, tills and holders come from the demonstration's own pages."""


class _Persona(msgspec.Struct, frozen=True):
    id: LoginId


BECOME = Statement(
    """
    INSERT INTO login (id, issuer, subject, name, state) VALUES ($1, $2, $3, $4, 'active')
    ON CONFLICT (issuer, subject) DO UPDATE SET state = 'active'
    RETURNING id
    """,
    _Persona,
)
GIVE = Statement(
    """
    INSERT INTO login_role (login_id, role, given_by) VALUES ($1, $2, $1)
    ON CONFLICT DO NOTHING
    """,
    None,
)


async def refuse_outside_demo(request: AppRequest, municipality: MunicipalityName) -> None:
    """Say that there is nothing here, unless all fences are open."""
    if not await is_demo(request, municipality):
        raise NotFound


async def is_demo(request: AppRequest, municipality: MunicipalityName) -> bool:
    """Whether all fences are open for this request."""
    state = auth_state(request.app.state)
    if not (state.loopback and _is_from_here(request)):
        return False
    registered = await state.database.municipality(municipality)
    return registered.demo and await state.created_by_demo()


async def persona_of(connection: Connection, role: Role) -> LoginId:
    """Make or find the persona of a role."""
    async with connection.transaction():
        name = f"{ROLE_TITLES[role]} (demonstratie)"
        persona = await BECOME.one(connection, LoginId(uuid7()), ISSUER, role.value, name)
        await GIVE.run(connection, persona.id, role.value)
    return persona.id


async def demo_sign_in(
    connection: Connection, role: Role, *, now: datetime, replaces: SessionToken | None
) -> NewSession:
    """Become the persona of a role; call ``refuse_outside_demo`` first."""
    assert role in PERSONAS, "checked where it was asked for"
    async with connection.transaction():
        return await start_session(
            connection,
            actor_kind="login",
            actor_id=await persona_of(connection, role),
            assurance=ASSURANCE,
            now=now,
            replaces=replaces,
        )


async def demo_accept(
    connection: Connection, invitation: str, *, now: datetime, replaces: SessionToken | None
) -> NewSession:
    """Accept an invitation without a provider; call ``refuse_outside_demo`` first."""
    async with connection.transaction():
        login = await FIND_INVITED.first(connection, invitation_hash(invitation), now)
        if login is None:
            raise LoginUnknown
        await activate(connection, login.id, issuer=ISSUER, subject=f"invited-{login.id}")
        return await start_session(
            connection,
            actor_kind="login",
            actor_id=login.id,
            assurance=ASSURANCE,
            now=now,
            replaces=replaces,
        )


def _is_from_here(request: AppRequest) -> bool:
    """The request names this machine, and nobody passed it on from elsewhere."""
    client = request.scope["client"]
    host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    return (
        client is not None
        and client[0] in LOOPBACK
        and host.strip("[]") in LOOPBACK
        and request.scope["http_version"] not in OLD_HTTP
        and not any(
            name in FORWARDED or name.startswith(FORWARDED_PREFIX) for name in request.headers
        )
    )
