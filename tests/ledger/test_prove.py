"""The proof closes over every kind of posting, and says what is owed and what is left."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from booking import a_reversal, a_sale, an_item, book, lapse, redeem, reverse
from given.city import (
    LAST_DAY,
    Budget,
    Holder,
    Scheme,
    Till,
    a_budget,
    a_scheme,
    appropriate,
)
from given.equation import every_level_adds_up
from given.logins import NOON
from pas.db import Connection
from pas.ids import AccountId
from pas.ledger.accounts import new_account_id
from pas.ledger.book import Line
from pas.ledger.prove import Proof, SchemeEquation, prove
from pas.redemptions.prove import prove as prove_all


async def proof_of(connection: Connection) -> Proof:
    return await prove(connection, datetime.now(UTC))


async def open_account(
    owner: Connection,
    kind: str,
    *,
    unit: str = "cents",
    scheme: Scheme | None = None,
    subject: UUID | None = None,
) -> AccountId:
    guarded = kind in {"held", "budget"}
    (account,) = await owner.fetchval(
        "SELECT open_accounts(ARRAY[$1::bigint], ARRAY[$2], ARRAY[$3], ARRAY[$4::uuid], ARRAY[$5::smallint],"
        " ARRAY[$6::uuid], ARRAY[$7::boolean], '{-infinity}', ARRAY[$8::timestamptz])",
        *(new_account_id(), kind, unit, scheme and scheme.id, scheme and scheme.year),
        *(subject, guarded, LAST_DAY),
    )
    return account


Moves = tuple[int, int, int]
"""From, to, how much."""


class Books:
    """Books entries by their moves alone."""

    def __init__(self, owner: Connection) -> None:
        self.owner = owner

    async def booked(self, kind: str, *moves: Moves, **fields: object) -> UUID:
        lines = [
            Line(debit=AccountId(debit), credit=AccountId(credit), amount=amount)
            for debit, credit, amount in moves
        ]
        item = an_item(kind, *lines, **fields)
        assert await book(self.owner, item) == ["booked"]
        return item.id

    async def undone(self, kind: str, original: UUID, *moves: Moves) -> None:
        lines = [
            Line(debit=AccountId(debit), credit=AccountId(credit), amount=amount, reversed_line=at)
            for at, (debit, credit, amount) in enumerate(moves, start=1)
        ]
        assert await book(self.owner, an_item(kind, *lines, reverses=original)) == ["booked"]

    async def refunded_onward(self, original: UUID, back: Moves, year: AccountId) -> None:
        """What comes back to a budget that has ended goes on to the appropriation."""
        debit, credit, amount = back
        returned = Line(AccountId(debit), AccountId(credit), amount, reversed_line=1)
        onward = Line(AccountId(credit), year, amount)
        item = an_item("refund", returned, onward, reverses=original)
        assert await book(self.owner, item) == ["booked"]


async def everything_with_a_budget(books: Books, till: Till, budget: Budget) -> None:
    purse, club, year = budget.account, till.merchant.account, budget.scheme.appropriation
    payee = await open_account(books.owner, "payee", subject=uuid4())
    sale = await books.booked("redeem", (purse, club, 3000), (purse, year, 100))
    await books.undone("void", sale, (club, purse, 3000), (year, purse, 100))
    sale = await books.booked("redeem", (purse, club, 2000), (purse, year, 50))
    await books.undone("refund", sale, (club, purse, 300), (year, purse, 50))
    confirmed = await books.booked("confirm", (purse, club, 700), (purse, payee, 200))
    await books.undone("refund", confirmed, (club, purse, 1), (payee, purse, 2))
    await books.undone("correct", confirmed, (club, purse, 3), (payee, purse, 4))
    lapsed = await books.booked("lapse", (purse, year, 40), occurred_at=LAST_DAY)
    await books.undone("correct", lapsed, (year, purse, 5))
    await books.undone("correct", budget.entry, (purse, year, 100))
    sale = await books.booked("redeem", (purse, club, 10))
    await books.refunded_onward(sale, (club, purse, 10), year)


async def everything_with_a_hold(books: Books, till: Till, budget: Budget) -> None:
    purse, club, year = budget.account, till.merchant.account, budget.scheme.appropriation
    held = await open_account(books.owner, "held", scheme=budget.scheme)
    payee = await open_account(books.owner, "payee", subject=uuid4())
    await books.booked("hold", (purse, held, 5000))
    captured = await books.booked("capture", (held, club, 900), (held, payee, 800))
    await books.undone("refund", captured, (club, held, 7), (payee, held, 8))
    await books.undone("correct", captured, (club, held, 9), (payee, held, 10))
    await books.booked("release", (held, purse, 500))
    lapsed = await books.booked("lapse", (held, year, 30), occurred_at=LAST_DAY)
    await books.undone("correct", lapsed, (year, held, 6))
    captured = await books.booked("capture", (held, club, 20))
    await books.refunded_onward(captured, (club, held, 20), year)


async def everything_with_the_bank(books: Books, till: Till, budget: Budget) -> None:
    club, year, owner = till.merchant.account, budget.scheme.appropriation, books.owner
    cover = await open_account(owner, "cover")
    earlier, bank = await open_account(owner, "earlier_supplier"), await open_account(owner, "bank")
    risk = await open_account(owner, "offline_risk", scheme=budget.scheme)
    payee = await open_account(owner, "payee", subject=uuid4())
    run = await open_account(owner, "run", subject=uuid4())
    appropriated = await books.booked("appropriate", (cover, year, 90000))
    await books.undone("correct", appropriated, (year, cover, 100))
    opening = await books.booked("opening", (earlier, budget.account, 1000))
    await books.undone("correct", opening, (budget.account, earlier, 900))
    short = await books.booked("shortfall", (risk, club, 60))
    await books.undone("correct", short, (club, risk, 20))
    await books.booked("settle", (club, run, 1500), (payee, run, 400))
    await books.booked("pay", (run, bank, 1000))
    await books.booked(
        "bounce", (run, club, 11), (run, payee, 12), (bank, club, 13), (bank, payee, 14)
    )
    await books.booked("debit_note", (bank, club, 15))


async def everything_without_a_network(books: Books, till: Till, budget: Budget) -> None:
    purse, club, year = budget.account, till.merchant.account, budget.scheme.appropriation
    risk = await open_account(books.owner, "offline_risk", scheme=budget.scheme)
    sale = await books.booked("offline", (purse, club, 400), (purse, year, 25), (risk, club, 100))
    await books.undone("void", sale, (club, purse, 400), (year, purse, 25), (club, risk, 100))
    sale = await books.booked("offline", (purse, club, 200), (purse, year, 8), (risk, club, 50))
    await books.undone("refund", sale, (club, purse, 60), (year, purse, 2), (club, risk, 30))
    await books.undone("correct", sale, (club, purse, 1), (year, purse, 1), (club, risk, 1))


async def everything_in_visits(books: Books, swim: Budget) -> None:
    purse, used, year = swim.visits_account, swim.scheme.used, swim.scheme.visits_appropriation
    assert purse is not None
    assert used is not None
    assert year is not None
    sale = await books.booked("redeem", (purse, used, 2), (purse, year, 1))
    await books.undone("void", sale, (used, purse, 2), (year, purse, 1))
    for kind in ("redeem", "confirm", "offline"):
        sale = await books.booked(kind, (purse, used, 3))
        await books.undone("refund", sale, (used, purse, 1))
        await books.undone("correct", sale, (used, purse, 1))
    await books.booked("lapse", (purse, year, 1), occurred_at=LAST_DAY)


async def test_the_equation_closes_over_every_posting(
    connection: Connection, owner: Connection, till: Till, budget: Budget
) -> None:
    books = Books(owner)
    pool = await a_scheme(connection, visits=20, visit_price_cents=500)
    swim = await a_budget(connection, pool, budget.holder, cents=10000, visits=20)
    await everything_with_a_budget(books, till, budget)
    await everything_with_a_hold(books, till, budget)
    await everything_with_the_bank(books, till, budget)
    await everything_without_a_network(books, till, budget)
    await everything_in_visits(books, swim)
    proof = await proof_of(connection)
    assert proof.closes, proof
    await every_level_adds_up(connection, proof)
    scheme = equation(proof, budget.scheme, "cents")
    assert scheme.granted == 20000 - 100 + 1000 - 900
    assert scheme.spent == 3000 + 2000 + 700 + 200 + 900 + 800 + 20 + 60 + 10 + 500 + 250
    reversed_online = 3000 + 300 + 1 + 2 + 3 + 4 + 7 + 8 + 9 + 10 + 20 + 20 + 10
    assert scheme.reversed == reversed_online + 500 + 60 + 30 + 1 + 1
    assert scheme.held == 5000 - 900 - 800 + 7 + 8 + 9 + 10 - 500 - 30 + 6 - 20
    assert scheme.lapsed == (40 - 5) + 10 + (30 - 6) + 20 + (8 - 2 - 1)
    assert scheme.shortfall == 60 - 20 + 50 - 30 - 1
    visits = equation(proof, pool, "visits")
    assert (visits.granted, visits.spent, visits.reversed) == (20, 2 + 3 * 3, 2 + 3 * 2)
    assert (visits.lapsed, visits.open) == (1, 16)
    untried = await connection.fetch(
        """
        SELECT kind, debit, credit, reverses FROM posting
        EXCEPT SELECT e.kind, d.kind, c.kind, t.reversed_line IS NOT NULL FROM transfer t JOIN entry e ON e.id = t.entry_id
        JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit
        """
    )
    assert [tuple(row) for row in untried] == []


def equation(proof: Proof, scheme: Scheme, unit: str) -> SchemeEquation:
    (found,) = (one for one in proof.schemes if (one.scheme_id, one.unit) == (scheme.id, unit))
    return found


async def test_granted_and_lapsed_are_what_is_left_of_them_after_each_posting(
    connection: Connection, owner: Connection, till: Till, budget: Budget
) -> None:
    """One posting after the other: only grants grant, and what is restored has not lapsed."""
    books, purse, year = Books(owner), budget.account, budget.scheme.appropriation

    async def now() -> tuple[int, int]:
        found = equation(await proof_of(connection), budget.scheme, "cents")
        assert found.difference == 0
        return found.granted, found.lapsed

    assert await now() == (20000, 0)
    sale = await books.booked("redeem", (purse, till.merchant.account, 30), (purse, year, 100))
    assert await now() == (20000, 100)
    await books.undone("void", sale, (till.merchant.account, purse, 30), (year, purse, 100))
    assert await now() == (20000, 0)
    lapsed = await books.booked("lapse", (purse, year, 40), occurred_at=LAST_DAY)
    assert await now() == (20000, 40)
    await books.undone("correct", lapsed, (year, purse, 15))
    assert await now() == (20000, 25)
    await books.undone("correct", budget.entry, (purse, year, 200))
    assert await now() == (19800, 25)


async def test_visits_have_an_equation_of_their_own(
    connection: Connection, till: Till, holder: Holder
) -> None:
    scheme = await a_scheme(connection, visits=10, visit_price_cents=500)
    swim = await a_budget(connection, scheme, holder, cents=5000, visits=10)
    assert swim.visits_account is not None
    assert scheme.used is not None
    visit = Line(debit=swim.visits_account, credit=scheme.used, amount=1)
    sales = [a_sale(till, swim, 450, visit) for _ in range(3)]
    await redeem(connection, *sales)
    await reverse(connection, a_reversal("void", sales[0]))
    await lapse(connection, swim.visits_account, 8, at=LAST_DAY)
    cents, visits = (await proof_of(connection)).schemes
    assert (cents.unit, cents.granted, cents.spent, cents.reversed, cents.open) == (
        *("cents", 5000, 1350, 450, 4100),
    )
    assert (visits.granted, visits.spent, visits.reversed, visits.lapsed, visits.open) == (
        *(10, 3, 1, 8, 0),
    )


async def test_what_is_owed_to_a_merchant_is_told_apart(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1240)
    await redeem(connection, sale)
    await reverse(connection, a_reversal("refund", sale, 240))
    (merchant,) = (await proof_of(connection)).merchants
    assert merchant.merchant_id == till.merchant.id
    assert (merchant.owed, merchant.redeemed, merchant.reversed) == (1000, 1240, 240)


async def test_money_set_aside_does_not_enter_the_equation(
    connection: Connection, scheme: Scheme
) -> None:
    await appropriate(connection, scheme.id, 100)
    assert (await proof_of(connection)).closes


async def test_the_proof_says_how_far_it_is(connection: Connection) -> None:
    heard: list[tuple[int, int | None]] = []
    await prove_all(connection, NOON, told=lambda done, total: heard.append((done, total)))
    done, total = heard[-1]
    assert done == total
    assert [one for one, _ in heard] == list(range(len(heard)))
