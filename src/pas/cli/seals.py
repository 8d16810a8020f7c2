"""``pas ledger seal``, ``verify``, ``export`` and ``seal-keys``: that the past of the books stays what it was."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer

from pas.auth.keys import KeyRing, KeyStore, Purpose
from pas.cli.ledger import REFUSED, SHOWN, app
from pas.cli.rows import bar
from pas.cli.screen import done, failed, out, say
from pas.db import Connection, Database, role_name
from pas.ids import MunicipalityName
from pas.installation import Access, opened
from pas.seals.check_receipts import Checked, check_receipts
from pas.seals.checkpoints import last_checkpoint, read_checkpoint
from pas.seals.export import export_books
from pas.seals.notes import read_verifier, verifier_of
from pas.seals.receipts import SIGNER, read_receipt
from pas.seals.seal import note_keys, seal_next
from pas.seals.verify import Verification, verify
from pas.settings import read_settings

_Answer = TypeVar("_Answer")
Place = Annotated[str, typer.Argument(help="Whose books; see pas municipality list.")]

WORDS = {
    "changed": "a row is not what was sealed",
    "removed": "a row that was sealed is gone",
    "inserted": "a row was put in where everything was sealed already",
    "moved": "rows stand in another order than was sealed",
    "root": "the leaves have another root than was signed",
    "signature": "the seal is not signed by a key that can be trusted",
    "origin": "the seal is of other books",
    "position": "the seals do not reach as far as their leaves",
    "copy": "the past is another one than was published",
    "balances": "the sealed balances are not what the movements add up to",
}
KEPT = {
    "kept": "kept, at {number}",
    "not-due": "not sealed yet; it has to be before {before:%Y-%m-%d %H:%M:%S} UTC",
    "omitted": "BROKEN: it had to be sealed before {before:%Y-%m-%d %H:%M:%S} UTC, and is not there",
    "promise": "BROKEN: something else was sealed, at {number}",
    "receipt": "not signed by a key of these books",
}


@app.command(name="seal")
def seal_books(municipality: Place) -> None:
    """Seal now what was booked and changed. pas work does so by itself, about once a second.

    Example: pas ledger seal velsen
    """
    name, settings = MunicipalityName(municipality), read_settings()
    with opened(settings, say) as access:
        ring = KeyStore(settings.keys).ring(name)
        leaves, size = asyncio.run(_sealed(access, name, ring))
    done(f"{leaves} rows sealed; {size} in all.")


@app.command(name="verify")
def verify_books(
    municipality: Place,
    *,
    key: Annotated[
        list[str] | None,
        typer.Option(help="A key that you trust, as pas ledger seal-keys shows it."),
    ] = None,
    copy: Annotated[
        list[Path] | None, typer.Option(help="A seal that you kept: the past must still be that.")
    ] = None,
    receipt: Annotated[
        list[Path] | None, typer.Option(help="The receipt of a sale: it must have been kept.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, for a program.")] = False,
) -> None:
    """Verify every row against its seal, and every seal against its key and the copies you kept.

    Without --key the keys on this machine are trusted; an auditor brings the key from elsewhere.
    Exit code 0 when all holds, 1 when something was changed, removed, put in, moved or signed anew,
    or when a receipt was not kept.

    Example: pas ledger verify velsen --copy seal-of-january.txt
    """
    name, settings = MunicipalityName(municipality), read_settings()
    with opened(settings, say) as access, bar(f"Verifying the seals of {name}") as told:
        known = [read_verifier(word) for word in key or ()]
        trusted = [one.public_key for one in known if not one.name.startswith(SIGNER)]
        trusted = trusted or _public(KeyStore(settings.keys).ring(name))
        of_receipts = [one.public_key for one in known if one.name.startswith(SIGNER)]
        copies = [read_checkpoint(path.read_text(encoding="utf-8"))[0] for path in copy or ()]
        receipts = [read_receipt(path.read_text(encoding="utf-8")) for path in receipt or ()]

        async def work(connection: Connection) -> tuple[Verification, list[Checked]]:
            found = await verify(connection, trusted=trusted, copies=copies, told=told)
            now = datetime.now(UTC)
            return found, await check_receipts(connection, receipts, trusted=of_receipts, now=now)

        found, checked = asyncio.run(_as_auditor(access, name, work))
    if as_json:
        out.print_json(msgspec.json.encode({"seals": found, "receipts": checked}).decode())
    _show(name, found, checked)


def _show(name: str, found: Verification, receipts: Sequence[Checked]) -> None:
    """Say what was found; end with 1 when anything does not hold."""
    for fault in found.faults[:SHOWN]:
        about = "" if fault.kind is None else f" ({fault.kind} {fault.key})"
        failed(f"At {fault.number}: {WORDS[fault.what]}{about}.")
    for one in receipts:
        said = KEPT[one.verdict].format(number=one.number, before=one.before)
        (say if one.holds else failed)(f"Receipt of {one.entry_id}: {said}.")
    broken = sum(not one.holds for one in receipts)
    if not found.holds:
        failed(f"The seals of {name} do not hold: {len(found.faults)} faults.")
    if broken:
        failed(f"{broken} of {len(receipts)} receipts do not hold.")
    if broken or not found.holds:
        sys.exit(REFUSED)
    done(f"{found.size} rows under {found.checkpoints} seals of {name} hold.")


@app.command(name="export")
def export_log(
    municipality: Place,
    folder: Annotated[Path, typer.Argument(help="Where to; it has to be new or empty.")],
) -> None:
    """Write the books with their seals to a folder, for pas_verify.py and whoever mistrusts us.

    Nothing in it names a person. docs/seals.md has the format.

    Example: pas ledger export velsen books-of-velsen
    """
    name = MunicipalityName(municipality)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        failed(f"{folder} is not empty. Give a new folder.")
        sys.exit(REFUSED)
    with opened(read_settings(), say) as access, bar(f"Writing the books of {name}") as told:
        last = asyncio.run(_as_auditor(access, name, lambda c: export_books(c, folder, told=told)))
    size = 0 if last is None else last.size
    done(f"{size} sealed rows of {name} are in {folder}.")


@app.command(name="seal-keys")
def seal_keys(municipality: Place) -> None:
    """Show the public keys of the seals, and then of receipts, for whoever verifies them.

    Of the seals the first one is enough.

    Example: pas ledger seal-keys velsen
    """
    name, settings = MunicipalityName(municipality), read_settings()
    with opened(settings, say) as access:
        last = asyncio.run(_as_auditor(access, name, last_checkpoint))
    if last is None:
        failed(f"Nothing of {name} is sealed yet. Do it now: pas ledger seal {name}")
        sys.exit(REFUSED)
    origin = read_checkpoint(last.note)[0].origin
    ring = KeyStore(settings.keys).ring(name)
    for signer, purpose in ((origin, Purpose.SEAL), (f"{SIGNER}{name}", Purpose.RECEIPT)):
        for one in ring.keys:
            if one.purpose == purpose:
                out.print(verifier_of(signer, one.secret).text, soft_wrap=True)


async def _sealed(access: Access, name: MunicipalityName, ring: KeyRing) -> tuple[int, int]:
    database, leaves = Database(access.address), 0
    try:
        async with database.connection(name) as connection:
            await note_keys(connection, ring)
            while (one := await seal_next(connection, ring)) is not None:
                leaves += one.leaves
            last = await last_checkpoint(connection)
    finally:
        await database.close()
    return leaves, 0 if last is None else last.size


async def _as_auditor(
    access: Access, name: MunicipalityName, work: Callable[[Connection], Awaitable[_Answer]]
) -> _Answer:
    """Work with a login that can read and nothing else."""
    connection = await access.address.login(role_name("auditor", name)).connect()
    try:
        return await work(connection)
    finally:
        await connection.close()


def _public(ring: KeyRing) -> list[bytes]:
    return [verifier_of("", one.secret).public_key for one in ring.of(Purpose.SEAL)]
