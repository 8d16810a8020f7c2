"""From rows to facts: what was read about an item, in the shape in which the rules are told it."""

from collections.abc import Mapping

from pas.ids import AccountId, SchemeVersionId
from pas.money import WHOLE
from pas.passes.phone_codes import PhoneCode
from pas.redemptions.facts import (
    AgreementFacts,
    BudgetFacts,
    CardFacts,
    CodeFacts,
    Counts,
    Facts,
    Limits,
    MerchantFacts,
    PassFacts,
    Relation,
    TillFacts,
)
from pas.redemptions.read import BudgetRow, CardRow, FactsRow, PassRow
from pas.redemptions.sale import SaleItem
from pas.redemptions.scheme_facts import SchemeFacts

Schemes = Mapping[tuple[SchemeVersionId, int], SchemeFacts]
Left = Mapping[AccountId, BudgetFacts]


def facts_of(
    item: SaleItem, row: FactsRow, schemes: Schemes, *, counts: Counts, limits: Limits, left: Left
) -> Facts:
    """Put one item's rows together; ``left`` has the budgets that earlier items changed."""
    subject, card = row.subject, row.card
    return Facts(
        till=till_facts(item, row),
        merchant=merchant_facts(row),
        card=card_facts(card) if card else None,
        pass_=pass_facts(subject.pass_) if subject and subject.pass_ else None,
        budgets=tuple(
            left.get(budget.account)
            or budget_facts(budget, schemes[budget.scheme_version_id, budget.budget_year])
            for budget in (subject.budgets if subject else None) or ()
        ),
        card_is_foreign=item.scan.is_foreign,
        code=code_facts(item.scan.phone, is_spent=bool(row.code_spent)),
        code_is_forged=item.scan.is_forged,
        unread=item.scan.unread,
        relation=relation(item, row),
        holder_is_adult=subject is not None and subject.is_adult,
        counts=counts,
        limits=limits,
    )


def relation(item: SaleItem, row: FactsRow) -> Relation:
    if item.scan.holder == 0:
        return "self"
    return "child" if row.subject is not None else "stranger"


def till_facts(item: SaleItem, row: FactsRow) -> TillFacts | None:
    till = row.till
    if till is None:
        return None
    return TillFacts(
        id=item.till_id,
        kind=till.kind,
        state=till.state,
        merchant_id=till.merchant_id,
        allowed=till.login_active,
        sale_limit_cents=till.sale_limit_cents,
    )


def merchant_facts(row: FactsRow) -> MerchantFacts | None:
    merchant = row.merchant
    if merchant is None:
        return None
    return MerchantFacts(
        id=merchant.id,
        state=merchant.state,
        agreements=tuple(
            AgreementFacts(
                category=category,
                valid_from=valid_from,
                valid_until=valid_until,
                visit_price_cents=price,
            )
            for category, valid_from, valid_until, price in merchant.agreements or ()
        ),
    )


def card_facts(row: CardRow) -> CardFacts:
    return CardFacts(
        id=row.id,
        state=row.state,
        form=row.form,
        expires_at=row.expires_at,
        unconfirmed_cents=row.unconfirmed_cents,
    )


def code_facts(code: PhoneCode | None, *, is_spent: bool) -> CodeFacts | None:
    if code is None:
        return None
    return CodeFacts(until=code.until, is_ticket=code.kind == "ticket", is_spent=is_spent)


def pass_facts(row: PassRow) -> PassFacts:
    return PassFacts(
        id=row.id, valid_from=row.starts_on, valid_until=row.ends_on, ended_from=row.ended_on
    )


def budget_facts(row: BudgetRow, scheme: SchemeFacts) -> BudgetFacts:
    """``row.lapses_on`` ends its period; to the end of the run-out its account can be spent."""
    return BudgetFacts(
        account=row.account,
        scheme_id=scheme.scheme_id,
        scheme_version_id=row.scheme_version_id,
        categories=scheme.categories if row.category is None else frozenset((row.category,)),
        kind=scheme.kind,
        usable_from=row.usable_from,
        usable_until=min(row.usable_until, row.lapses_on),
        run_out_until=row.usable_until,
        lapses_on=row.usable_until,
        granted_at=row.granted_at,
        balance_cents=row.cents,
        movements=row.movements,
        visits_account=row.visits_account,
        balance_visits=row.visits or 0,
        visits_movements=row.visits_movements or 0,
        share_basis_points=scheme.share_basis_points or WHOLE,
        spend_at_once=scheme.spend_at_once,
        once_per_year=scheme.once_per_year,
        used_this_year=row.used,
        precondition_code=scheme.precondition or "",
        precondition=scheme.precondition or "",
        payee=row.payee,
    )
