"""Facts of a redemption, and what a till sends."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import msgspec

from given.city import CARD_KEY, Holder, Till
from given.logins import NOON
from pas.days import day_of
from pas.db import Connection
from pas.ids import (
    AccountId,
    CardId,
    EntryId,
    MerchantId,
    MunicipalityName,
    PassId,
    SchemeId,
    SchemeVersionId,
    TillId,
    uuid7,
)
from pas.money import Cents
from pas.redemptions.facts import (
    AgreementFacts,
    BudgetFacts,
    CardFacts,
    Facts,
    MerchantFacts,
    PassFacts,
    Request,
    TillFacts,
)
from pas.redemptions.judge import Moment
from pas.redemptions.pace import Pace
from pas.redemptions.redeem import Desk
from pas.redemptions.sale import SaleItem, Scan
from pas.redemptions.undo import Undo

TODAY: Final = date(2026, 11, 23)
NOW: Final = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
CLUB: Final = MerchantId(UUID(int=100))
TILL: Final = TillId(UUID(int=200))


def till_facts(**changes: object) -> TillFacts:
    """An active till of the club."""
    till = TillFacts(id=TILL, kind="merchant", state="active", merchant_id=CLUB)
    return msgspec.structs.replace(till, **changes)


def agreement_facts(category: str, **changes: object) -> AgreementFacts:
    agreement = AgreementFacts(category=category, valid_from=date(2020, 1, 1))
    return msgspec.structs.replace(agreement, **changes)


def merchant_facts(*agreements: AgreementFacts, **changes: object) -> MerchantFacts:
    """The club: approved, by itself for sport only."""
    agreed = agreements or (agreement_facts("sport"),)
    merchant = MerchantFacts(id=CLUB, state="approved", agreements=agreed)
    return msgspec.structs.replace(merchant, **changes)


def budget_facts(account: int = 1, cents: int = 5000, **changes: object) -> BudgetFacts:
    """Fifty euros for sport, this year."""
    budget = BudgetFacts(
        account=AccountId(account),
        scheme_id=SchemeId(UUID(int=300)),
        scheme_version_id=SchemeVersionId(UUID(int=301)),
        categories=frozenset({"sport"}),
        kind="amount",
        usable_from=date(2026, 1, 1),
        usable_until=date(2027, 1, 1),
        lapses_on=date(2027, 2, 1),
        granted_at=datetime(2026, 1, 5, tzinfo=UTC),
        balance_cents=Cents(cents),
        movements=account * 10,
    )
    return msgspec.structs.replace(budget, **changes)


def visit_budget_facts(account: int = 1, visits: int = 10, **changes: object) -> BudgetFacts:
    """Visits to the pool, with 5.03 euros for each."""
    return budget_facts(
        account,
        visits * 503,
        **{
            "kind": "visits",
            "categories": frozenset({"swimming"}),
            "visits_account": AccountId(account + 1000),
            "balance_visits": visits,
            "visits_movements": account * 20,
            **changes,
        },
    )


def sale_facts(*budgets: BudgetFacts, **changes: object) -> Facts:
    """An active card with a pass of this year, at the club's till."""
    facts = Facts(
        till=till_facts(),
        merchant=merchant_facts(
            agreement_facts("sport"),
            agreement_facts("culture"),
            agreement_facts("swimming", visit_price_cents=Cents(503)),
        ),
        card=CardFacts(id=CardId(UUID(int=400)), state="active"),
        pass_=PassFacts(
            id=PassId(UUID(int=500)), valid_from=date(2026, 1, 1), valid_until=date(2027, 1, 1)
        ),
        budgets=budgets,
    )
    return msgspec.structs.replace(facts, **changes)


def a_sale_item(
    till: Till,
    holder: Holder,
    *,
    price: int | None = None,
    visits: int | None = None,
    take: int | None = None,
    lost: int = 0,
    child: int = 0,
    **fields: object,
) -> SaleItem:
    """What a till sends after scanning the holder's card; without an amount to take, a quote."""
    request = Request(
        price_cents=None if price is None else Cents(price),
        visits=visits,
        take_cents=None if take is None else Cents(take),
        lost_cents=Cents(lost),
        category=None,
    )
    scan = Scan(token_hash=holder.token.sha256(), holder=child)
    made = {"id": EntryId(uuid7()), "till_id": till.id, "trace_id": "0" * 32}
    if till.login is not None:
        made |= {"login": till.login, "payee": till.merchant.id}
    made |= fields
    return SaleItem(scan=scan, request=request, **made)  # pyright: ignore[reportArgumentType]


def an_undo(kind: str, till: Till, original: EntryId, **fields: object) -> Undo:
    made = {"id": EntryId(uuid7()), "reason": "Vergissing", "trace_id": "0" * 32, **fields}
    return Undo(
        kind=kind,  # pyright: ignore[reportArgumentType]
        original=original,
        actor_kind="till",
        actor_id=till.id,
        till=till.id,
        **made,  # pyright: ignore[reportArgumentType]
    )


def desk_of(connection: Connection, *, now: datetime = NOON) -> Desk:
    moment = Moment(MunicipalityName("velsen"), now, day_of(now), CARD_KEY.secret)
    return Desk(connection, moment, Pace())
