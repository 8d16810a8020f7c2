"""Void and refund: who may, how much, and back to where it came from."""

from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from given.sales import CLUB, NOW, TILL, till_facts
from pas.ids import AccountId, MerchantId, TillId
from pas.money import Cents
from pas.redemptions.facts import TillFacts
from pas.redemptions.reversals import (
    PaidPart,
    PartBack,
    Redemption,
    RefundRequest,
    Reversal,
    refund,
    void,
)
from pas.redemptions.verdicts import Refused

ALL = RefundRequest()
OTHER_TILL = TillId(UUID(int=201))
ELSEWHERE = MerchantId(UUID(int=101))


def paid_part(account: int = 1, cents: int = 1240, **changes: object) -> PaidPart:
    part = PaidPart(account=AccountId(account), take_line=account, taken_cents=Cents(cents))
    return msgspec.structs.replace(part, **changes)


def visit_part(account: int = 1, visits: int = 2, **changes: object) -> PaidPart:
    visits_account = AccountId(account + 1000)
    return paid_part(
        account, visits * 503, **{"visits_account": visits_account, "visits": visits, **changes}
    )


def redemption(*parts: PaidPart, **changes: object) -> Redemption:
    paid = Redemption(
        till_id=TILL, merchant_id=CLUB, parts=parts, void_until=NOW + timedelta(hours=1)
    )
    return msgspec.structs.replace(paid, **changes)


def back(found: Reversal | Refused) -> dict[int, int]:
    assert isinstance(found, Reversal), found
    return {part.part.account: part.back_cents for part in found.parts}


def only_part(found: Reversal | Refused) -> PartBack:
    assert isinstance(found, Reversal), found
    assert len(found.parts) == 1
    return found.parts[0]


def code(found: Reversal | Refused) -> str:
    assert isinstance(found, Refused), found
    return found.code


def cents(amount: int) -> RefundRequest:
    return RefundRequest(amount_cents=Cents(amount))


def test_a_void_gives_everything_back_to_the_budgets_it_came_from() -> None:
    found = void(redemption(paid_part(1, 1000), paid_part(2, 240)), till_facts(), now=NOW)
    assert isinstance(found, Reversal)
    assert back(found) == {1: 1000, 2: 240}
    assert (found.kind, found.amount_cents, found.visits) == ("void", 1240, 0)
    assert all(part.restore_cents == part.onward_cents == 0 for part in found.parts)
    assert all(part.restore_visits == part.onward_visits == 0 for part in found.parts)


def test_one_cent_can_be_undone() -> None:
    assert back(void(redemption(paid_part(1, 1)), till_facts(), now=NOW)) == {1: 1}
    assert back(refund(redemption(paid_part(1, 1)), till_facts(), ALL)) == {1: 1}


@pytest.mark.parametrize(
    ("expected", "changes", "till"),
    [
        ("till-unknown", {}, None),
        ("till-revoked", {}, till_facts(state="revoked")),
        ("till-paused", {}, till_facts(state="paused")),
        ("void-at-other-till", {}, till_facts(id=OTHER_TILL)),
        ("void-too-late", {"void_until": NOW}, till_facts()),
        ("void-too-late", {"is_settled": True}, till_facts()),
        ("void-too-late", {"parts": (paid_part(budget_ended=True),)}, till_facts()),
        ("void-too-late", {"parts": (paid_part(), paid_part(2, budget_ended=True))}, till_facts()),
        (
            "partly-reversed",
            {"parts": (paid_part(), paid_part(2, reversed_cents=Cents(1)))},
            till_facts(),
        ),
        ("already-reversed", {"parts": (paid_part(reversed_cents=Cents(1240)),)}, till_facts()),
        ("partly-reversed", {"parts": (paid_part(reversed_cents=Cents(1)),)}, till_facts()),
    ],
)
def test_a_void_that_cannot_be_says_what_to_do(
    expected: str, changes: dict[str, object], till: TillFacts | None
) -> None:
    paid = msgspec.structs.replace(redemption(paid_part()), **changes)
    assert code(void(paid, till, now=NOW)) == expected


def test_a_void_in_the_last_moment_of_its_window_is_still_one() -> None:
    paid = redemption(paid_part(), void_until=NOW + timedelta(microseconds=1))
    assert back(void(paid, till_facts(), now=NOW)) == {1: 1240}


def test_a_refund_gives_back_the_last_taken_first() -> None:
    paid = redemption(paid_part(1, 1000), paid_part(2, 240))
    assert back(refund(paid, till_facts(), cents(100))) == {2: 100}
    assert back(refund(paid, till_facts(), cents(240))) == {2: 240}
    assert back(refund(paid, till_facts(), cents(241))) == {2: 240, 1: 1}
    assert back(refund(paid, till_facts(), ALL)) == {2: 240, 1: 1000}


