"""``pas migrate``: bring the registry and every municipality up to date."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from pas.cli.screen import done, err, out, say
from pas.embedded import Supervisor
from pas.errors import Refusal
from pas.installation import migrate_everything, migrations_dir, opened
from pas.installation.dump import dump_schema
from pas.settings import read_settings

app = typer.Typer(invoke_without_command=True)


class SchemaDiffers(Refusal):
    """schema.sql is niet de som van de migraties."""


@app.callback()
def everything(context: typer.Context) -> None:
    """Bring the registry and every municipality up to date. Repeating it changes nothing.

    On a server of your own this needs PAS_MIGRATOR_URL; see docs. Old programs keep working on the
    new tables, so migrate first and then restart.

    Example: pas migrate
    """
    if context.invoked_subcommand is not None:
        return
    with opened(read_settings(), say) as access, err.status("Migrating …"):
        applied = asyncio.run(migrate_everything(access, say))
        if not access.is_embedded:
            say("No superuser here: the DDL guard is not installed by this command.")
    done(f"{applied} migrations applied." if applied else "Everything was up to date.")


@app.command(name="dump-schema")
def dump(
    *,
    check: Annotated[bool, typer.Option(help="Compare, write nothing.")] = False,
) -> None:
    """Write migrations/schema.sql: what the migrations add up to (for developers).

    Examples: pas migrate dump-schema
              pas migrate dump-schema --check
    """
    path = migrations_dir() / "schema.sql"
    with (
        err.status("Migrating an example municipality …"),
        tempfile.TemporaryDirectory(prefix="pas-") as folder,
        Supervisor(Path(folder) / "data", durable=False) as server,
    ):
        text = asyncio.run(dump_schema(server.place))
    if check:
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            raise SchemaDiffers("migrations/schema.sql klopt niet. Draai: pas migrate dump-schema.")
        done("migrations/schema.sql is the sum of the migrations.")
        return
    path.write_text(text, encoding="utf-8")
    out.print(str(path))
