"""The club confirms that a child takes part, and states the amount with its invoice: booked and payable.

The id comes from whoever sends it: the same again is the same confirmation, and other content under it
is refused. What is left is for gear, at any shop with an agreement for the purpose, until the award ends.
A child that never came costs nothing; its award stays for an officer to bind elsewhere, or to release.
"""

import hmac
from datetime import datetime
from typing import ClassVar, Final, Literal

import asyncpg
import msgspec

from pas.applications.awards import AwardRow
from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.processing import trace_id
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ApplicationId, EntryId, MerchantId, MunicipalityName
from pas.ledger.book import Outcome
from pas.ledger.fingerprint import encoded_field
from pas.merchants.model import MerchantState
from pas.money import Cents, euros
from pas.web.dates import moment

PRINT: Final = b"pas confirmation 1\x00"
LONGEST_INVOICE: Final = 60
"""Characters of the number of an invoice, as in the table."""
TRIES: Final = 3
AGAIN: Final = frozenset(("PA001", "40P01"))
Participation = Literal["takes_part", "never_came"]


class AwardNotFound(Refusal):
    """Deze toekenning is er niet bij uw club."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een kind uit de lijst. Staat het er niet bij? Bel de gemeente."


class AboveWhatIsLeft(Refusal):
    """Dit is meer dan er over is."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Vul een lager bedrag in. Vraag de rest niet aan de ouder."


class AwardHasEnded(Refusal):
    """Deze toekenning is voorbij."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Bel de gemeente. Een medewerker kijkt of het nog kan."


class ClubIsSuspended(Refusal):
    """Uw club doet nu niet mee."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Bel de gemeente. Daarna kunt u dit opnieuw opgeven."


class InvoiceMissing(Refusal):
    """Er staat geen goed factuurnummer bij."""

    next_step: ClassVar[str] = "Vul het nummer van uw factuur in, hoogstens 60 tekens."


class InvoiceStatedBefore(Refusal):
    """Deze factuur gaf u al op voor dit kind."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Is het een andere factuur? Vul dan haar eigen nummer in."


class ConfirmationIdReused(Refusal):
    """Dit nummer hoort bij een andere opgave."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Begin opnieuw met een nieuwe opgave."


class ConfirmationBusy(Refusal):
    """Het is nu druk."""

    status: ClassVar[int] = 503
    next_step: ClassVar[str] = "Verstuur het zo nog een keer. Het telt maar één keer."


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """What a club states; the invoice is named by its number and names nobody."""

    id: EntryId
    application: ApplicationId
    merchant: MerchantId
    amount_cents: Cents
    invoice: str


class Confirmed(msgspec.Struct, frozen=True, rename="camel"):
    """What was booked, and what is left for gear."""

    id: EntryId
    amount_cents: Cents
    left_cents: Cents


class OutcomeRow(msgspec.Struct, frozen=True):
    outcome: Outcome


class StandRow(msgspec.Struct, frozen=True):
    """Why a confirmation was not booked; ``bound`` is where the award can be confirmed."""

    bound: MerchantId
    merchant_state: MerchantState
    left_cents: Cents | None
    until: datetime | None
    released_at: datetime | None
    invoiced: bool


CONFIRM: Final = Statement(
    "SELECT confirm_award($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS outcome", OutcomeRow
)
LIFT: Final = Statement(
    """
    WITH lifted AS (UPDATE budget SET merchant_id = NULL WHERE application_id = $1)
    UPDATE child_application SET participation = 'takes_part', participation_at = $2 WHERE id = $1
    """,
    None,
)
NEVER_CAME: Final = Statement(
    """
    UPDATE child_application SET participation = 'never_came', participation_at = $2
    WHERE id = $1 AND state = 'awarded' AND participation IS NULL
    """,
    None,
)
READ_STAND: Final = Statement(
    """
    SELECT coalesce(b.merchant_id, a.merchant_id) AS bound, m.state AS merchant_state, c.amount AS left_cents,
        c.usable_until AS until, a.released_at, was_stated(b.account_id, $2, $3) AS invoiced
    FROM child_application a
    JOIN merchant m ON m.id = a.merchant_id
    LEFT JOIN budget b ON b.application_id = a.id
    LEFT JOIN balance c ON c.account_id = b.account_id
    WHERE a.id = $1 AND a.state = 'awarded'
    """,
    StandRow,
)
READ_AWARD: Final = Statement(
    """
    SELECT a.id AS application_id, a.resident_id, a.merchant_id, '' AS child, '' AS title, a.awarded_cents,
        NULL::bigint AS left_cents, NULL::timestamptz AS until, a.participation
    FROM child_application a WHERE a.id = $1 AND a.state = 'awarded' FOR UPDATE
    """,
    AwardRow,
)


