"""Whoever may come by: with a session, a token or a signature, of here or of elsewhere."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, cast
from uuid import UUID

import httpx
import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute

from given.city import Merchant, a_holder, a_merchant, a_till
from given.days import YEAR
from given.logins import a_login
from pas.app.routes_check import handlers
from pas.auth.cookies import cookie_name
from pas.auth.csrf import SAFE_METHODS, csrf_token
from pas.auth.incompatible_roles import IN_PERSON
from pas.auth.keys import KeyStore
from pas.auth.permissions import Permission
from pas.auth.roles import Role, permissions_of
from pas.auth.sessions import SessionActor, start_session, token_hash
from pas.auth.till_signature import PrivateKey, sign_request
from pas.auth.tokens import sign_session_token, sign_token
from pas.db import Connection, role_name
from pas.ids import LoginId, MerchantId, MunicipalityName, uuid7
from pas.installation import Access
from pas.redemptions.facts import TillKind
from signing import paired

Proof = Literal["nothing", "session", "token", "program", "signature"]
"""A ``token`` comes from a session and is worth as much; a ``program`` has one of its own."""
HERE = MunicipalityName("velsen")
ELSEWHERE = MunicipalityName("almere")


class Visitor(msgspec.Struct, frozen=True):
    """Who comes by, and what they show for it; ``home`` is the municipality that knows them."""

    name: str
    kind: Literal["nobody", "login", "holder", "till"]
    proof: Proof
    roles: tuple[Role, ...] = ()
    home: MunicipalityName = HERE
    merchant: Literal["", "own", "other"] = ""

    def may(self, opt: Mapping[str, object], *, of_merchant: bool) -> bool:
        """Whether a route that says this is for them; ``of_merchant``: its path names one."""
        if opt.get("public"):
            return True
        if self.home != HERE or self.kind == "nobody":
            return False
        if opt.get("till") == "signed" and self.proof != "signature":
            return False
        if opt.get(self.kind) or (opt.get("signed_in") and self.kind in {"login", "holder"}):
            return True
        wanted = opt.get("permission") or ()
        some = {wanted} if isinstance(wanted, Permission) else set(cast("list[Permission]", wanted))
        if not some & self.permissions:
            return False
        if not self.merchant or (opt.get("scoped") and not of_merchant):
            return True
        return of_merchant and self.merchant == "own"

    @property
    def permissions(self) -> frozenset[Permission]:
        """A program is never the second person, and lets nobody in."""
        held = permissions_of(self.roles)
        return held - IN_PERSON if self.proof == "program" else held


NOBODY = Visitor("nobody", "nobody", "nothing")
HOLDER = Visitor("holder", "holder", "session")
TILL = Visitor("till", "till", "signature")
TILL_PAGES = Visitor("till in a browser", "till", "session")
MANAGER = Visitor(
    "manager of the merchant", "login", "session", (Role.MERCHANT_MANAGER,), merchant="own"
)
OTHER_MANAGER = msgspec.structs.replace(
    MANAGER, name="manager of another merchant", merchant="other"
)
ROLES = tuple(
    Visitor(role.value, "login", "session", (role,))
    for role in Role
    if role is not Role.MERCHANT_MANAGER
)
PROGRAMS = tuple(
    msgspec.structs.replace(one, name=f"{one.name} by token", proof="token")
    for one in ROLES
    if one.name in {"administrator", "officer"}
)
SCANNING: dict[Role, TillKind] = {Role.COUNTER: "counter", Role.INTERMEDIARY: "intermediary"}
"""Who scans as themselves: their login has a till."""
HOLDER_BY_TOKEN = msgspec.structs.replace(HOLDER, name="holder by token", proof="token")
ROBOTS = tuple(
    msgspec.structs.replace(one, name=f"program as {one.name}", proof="program")
    for one in ROLES
    if one.name in {"administrator", "approver", "policy"}
)
VISITORS = (
    NOBODY,
    HOLDER,
    TILL,
    TILL_PAGES,
    Visitor("login without a role", "login", "session"),
    MANAGER,
    OTHER_MANAGER,
    *ROLES,
    *PROGRAMS,
    *ROBOTS,
    HOLDER_BY_TOKEN,
)


def somebody_for(opt: Mapping[str, object], *, of_merchant: bool) -> Visitor:
    """Somebody who may use such a route, with a session where that is enough."""
    people = (*ROLES, HOLDER, TILL_PAGES, MANAGER, TILL)
    return next(one for one in people if one.may(opt, of_merchant=of_merchant))


def from_elsewhere(visitor: Visitor, proof: Proof) -> Visitor:
    """The same in another municipality, who shows what was given out there."""
    name = f"{visitor.name} from elsewhere by {proof}"
    return msgspec.structs.replace(visitor, name=name, home=ELSEWHERE, proof=proof)


class Route(msgspec.Struct, frozen=True):
    """One method of one path, with an address that could be asked for."""

    method: str
    path: str
    address: str
    opt: dict[str, object]

    @property
    def is_safe(self) -> bool:
        return self.method in SAFE_METHODS

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/v1/")

    @property
    def of_merchant(self) -> bool:
        return "{merchant_id:" in self.path

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


APPLYING = frozenset({Role.INTERMEDIARY, Role.TEAM_MEMBER})


async def is_recognised(connection: Connection, login: LoginId) -> None:
    """Somebody may apply for a team, and so do what only a team does."""
    await connection.execute(
        """
        WITH made AS (
            INSERT INTO organisation (id, name, kind, recognised_at, recognised_by)
            VALUES (gen_random_uuid(), $1::text, 'team', now(), $2) RETURNING id
        )
        INSERT INTO intermediary (login_id, organisation_id, profession, recognised_at, recognised_by)
        SELECT $2, made.id, 'wijkteam', now(), $2 FROM made
        """,
        *(login.hex, login),
    )


class Street:
    """Where the visitors live: two municipalities with a merchant, a till and a holder each."""

    def __init__(
        self, client: httpx.AsyncClient, keys: KeyStore, connections: dict[str, Connection]
    ) -> None:
        self.client, self.keys, self.connections = client, keys, connections
        self.merchants: dict[tuple[str, str], Merchant] = {}
        self.actors: dict[str, UUID] = {}
        self.till_keys: dict[str, PrivateKey] = {}

    @property
    def app(self) -> Litestar:
        return cast("Litestar", cast("httpx.ASGITransport", self.client._transport).app)

    def routes(self) -> list[Route]:
        """Every route of the application, in the order of their addresses."""
        found = [
            Route(method, path, self.address(path), dict(handler.opt))
            for path, handler in handlers(self.app)
            for method in sorted(handler.http_methods)
        ]
        return sorted(found, key=str)

    def address(self, path: str) -> str:
        """An address on this path: of our municipality and merchant, else of something unknown."""
        route = next(
            route
            for route in self.app.routes
            if isinstance(route, HTTPRoute) and route.path == path
        )
        parts = [
            part if isinstance(part, str) else self.filled(part.name, part.type)
            for part in route.path_components
        ]
        return "/" + "/".join(parts)

    def filled(self, name: str, kind: type) -> str:
        if name == "municipality":
            return HERE
        if name == "merchant_id":
            return str(self.merchants[HERE, "own"].id)
        known = {str: "onbekend", Path: "onbekend", int: "1", UUID: str(uuid7())}
        return known[kind]

    async def settle(self) -> None:
        """Let both merchants of each municipality be there, with all that they may choose."""
        for name, connection in self.connections.items():
            for which in ("own", "other"):
                self.merchants[name, which] = await a_merchant(connection, name=which)
            await connection.execute("UPDATE merchant SET sells_offline = true")

    async def actor(self, visitor: Visitor) -> UUID:
        if visitor.name not in self.actors:
            self.actors[visitor.name] = await self.made(visitor)
        return self.actors[visitor.name]

    async def made(self, visitor: Visitor) -> UUID:
        connection = self.connections[visitor.home]
        match visitor.kind:
            case "holder":
                return (await a_holder(connection, year=YEAR)).id
            case "till":
                till = await a_till(connection, self.merchants[visitor.home, "own"])
                self.till_keys[visitor.name] = (await paired(self.client, connection, till)).key
                return till.id
            case _:
                login = await a_login(
                    connection,
                    *visitor.roles,
                    name=visitor.name,
                    merchant=self.merchant_of(visitor),
                )
                for role in visitor.roles:
                    if role in SCANNING:
                        own = self.merchants[visitor.home, "own"]
                        await a_till(connection, own, kind=SCANNING[role], login=login)
                    if role in APPLYING:
                        await is_recognised(connection, login)
                return login

    def merchant_of(self, visitor: Visitor) -> MerchantId | None:
        return self.merchants[visitor.home, visitor.merchant].id if visitor.merchant else None

    async def visit(
        self,
        visitor: Visitor,
        route: Route,
        *,
        address: str | None = None,
        headers: Mapping[str, str] | None = None,
        with_form_token: bool = True,
    ) -> httpx.Response:
        """Ask for a route with all that this visitor has; a new session each time."""
        target = address or route.address
        body = b"" if route.is_safe or not route.is_api else b"{}"
        kind = "application/json" if route.is_api else "application/x-www-form-urlencoded"
        sent = {} if route.is_safe else {"content-type": kind}
        sent |= await self.proof(visitor, route.method, target, body=body)
        if not with_form_token:
            sent.pop("x-csrf-token", None)
        self.client.cookies.clear()
        return await self.client.request(
            route.method, target, content=body, headers=sent | dict(headers or {})
        )

    async def proof(
        self, visitor: Visitor, method: str, target: str, *, body: bytes
    ) -> dict[str, str]:
        if visitor.proof == "nothing":
            return {}
        actor, now = await self.actor(visitor), datetime.now(UTC)
        if visitor.proof == "signature":
            return sign_request(
                self.till_keys[visitor.name],
                till_id=actor,  # pyright: ignore[reportArgumentType]
                method=method,
                target=target,
                body=body,
                now=now,
            )
        if visitor.proof == "program":
            return {"authorization": f"Bearer {await self.token_of_program(visitor, actor, now)}"}
        session = await start_session(
            self.connections[visitor.home],
            actor_kind=cast("SessionActor", visitor.kind),
            actor_id=actor,
            assurance="test",
            now=now,
        )
        if visitor.proof == "session":
            # Under the name of here, also when it is from elsewhere: cookies are easily renamed.
            cookie = cookie_name("session", HERE, over_tls=False)
            return {
                "cookie": f"{cookie}={session.token}",
                "x-csrf-token": csrf_token(session.token),
            }
        token, _ = sign_session_token(
            self.keys.ring(visitor.home),
            issuer=str(self.client.base_url).rstrip("/"),
            subject=actor,
            session_hash=token_hash(session.token),
            now=now,
        )
        return {"authorization": f"Bearer {token}"}

    async def token_of_program(self, visitor: Visitor, actor: UUID, now: datetime) -> str:
        row, until = uuid7(), now + timedelta(days=1)
        await self.connections[visitor.home].execute(
            "INSERT INTO api_token (id, login_id, name, created_at, expires_at) "
            "VALUES ($1, $2, 'x', $3, $4)",
            *(row, actor, now, until),
        )
        return sign_token(
            self.keys.ring(visitor.home),
            issuer=str(self.client.base_url).rstrip("/"),
            subject=actor,
            kind="api",
            row=row.hex,
            now=now,
            expires_at=until,
        )


@asynccontextmanager
async def street(
    client: httpx.AsyncClient, keys: KeyStore, access: Access
) -> AsyncGenerator[Street]:
    connections: dict[str, Connection] = {}
    try:
        for name in (HERE, ELSEWHERE):
            login = access.address.login(role_name("app", name))
            connections[name] = await login.connect()
        made = Street(client, keys, connections)
        await made.settle()
        yield made
    finally:
        for connection in connections.values():
            await connection.close()
