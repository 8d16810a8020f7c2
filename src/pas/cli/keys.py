"""``pas keys``: the keys of a municipality, which lie outside its database and its export."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pas.auth.actor import SYSTEM
from pas.auth.carried_keys import lock_keys, unlock_keys
from pas.auth.change_keys import Happened, change_keys
from pas.auth.key_files import end_key, make_keys, put_keys, rotate_key, write_private
from pas.auth.keys import Key, KeyStore, Purpose
from pas.cli.login import run
from pas.cli.screen import done, failed, out, say
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.installation import fit_name
from pas.settings import Settings, read_settings

app = typer.Typer(no_args_is_help=True, help="The keys of a municipality.")

Municipality = Annotated[str, typer.Argument(help="For example den_haag.")]
KeyPurpose = Annotated[Purpose, typer.Option(help="What the key is for.")]
PassphraseFile = Annotated[
    Path | None, typer.Option(help="Its first line is the passphrase; asked for if left out.")
]


@app.command()
def make(municipality: Municipality) -> None:
    """Make the first keys of a municipality. Back them up at once, apart from the database.

    Without them nobody can read a citizen number or check a card that was given out.

    Example: pas keys make den_haag
    """
    settings, name = read_settings(), fit_name(municipality)
    store = KeyStore(settings.keys)
    changed(
        settings,
        name,
        lambda: make_keys(store, name, demo=False, now=datetime.now(UTC)).keys,
        happened="made",
    )
    done(f"{municipality} has keys.")
    say(f"Back up {store.path(fit_name(municipality))} now, apart from the database.")


@app.command()
def rotate(municipality: Municipality, purpose: KeyPurpose) -> None:
    """Make a new current key; what the older ones made stays readable.

    Example: pas keys rotate den_haag --purpose token_signing
    """
    settings, name = read_settings(), fit_name(municipality)
    store = KeyStore(settings.keys)
    (key,) = changed(
        settings,
        name,
        lambda: (rotate_key(store, name, purpose=purpose, now=datetime.now(UTC)),),
        happened="rotated",
    )
    done(f"{key.key_id} is the key for {purpose.value} now.")
    say(f"Back up {store.path(fit_name(municipality))} again.")


@app.command()
def end(municipality: Municipality, key_id: Annotated[str, typer.Argument()]) -> None:
    """Throw an older key away, after a leak: every token it made is worth nothing then.

    Example: pas keys end den_haag 20261123-5f0c9a2e
    """
    settings, name = read_settings(), fit_name(municipality)
    store = KeyStore(settings.keys)
    (key,) = changed(settings, name, lambda: (end_key(store, name, key_id),), happened="ended")
    done(f"{key.key_id} for {key.purpose.value} is gone.")


@app.command(name="list")
def list_all(municipality: Municipality) -> None:
    """List the keys, newest first in each purpose; the secrets are not shown.

    Example: pas keys list den_haag
    """
    ring = KeyStore(read_settings().keys).ring(fit_name(municipality))
    table = Table(box=None, pad_edge=False)
    for column in ("key", "purpose", "made", "state"):
        table.add_column(column)
    for purpose in Purpose:
        found = [key for key in reversed(ring.keys) if key.purpose == purpose]
        for key in found:
            state = "current" if key == found[0] else "reads only"
            made = f"{key.created_at:%Y-%m-%d}"
            table.add_row(key.key_id, purpose.value, made, state)
    out.print(table)
    failed(*(ring.lacking(purpose) for purpose in ring.missing))


@app.command(name="export")
def export_keys(
    municipality: Municipality,
    file: Annotated[Path, typer.Argument(help="Where to; a new file.")],
    *,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write the keys to a file that opens with a passphrase, to bring them to another machine.

    An export of the municipality has no keys, and without them no card pays. Send the passphrase another
    way than the file.

    Example: pas keys export den_haag den_haag.keys
    """
    settings, name = read_settings(), fit_name(municipality)
    ring = KeyStore(settings.keys).ring(name)
    locked = lock_keys(ring, asked(passphrase_file, again=True))

    def write() -> Sequence[Key]:
        write_private(file, locked)
        return ring.keys

    changed(settings, name, write, happened="taken_along")
    done(f"{len(ring.keys)} keys of {name} are in {file}.")


@app.command(name="import")
def import_keys(
    file: Annotated[Path, typer.Argument(help="What pas keys export wrote.")],
    *,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Bring in the keys of a municipality, before it is imported itself; never over other keys.

    Example: pas keys import den_haag.keys
    """
    content = file.read_bytes()
    ring = unlock_keys(content, asked(passphrase_file, again=False))
    store = KeyStore(read_settings().keys)
    put_keys(store, ring)
    done(
        f"{len(ring.keys)} keys of {ring.municipality} are here. Bring its export in: pas import FOLDER"
    )
    say(f"Back up {store.path(ring.municipality)} now, apart from the database.")


def asked(file: Path | None, *, again: bool) -> str:
    """Ask for a passphrase, or read it from the first line of a file."""
    if file is not None:
        return file.read_text(encoding="utf-8").split("\n", 1)[0]
    words: str = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=again, err=True)
    return words


def changed(
    settings: Settings,
    municipality: MunicipalityName,
    change: Callable[[], Sequence[Key]],
    *,
    happened: Happened,
) -> Sequence[Key]:
    """Change keys of a municipality that is there, and write down that it was done."""

    async def work(connection: Connection) -> Sequence[Key]:
        return await change_keys(connection, change, happened=happened, actor=SYSTEM)

    return run(settings, municipality, work)
