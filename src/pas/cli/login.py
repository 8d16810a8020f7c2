"""``pas login``: who gets into a municipality, for the first person and for emergencies.

Everything else an administrator does on the pages. Where people sign in is set here alone.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.table import Table

from pas.auth.actor import SYSTEM
from pas.auth.change_keys import change_keys
from pas.auth.end_login import end_login
from pas.auth.give_role import give_role, take_role
from pas.auth.key_files import rotate_key
from pas.auth.keys import Key, KeysMissing, KeyStore, Purpose
from pas.auth.login_routes import invitation_link
from pas.auth.logins import Person, invite_login, list_logins
from pas.auth.municipality_settings import (
    HolderIdentityProvider,
    IdentityProvider,
    change_municipality_settings,
)
from pas.auth.roles import Role
from pas.cli.screen import done, out, say
from pas.db import Connection, Database
from pas.ids import LoginId, MerchantId, MunicipalityName
from pas.installation import Access, fit_name, opened
from pas.settings import Settings, read_settings

app = typer.Typer(no_args_is_help=True, help="Who gets into a municipality.")

Municipality = Annotated[str, typer.Argument(help="For example den_haag.")]
Login = Annotated[UUID, typer.Argument(help="The id of the login; see pas login list.")]
Answer = TypeVar("Answer")


@app.command()
def provider(
    municipality: Municipality,
    *,
    issuer: Annotated[str, typer.Option(help="Its address, as in its discovery document.")],
    client_id: Annotated[str, typer.Option(help="What the provider calls us.")],
    acr: Annotated[list[str] | None, typer.Option(help="A level that suffices; repeat it.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="What to ask; repeat it.")] = None,
    holders: Annotated[bool, typer.Option(help="For holders: DigiD through a broker.")] = False,
    bsn_claim: Annotated[str, typer.Option(help="Where the broker puts the BSN.")] = "bsn",
) -> None:
    """Say where people of the municipality, or holders, sign in (OpenID Connect), with a key for it.

    Register at the provider: the two addresses that this prints.

    Example: pas login provider den_haag --issuer https://login.denhaag.nl --client-id pas
    """
    if holders and not acr:
        raise typer.BadParameter("Say with --acr how sure the broker must be of a holder.")
    settings, name = read_settings(), fit_name(municipality)
    levels, scopes = tuple(acr or ()), tuple(scope or ("openid",))
    chosen = IdentityProvider(issuer=issuer, client_id=client_id, acr_values=levels, scopes=scopes)
    if holders:
        chosen = HolderIdentityProvider(
            issuer=issuer,
            client_id=client_id,
            acr_values=levels,
            scopes=scopes,
            citizen_number_claim=bsn_claim,
        )
    store = KeyStore(settings.keys)

    async def work(connection: Connection) -> None:
        await change_keys(
            connection, lambda: missing_client_key(store, name), happened="made", actor=SYSTEM
        )
        setting = "holderIdentityProvider" if holders else "identityProvider"
        await change_municipality_settings(connection, {setting: chosen}, actor=SYSTEM)

    run(settings, municipality, work)
    out.print(f"redirect_uri  {settings.origin}/{name}/sign-in/callback", soft_wrap=True)
    out.print(f"jwks_uri      {settings.origin}/v1/{name}/client-keys", soft_wrap=True)
    done(f"{'Holders' if holders else 'People'} of {municipality} sign in at {issuer}.")


def missing_client_key(store: KeyStore, municipality: MunicipalityName) -> tuple[Key, ...]:
    """Make the key by which a provider knows us, once."""
    try:
        store.ring(municipality).of(Purpose.OIDC_CLIENT)
    except KeysMissing:
        now = datetime.now(UTC)
        return (rotate_key(store, municipality, purpose=Purpose.OIDC_CLIENT, now=now),)
    return ()


@app.command()
def invite(
    municipality: Municipality,
    *,
    name: Annotated[str, typer.Option(help="Who it is.")],
    email: Annotated[str | None, typer.Option(help="Only to show; nothing is sent.")] = None,
    role: Annotated[list[Role] | None, typer.Option(help="A role to give; repeat it.")] = None,
    merchant: Annotated[UUID | None, typer.Option(help="The merchant they belong to.")] = None,
) -> None:
    """Invite somebody: prints a link that works once, for a week. Give it to that person alone.

    Example: pas login invite den_haag --name "Joke de Boer" --role administrator
    """
    settings = read_settings()
    person = Person(name, email, None if merchant is None else MerchantId(merchant))

    async def work(connection: Connection) -> str:
        now = datetime.now(UTC)
        async with connection.transaction():
            invited = await invite_login(connection, person, actor=SYSTEM, now=now)
            for given in role or []:
                await give_role(connection, invited.login_id, given, actor=SYSTEM, now=now)
        assert invited.code is not None, "invited by a link"
        return invitation_link(settings.origin, municipality, invited.code)

    out.print(run(settings, municipality, work), soft_wrap=True)
    done(f"{name} is invited.")


@app.command()
def role(
    municipality: Municipality,
    login: Login,
    *,
    give: Annotated[list[Role] | None, typer.Option(help="A role to give; repeat it.")] = None,
    take: Annotated[list[Role] | None, typer.Option(help="A role to take; repeat it.")] = None,
) -> None:
    """Give somebody roles and take roles away; both work on their next request.

    Example: pas login role den_haag 0192… --take officer --give approver
    """

    async def work(connection: Connection) -> None:
        now = datetime.now(UTC)
        async with connection.transaction():
            for taken in take or []:
                await take_role(connection, LoginId(login), taken, actor=SYSTEM)
            for given in give or []:
                await give_role(connection, LoginId(login), given, actor=SYSTEM, now=now)

    run(read_settings(), municipality, work)
    done("The roles are changed.")


@app.command()
def end(
    municipality: Municipality,
    login: Login,
    *,
    reason: Annotated[str, typer.Option(help="Why, for the record.")],
) -> None:
    """End somebody's access, with all their sessions and tokens.

    Example: pas login end den_haag 0192… --reason "Left the organisation"
    """

    async def work(connection: Connection) -> str:
        now = datetime.now(UTC)
        ended = await end_login(connection, LoginId(login), reason=reason, actor=SYSTEM, now=now)
        return ended.name

    done(f"The access of {run(read_settings(), municipality, work)} is ended.")


@app.command(name="list")
def list_all(municipality: Municipality) -> None:
    """List who has access, at most 200.

    Example: pas login list den_haag
    """

    async def work(connection: Connection) -> Table:
        table = Table(box=None, pad_edge=False)
        for column in ("login", "name", "state", "roles"):
            table.add_column(column)
        for one in await list_logins(connection, limit=200):
            table.add_row(str(one.id), one.name, one.state, ", ".join(one.roles))
        return table

    out.print(run(read_settings(), municipality, work))


def run(
    settings: Settings, municipality: str, work: Callable[[Connection], Awaitable[Answer]]
) -> Answer:
    """Do something on the municipality's database, with its own role."""

    async def on(access: Access) -> Answer:
        database = Database(access.address)
        try:
            async with database.connection(fit_name(municipality)) as connection:
                return await work(connection)
        finally:
            await database.close()

    with opened(settings, say) as access:
        return asyncio.run(on(access))
