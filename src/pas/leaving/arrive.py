"""Import a municipality that was exported elsewhere: all of it, proved and verified, or nothing.

What is checked first costs nothing: the signature, every file, the migrations, the keys. The tables are made
as for a new municipality; then one transaction loads the rows, begins a new epoch (transaction ids start
elsewhere on another server), proves the books, verifies every seal, compares the totals and registers the
municipality. Whoever is killed half-way leaves empty tables that nobody sees; the same command carries on.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from pas.app.proving import prove_books
from pas.auth.actor import SYSTEM
from pas.auth.events import record_event
from pas.auth.keys import KeyRing, KeysMissing, KeyStore, Purpose
from pas.db import Connection
from pas.errors import Refusal
from pas.installation import (
    Access,
    fit_name,
    migrations_dir,
    prepare,
    read_migrations,
)
from pas.installation.migrate import ONE_RUNNER, enter
from pas.installation.municipalities import REGISTER, make_municipality
from pas.installation.prepare import TAKE_TURN_FOR_SESSION, migrator
from pas.installation.raise_epoch import raise_in_transaction
from pas.leaving.export import THING, id_of, marks
from pas.leaving.files import SAME_WORDS, Told, refuse_damaged
from pas.leaving.load import load_rows
from pas.leaving.manifest import Manifest, Totals, read_manifest, refuse_unsigned, totals_of
from pas.seals.notes import verifier_of
from pas.seals.verify import Verification, verify

MOST_NAMED: Final = 5


class OtherSchemaVersion(Refusal):
    """Deze export is van een andere versie van pas."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Gebruik aan beide kanten dezelfde versie van pas."


class KeysLeftBehind(Refusal):
    """Er ontbreken sleutels van deze gemeente."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Haal de sleutels op waar de export vandaan komt: pas keys export. "
        "Lees ze hier in: pas keys import."
    )


class TotalsDiffer(Refusal):
    """De boeken komen hier niet op hetzelfde uit."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Er is niets ingelezen. Haal de export opnieuw op."


class SealsDoNotHold(Refusal):
    """De zegels van de boeken kloppen niet."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Er is niets ingelezen. Vraag wie aan de boeken heeft gezeten."


class Arrived(msgspec.Struct, frozen=True):
    """What the books add up to, there and here, and what was verified."""

    manifest: Manifest
    totals: Totals
    seals: Verification
    epoch: int


def keys_of_export(store: KeyStore, folder: Path) -> KeyRing:
    """Give the keys of the municipality that was exported, which have to be here before it."""
    name = fit_name(read_manifest(folder).municipality)
    try:
        return store.ring(name)
    except KeysMissing as error:
        raise KeysLeftBehind(
            f"Er zijn hier geen sleutels van '{name}'. Lees ze eerst in: pas keys import BESTAND."
        ) from error


def checked_export(folder: Path, ring: KeyRing) -> Manifest:
    """Read an export, or refuse one that is not whole, or not signed by the municipality itself."""
    manifest = read_manifest(folder)
    refuse_unsigned(folder, manifest, ring)
    refuse_damaged(folder, manifest)
    return manifest


async def import_municipality(
    access: Access,
    folder: Path,
    *,
    ring: KeyRing,
    told: Told = lambda _done, _total: None,
) -> Arrived:
    """Bring a municipality in under its own name; the keys are here already."""
    manifest = checked_export(folder, ring)
    municipality = fit_name(manifest.municipality)
    assert ring.municipality == municipality, "the keys of the export, see keys_of_export"
    refuse_other_version(manifest)
    refuse_missing_keys(manifest, ring)
    await prepare(access)
    async with migrator(access) as connection:
        await TAKE_TURN_FOR_SESSION.run(connection, ONE_RUNNER)
        await make_municipality(connection, access.address, municipality)
        return await _bring_in(connection, folder, manifest, ring=ring, told=told)


async def _bring_in(
    connection: Connection, folder: Path, manifest: Manifest, *, ring: KeyRing, told: Told
) -> Arrived:
    municipality = manifest.municipality
    async with connection.transaction(isolation="repeatable_read"):
        await enter(connection, municipality)
        await SAME_WORDS.run(connection)
        await load_rows(connection, folder, manifest, told=told)
        epoch = await raise_in_transaction(connection, municipality, reason=reason(manifest))
        await enter(connection, municipality)
        await record_event(
            connection,
            kind=f"{THING}.brought_in",
            subject_kind=THING,
            subject_id=id_of(municipality),
            actor=SYSTEM,
            after={"madeAt": manifest.made_at, "program": manifest.program, "epoch": epoch},
        )
        arrived = await _proved(connection, manifest, ring, epoch=epoch)
        await connection.execute("SET LOCAL ROLE NONE")
        await REGISTER.run(
            connection, municipality, manifest.title, manifest.demo, manifest.sandbox
        )
    return arrived


async def _proved(
    connection: Connection, manifest: Manifest, ring: KeyRing, *, epoch: int
) -> Arrived:
    """Before anything is kept: the same totals as there, books that close, and seals that hold."""
    trusted = [verifier_of("", one.secret).public_key for one in ring.of(Purpose.SEAL)]
    seals = await verify(connection, trusted=trusted)
    if not seals.holds:
        named = "; ".join(f"{one.number}: {one.what}" for one in seals.faults[:MOST_NAMED])
        raise SealsDoNotHold(f"{len(seals.faults)} fouten, de eerste bij {named}.")
    totals = totals_of(await prove_books(connection, datetime.now(UTC)))
    there = manifest.totals
    if (totals.schemes, totals.merchants) != (there.schemes, there.merchants):
        raise TotalsDiffer
    if there.closes and not totals.closes:
        raise TotalsDiffer("Daar sloten de boeken. Hier sluiten ze niet.")
    return Arrived(manifest, totals, seals, epoch)


def refuse_other_version(manifest: Manifest) -> None:
    here = marks(read_migrations(migrations_dir() / "municipality"))
    if manifest.migrations == here:
        return
    there = manifest.migrations
    if there == here[: len(there)]:
        raise OtherSchemaVersion(
            f"Deze export heeft {len(there)} migraties en dit programma {len(here)}. "
            "Draai daar pas migrate met deze versie, en exporteer opnieuw."
        )
    raise OtherSchemaVersion(
        f"Deze export is gemaakt met pas {manifest.program} en {len(there)} migraties. "
        "Installeer die versie hier. Werk daarna bij."
    )


def refuse_missing_keys(manifest: Manifest, ring: KeyRing) -> None:
    """A card of which the key is not here would never pay again."""
    missing = [one for one in manifest.keys if ring.find(one.purpose, one.key_id) is None]
    if missing:
        named = ", ".join(f"{one.key_id} ({one.purpose.value})" for one in missing[:MOST_NAMED])
        raise KeysLeftBehind(
            f"Deze sleutels ontbreken hier: {named}. Lees ze eerst in: pas keys import BESTAND."
        )


def reason(manifest: Manifest) -> str:
    return f"imported from the export of {manifest.made_at:%Y-%m-%d %H:%M} UTC"
