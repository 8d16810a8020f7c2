"""The manifest of an exported municipality: what is in which file, signed by the key that seals its books."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from pas.auth.keys import KeyRing, Purpose
from pas.errors import Refusal
from pas.ids import EventId, MunicipalityName
from pas.leaving.tables import Column
from pas.ledger.prove import MerchantEquation, Proof, SchemeEquation
from pas.seals.notes import Note, NoteUnreadable, read_note, sign, signers, verifier_of

FORMAT: Final = "pas-municipality/1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.note"


class NoExport(Refusal):
    """Dit is geen export van een gemeente."""

    next_step: ClassVar[str] = "Kies de map die de export maakte. Of maak de export opnieuw."


class ExportNotSigned(Refusal):
    """Deze export is niet getekend met een sleutel van de gemeente."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Lees eerst de sleutels van deze gemeente in. Haal anders de export opnieuw op."
    )


class MigrationMark(msgspec.Struct, frozen=True, rename="camel"):
    """A migration that made the tables; the hash is that of its file."""

    number: int
    name: str
    sha256: str


class TableFile(msgspec.Struct, frozen=True, rename="camel"):
    """A table as a file; ``content_sha256`` is over the CSV, ``sha256`` over the file as packed."""

    table: str
    what: str
    file: str
    rows: int
    sha256: str
    content_sha256: str
    order: list[str]
    columns: list[Column]


class BookFile(msgspec.Struct, frozen=True):
    """A file of the sealed books, in the format of docs/seals.md."""

    file: str
    sha256: str


class LeftTable(msgspec.Struct, frozen=True):
    table: str
    reason: str


class KeyMark(msgspec.Struct, frozen=True, rename="camel"):
    """A key that is needed with these rows, without its secret."""

    key_id: str
    purpose: Purpose


class Totals(msgspec.Struct, frozen=True, rename="camel"):
    """What the books add up to, as ``pas ledger prove`` says it; amounts in cents or visits."""

    closes: bool
    schemes: list[SchemeEquation]
    merchants: list[MerchantEquation]


class Manifest(msgspec.Struct, frozen=True, rename="camel"):
    """What ``manifest.json`` holds."""

    format: str
    municipality: MunicipalityName
    title: str
    demo: bool
    sandbox: bool
    event_id: EventId
    made_at: datetime
    program: str
    postgresql: str
    migrations: list[MigrationMark]
    tables: list[TableFile]
    books: list[BookFile]
    left_behind: list[LeftTable]
    keys: list[KeyMark]
    checkpoint: str | None
    totals: Totals

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables)


def totals_of(proof: Proof) -> Totals:
    return Totals(proof.closes, proof.schemes, proof.merchants)


def write_manifest(folder: Path, manifest: Manifest, ring: KeyRing) -> None:
    """Write it last, so that a folder without one is half an export."""
    content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    text = signed_text(manifest.municipality, content)
    signature = sign(text, signer(manifest.municipality), ring.current(Purpose.SEAL).secret)
    (folder / SIGNATURE).write_text(str(Note(text, (signature,))), encoding="utf-8")
    (folder / MANIFEST).write_bytes(content)


def read_manifest(folder: Path) -> Manifest:
    """Read what it says; whether that is true is asked by ``refuse_unsigned`` and ``refuse_damaged``."""
    try:
        found = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise NoExport(f"In {folder} staat geen leesbaar {MANIFEST}.") from error
    if found.format != FORMAT:
        raise NoExport(f"Deze export heeft de vorm {found.format[:40]}. Wij lezen {FORMAT}.")
    return found


def refuse_unsigned(folder: Path, manifest: Manifest, ring: KeyRing) -> None:
    """The manifest must be what the municipality's own key signed, the current one or an older."""
    name = signer(manifest.municipality)
    keys = [verifier_of(name, one.secret) for one in ring.of(Purpose.SEAL)]
    try:
        note = read_note((folder / SIGNATURE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, NoteUnreadable) as error:
        raise ExportNotSigned(f"In {folder} staat geen leesbaar {SIGNATURE}.") from error
    text = signed_text(manifest.municipality, (folder / MANIFEST).read_bytes())
    if note.text != text or not signers(note, keys):
        raise ExportNotSigned


def signed_text(municipality: MunicipalityName, content: bytes) -> str:
    return f"{FORMAT}\n{municipality}\n{hashlib.sha256(content).hexdigest()}\n"


def signer(municipality: MunicipalityName) -> str:
    return f"pas/{municipality}"