def test_a_second_refund_goes_on_where_the_first_one_stopped() -> None:
    paid = redemption(paid_part(1, 1000), paid_part(2, 240, reversed_cents=Cents(200)))
    assert back(refund(paid, till_facts(), cents(50))) == {2: 40, 1: 10}
    assert back(refund(paid, till_facts(), cents(1040))) == {2: 40, 1: 1000}
    assert code(refund(paid, till_facts(), cents(1041))) == "refund-above-remainder"


@pytest.mark.parametrize(
    ("expected", "request_"),
    [
        ("amount-not-positive", cents(0)),
        ("amount-not-positive", cents(-1)),
        ("refund-above-remainder", cents(1241)),
        ("refund-above-remainder", cents(2**63)),
        ("refund-in-euros", RefundRequest(visits=1)),
        ("amount-or-visits-missing", RefundRequest(amount_cents=Cents(1), visits=1)),
    ],
)
def test_a_refund_that_cannot_be_says_what_to_type(expected: str, request_: RefundRequest) -> None:
    assert code(refund(redemption(paid_part()), till_facts(), request_)) == expected


def test_all_back_is_all_back() -> None:
    paid = redemption(paid_part(reversed_cents=Cents(1240)))
    assert code(refund(paid, till_facts(), ALL)) == "already-reversed"
    assert code(refund(paid, till_facts(), cents(1))) == "already-reversed"


@pytest.mark.parametrize(
    ("till", "may"),
    [
        (till_facts(id=OTHER_TILL), True),
        (till_facts(id=OTHER_TILL, kind="counter", merchant_id=None), True),
        (till_facts(kind="intermediary", merchant_id=None), True),
        (till_facts(id=OTHER_TILL, kind="intermediary", merchant_id=None), False),
        (till_facts(id=OTHER_TILL, merchant_id=ELSEWHERE), False),
        (till_facts(id=OTHER_TILL, kind="intermediary", merchant_id=CLUB), False),
    ],
)
def test_a_refund_is_made_by_a_till_of_the_merchant_a_counter_or_the_one_that_took_it(
    till: TillFacts, *, may: bool
) -> None:
    found = refund(redemption(paid_part()), till, ALL)
    assert may == isinstance(found, Reversal)
    assert may or code(found) == "refund-at-other-merchant"


def test_a_revoked_till_refunds_nothing() -> None:
    assert code(refund(redemption(paid_part()), None, ALL)) == "till-unknown"
    paused = till_facts(state="paused")
    assert code(refund(redemption(paid_part()), paused, ALL)) == "till-paused"


def test_a_refund_has_no_last_day() -> None:
    paid = redemption(paid_part(), void_until=NOW - timedelta(days=400), is_settled=True)
    assert back(refund(paid, till_facts(), ALL)) == {1: 1240}


def test_what_comes_back_to_an_ended_budget_goes_on_to_the_appropriation() -> None:
    ended = paid_part(budget_ended=True, forfeited_cents=Cents(760))
    part = only_part(refund(redemption(ended), till_facts(), ALL))
    assert (part.back_cents, part.onward_cents, part.restore_cents) == (1240, 1240, 0)
    visits = visit_part(budget_ended=True)
    part = only_part(refund(redemption(visits), till_facts(), RefundRequest(visits=1)))
    assert (part.back_cents, part.onward_cents) == (503, 503)
    assert (part.back_visits, part.onward_visits) == (1, 1)


def test_what_comes_back_to_a_living_budget_stays_there() -> None:
    part = only_part(refund(redemption(visit_part()), till_facts(), ALL))
    assert (part.onward_cents, part.onward_visits) == (0, 0)


def test_a_remainder_that_was_given_up_comes_back_when_nothing_was_bought() -> None:
    at_once = paid_part(forfeited_cents=Cents(760), forfeited_visits=3)
    whole = only_part(void(redemption(at_once), till_facts(), now=NOW))
    assert (whole.restore_cents, whole.restore_visits) == (760, 3)
    partly = only_part(refund(redemption(at_once), till_facts(), cents(1239)))
    assert (partly.restore_cents, partly.restore_visits) == (0, 0)
    rest = msgspec.structs.replace(at_once, reversed_cents=Cents(1239))
    assert only_part(refund(redemption(rest), till_facts(), cents(1))).restore_cents == 760


