"""Receipts: with the answer to a sale goes a signed promise that it stands under a seal within a day.

Whoever holds a receipt, and does not find under a seal what it says, has proof that it was left out or
changed. Making one costs one signature and reads nothing, so no sale waits for it.
"""

from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final, Literal
from uuid import UUID

import msgspec

from pas.auth.keys import KeyRing, Purpose
from pas.errors import Refusal
from pas.seals.notes import Note, Verifier, read_note, sign

HEADING: Final = "pas-receipt/v1"
SIGNER: Final = "pas-receipt/"
PROMISED: Final = timedelta(hours=24)
"""A seal follows in seconds; a transaction that stays open, or a sealer that is down, may hold it up."""
MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"

ReceiptOutcome = Literal["booked", "declined"]


class ReceiptUnreadable(Refusal):
    """Dit is geen bewijs van een betaling."""

    next_step: ClassVar[str] = (
        "Kijk of u het hele bestand heeft, zonder dat er iets aan veranderde."
    )


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What was promised; ``cents`` is what the merchant gets by it, below zero where it gives back."""

    municipality: str
    entry_id: UUID
    outcome: ReceiptOutcome
    cents: int
    before: datetime

    @property
    def text(self) -> str:
        """Write what is signed."""
        said = (HEADING, self.municipality, str(self.entry_id), self.outcome, str(self.cents))
        return "\n".join((*said, self.before.strftime(MOMENT), ""))

    @property
    def signer(self) -> str:
        """Under which name the key of receipts signs: never that of the seals."""
        return f"{SIGNER}{self.municipality}"


def make_receipt(
    ring: KeyRing, entry_id: UUID, *, cents: int, is_booked: bool, recorded_at: datetime
) -> str | None:
    """Promise what was stored; the same again for a retry. None where the key was never made."""
    # A municipality of before there were receipts sells on; its start says which key to make.
    key = next((key for key in reversed(ring.keys) if key.purpose == Purpose.RECEIPT), None)
    if key is None:
        return None
    receipt = Receipt(
        municipality=ring.municipality,
        entry_id=entry_id,
        outcome="booked" if is_booked else "declined",
        cents=cents if is_booked else 0,
        before=(recorded_at + PROMISED).astimezone(UTC),
    )
    return str(Note(receipt.text, (sign(receipt.text, receipt.signer, key.secret),)))


def read_receipt(text: str) -> tuple[Receipt, Note]:
    """Read what a receipt says; whose signature is right is not asked yet."""
    note = read_note(text)
    try:
        _, municipality, entry_id, outcome, cents, before, _ = note.text.split("\n")
        receipt = Receipt(
            municipality=municipality,
            entry_id=UUID(entry_id),
            outcome=msgspec.convert(outcome, ReceiptOutcome),
            cents=int(cents),
            before=datetime.strptime(before, MOMENT).replace(tzinfo=UTC),
        )
    except (ValueError, msgspec.ValidationError):
        raise ReceiptUnreadable from None
    if receipt.text != note.text:
        raise ReceiptUnreadable
    return receipt, note


def receipt_verifier(receipt: Receipt, public_key: bytes) -> Verifier:
    return Verifier(receipt.signer, public_key)
