"""Sell: what a till sends, read and answered item by item; routes and pages both call this."""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
import structlog

from pas.auth.keys import KeyRing, Purpose
from pas.days import day_of
from pas.errors import TillRefusal
from pas.ids import EntryId, LoginId, MerchantId, MunicipalityName, SaleId, TillId, uuid7
from pas.money import Cents
from pas.passes.phone_codes import (
    PhoneCodeExpired,
    PhoneCodeForged,
    PhoneCodeUsed,
    PhoneRemoved,
    TillTicketExpired,
    make_ticket,
)
from pas.redemptions.bodies import AskBody, Asks, SellBody, Sells
from pas.redemptions.facts import Request
from pas.redemptions.judge import Moment
from pas.redemptions.lanes import Lanes
from pas.redemptions.refusals import TillPaused, TillRevoked
from pas.redemptions.sale import Answer, SaleItem, Scan, refused
from pas.redemptions.scan import scan_of
from pas.redemptions.verdicts import Refused
from pas.seals.receipts import make_receipt

CODE_OVER: Final = frozenset({PhoneCodeExpired, PhoneCodeUsed, PhoneRemoved, TillTicketExpired})
NO_TICKET: Final = CODE_OVER | {TillPaused, TillRevoked}
CODE_REFUSED: Final = CODE_OVER | {PhoneCodeForged}

log = structlog.get_logger("pas.redemptions")


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """Where a sale is made: the till that asks, its municipality's keys, and the lanes.

    ``login`` is who scans, where the till is a person's own.
    """

    municipality: MunicipalityName
    ring: KeyRing
    lanes: Lanes
    till_id: TillId
    login: LoginId | None = None
    trace_id: str


def moment_in(ring: KeyRing) -> Moment:
    return moment_at(ring, datetime.now(UTC))


def moment_at(ring: KeyRing, now: datetime) -> Moment:
    return Moment(ring.municipality, now, day_of(now), print_key(ring))


def print_key(ring: KeyRing) -> bytes:
    """Derive the key of fingerprints from the oldest key that is never thrown away.

    So a retry after a rotation has the fingerprint of the first try.
    """
    return hmac.digest(ring.of(Purpose.CARD_NUMBER_HASH)[-1].secret, b"pas fingerprint", "sha256")


async def sell(counter: Counter, asked: Asks | Sells) -> list[Answer]:
    """Answer every item; a code that cannot be read is refused without its neighbours."""
    answers: dict[int, Answer] = {}
    sales: dict[int, SaleItem] = {}
    for place, body in enumerate(asked.items):
        sale = sale_item(counter, body, asked)
        try:
            scan = scan_of(
                body.scanned,
                counter.ring,
                counter.municipality,
                holder=body.holder,
                till=counter.till_id,
            )
        except TillRefusal as refusal:
            answers[place] = refused(sale, Refused(type(refusal)))
        else:
            sales[place] = msgspec.structs.replace(sale, scan=scan)
    if sales:
        sold = await counter.lanes.sell(
            counter.municipality, list(sales.values()), lambda: moment_in(counter.ring)
        )
        answers |= {
            place: with_receipt(counter, with_ticket(counter, sale, answer))
            for (place, sale), answer in zip(sales.items(), sold, strict=True)
        }
    told = [answers[place] for place in range(len(asked.items))]
    log_refused_codes(told, till=counter.till_id)
    return told


def log_refused_codes(answers: Sequence[Answer], *, till: TillId) -> None:
    """One line for each, for whoever counts attacks; the till is named, and no card or holder."""
    for answer in answers:
        if answer.reason in CODE_REFUSED:
            log.warning("phone-code-refused", reason=answer.reason.code(), till=str(till))


def with_ticket(counter: Counter, sale: SaleItem, answer: Answer) -> Answer:
    """Give who asked with a code on a telephone what to go on with, unless that code is no good."""
    phone, asks = sale.scan.phone, sale.request.take_cents is None
    if phone is None or not asks or answer.reason in NO_TICKET:
        return answer
    ticket = make_ticket(counter.ring, phone, till=counter.till_id)
    return msgspec.structs.replace(answer, ticket=ticket)


def with_receipt(counter: Counter, answer: Answer) -> Answer:
    """Promise what is stored, be it a yes or a no; a retry hears the same promise."""
    if answer.recorded_at is None:
        return answer
    receipt = make_receipt(
        counter.ring,
        answer.id,
        cents=answer.take_cents,
        is_booked=answer.outcome == "booked",
        recorded_at=answer.recorded_at,
    )
    return msgspec.structs.replace(answer, receipt=receipt)


def sale_item(counter: Counter, body: AskBody, asked: Asks | Sells) -> SaleItem:
    """Everything but the scan; only asking has an id that is never stored."""
    selling = body if isinstance(body, SellBody) else None
    return SaleItem(
        id=EntryId(selling.id if selling else uuid7()),
        till_id=counter.till_id,
        login=counter.login,
        scan=Scan(holder=body.holder),
        request=Request(
            price_cents=None if body.price_cents is None else Cents(body.price_cents),
            visits=body.visits,
            take_cents=Cents(selling.take_cents) if selling else None,
            lost_cents=Cents(selling.lost_cents if selling else 0),
            lost_visits=selling.lost_visits if selling else 0,
            category=body.category,
            confirmed=frozenset(selling.confirmed if selling else ()),
            unmet=frozenset(body.unmet),
        ),
        payee=None if body.payee is None else MerchantId(body.payee),
        sale_id=SaleId(asked.sale_id) if isinstance(asked, Sells) and asked.sale_id else None,
        trace_id=counter.trace_id,
    )
