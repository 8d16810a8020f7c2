"""The manifest of a run: its files, each payment, and who said that its account is right.

Only its hash is kept, at the export. It is made anew each time it is asked, from rows that never
change, and one that would differ is not given out. The hash of the leaf of each approval leads to
the seals: whoever has the log finds the very event under a signed note (docs/seals.md).
"""

import asyncio
import hashlib
from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId, MunicipalityName, PayoutAccountId, SettlementId
from pas.ledger.position import Position
from pas.money import Cents
from pas.seals.checkpoints import last_checkpoint
from pas.seals.leaves import EventRow, of_event
from pas.seals.tree import leaf_hash
from pas.settlements.model import BankFile, SettlementLine, SettlementRun
from pas.settlements.rules import payment_id
from pas.settlements.stored import READ_FILES, read_lines, read_run

FORMAT: Final = "pas-settlement-manifest-1"


class ManifestNotFound(Refusal):
    """Deze uitbetaling heeft nog geen overzicht voor de controle."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Maak eerst het bankbestand bij de uitbetaling."


class ManifestDiffers(Refusal):
    """Het overzicht voor de controle is anders dan de eerste keer. U krijgt het niet."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Betaal niets meer uit. Bel de technisch beheerder."


class ApprovalRow(msgspec.Struct, frozen=True):
    """The event by which an account was approved, as a leaf hashes it."""

    epoch: int
    xid: int
    id: UUID
    kind: str
    subject_kind: str
    subject_id: PayoutAccountId
    actor_kind: str
    actor_id: UUID
    on_behalf_of: UUID | None
    content_hash: bytes
    recorded_at: datetime


class Approval(msgspec.Struct, frozen=True, rename="camel"):
    """Who approved an account, by which event, and the hash (hex) of its leaf in the seals."""

    event_id: UUID
    approved_by: UUID
    leaf_hash: str


