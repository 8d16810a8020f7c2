"""From rows to a judgement: turns what was read about an item into facts, asks the rules, and
writes down what is to be booked. No reading and no writing; ``redeem`` does both.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import msgspec

from pas.errors import TillRefusal
from pas.ids import AccountId, CardId, MunicipalityName
from pas.ledger.book import Item, Line
from pas.ledger.fingerprint import Content, fingerprint
from pas.money import NO_CENTS, Cents
from pas.redemptions.allocation import OWN_BUDGETS_CANNOT
from pas.redemptions.as_facts import Left, Schemes, facts_of
from pas.redemptions.facts import BudgetFacts, Counts, Limits
from pas.redemptions.offline.refusals import OfflineTakenOver
from pas.redemptions.read import FactsRow, KnownRow
from pas.redemptions.refusals import SaleIdReused
from pas.redemptions.rules import after, decide
from pas.redemptions.sale import Answer, SaleItem, booked, quoted, refused
from pas.redemptions.scheme_facts import SchemeFacts
from pas.redemptions.verdicts import Moved, Part, Quote, Refused


class Moment(msgspec.Struct, frozen=True):
    """Where and when: the day is that of the municipality's own time zone; a key for fingerprints."""

    municipality: MunicipalityName
    now: datetime
    today: date
    print_key: bytes
    limits: Limits = Limits()


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that stands, or an item to book whose answer holds once it is booked."""

    answer: Answer
    booking: Item | None = None
    taken_cents: Cents = NO_CENTS
    left: tuple[BudgetFacts, ...] = ()
    """The budgets that pay, as they are afterwards."""


def judge(
    item: SaleItem, row: FactsRow, schemes: Schemes, *, moment: Moment, counts: Counts, left: Left
) -> Judged:
    """Look at a known id first: a late retry is a replay, whatever has become of card or till."""
    print_ = printed(item, row.card and row.card.id, moment)
    if row.known is not None:
        prints = {print_, printed(item, None, moment)}
        return Judged(answer=known_answer(item, row.known, prints))
    facts = facts_of(item, row, schemes, counts=counts, limits=moment.limits, left=left)
    match decide(facts, item.request, now=moment.now, today=moment.today):
        case Quote() as quote if item.request.take_cents is None:
            answer = msgspec.structs.replace(quoted(item, quote), children=children_of(row))
            return Judged(answer=answer, left=after(facts.budgets, quote))
        case Quote() as quote:
            booking = msgspec.structs.replace(
                blank(item, print_, moment), lines=lines_of(quote, row, schemes)
            )
            return Judged(
                answer=booked(item, quote),
                booking=booking,
                taken_cents=quote.take_cents,
                left=after(facts.budgets, quote),
            )
        case Moved(quote=quote):
            return Judged(answer=quoted(item, quote, "moved"))
        case Refused(reason=reason) as why:
            is_final = reason.sticky and item.request.take_cents is not None
            if not is_final:
                can_ask = item.request.take_cents is None and reason in OWN_BUDGETS_CANNOT
                children = children_of(row) if can_ask else ()
                answer = msgspec.structs.replace(refused(item, why), children=children)
                return Judged(answer=answer)
            booking = msgspec.structs.replace(
                blank(item, print_, moment), refusal=why.code, seen=why.seen
            )
            return Judged(answer=refused(item, why, "declined"), booking=booking)


def children_of(row: FactsRow) -> tuple[int, ...]:
    """Say for which children can be paid here, where something can be paid at all."""
    return (row.card.children if row.card else None) or ()


def printed(item: SaleItem, card: CardId | None, moment: Moment) -> bytes:
    """Fingerprint what decides the booking: the card that was meant, never the text scanned."""
    return fingerprint(
        Content(
            municipality=moment.municipality,
            kind="redeem",
            till=item.till_id,
            sale=item.sale_id,
            card=card,
            holder=item.scan.holder,
            payee=item.payee,
            price_cents=item.request.price_cents,
            take_cents=item.request.take_cents,
            visits=item.request.visits,
            category=item.request.category,
        ),
        key=moment.print_key,
    )


def blank(item: SaleItem, print_: bytes, moment: Moment) -> Item:
    return Item(
        id=item.id,
        kind="redeem",
        fingerprint=print_,
        occurred_at=moment.now,
        actor_kind="till" if item.login is None else "login",
        actor_id=item.login or item.till_id,
    )


def known_answer(item: SaleItem, known: KnownRow, prints: Collection[bytes]) -> Answer:
    """Give the stored outcome; the same id with other content is misuse.

    What was declined while nobody knew the card was stored without it, and stays declined once
    the card is registered. What was closed by a sale without a network never books, whatever it asks.
    """
    is_closed = known.refusal == OfflineTakenOver.code()
    if not is_closed and bytes.fromhex(known.fingerprint) not in prints:
        return refused(item, Refused(SaleIdReused))
    price, taken = known.price_cents or NO_CENTS, known.taken_cents or NO_CENTS
    reason = None if known.refusal is None else refusal_named(known.refusal)
    return Answer(
        id=item.id,
        outcome="booked" if reason is None else "declined",
        price_cents=price,
        take_cents=taken,
        ask_cents=NO_CENTS if reason else Cents(price - taken),
        visits=known.visits or 0,
        ask_visits=known.visits_asked or 0,
        category=known.category,
        recorded_at=known.recorded_at,
        reason=reason,
    )


def refusal_named(code: str) -> type[TillRefusal]:
    """Find the refusal a code was stored under; codes are never renamed or taken away."""
    return {reason.code(): reason for reason in all_refusals(TillRefusal)}[code]


def all_refusals(root: type[TillRefusal]) -> Sequence[type[TillRefusal]]:
    return [found for child in root.__subclasses__() for found in (child, *all_refusals(child))]


def lines_of(quote: Quote, row: FactsRow, schemes: Schemes) -> tuple[Line, ...]:
    """Write each part down as movements: to the merchant, to used visits, forfeits back."""
    assert row.merchant is not None
    assert row.merchant.account is not None
    assert row.subject is not None
    keys = {
        budget.account: (budget.scheme_version_id, budget.budget_year)
        for budget in row.subject.budgets or ()
    }
    to_merchant = row.merchant.account
    return tuple(
        line
        for part in quote.parts
        for line in part_lines(part, to_merchant, schemes[keys[part.account]])
    )


def part_lines(part: Part, to_merchant: AccountId, scheme: SchemeFacts) -> list[Line]:
    lines = [Line(part.account, to_merchant, part.take_cents, seen=part.seen)]
    if part.forfeit_cents:
        lines.append(Line(part.account, scheme.appropriation, part.forfeit_cents))
    if part.visits_account is not None and part.visits:
        assert scheme.used is not None
        lines.append(Line(part.visits_account, scheme.used, part.visits))
        if part.forfeit_visits:
            assert scheme.visits_appropriation is not None
            lines.append(
                Line(part.visits_account, scheme.visits_appropriation, part.forfeit_visits)
            )
    return lines
