"""From one item of a queue to what is judged: everything as it was at the moment of the sale."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from pas.auth.keys import KeyRing
from pas.auth.till_signature import TillKey
from pas.days import day_of
from pas.db import Connection
from pas.errors import TillRefusal
from pas.ids import EntryId, MerchantId, MunicipalityName, TillId
from pas.money import NO_CENTS
from pas.redemptions.as_facts import Schemes, facts_of
from pas.redemptions.facts import Counts, Limits, Request
from pas.redemptions.judge import Moment
from pas.redemptions.offline.chain import Chain, Clock, chain_of, moment_of
from pas.redemptions.offline.facts import (
    CardThen,
    OfflineFacts,
    PermitFacts,
    Replaced,
    SchemeYear,
    Sold,
    Verdict,
)
from pas.redemptions.offline.permit import read_back
from pas.redemptions.offline.permits_kept import KeptPermit
from pas.redemptions.offline.queue import Handed
from pas.redemptions.offline.read_offline import Asked, OfflineRow, ReplacedRow, read_offline
from pas.redemptions.offline.rules import judge_offline
from pas.redemptions.pace import Pace
from pas.redemptions.read import FactsRow
from pas.redemptions.redeem import Desk, read_all
from pas.redemptions.sale import SaleItem, Scan
from pas.redemptions.scan import scan_of
from pas.redemptions.scheme_facts import scheme_facts
from pas.redemptions.sell import print_key

MOST_LATE: Final = timedelta(days=30)
"""After the end of its permit; a telephone may lie in a drawer for a holiday, and not for ever."""


class Till(msgspec.Struct, frozen=True, kw_only=True):
    """Who hands in: a till of a merchant, whatever has become of it since."""

    municipality: MunicipalityName
    key: TillKey
    merchant: MerchantId
    ring: KeyRing
    trace_id: str = ""

    @property
    def id(self) -> TillId:
        return self.key.till_id


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One item, the permit that it names, and what its code says; or why that says nothing."""

    handed: Handed
    permit: KeptPermit | None
    scan: Scan
    unreadable: type[TillRefusal] | None


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict, with what it rests on and what is written down beside it."""

    till: Till
    reading: Reading
    sold: Sold
    verdict: Verdict
    facts: OfflineFacts
    row: FactsRow
    schemes: Schemes
    replaced: ReplacedRow | None
    clock: Clock
    chain: Chain


def reading_of(till: Till, handed: Handed, permit: KeptPermit | None) -> Reading:
    scan, unreadable = Scan(), None
    if handed.item is not None:
        holder = handed.item.holder
        try:
            scan = scan_of(handed.item.scanned, till.ring, till.municipality, holder=holder)
        except TillRefusal as refusal:
            unreadable = type(refusal)
    return Reading(handed=handed, permit=permit, scan=scan, unreadable=unreadable)


async def judged(
    connection: Connection, till: Till, reading: Reading, *, now: datetime
) -> Judgement:
    """Read everything about one item and decide it."""
    handed, permit = reading.handed, reading.permit
    issued_at = None if permit is None else permit.issued_at
    moment, _ = moment_of(handed.said_at, issued_at, before=None, now=now)
    row = await read_sale(connection, till, reading, moment=moment)
    then = await read_offline(connection, asked_of(till, reading, row, moment=moment))
    schemes = await schemes_of(connection, row)
    facts = offline_facts(till, reading, row, then=then, schemes=schemes, now=now)
    sold = sold_of(handed, moment)
    _, clock = moment_of(handed.said_at, issued_at, before=then.before_said, now=now)
    return Judgement(
        till=till,
        reading=reading,
        sold=sold,
        verdict=judge_offline(facts, sold),
        facts=facts,
        row=row,
        schemes=schemes,
        replaced=then.replaced,
        clock=clock,
        chain=chain_of(
            handed.sequence,
            is_first=not handed.previous,
            number_taken=then.number_taken,
            before=then.before or (),
        ),
    )


async def read_sale(
    connection: Connection, till: Till, reading: Reading, *, moment: datetime
) -> FactsRow:
    """Read what any sale is decided on, but of that moment."""
    desk = Desk(connection, moment_at(till, moment), Pace())
    [row] = await read_all(desk, [sale_item(till, reading)], is_first=True)
    return row


def moment_at(till: Till, moment: datetime) -> Moment:
    return Moment(till.municipality, moment, day_of(moment), print_key(till.ring))


def sale_item(till: Till, reading: Reading) -> SaleItem:
    item = reading.handed.item
    return SaleItem(
        id=reading.handed.id,
        till_id=till.id,
        scan=reading.scan,
        request=Request(
            # Whichever amount: without one it is a quote, which counts what till and card did lately.
            take_cents=NO_CENTS,
            category=item.category if item is not None else None,
        ),
        sale_id=reading.handed.sale_id,
        trace_id=till.trace_id,
    )


def asked_of(till: Till, reading: Reading, row: FactsRow, *, moment: datetime) -> Asked:
    """Without a child of that number nobody pays, and it counts for the card's own holder."""
    handed, item = reading.handed, reading.handed.item
    own = row.card.resident_id if row.card else None
    return Asked(
        till=till.id,
        merchant=till.merchant,
        sequence=handed.sequence,
        digest=handed.digest,
        previous=handed.previous,
        id=handed.id,
        replaces=handed.replaces,
        permit=handed.permit,
        card=row.card.id if row.card else None,
        subject=row.subject.resident_id if row.subject else own,
        moment=moment,
        today=day_of(moment),
        category=item.category if item is not None else None,
    )


