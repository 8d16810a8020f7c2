"""For which categories a merchant may take passes, and at which price per visit.

An agreement is never rewritten, because people redeemed under it: it ends from a day on, and
another price is another agreement.
"""

from datetime import date, datetime
from typing import ClassVar, Final

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import AgreementId, MerchantId, uuid7
from pas.merchants.locations import EndsBeforeToday
from pas.merchants.model import Agreement, AgreementTerms
from pas.merchants.rules import refuse_overlap
from pas.merchants.stored import lock_merchant, lock_present_merchant, refuse_unknown_categories
from pas.merchants.values import faults_of_agreement, refuse_faults


class AgreementNotFound(Refusal):
    """Deze afspraak is er niet bij deze aanbieder."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een afspraak uit de lijst van de aanbieder."


class AgreementOver(Refusal):
    """Deze afspraak is al voorbij."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Maak een nieuwe afspraak."


READ_AGREEMENTS: Final = Statement(
    """
    SELECT id, category, visit_price_cents, valid_from, valid_until
    FROM agreement WHERE merchant_id = $1 ORDER BY category, valid_from
    """,
    Agreement,
)
INSERT_AGREEMENT: Final = Statement(
    """
    INSERT INTO agreement (id, merchant_id, category, visit_price_cents, valid_from, valid_until,
        recorded_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """,
    None,
)
END_AGREEMENT: Final = Statement("UPDATE agreement SET valid_until = $2 WHERE id = $1", None)


async def add_agreement(
    connection: Connection, merchant_id: MerchantId, terms: AgreementTerms, *, actor: Actor
) -> AgreementId:
    refuse_faults(faults_of_agreement(terms))
    agreement_id = AgreementId(uuid7())
    async with connection.transaction():
        await lock_present_merchant(connection, merchant_id, actor=actor)
        await refuse_unknown_categories(connection, [terms.category])
        refuse_overlap(terms, await READ_AGREEMENTS.all(connection, merchant_id))
        await INSERT_AGREEMENT.run(
            connection,
            agreement_id,
            merchant_id,
            terms.category,
            terms.visit_price_cents,
            terms.valid_from,
            terms.valid_until,
            actor.id,
        )
        await record_event(
            connection,
            kind="agreement.added",
            subject_kind="agreement",
            subject_id=agreement_id,
            actor=actor,
            after={"merchantId": str(merchant_id), "terms": terms},
        )
    return agreement_id


async def end_agreement(
    connection: Connection,
    merchant_id: MerchantId,
    agreement_id: AgreementId,
    *,
    until: date,
    actor: Actor,
    now: datetime,
) -> None:
    """End from a day on (that day no more), not before today; one that has ended stays ended."""
    today = day_of(now)
    async with connection.transaction():
        await lock_merchant(connection, merchant_id, actor=actor)
        stored = await _find(connection, merchant_id, agreement_id)
        if stored.valid_until == until:
            return
        if stored.valid_until is not None and stored.valid_until <= today:
            raise AgreementOver
        if until < today:
            raise EndsBeforeToday
        if until <= stored.valid_from:
            raise EndsBeforeToday("De afspraak begint later. Kies een dag na de begindatum.")
        others = [
            other
            for other in await READ_AGREEMENTS.all(connection, merchant_id)
            if other.id != agreement_id
        ]
        refuse_overlap(
            AgreementTerms(
                category=stored.category, valid_from=stored.valid_from, valid_until=until
            ),
            others,
        )
        await END_AGREEMENT.run(connection, agreement_id, until)
        await record_event(
            connection,
            kind="agreement.ended",
            subject_kind="agreement",
            subject_id=agreement_id,
            actor=actor,
            before={"validUntil": stored.valid_until},
            after={"validUntil": until},
        )


async def _find(
    connection: Connection, merchant_id: MerchantId, agreement_id: AgreementId
) -> Agreement:
    for agreement in await READ_AGREEMENTS.all(connection, merchant_id):
        if agreement.id == agreement_id:
            return agreement
    raise AgreementNotFound
