"""Weeks of sales for the rules of signals: what honest clubs sell, and what abuse looks like."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from given.city import Holder, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.sales import a_sale_item, an_undo, desk_of
from pas.days import AMSTERDAM
from pas.db import Connection, Database
from pas.ids import CardId, EntryId, MerchantId, TillId
from pas.ledger.position import READ_HORIZON
from pas.money import Cents
from pas.redemptions.redeem import redeem
from pas.redemptions.undo import undo
from pas.signals.look import SINCE, Looked, look
from pas.signals.model import Bounds, Found, SaleFacts
from pas.signals.rules import find
from together import VELSEN

MONDAY = datetime(2026, 6, 1, tzinfo=AMSTERDAM)
"""The first of a week."""
SUNDAY = MONDAY + timedelta(days=6, hours=23)


class Venue:
    """One till of one merchant, with chance of its own."""

    def __init__(self, number: int, *, place: str = "1971", tills: int = 1) -> None:
        self.number, self.place, self.tills = number, place, tills
        self.chance = random.Random(number)
        self.sold: list[SaleFacts] = []

    def sells(self, cents: int, day: int = 0, at: str = "14:00", **facts: object) -> SaleFacts:
        """Sell for a price at an hour of a day of the week; each to another card, unless said."""
        hour, minute = map(int, at.split(":"))
        moment = MONDAY + timedelta(
            days=day, hours=hour, minutes=minute, seconds=len(self.sold) % 60
        )
        number = self.number * 100_000 + len(self.sold)
        sale = SaleFacts(
            id=EntryId(UUID(int=number)),
            merchant_id=MerchantId(UUID(int=1_000_000_000 + self.number)),
            till_id=TillId(
                UUID(int=2_000_000_000 + self.number * 10 + len(self.sold) % self.tills)
            ),
            at=moment,
            price_cents=Cents(cents),
            taken_cents=Cents(cents),
            visits=0,
            card_id=CardId(UUID(int=3_000_000_000 + number)),
            place=self.place,
            emptied_cents=Cents(0),
            is_undone=False,
            is_voided=False,
            is_online=True,
        )
        self.sold.append(msgspec.structs.replace(sale, **facts))
        return self.sold[-1]

    def one_of(self, prices: Iterable[int]) -> int:
        return self.chance.choice(list(prices))


def found_in(*venues: Venue, bounds: Bounds | None = None) -> list[Found]:
    sales = [sale for venue in venues for sale in venue.sold]
    return find(sorted(sales, key=lambda one: one.at), bounds or Bounds())


def kinds(found: Iterable[Found]) -> list[str]:
    return sorted(one.kind for one in found)


def after(start: str, seconds: int) -> str:
    """The minute so long after another."""
    hour, minute = map(int, start.split(":"))
    whole = hour * 60 + minute + seconds // 60
    return f"{whole // 60:02}:{whole % 60:02}"


# --- honest ---------------------------------------------------------------------------------


def a_sports_day(number: int = 1) -> Venue:
    """Three hundred children at one gate in ten minutes, € 3,50 each; some pay for a drink too."""
    venue = Venue(number)
    for child in range(300):
        at = after("09:30", child * 2)
        venue.sells(350 if child % 9 else 500, at=at)
    return venue


def a_school(number: int = 2) -> Venue:
    """Contributions of € 50, exactly what the scheme gives: each budget is emptied by it."""
    venue = Venue(number)
    for child in range(120):
        at = after("08:10", child * 40)
        venue.sells(5_000, day=child % 3, at=at, emptied_cents=Cents(5_000))
    return venue


def a_pool_at_half_past_six(number: int = 3) -> Venue:
    """Lanes from 6:30; a visit costs € 4,95."""
    venue = Venue(number)
    for day in range(7):
        for guest in range(40):
            at = after("06:30", guest * 150)
            venue.sells(495, day=day, at=at, visits=1)
    return venue


def an_enrolment_evening(number: int = 4) -> Venue:
    """Four contributions, all of them round, and some who pay a part of it."""
    venue = Venue(number)
    for member in range(60):
        at = after("19:00", member * 120)
        venue.sells(venue.one_of((9_000, 12_000, 15_000, 18_000)), day=1, at=at)
    return venue


def a_busy_shop(number: int = 5) -> Venue:
    """A sports shop in the last week of the holidays: dear and cheap, and never the same."""
    venue = Venue(number, tills=2)
    for day in range(6):
        for guest in range(60):
            at = after("10:00", guest * 480)
            price = venue.chance.randrange(499, 12_000, 50) - 4
            venue.sells(price, day=day, at=at)
    return venue


def a_new_volunteer(number: int = 6) -> Venue:
    """Mistypes ten of forty on a first evening."""
    venue = Venue(number)
    for guest in range(40):
        at = after("18:00", guest * 180)
        wrong = guest % 4 == 0
        venue.sells(venue.one_of((250, 375, 600)), at=at, is_voided=wrong, is_undone=wrong)
    return venue


def a_lesson_that_was_cancelled(number: int = 7) -> Venue:
    """All of one afternoon goes back."""
    venue = Venue(number)
    for _ in range(30):
        venue.sells(1_250, day=2, is_voided=True, is_undone=True)
    return venue


def two_parents(number: int = 8) -> tuple[Venue, Venue]:
    """One at the pool with the paper, one at the club with the phone, half an hour later."""
    pool, club = Venue(number), Venue(number + 50, place="1974")
    card = pool.sells(495, day=5, at="10:00").card_id
    club.sells(250, day=5, at="10:30", card_id=card)
    return pool, club


HONEST = (
    a_sports_day,
    a_school,
    a_pool_at_half_past_six,
    an_enrolment_evening,
    a_busy_shop,
    a_new_volunteer,
    a_lesson_that_was_cancelled,
)


# --- abuse ----------------------------------------------------------------------------------


def cash_for_passes(number: int = 21) -> Venue:
    """Twenty, fifty, a hundred: cash out of a pass, at a shop that also sells something."""
    venue = Venue(number)
    for guest in range(20):
        at = after("11:00", guest * 900)
        venue.sells(venue.one_of((2_000, 3_000, 4_000, 5_000, 6_000, 10_000)), day=guest % 5, at=at)
    for guest in range(4):
        venue.sells(1_295, day=guest)
    return venue


def emptied_to_the_cent(number: int = 22) -> Venue:
    """Whatever is on the pass is the price."""
    venue = Venue(number)
    for guest in range(8):
        price = venue.chance.randrange(2_600, 24_000)
        venue.sells(price, day=guest % 6, emptied_cents=Cents(price))
    return venue


def a_stack_of_cards(number: int = 23) -> Venue:
    """Twenty cards in ten minutes, behind a closed door."""
    venue = Venue(number)
    for card in range(20):
        at = after("16:00", card * 30)
        venue.sells(venue.chance.randrange(1_105, 9_995, 10), day=3, at=at)
    return venue


def a_till_that_was_taken_home(number: int = 24) -> Venue:
    venue = Venue(number)
    for guest in range(4):
        venue.sells(1_795 + guest, day=guest % 2, at="23:40")
    return venue


def looking_what_is_on_it(number: int = 25) -> Venue:
    """Sell and take back, on every day of the week."""
    venue = Venue(number)
    for guest in range(30):
        back = guest % 3 == 0
        venue.sells(1_150 + guest, day=guest % 5, is_voided=back, is_undone=back)
    return venue


def a_copied_card(number: int = 26) -> tuple[Venue, Venue]:
    shop, other = Venue(number), Venue(number + 50, place="1974")
    card = shop.sells(1_995, day=4, at="15:00").card_id
    other.sells(2_495, day=4, at="15:03", card_id=card)
    return shop, other


# --- in the database ------------------------------------------------------------------------


class Town:
    """Real sales: holders with money, merchants with tills in two places, at any moment of a week."""

    def __init__(
        self, connection: Connection, holders: list[Holder], tills: dict[str, Till]
    ) -> None:
        self.connection, self.holders, self.tills = connection, holders, tills
        self.sold = 0

    async def sells(
        self,
        cents: int,
        *,
        till: str = "shop",
        day: int = 0,
        at: str = "14:00",
        holder: int | None = None,
    ) -> EntryId:
        """Sell to the next holder, unless another is meant."""
        whose = self.holders[(self.sold if holder is None else holder) % len(self.holders)]
        self.sold += 1
        hour, minute = map(int, at.split(":"))
        moment = MONDAY + timedelta(days=day, hours=hour, minutes=minute)
        item = a_sale_item(self.tills[till], whose, price=cents, take=cents)
        [answer] = await redeem(desk_of(self.connection, now=moment), [item])
        assert answer.outcome == "booked", answer
        return item.id

    async def voids(self, sale: EntryId, *, till: str = "shop") -> None:
        ask = an_undo("void", self.tills[till], sale)
        await undo(self.connection, ask, desk_of(self.connection, now=MONDAY).moment)

    async def round_week(self, count: int = 10, *, till: str = "shop", week: int = 0) -> None:
        """Round amounts, and nothing else that stands out."""
        for number in range(count):
            cents = (1_000, 2_000, 3_000, 4_000, 5_000)[number % 5]
            await self.sells(cents, till=till, day=number % 6 + 7 * week)


async def a_town(connection: Connection, *, holders: int = 20, cents: int = 100_000) -> Town:
    """A shop in one place and a pool in another, and holders with money for both."""
    scheme = await a_scheme(connection)
    people = [await a_holder(connection) for _ in range(holders)]
    for one in people:
        await a_budget(connection, scheme, one, cents=cents)
    tills = dict[str, Till]()
    for name, postcode in (("shop", "1971 AB"), ("pool", "1974 CD")):
        merchant = await a_merchant(connection, name=name)
        await connection.execute(
            "UPDATE location SET postcode = $2 WHERE id = $1", merchant.location, postcode
        )
        tills[name] = await a_till(connection, merchant)
    return Town(connection, people, tills)


async def looked(database: Database, *, now: datetime = SUNDAY, since: timedelta = SINCE) -> Looked:
    async with database.connection(VELSEN) as connection:
        await until_decided(connection)
    return await look(database, VELSEN, now=now, since=since)


async def until_decided(connection: Connection) -> None:
    """A transaction elsewhere on the server holds the cut-off back; wait until what we wrote is before it."""
    last = await connection.fetchval("SELECT coalesce(max(xid), 0) FROM entry")
    while (await READ_HORIZON.one(connection)).xid <= last:
        await connection.execute("SELECT pg_sleep(0.01), pg_current_xact_id()")