async def schemes_of(connection: Connection, row: FactsRow) -> Schemes:
    budgets = (row.subject.budgets if row.subject else None) or ()
    return await scheme_facts(
        connection, {(budget.scheme_version_id, budget.budget_year) for budget in budgets}
    )


def offline_facts(
    till: Till,
    reading: Reading,
    row: FactsRow,
    *,
    then: OfflineRow,
    schemes: Schemes,
    now: datetime,
) -> OfflineFacts:
    handed, card, fallback = reading.handed, then.card, then.fallback
    budgets = (row.subject.budgets if row.subject else None) or ()
    return OfflineFacts(
        is_read=handed.item is not None,
        is_signed=handed.is_signed,
        id_taken=then.id_taken,
        number_taken=then.number_taken,
        replaced=replaced_of(till, handed.replaces, then.replaced),
        permit=None if reading.permit is None else permit_facts(reading.permit, then),
        till_state=then.till_state,
        merchant_state=then.merchant_state,
        unreadable=reading.unreadable,
        is_typed=reading.scan.number_hash is not None,
        unknown_cards=then.unknown_cards,
        card=None
        if card is None
        else CardThen(state=card.state, was_listed=card.was_listed, is_expired=card.is_expired),
        facts=facts_of(
            sale_item(till, reading), row, schemes, counts=Counts(), limits=Limits(), left={}
        ),
        years={budget.account: budget.budget_year for budget in budgets},
        unusable=frozenset(then.unusable or ()),
        pass_day_cents=then.pass_day_cents,
        risk_day_cents=then.risk_day_cents,
        is_too_late=reading.permit is not None and now > reading.permit.valid_until + MOST_LATE,
        fallback=None if fallback is None else SchemeYear(fallback.scheme_id, fallback.year),
    )


def permit_facts(permit: KeptPermit, then: OfflineRow) -> PermitFacts:
    assert then.sums is not None, "the permit is this till's"
    content, newest = read_back(permit.content), then.sums.newest_total
    return PermitFacts(
        id=permit.id,
        issued_at=permit.issued_at,
        valid_until=permit.valid_until,
        per_sale_cents=permit.per_sale_cents,
        per_pass_day_cents=permit.per_pass_day_cents,
        total_cents=permit.total_cents,
        risk_day_cents=permit.risk_day_cents,
        visit_prices={one.category: one.price_cents for one in content.visit_prices},
        categories=frozenset(one.code for one in content.categories),
        accepted_cents=then.sums.accepted_cents,
        older_cents=then.sums.older_cents,
        older_total_cents=None if newest is None else max(newest, permit.total_cents),
    )


def replaced_of(till: Till, id_: EntryId | None, row: ReplacedRow | None) -> Replaced | None:
    """Say what became of the id that was tried with a network; another's is nobody's to replace."""
    if id_ is None:
        return None
    if row is None:
        return "unknown"
    if row.kind != "redeem" or row.till_id != till.id:
        return "foreign"
    if row.refusal is None:
        return "booked"
    return "taken" if row.taken_over else "declined"


def sold_of(handed: Handed, moment: datetime) -> Sold:
    item = handed.item
    return Sold(
        price_cents=handed.price_cents,
        take_cents=handed.take_cents,
        visits=item.visits if item is not None else None,
        category=item.category if item is not None else None,
        moment=moment,
        today=day_of(moment),
    )