def test_what_a_closed_pot_no_longer_holds_of_a_remainder_is_lost_and_said() -> None:
    def granted_out(pot: int, account: int = 1, visits: int = 0) -> PaidPart:
        given_up = {"forfeited_cents": Cents(760), "forfeited_visits": visits}
        return paid_part(account, pot=AccountId(9), pot_cents=Cents(pot), **given_up)

    whole = void(redemption(granted_out(760)), till_facts(), now=NOW)
    assert (only_part(whole).restore_cents, only_part(whole).lost_cents) == (760, 0)
    short = void(redemption(granted_out(500, visits=3)), till_facts(), now=NOW)
    assert isinstance(short, Reversal)
    part = only_part(short)
    assert (part.back_cents, part.restore_cents, part.restore_visits) == (1240, 500, 1)
    assert (short.amount_cents, short.lost_cents) == (1240, 260)
    both = void(redemption(granted_out(1000), granted_out(1000, 2)), till_facts(), now=NOW)
    assert isinstance(both, Reversal)
    assert [part.restore_cents for part in both.parts] == [760, 240]
    partly = refund(redemption(granted_out(0)), till_facts(), cents(1))
    assert only_part(partly).lost_cents == 0


def test_visits_come_back_whole_at_the_price_they_were_paid_at() -> None:
    paid = redemption(
        visit_part(1, 2), visit_part(2, 3, reversed_visits=1, reversed_cents=Cents(503))
    )
    found = refund(paid, till_facts(), RefundRequest(visits=3))
    assert isinstance(found, Reversal)
    assert {part.part.account: part.back_visits for part in found.parts} == {2: 2, 1: 1}
    assert back(found) == {2: 1006, 1: 503}
    assert (found.amount_cents, found.visits) == (1509, 3)
    assert back(refund(paid, till_facts(), RefundRequest(visits=1))) == {2: 503}
    assert code(refund(paid, till_facts(), RefundRequest(visits=5))) == "refund-above-remainder"
    assert code(refund(paid, till_facts(), RefundRequest(visits=0))) == "amount-not-positive"
    assert code(refund(paid, till_facts(), cents(503))) == "refund-in-visits"


def test_all_visits_come_back_when_nothing_is_said() -> None:
    found = refund(redemption(visit_part(1, 2), visit_part(2, 1)), till_facts(), ALL)
    assert isinstance(found, Reversal)
    assert (found.amount_cents, found.visits) == (1509, 3)
    undone = void(redemption(visit_part(1, 2)), till_facts(), now=NOW)
    assert only_part(undone).back_visits == 2


@st.composite
def some_part(draw: st.DrawFn) -> PaidPart:
    return paid_part(
        draw(st.integers(1, 99)),
        draw(st.integers(1, 50)),
        budget_ended=draw(st.booleans()),
        forfeited_cents=Cents(draw(st.integers(0, 9))),
    )


parts_paid = st.lists(some_part(), min_size=1, max_size=4, unique_by=lambda part: part.account)


@given(parts_paid, st.lists(st.integers(1, 40), max_size=8))
def test_refunds_together_never_exceed_what_was_taken_and_add_up(
    parts: list[PaidPart], amounts: list[int]
) -> None:
    paid = redemption(*parts)
    taken, total, restored = paid.left_cents, 0, 0
    for amount in amounts:
        found = refund(paid, till_facts(), cents(amount))
        if isinstance(found, Refused):
            assert amount > paid.left_cents
            continue
        assert found.amount_cents == amount == sum(back(found).values())
        total += amount
        restored += sum(part.restore_cents for part in found.parts)
        paid = applied(paid, found)
        assert paid.left_cents == taken - total >= 0
    done = [part for part in paid.parts if part.left_cents == 0 and not part.budget_ended]
    assert restored == sum(part.forfeited_cents for part in done)


@given(parts_paid, st.integers(1, 200))
def test_the_last_taken_comes_back_before_the_first(parts: list[PaidPart], amount: int) -> None:
    paid = redemption(*parts)
    found = refund(paid, till_facts(), cents(min(amount, paid.left_cents)))
    assert isinstance(found, Reversal)
    places = [parts.index(part.part) for part in found.parts]
    assert all(one > other for one, other in pairwise(places))
    assert all(part.back_cents == part.part.left_cents for part in found.parts[:-1])


@given(parts_paid)
def test_whatever_ended_gets_nothing_and_whatever_lives_keeps_all(parts: list[PaidPart]) -> None:
    found = refund(redemption(*parts), till_facts(), ALL)
    assert isinstance(found, Reversal)
    for part in found.parts:
        stays = part.back_cents + part.restore_cents - part.onward_cents
        lives = part.part.taken_cents + part.part.forfeited_cents
        assert stays == (0 if part.part.budget_ended else lives)


def applied(paid: Redemption, found: Reversal) -> Redemption:
    returned = {part.part.account: part.back_cents for part in found.parts}
    parts = tuple(
        msgspec.structs.replace(
            part, reversed_cents=Cents(part.reversed_cents + returned.get(part.account, 0))
        )
        for part in paid.parts
    )
    return msgspec.structs.replace(paid, parts=parts)
