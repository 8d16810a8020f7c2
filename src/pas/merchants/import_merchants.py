"""Brings in a file of merchants: a verdict for every row, and the same file again changes nothing.

Each row is a transaction within that of its chunk, so a bad row never takes a good one down. New
merchants wait for approval and new accounts for a second person, as if they were typed in. What
the file does not mention stays: nothing ends because a line was left out.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import BinaryIO, ClassVar, Final

import msgspec

from pas import cells
from pas.auth.actor import Actor
from pas.csvfile import Outcome, RowVerdict, chunks
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ImportId, MerchantId, uuid7
from pas.imports.record import Import, end_import, file_hash, keep_verdicts, start_import
from pas.merchants.agreements import READ_AGREEMENTS, add_agreement
from pas.merchants.locations import READ_LOCATIONS, add_location, change_location, details_of
from pas.merchants.merchant_files import MerchantRow, ReadMerchant, merchant_key, read_merchants
from pas.merchants.model import AgreementTerms, LocationDetails, Registration
from pas.merchants.payout_accounts import READ_ACCOUNTS, propose_account
from pas.merchants.register import change_merchant, register_merchant
from pas.merchants.rules import MerchantHasEnded
from pas.merchants.stored import lock_merchant

CHUNK: Final = 100

Told = Callable[[int, int], None]
"""Hears how many rows are done, of how many."""


class AgreementDiffers(Refusal):
    """Er is een afspraak met een andere prijs."""

    next_step: ClassVar[str] = (
        "Beëindig eerst de oude afspraak. Lees het bestand daarna opnieuw in."
    )


class FoundMerchant(msgspec.Struct, frozen=True):
    id: MerchantId


FIND_MERCHANT: Final = Statement(
    "SELECT id FROM merchant WHERE kvk_number IS NOT DISTINCT FROM $1 AND name = $2 ORDER BY id",
    FoundMerchant,
)


async def import_merchants(
    connection: Connection,
    source: BinaryIO,
    *,
    file_name: str,
    actor: Actor,
    now: datetime,
    import_id: ImportId | None = None,
    told: Told = lambda _done, _total: None,
) -> Import:
    """Read a whole file and act on it; raises FileRefused before anything is changed."""
    rows = without_twins(read_merchants(source, today=day_of(now)))
    started = await start_import(
        connection,
        import_id or ImportId(uuid7()),
        kind="merchants",
        file=(file_name, file_hash(source)),
        actor=actor,
        now=now,
    )
    done = 0
    for chunk in chunks(rows, CHUNK):
        async with connection.transaction():
            verdicts = [await _import_row(connection, read, actor=actor, now=now) for read in chunk]
            await keep_verdicts(connection, started.id, verdicts)
        done += len(chunk)
        told(done, len(rows))
    return await end_import(connection, started.id, now=now)


def without_twins(rows: Iterable[ReadMerchant]) -> list[ReadMerchant]:
    """Refuse a location that is there twice, and rows that disagree about their merchant."""
    first: dict[tuple[str, str], ReadMerchant] = {}
    places: dict[tuple[str, ...], int] = {}
    kept: list[ReadMerchant] = []
    for read in rows:
        fault = ""
        if read.said is not None:
            key = merchant_key(read.said.details)
            earlier = first.setdefault(key, read)
            place = (*key, read.said.location.name if read.said.location else "")
            line = places.setdefault(place, read.row.line)
            if earlier.said is not None and earlier.said.of_merchant() != read.said.of_merchant():
                fault = f"Deze aanbieder staat met andere gegevens op regel {earlier.row.line}."
            elif line != read.row.line:
                fault = f"Deze aanbieder staat met deze locatie ook op regel {line}."
        faults = (cells.Fault("name", fault),)
        kept.append(ReadMerchant(read.row, read.key, None, faults) if fault else read)
    return kept


async def _import_row(
    connection: Connection, read: ReadMerchant, *, actor: Actor, now: datetime
) -> RowVerdict:
    if read.said is None:
        return _verdict(
            read, "refused", reason=cells.sentences(read.faults), fields=cells.fields(read.faults)
        )
    try:
        async with connection.transaction():
            found = await FIND_MERCHANT.first(
                connection, read.said.details.kvk_number, read.said.details.name
            )
            if found is None:
                await _register(connection, read.said, actor=actor, now=now)
                return _verdict(read, "added")
            changed = await _change(connection, found.id, read.said, actor=actor, now=now)
    except Refusal as refusal:
        return _verdict(read, "refused", reason=refusal.detail)
    return _verdict(read, "changed" if changed else "same", fields=tuple(changed))


def _verdict(
    read: ReadMerchant, outcome: Outcome, *, reason: str = "", fields: tuple[str, ...] = ()
) -> RowVerdict:
    return RowVerdict(
        line=read.row.line, key=read.key, outcome=outcome, reason=reason, fields=fields
    )


async def _register(
    connection: Connection, said: MerchantRow, *, actor: Actor, now: datetime
) -> None:
    registration = Registration(
        details=said.details,
        locations=() if said.location is None else (said.location,),
        agreements=said.agreements,
        payout_account=said.account,
    )
    await register_merchant(connection, registration, actor=actor, now=now)


async def _change(
    connection: Connection,
    merchant_id: MerchantId,
    said: MerchantRow,
    *,
    actor: Actor,
    now: datetime,
) -> list[str]:
    """Make stored what the row says; gives the columns that changed anything."""
    stored = await lock_merchant(connection, merchant_id, actor=actor)
    if stored.state == "ended":
        raise MerchantHasEnded
    changed: list[str] = []
    before = (stored.contact_email, stored.contact_phone)
    if before != (said.details.contact_email, said.details.contact_phone):
        await change_merchant(connection, merchant_id, said.details, actor=actor)
        changed.append("contact_email")
    if said.location is not None and await _place(
        connection, merchant_id, said.location, actor=actor
    ):
        changed.append("location")
    if await _agree(connection, merchant_id, said.agreements, actor=actor):
        changed.append("agreements")
    if said.account is not None:
        versions = await READ_ACCOUNTS.all(connection, merchant_id)
        newest = next((one for one in versions if one.rejected_at is None), None)
        if newest is None or (newest.iban, newest.holder) != (
            said.account.iban,
            said.account.holder,
        ):
            await propose_account(connection, merchant_id, said.account, actor=actor, now=now)
            changed.append("iban")
    return changed


async def _place(
    connection: Connection, merchant_id: MerchantId, location: LocationDetails, *, actor: Actor
) -> bool:
    for stored in await READ_LOCATIONS.all(connection, merchant_id):
        if stored.name == location.name:
            if details_of(stored) == location:
                return False
            await change_location(connection, merchant_id, stored.id, details=location, actor=actor)
            return True
    await add_location(connection, merchant_id, location, actor=actor)
    return True


async def _agree(
    connection: Connection,
    merchant_id: MerchantId,
    agreements: tuple[AgreementTerms, ...],
    *,
    actor: Actor,
) -> bool:
    """Add what is not agreed yet; another price for what is agreed is refused."""
    stored = await READ_AGREEMENTS.all(connection, merchant_id)
    added = False
    for terms in agreements:
        same = [
            one
            for one in stored
            if one.category == terms.category
            and (one.valid_until is None or terms.valid_from < one.valid_until)
        ]
        if any(one.visit_price_cents != terms.visit_price_cents for one in same):
            raise AgreementDiffers(f"Voor {terms.category} is een andere prijs afgesproken.")
        if not same:
            await add_agreement(connection, merchant_id, terms, actor=actor)
            added = True
    return added
