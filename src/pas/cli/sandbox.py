"""``pas sandbox``: a municipality in which makers of tills try things, without money."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from pas.auth.keys import KeyStore
from pas.cli.login import run
from pas.cli.municipality import Name, add_with_keys
from pas.cli.screen import done, out, say
from pas.db import Connection
from pas.installation import fit_name
from pas.merchants.pairing import address_of, grouped
from pas.sandbox.begin import ACTOR, begin
from pas.sandbox.lay_out import lay_out
from pas.sandbox.open_shop import NewShop, open_shop
from pas.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="A municipality to try tills in, without money.")


@app.command()
def add(
    name: Name, title: Annotated[str, typer.Option(help="As people read it.")] = "Testomgeving"
) -> None:
    """Add a sandbox, with test cards. It is one for good: no money or cards ever leave it.

    Example: pas sandbox add proef --title "Testomgeving van Den Haag"
    """
    settings = read_settings()
    add_with_keys(settings, name, title=title, sandbox=True)

    async def work(connection: Connection) -> None:
        ring = KeyStore(settings.keys).ring(fit_name(name))
        await begin(connection, ring, title=title, now=datetime.now(UTC))

    run(settings, name, work)
    say(f"Makers of tills find everything at {settings.origin}/{name}/sandbox")


@app.command()
def renew(name: Name) -> None:
    """Give the test cards their money back; their numbers stay.

    Example: pas sandbox renew proef
    """
    settings = read_settings()

    async def work(connection: Connection) -> None:
        ring = KeyStore(settings.keys).ring(fit_name(name))
        await lay_out(connection, ring, actor=ACTOR, now=datetime.now(UTC), pause=False)

    run(settings, name, work)
    done(f"The test cards of {name} are as new.")


@app.command()
def till(
    name: Name, called: Annotated[str, typer.Option(help="Whose till it is.")] = "Testkassa"
) -> None:
    """Make a test merchant with a till, and print the code that pairs it.

    Example: pas sandbox till proef --called "Kassa van Jansen"
    """
    settings = read_settings()

    async def work(connection: Connection) -> str:
        ring = KeyStore(settings.keys).ring(fit_name(name))
        shop = await open_shop(connection, NewShop(name=called), ring=ring, now=datetime.now(UTC))
        say(f"Or scan: {address_of(settings.origin, fit_name(name), shop.invited.code)}")
        return grouped(shop.invited.code)

    out.print(run(settings, name, work))
