"""``pas postgres``: the PostgreSQL that the program runs itself."""

import os
import signal
import threading
from types import FrameType
from typing import Annotated

import typer

from pas.cli.screen import done, out, say
from pas.embedded import DataDir, EmbeddedProblem, Supervisor
from pas.embedded.binaries import binary
from pas.embedded.cluster import SUPERUSER
from pas.embedded.processes import is_alive, postmaster_of
from pas.settings import Settings, read_settings

app = typer.Typer(no_args_is_help=True, help="The PostgreSQL that the program runs itself.")


@app.command()
def run() -> None:
    """Run PostgreSQL until Ctrl-C; other commands attach to it.

    Not needed in daily use: every command starts it when nobody has.

    Example: PAS_DATA_DIR=/srv/pas pas postgres run
    """
    settings = _embedded_settings()
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    with _supervisor(settings) as server:
        who = "runs" if server.owns else "is run by another process"
        folder = server.place.socket_dir()
        done(f"PostgreSQL {settings.embedded_version} {who}; its socket is in {folder}.")
        while not ended.wait(0.5):
            pass
    done("Stopped.")


@app.command()
def status() -> None:
    """Say whether PostgreSQL runs (exit code 0) or not (1).

    Example: pas postgres status && echo runs
    """
    settings = _embedded_settings()
    place = DataDir(settings.data_dir, settings.embedded_version)
    found = postmaster_of(place.cluster)
    if found is None or not is_alive(found[0]):
        out.print(f"PostgreSQL {settings.embedded_version} does not run ({place.path}).")
        raise typer.Exit(1)
    state = "ready" if found[1] else "starting"
    out.print(f"PostgreSQL {settings.embedded_version} is {state}, process {found[0]}.")
    out.print(f"data    {place.cluster}\nsocket  {place.socket_dir()}", soft_wrap=True)


@app.command(context_settings={"ignore_unknown_options": True})
def psql(
    arguments: Annotated[list[str] | None, typer.Argument(help="For psql itself.")] = None,
) -> None:
    """Open psql as superuser on the database; PostgreSQL must run (see: pas postgres run).

    Examples: pas postgres psql
              pas postgres psql -- -c 'SELECT name FROM pas.municipality'
    """
    settings = _embedded_settings()
    place = DataDir(settings.data_dir, settings.embedded_version)
    secrets, folder = place.secrets(), place.socket_dir()
    if secrets is None or folder is None:
        raise EmbeddedProblem("There is no database yet. Start one with: pas postgres run.")
    program = str(binary("psql", settings.embedded_version))
    command = [program, "-h", str(folder), "-U", SUPERUSER, "-d", "pas", *(arguments or [])]
    password = {"PGPASSWORD": secrets.superuser_password}
    os.execve(program, command, {**os.environ, **password})  # noqa: S606 (psql needs the terminal and its Ctrl-C for itself; the path is of our own wheel and no shell reads the words)


def _supervisor(settings: Settings) -> Supervisor:
    return Supervisor(settings.data_dir, version=settings.embedded_version, say=say)


def _embedded_settings() -> Settings:
    settings = read_settings()
    if settings.database_url is not None:
        raise EmbeddedProblem("PAS_DATABASE_URL is set, so there is no PostgreSQL of our own.")
    return settings