async def confirm(
    connection: Connection,
    stated: Stated,
    *,
    municipality: MunicipalityName,
    key: bytes,
    actor: Actor,
    now: datetime,
) -> Confirmed:
    """Book what a club states, or refuse with what it can do."""
    actor.require_merchant(stated.merchant)
    refuse_invoice(stated.invoice)
    for _ in range(TRIES):
        outcome = await _book(
            connection, stated, print_of(stated, municipality, key), actor=actor, now=now
        )
        if outcome != Outcome.BUSY:
            return await _answer(connection, stated, outcome, now=now)
    raise ConfirmationBusy


async def never_came(
    connection: Connection,
    merchant: MerchantId,
    application: ApplicationId,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Say that a child never came; the award waits for an officer."""
    actor.require_merchant(merchant)
    async with connection.transaction():
        found = await READ_AWARD.first(connection, application)
        if found is None or found.merchant_id != merchant:
            raise AwardNotFound
        if found.participation is None:
            await NEVER_CAME.run(connection, application, now)
            await record_event(
                connection,
                kind="child_application.never_came",
                subject_kind="child_application",
                subject_id=application,
                actor=actor,
            )


def refuse_invoice(invoice: str) -> None:
    if not invoice.strip() or len(invoice) > LONGEST_INVOICE or not invoice.isprintable():
        raise InvoiceMissing


def print_of(stated: Stated, municipality: MunicipalityName, key: bytes) -> bytes:
    """What decides this booking, in 32 bytes that stay beside its id for ever."""
    fields = (
        *(municipality, "confirm", stated.application, stated.merchant),
        *(stated.amount_cents, stated.invoice.strip()),
    )
    return hmac.digest(key, PRINT + b"".join(map(encoded_field, fields)), "sha256")


async def _book(
    connection: Connection, stated: Stated, print_: bytes, *, actor: Actor, now: datetime
) -> Outcome:
    try:
        async with connection.transaction():
            row = await CONFIRM.one(
                connection,
                *(stated.id, print_, stated.application, stated.merchant),
                *(stated.invoice.strip(), stated.amount_cents, now, actor.kind, actor.id),
                trace_id(),
            )
            if row.outcome == Outcome.BOOKED:
                await LIFT.run(connection, stated.application, now)
                await record_event(
                    connection,
                    kind="child_application.confirmed",
                    subject_kind="child_application",
                    subject_id=stated.application,
                    actor=actor,
                    after={"amountCents": stated.amount_cents},
                )
    except asyncpg.PostgresError as error:
        if error.sqlstate not in AGAIN:
            raise
        return Outcome.BUSY
    return row.outcome


async def _answer(
    connection: Connection, stated: Stated, outcome: Outcome, *, now: datetime
) -> Confirmed:
    stand = await READ_STAND.first(
        connection, stated.application, stated.merchant, stated.invoice.strip()
    )
    left = Cents(0) if stand is None or stand.left_cents is None else stand.left_cents
    if outcome in {Outcome.BOOKED, Outcome.REPLAY}:
        return Confirmed(stated.id, stated.amount_cents, left)
    if outcome == Outcome.MISUSE:
        raise ConfirmationIdReused
    raise _refusal(stated, stand, left, now=now)


def _refusal(stated: Stated, stand: StandRow | None, left: Cents, *, now: datetime) -> Refusal:
    if stand is None or stand.bound != stated.merchant:
        return AwardNotFound()
    if stand.merchant_state != "approved":
        return ClubIsSuspended()
    if stand.invoiced:
        return InvoiceStatedBefore()
    if stand.until is None or stand.until <= now or stand.released_at is not None:
        ended = "" if stand.until is None else f" Dat was op {moment(stand.until)}."
        return AwardHasEnded(f"{AwardHasEnded.title()}{ended}")
    if left < stated.amount_cents:
        return AboveWhatIsLeft(f"U kunt nog {euros(left)} opgeven.")
    return AwardHasEnded()
