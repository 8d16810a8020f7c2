"""Puts the groups of commands together and turns errors into exit codes."""

import sys
from typing import NoReturn

import asyncpg
import typer

from pas.auth.key_files import KeysExist
from pas.auth.keys import KeysMissing, KeysUnsafe
from pas.cli import (
    appropriations,
    coupons,
    debit_notes,
    demo,
    equation,
    grants,
    journal,
    keys,
    leaving,
    letters,
    login,
    merchants,
    migrate,
    municipality,
    passes,
    payouts,
    postgres,
    problems,
    reach,
    residents,
    sandbox,
    schemes,
    serve,
    settings,
    takeovers,
    work,
    years,
)
from pas.cli.screen import failed, refused
from pas.db import CONNECTION_LOST
from pas.embedded import EmbeddedProblem
from pas.errors import Refusal
from pas.installation import DamagedMigrations, MigrationRefused
from pas.logs import told_traceback
from pas.settings import WrongSettings

REFUSED = 1
ENVIRONMENT = 3
DEFECT = 4
AWAY = 500
"""A refusal with this status or above is about the machine: nobody did anything wrong."""
WRONG_KEYS = (KeysMissing, KeysUnsafe)
NO_WAY_IN = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)

app = typer.Typer(
    name="pas",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "The city pass of a municipality.\n\n"
        "Settings come from PAS_… variables; see [bold]pas settings[/bold]. Without "
        "PAS_DATABASE_URL the program runs PostgreSQL itself, with its data in PAS_DATA_DIR.\n\n"
        "Exit codes: 0 done, 1 refused, 2 wrong usage, 3 machine, settings or database, "
        "4 a defect of the program."
    ),
)
app.add_typer(demo.app, name="demo")
app.add_typer(serve.app, name="serve")
app.add_typer(work.app, name="work")
app.add_typer(settings.app, name="settings")
app.add_typer(passes.app, name="passes")
app.add_typer(coupons.app, name="coupons")
app.add_typer(postgres.app, name="postgres")
app.add_typer(migrate.app, name="migrate")
app.add_typer(municipality.app, name="municipality")
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(schemes.app, name="schemes")
app.add_typer(residents.app, name="residents")
app.add_typer(grants.app, name="grants")
app.add_typer(appropriations.app, name="appropriations")
app.add_typer(merchants.app, name="merchants")
payouts.app.add_typer(debit_notes.app, name="debit-notes")
app.add_typer(payouts.app, name="settlements")
app.add_typer(takeovers.app, name="takeovers")
app.add_typer(journal.app, name="journal")
app.add_typer(years.app, name="years")
app.add_typer(letters.app, name="letters")
app.add_typer(reach.app, name="reach")
app.add_typer(login.app, name="login")
app.add_typer(keys.app, name="keys")
app.command(name="export")(leaving.export)
app.command(name="import")(leaving.import_all)
app.add_typer(equation.app, name="ledger")
app.add_typer(problems.app, name="problems")


def main() -> NoReturn:
    try:
        app()
    except WrongSettings as error:
        failed(*error.sentences)
        sys.exit(ENVIRONMENT)
    except (*WRONG_KEYS, EmbeddedProblem, DamagedMigrations, *NO_WAY_IN, *CONNECTION_LOST) as error:
        failed(str(error) or type(error).__name__)
        sys.exit(ENVIRONMENT)
    except (Refusal, MigrationRefused, KeysExist) as error:
        refused(str(error))
        sys.exit(ENVIRONMENT if isinstance(error, Refusal) and error.status >= AWAY else REFUSED)
    except Exception as error:
        # Python's own traceback would print the row that the database refused, with names.
        failed(told_traceback((type(error), error, error.__traceback__)))
        raise SystemExit(DEFECT) from error
    sys.exit(0)
