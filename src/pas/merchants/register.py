"""The municipality registers a merchant, with its locations, agreements and payout account.

Nothing can be spent there until somebody else approves it (``judge``), and nothing is paid out
until a second person has approved the account (``payout_accounts``).
"""

from datetime import datetime
from typing import ClassVar, Final

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId, uuid7
from pas.merchants.agreements import add_agreement
from pas.merchants.locations import add_location
from pas.merchants.model import MerchantDetails, MerchantKind, Registration
from pas.merchants.payout_accounts import propose_account
from pas.merchants.stored import lock_merchant, refuse_unknown_categories
from pas.merchants.values import (
    ValueFault,
    faults_of_account,
    faults_of_agreement,
    faults_of_details,
    faults_of_location,
    refuse_faults,
    tidy_account,
    tidy_details,
    tidy_location,
)


class MerchantExists(Refusal):
    """Deze aanbieder staat al ingeschreven."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Zoek de aanbieder in de lijst en pas de gegevens daar aan."


INSERT_MERCHANT: Final = Statement(
    """
    INSERT INTO merchant (id, name, kvk_number, contact_email, contact_phone, state, state_since, kind)
    VALUES ($1, $2, $3, $4, $5, 'requested', $6, $7)
    """,
    None,
)
CHANGE_MERCHANT: Final = Statement(
    "UPDATE merchant SET name = $2, kvk_number = $3, contact_email = $4, contact_phone = $5 WHERE id = $1",
    None,
)


async def register_merchant(
    connection: Connection,
    registration: Registration,
    *,
    actor: Actor,
    now: datetime,
    kind: MerchantKind = "regular",
) -> MerchantId:
    """Register everything or nothing; all that is wrong is told at once."""
    told = tidy_registration(registration)
    refuse_faults(faults_of_registration(told))
    merchant_id = MerchantId(uuid7())
    async with connection.transaction():
        await refuse_unknown_categories(connection, (one.category for one in told.agreements))
        await _insert(connection, (merchant_id, kind), told.details, now=now)
        await record_event(
            connection,
            kind="merchant.registered",
            subject_kind="merchant",
            subject_id=merchant_id,
            actor=actor,
            after=told.details,
        )
        for location in told.locations:
            await add_location(connection, merchant_id, location, actor=actor)
        for terms in told.agreements:
            await add_agreement(connection, merchant_id, terms, actor=actor)
        if told.payout_account is not None:
            await propose_account(
                connection, merchant_id, told.payout_account, actor=actor, now=now
            )
    return merchant_id


async def change_merchant(
    connection: Connection, merchant_id: MerchantId, details: MerchantDetails, *, actor: Actor
) -> MerchantDetails:
    """Set who it is and how to reach it; saying the same again changes nothing."""
    told = tidy_details(details)
    refuse_faults(faults_of_details(told))
    async with connection.transaction():
        stored = await lock_merchant(connection, merchant_id, actor=actor)
        before = MerchantDetails(
            name=stored.name,
            kvk_number=stored.kvk_number,
            contact_email=stored.contact_email,
            contact_phone=stored.contact_phone,
        )
        if before == told:
            return told
        try:
            async with connection.transaction():
                await CHANGE_MERCHANT.run(
                    connection,
                    merchant_id,
                    told.name,
                    told.kvk_number,
                    told.contact_email,
                    told.contact_phone,
                )
        except asyncpg.UniqueViolationError:
            raise MerchantExists from None
        await record_event(
            connection,
            kind="merchant.changed",
            subject_kind="merchant",
            subject_id=merchant_id,
            actor=actor,
            before=before,
            after=told,
        )
    return told


def tidy_registration(registration: Registration) -> Registration:
    account = registration.payout_account
    return Registration(
        details=tidy_details(registration.details),
        locations=tuple(tidy_location(one) for one in registration.locations),
        agreements=registration.agreements,
        payout_account=None if account is None else tidy_account(account),
    )


def faults_of_registration(told: Registration) -> list[ValueFault]:
    """With the path of each field, so that a form can show them where they belong."""
    account = told.payout_account
    parts = [("details", faults_of_details(told.details))]
    parts += [(f"locations[{n}]", faults_of_location(one)) for n, one in enumerate(told.locations)]
    parts += [
        (f"agreements[{n}]", faults_of_agreement(one)) for n, one in enumerate(told.agreements)
    ]
    parts += [("payoutAccount", [] if account is None else faults_of_account(account))]
    return [
        msgspec.structs.replace(fault, field=f"{part}.{fault.field}")
        for part, faults in parts
        for fault in faults
    ]


async def _insert(
    connection: Connection,
    made: tuple[MerchantId, MerchantKind],
    details: MerchantDetails,
    *,
    now: datetime,
) -> None:
    merchant_id, kind = made
    try:
        async with connection.transaction():
            await INSERT_MERCHANT.run(
                connection,
                merchant_id,
                details.name,
                details.kvk_number,
                details.contact_email,
                details.contact_phone,
                now,
                kind,
            )
    except asyncpg.UniqueViolationError:
        raise MerchantExists from None
