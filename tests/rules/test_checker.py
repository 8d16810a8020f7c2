"""The checker accepts what one call after the other explains, and finds what was planted."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from checker import judge
from history import Call, Ended, SwitchedOff
from pas.ledger.book import Line, Seen
from small_world import CARD, NOON, OTHER, PURSE, SHOP, World


@pytest.mark.parametrize("seed", range(60))
def test_what_one_call_after_the_other_explains_is_right(seed: int) -> None:
    world = World(seed)
    for _ in range(120):
        world.something()
    outcomes = {call.outcome for call in world.calls}
    assert outcomes >= {"booked", "insufficient", "replay", "over_reversed", "misuse"}
    assert judge(world.before, world.books(), world.calls) == []


def test_an_answer_that_was_never_heard_may_be_stored_or_not() -> None:
    world = World()
    heard = world.pay(100)
    world.calls[-1] = msgspec.structs.replace(heard, outcome=None, answered=None)
    lost = world.item("redeem", Line(PURSE, SHOP, 5000))
    world.calls.append(Call(item=lost, outcome=None, invoked=1))
    assert world.faults() == set()


def lost_update(world: World) -> None:
    """Two sales of which the balance remembers one."""
    world.pay(100)
    stale = world.balances[PURSE]
    world.pay(200)
    world.balances[PURSE] = msgspec.structs.replace(stale, amount=stale.amount)


def double_booking(world: World) -> None:
    """One id acknowledged as new to two clients."""
    call = world.pay(100)
    world.calls.append(call)


def booked_twice_under_two_ids(world: World) -> None:
    """A retry that got an id of its own."""
    world.store(world.item("redeem", Line(PURSE, SHOP, 100)))


def overspending(world: World) -> None:
    world.calls.append(
        Call(
            item=world.item("redeem", Line(PURSE, SHOP, 1001)),
            outcome="booked",
            invoked=1,
            answered=2,
        )
    )
    world.store(world.calls[-1].item)


def one_turn_twice(world: World) -> None:
    first, second = world.pay(1), world.pay(2)
    entry = world.entries[second.item.id]
    turn = world.entries[first.item.id].moves[0].debit_turn
    move = msgspec.structs.replace(entry.moves[0], debit_turn=turn)
    world.entries[entry.id] = msgspec.structs.replace(entry, moves=(move,))


def one_place_twice(world: World) -> None:
    first, second = world.pay(1), world.pay(2)
    entry = world.entries[second.item.id]
    place = world.entries[first.item.id].moves[0].debit_number
    move = msgspec.structs.replace(entry.moves[0], debit_number=place)
    world.entries[entry.id] = msgspec.structs.replace(entry, moves=(move,))


def lost_after_the_answer(world: World) -> None:
    """A crash that took an acknowledged declined id with it."""
    world.pay(1000)
    del world.entries[world.decline(1).item.id]


def another_amount(world: World) -> None:
    call = world.pay(100)
    line = msgspec.structs.replace(call.item.lines[0], amount=99)
    world.calls[-1] = msgspec.structs.replace(
        call, item=msgspec.structs.replace(call.item, lines=(line,))
    )


def declined_and_moved(world: World) -> None:
    call = world.pay(100)
    no = msgspec.structs.replace(call.item, lines=(), refusal="budget-empty")
    world.calls[-1] = msgspec.structs.replace(call, item=no, outcome="declined")


def refused_but_stored(world: World) -> None:
    call = world.pay(1000)
    world.calls[-1] = msgspec.structs.replace(call, outcome="insufficient")


def unjustified_insufficient(world: World) -> None:
    world.calls.append(
        Call(
            item=world.item("redeem", Line(PURSE, SHOP, 1000)),
            outcome="insufficient",
            invoked=1,
            answered=2,
        )
    )


def stale_insufficient(world: World) -> None:
    """It was empty once, but was filled up before this was asked."""
    refunded = world.pay(1000)
    world.clock += 1000
    world.refund(refunded, 1000)
    world.clock += 1000
    late = Call(
        item=world.item("redeem", Line(PURSE, SHOP, 1)),
        outcome="insufficient",
        invoked=world.clock,
        answered=world.clock + 1,
    )
    world.calls.append(late)


def unjustified_decline(world: World) -> None:
    """The no rests on a balance that was large enough."""
    world.decline(900)


def decline_where_the_budgets_held_enough(world: World) -> None:
    """Who asked saw no balance; but never was there so little in both together."""
    item = world.item("redeem", refusal="budget-empty")
    world.store(item)
    call = Call(item=item, outcome="declined", invoked=1, answered=world.clock, wanted=1500)
    world.calls.append(msgspec.structs.replace(call, budgets=(PURSE, OTHER)))


def decline_by_a_block_that_never_was(world: World) -> None:
    item = world.item("redeem", refusal="card-blocked")
    world.store(item)
    call = Call(item=item, outcome="declined", invoked=1, answered=world.clock, rests_on=(CARD,))
    world.calls.append(call)


def decline_by_an_end_that_never_was(world: World) -> None:
    item = world.item("redeem", refusal="budget-period-ended")
    world.store(item)
    call = Call(item=item, outcome="declined", invoked=1, answered=world.clock, budgets=(PURSE,))
    world.calls.append(call)


def decline_on_an_older_balance(world: World) -> None:
    spent = world.pay(1000)
    seen = (Seen(PURSE, world.balances[PURSE].movements),)
    world.clock += 1000
    world.refund(spent, 1000)
    world.clock += 1000
    item = world.item("redeem", refusal="budget-empty", seen=seen)
    world.store(item)
    world.calls.append(
        Call(item=item, outcome="declined", invoked=world.clock, answered=world.clock + 1, wanted=1)
    )


def read_of_the_past(world: World) -> None:
    """Answered before the other was asked, but booked after it."""
    second = world.pay(1)
    first = world.pay(2)
    world.calls[-2:] = [
        msgspec.structs.replace(second, invoked=5000, answered=5001),
        msgspec.structs.replace(first, invoked=4000, answered=4001),
    ]


def circle_over_two_accounts(world: World) -> None:
    """Each account alone is in order; together they are not: a, b in one and b, a in the other."""
    both = [Line(PURSE, SHOP, 1), Line(OTHER, SHOP, 1)]
    first, second = (world.call(world.item("redeem", *both)) for _ in range(2))
    swapped = [world.entries[call.item.id].moves for call in (first, second)]
    for call, own, others in ((first, *swapped), (second, *reversed(swapped))):
        entry = world.entries[call.item.id]
        world.entries[entry.id] = msgspec.structs.replace(entry, moves=(own[0], others[1]))


def over_reversal(world: World) -> None:
    sale = world.pay(100)
    for _ in range(2):
        back = world.item("refund", Line(SHOP, PURSE, 60, 1), reverses=sale.item.id)
        world.store(back)
        world.calls.append(
            Call(item=back, outcome="booked", invoked=world.clock, answered=world.clock + 9)
        )


def one_reversal_number_twice(world: World) -> None:
    sale = world.pay(100)
    world.refund(sale, 10)
    late = world.refund(sale, 10)
    entry = world.entries[late.item.id]
    world.entries[entry.id] = msgspec.structs.replace(entry, reversal_number=1)


def unjustified_over_reversed(world: World) -> None:
    sale = world.pay(100)
    back = world.item("refund", Line(SHOP, PURSE, 100, 1), reverses=sale.item.id)
    world.calls.append(
        Call(item=back, outcome="over_reversed", invoked=world.clock, answered=world.clock + 9)
    )


def not_reversible_though_it_was_there(world: World) -> None:
    sale = world.pay(100)
    back = world.item("refund", Line(SHOP, PURSE, 100, 1), reverses=sale.item.id)
    world.calls.append(
        Call(
            item=back,
            outcome="not_reversible",
            invoked=world.clock + 900,
            answered=world.clock + 901,
        )
    )


def unjustified_misuse(world: World) -> None:
    call = world.pay(100)
    world.calls.append(msgspec.structs.replace(call, outcome="misuse"))


def unjustified_moved(world: World) -> None:
    seen = (Seen(PURSE, 1),)
    item = world.item("redeem", refusal="budget-empty", seen=seen)
    world.calls.append(Call(item=item, outcome="moved", invoked=1, answered=2))


def unjustified_moved_of_a_payment(world: World) -> None:
    item = world.item("redeem", Line(PURSE, SHOP, 1, seen=1))
    world.calls.append(Call(item=item, outcome="moved", invoked=1, answered=2))


def bought_twice_what_may_be_bought_once(world: World) -> None:
    for _ in range(2):
        item = world.item("redeem", Line(PURSE, SHOP, 1, seen=1))
        world.store(item)
        world.calls.append(
            Call(item=item, outcome="booked", invoked=world.clock, answered=world.clock + 9)
        )


def unjustified_not_usable(world: World) -> None:
    item = world.item("redeem", Line(PURSE, SHOP, 1))
    world.calls.append(Call(item=item, outcome="not_usable", invoked=1, answered=2))


def booked_before_its_time(world: World) -> None:
    world.call(world.item("redeem", Line(PURSE, SHOP, 1), occurred_at=NOON - timedelta(days=1)))


def history_rewritten(world: World) -> None:
    (grant, *_) = world.before.entries.values()
    world.entries[grant.id] = msgspec.structs.replace(grant, fingerprint=bytes(32))


PLANTED: dict[Callable[[World], None], str] = {
    lost_update: "balance is not its movements",
    double_booking: "stored twice",
    booked_twice_under_two_ids: "stored but not asked, or refused",
    overspending: "overspent",
    one_turn_twice: "turns are not dense",
    one_place_twice: "places are not dense",
    lost_after_the_answer: "acknowledged but not stored",
    another_amount: "acknowledged but not stored",
    declined_and_moved: "declined but moved",
    refused_but_stored: "stored but not asked, or refused",
    unjustified_insufficient: "not justified",
    stale_insufficient: "not justified",
    unjustified_decline: "not justified",
    decline_where_the_budgets_held_enough: "not justified",
    decline_by_a_block_that_never_was: "not justified",
    decline_by_an_end_that_never_was: "not justified",
    decline_on_an_older_balance: "not justified",
    read_of_the_past: "no serial order",
    circle_over_two_accounts: "no serial order",
    over_reversal: "over-reversed",
    one_reversal_number_twice: "reversal numbers are not dense",
    unjustified_over_reversed: "not justified",
    not_reversible_though_it_was_there: "not justified",
    unjustified_misuse: "not justified",
    unjustified_moved: "not justified",
    unjustified_moved_of_a_payment: "not justified",
    bought_twice_what_may_be_bought_once: "booked on what it had not seen",
    unjustified_not_usable: "not justified",
    booked_before_its_time: "booked out of its time",
    history_rewritten: "changed or gone",
}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found(plant: Callable[[World], None]) -> None:
    world = World(5)
    assert world.faults() == set()
    plant(world)
    assert PLANTED[plant] in world.faults()


@pytest.mark.parametrize(("blocked", "fault"), [((1, 2), True), ((1, 99999), False)])
def test_a_sale_on_a_blocked_card_is_found_only_if_it_was_asked_after(
    blocked: tuple[int, int], fault: object
) -> None:
    world = World()
    world.pay(100, rests_on=(CARD,))
    off = SwitchedOff(subject=CARD, invoked=blocked[0], answered=blocked[1])
    assert world.faults(off) == ({"booked on what was off"} if fault else set())


@pytest.mark.parametrize(("asked", "fault"), [(5, True), (99999, False)])
def test_a_sale_after_the_end_of_a_budget_is_found_only_if_it_was_asked_after(
    asked: int, fault: object
) -> None:
    world = World()
    world.pay(100)
    ended = Ended(account=PURSE, until=NOON, invoked=1, answered=asked)
    assert world.faults(ended) == ({"booked out of its time"} if fault else set())
    no = world.item("redeem", Line(PURSE, SHOP, 1))
    world.calls.append(Call(item=no, outcome="not_usable", invoked=50, answered=60))
    assert "not justified" not in world.faults(ended)


def test_a_block_before_the_answer_explains_that_a_sale_was_moved() -> None:
    world = World()
    item = world.item("redeem", Line(PURSE, SHOP, 1))
    world.calls.append(Call(item=item, outcome="moved", invoked=5, answered=9, rests_on=(CARD,)))
    assert world.faults(SwitchedOff(subject=CARD, invoked=8, answered=20)) == set()
    assert world.faults(SwitchedOff(subject=CARD, invoked=10, answered=20)) == {"not justified"}