class ManifestPayment(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    number: int
    end_to_end_id: str
    merchant_id: MerchantId
    amount_cents: Cents
    payout_account_id: PayoutAccountId
    iban: str
    holder: str
    approval: Approval | None
    """None where the account was approved before events were kept."""


class ManifestFile(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    sha256: str
    transactions: int
    total_cents: Cents


class Payer(msgspec.Struct, frozen=True):
    name: str
    iban: str


class Manifest(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """All of it, in the order in which it is written."""

    format: str
    municipality: MunicipalityName
    settlement_id: SettlementId
    number: int
    cutoff: Position
    """Everything before it in the books is in the run or was in one before."""
    proposed_at: datetime
    proposed_by: UUID
    approved_at: datetime
    approved_by: UUID
    pays_on: date
    payer: Payer
    transactions: int
    total_cents: Cents
    files: list[ManifestFile]
    payments: list[ManifestPayment]


class Kept(msgspec.Struct, frozen=True):
    sha256: str


READ_CUTOFF: Final = Statement(
    "SELECT cutoff_epoch AS epoch, cutoff_xid AS xid FROM settlement_run WHERE id = $1", Position
)
READ_APPROVALS: Final = Statement(
    """
    SELECT DISTINCT ON (e.subject_id) e.epoch, e.xid, e.id, e.kind, e.subject_kind, e.subject_id, e.actor_kind,
        e.actor_id, e.on_behalf_of, e.content_hash, e.recorded_at
    FROM settlement_line l
    JOIN event e ON e.subject_kind = 'payout_account' AND e.subject_id = l.payout_account_id
        AND e.kind = 'payout_account.approved'
    WHERE l.run_id = $1 ORDER BY e.subject_id, e.recorded_at, e.id
    """,
    ApprovalRow,
)
READ_KEPT: Final = Statement(
    "SELECT encode(sha256, 'hex') AS sha256 FROM settlement_manifest WHERE run_id = $1", Kept
)
KEEP: Final = Statement(
    """
    INSERT INTO settlement_manifest (run_id, sha256, made_at) VALUES ($1, $2, $3)
    ON CONFLICT (run_id) DO NOTHING
    """,
    None,
)


async def keep_manifest(
    connection: Connection,
    municipality: MunicipalityName,
    run_id: SettlementId,
    *,
    now: datetime,
) -> str:
    """Keep the hash at the first time, in the transaction of the export; gives it in hex."""
    content = await _made(connection, municipality, run_id)
    await KEEP.run(connection, run_id, hashlib.sha256(content).digest(), now)
    return hashlib.sha256(content).hexdigest()


async def fetch_manifest(
    connection: Connection, municipality: MunicipalityName, run_id: SettlementId, *, now: datetime
) -> bytes:
    """Make it once more; raises ManifestDiffers unless it is what it was."""
    async with connection.transaction():
        run = await read_run(connection, run_id)
        if run.exported_at is None:
            raise ManifestNotFound
        content = await _made(connection, municipality, run_id)
        sha256 = hashlib.sha256(content)
        # A run of which the bank had its files before manifests were kept: from now on it is this one.
        await KEEP.run(connection, run_id, sha256.digest(), now)
        if sha256.hexdigest() != (await READ_KEPT.one(connection, run_id)).sha256:
            raise ManifestDiffers
    return content


async def read_manifest_hash(connection: Connection, run_id: SettlementId) -> str | None:
    found = await READ_KEPT.first(connection, run_id)
    return None if found is None else found.sha256


async def checkpoint_of(connection: Connection) -> str | None:
    """Give the last signed note over the books, to be kept beside a manifest; None before the first."""
    last = await last_checkpoint(connection)
    return None if last is None else last.note


async def _made(
    connection: Connection, municipality: MunicipalityName, run_id: SettlementId
) -> bytes:
    run = await read_run(connection, run_id)
    lines = await read_lines(connection, run_id)
    files = await READ_FILES.all(connection, run_id)
    rows = await READ_APPROVALS.all(connection, run_id)
    cutoff = await READ_CUTOFF.one(connection, run_id)
    approvals = {row.subject_id: approval_of(row) for row in rows}
    manifest = _manifest(municipality, run, cutoff, files=files, lines=lines, approvals=approvals)
    return await asyncio.to_thread(written, manifest)


def written(manifest: Manifest) -> bytes:
    """Write it for people and programs: JSON, two spaces, ending in a newline."""
    assert sum(one.amount_cents for one in manifest.payments) == manifest.total_cents
    assert sum(one.total_cents for one in manifest.files) == manifest.total_cents
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def approval_of(row: ApprovalRow) -> Approval:
    event = EventRow(
        *(row.xid, row.id, row.kind, row.subject_kind, row.subject_id, row.actor_kind),
        *(row.actor_id, row.on_behalf_of, row.content_hash, row.recorded_at),
    )
    leaf = of_event(row.epoch, event)
    return Approval(row.id, row.actor_id, leaf_hash(leaf.data).hex())


def _manifest(
    municipality: MunicipalityName,
    run: SettlementRun,
    cutoff: Position,
    *,
    files: list[BankFile],
    lines: list[SettlementLine],
    approvals: dict[PayoutAccountId, Approval],
) -> Manifest:
    assert run.approved_at is not None, "only what was approved goes to the bank"
    assert run.approved_by is not None, "only what was approved goes to the bank"
    assert run.pays_on is not None, "only what was approved goes to the bank"
    assert run.payer_name is not None, "only what was approved goes to the bank"
    assert run.payer_iban is not None, "only what was approved goes to the bank"
    return Manifest(
        format=FORMAT,
        municipality=municipality,
        settlement_id=run.id,
        number=run.number,
        cutoff=cutoff,
        proposed_at=run.proposed_at,
        proposed_by=run.proposed_by,
        approved_at=run.approved_at,
        approved_by=run.approved_by,
        pays_on=run.pays_on,
        payer=Payer(run.payer_name, run.payer_iban),
        transactions=len(lines),
        total_cents=Cents(sum(one.amount_cents for one in lines)),
        files=[_file(municipality, run, one) for one in files],
        payments=[_payment(municipality, run, one, approvals=approvals) for one in lines],
    )


def _file(municipality: MunicipalityName, run: SettlementRun, one: BankFile) -> ManifestFile:
    name = payment_id(municipality, run.number, f"F{one.number}")
    return ManifestFile(name, one.sha256, one.transactions, one.total_cents)


def _payment(
    municipality: MunicipalityName,
    run: SettlementRun,
    line: SettlementLine,
    *,
    approvals: dict[PayoutAccountId, Approval],
) -> ManifestPayment:
    return ManifestPayment(
        number=line.number,
        end_to_end_id=payment_id(municipality, run.number, line.number),
        merchant_id=line.merchant_id,
        amount_cents=line.amount_cents,
        payout_account_id=line.payout_account_id,
        iban=line.iban,
        holder=line.holder,
        approval=approvals.get(line.payout_account_id),
    )
