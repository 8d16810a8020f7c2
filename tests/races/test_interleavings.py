"""Each pair of functions, in every order of their statements: never a fault, never a deadlock."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from booking import (
    Claim,
    Sale,
    a_refusal,
    a_sale,
    an_item,
    book,
    grant,
    held,
    redeem,
    taking_back,
)
from checker import judge
from given.city import LAST_DAY, Budget, Scheme, Till, a_holder
from given.logins import NOON
from history import Call, Ended, read_books
from pas.db import Connection
from pas.ids import AccountId, uuid7
from pas.installation import Access
from pas.ledger.book import Line, Seen
from pas.ledger.prove import prove
from stepping import (
    Step,
    Stepper,
    lapsing,
    next_schedule,
    posting,
    put_gates,
    selling,
    undoing,
)

MOVEMENTS = 3
"""Of the budget of a place: granted, spent, held."""


class Place(msgspec.Struct, frozen=True):
    """A budget of 260, of which 50 are spent and 60 held, and one sale that both may be asked to book."""

    budget: Budget
    held: AccountId
    till: Till
    sold: Sale
    same: Sale


def a_line(place: Place, amount: int) -> Line:
    return Line(place.budget.account, place.budget.scheme.appropriation, amount)


def an_end(place: Place) -> Step:
    async def run(connection: Connection) -> list[str]:
        await connection.execute(
            "SELECT set_budget_usable($1, '-infinity', $2)", place.budget.account, NOON
        )
        return ["ended"]

    return Step(run, ended=Ended(account=place.budget.account, until=NOON, invoked=0, answered=0))


def sold_once(place: Place) -> Sale:
    """A sale that rests on nobody having been before it."""
    sale = a_sale(place.till, place.budget, 20)
    line = msgspec.structs.replace(sale.item.lines[0], seen=MOVEMENTS)
    return msgspec.structs.replace(sale, item=msgspec.structs.replace(sale.item, lines=(line,)))


ACTS: dict[str, Callable[[Place], Step]] = {
    "sale of all": lambda place: selling(a_sale(place.till, place.budget, 150)),
    "sale of most": lambda place: selling(a_sale(place.till, place.budget, 100)),
    "sale once": lambda place: selling(sold_once(place)),
    "same sale": lambda place: selling(place.same),
    "decline": lambda place: selling(
        a_refusal(
            place.till,
            place.budget.holder,
            "too-little",
            seen=(Seen(place.budget.account, MOVEMENTS),),
        ),
        wanted=151,
    ),
    "void": lambda place: undoing(taking_back("void", place.sold.item)),
    "refund": lambda place: undoing(taking_back("refund", place.sold.item, 30)),
    "lapse": lambda place: lapsing(an_item("lapse", a_line(place, 150), occurred_at=LAST_DAY)),
    "correction": lambda place: posting(taking_back("correct", place.sold.item, 40)),
    "hold": lambda place: posting(an_item("hold", Line(place.budget.account, place.held, 120))),
    "capture": lambda place: posting(
        an_item("capture", Line(place.held, place.till.merchant.account, 50))
    ),
    "release": lambda place: posting(
        an_item("release", Line(place.held, place.budget.account, 40))
    ),
    "top-up": lambda place: posting(
        an_item("grant", Line(place.budget.scheme.appropriation, place.budget.account, 70))
    ),
    "end": an_end,
}
TOUCHES_NO_BUDGET = {"capture"}
"""Has a row in common only with what touches the money that is held: the others cannot meet it."""
TOUCHES_HELD = {"hold", "capture", "release"}
AT_LEAST, AT_MOST = 4, 40
"""Schedules of a pair that has a row in common: the one that comes second waits for the first."""


@pytest.mark.parametrize("one", ACTS)
async def test_all_interleavings_of_two_functions(
    connection: Connection,
    owner: Connection,
    superuser: Connection,
    access: Access,
    scheme: Scheme,
    till: Till,
    one: str,
) -> None:
    await put_gates(superuser)
    assert access.superuser is not None
    # Nobody else may call both book() itself and what tills call.
    pair = [await access.superuser.connect() for _ in range(2)]
    for session in pair:
        await session.execute("SET search_path = velsen, pg_temp")
    stepper = Stepper(superuser, *pair)
    for other in list(ACTS)[list(ACTS).index(one) :]:
        if {one, other} & TOUCHES_NO_BUDGET and not {one, other} <= TOUCHES_HELD:
            continue
        places = await some_places(connection, owner, scheme, till)
        before = await read_books(connection)
        heard, tried = await every_schedule(stepper, (one, other), places)
        calls = [call for call in heard if isinstance(call, Call)]
        changes = [change for change in heard if isinstance(change, Ended)]
        assert judge(before, await read_books(connection), calls, changes) == [], (one, other)
        assert AT_LEAST <= tried < AT_MOST
    assert (await prove(connection, datetime.now(UTC))).closes
    for session in pair:
        await session.close()


async def every_schedule(
    stepper: Stepper, names: tuple[str, str], places: list[Place]
) -> tuple[list[Call | Ended | None], int]:
    heard: list[Call | Ended | None] = []
    schedule: list[int] | None = []
    for tried, place in enumerate(places, start=1):
        one, other = (ACTS[name](place) for name in names)
        trace = await stepper.run((one, other), schedule)
        heard += [session.heard for session in stepper.sessions]
        schedule = next_schedule(trace)
        if schedule is None:
            return heard, tried
    pytest.fail(f"{names}: more schedules than places")


async def some_places(
    connection: Connection, owner: Connection, scheme: Scheme, till: Till
) -> list[Place]:
    holder = await a_holder(connection)
    claims = [Claim(scheme, holder, str(uuid7()), cents=260) for _ in range(AT_MOST)]
    await grant(connection, *claims)
    budgets = [Budget(claim.account, None, scheme, holder, claim.entry) for claim in claims]
    sales = [a_sale(till, budget, 50) for budget in budgets]
    assert await redeem(connection, *sales) == ["booked"] * AT_MOST
    waiting = [await held(owner, budget) for budget in budgets]
    pairs = list(zip(budgets, waiting, strict=True))
    holds = [an_item("hold", Line(budget.account, account, 60)) for budget, account in pairs]
    assert await book(owner, *holds) == ["booked"] * AT_MOST
    return [
        Place(budget, account, till, sale, a_sale(till, budget, 100))
        for (budget, account), sale in zip(pairs, sales, strict=True)
    ]
