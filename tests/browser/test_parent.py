"""A parent and the passes of the children, on a telephone: each child pays from its own pass."""

from collections.abc import Generator
from datetime import date
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from code_reading import read_code
from given.cards import a_pass_by_letter
from given.city import Budget, Holder, a_budget
from given.days import TODAY, YEAR
from looking import check_page
from pas.auth.keys import KeyStore
from pas.db import Connection
from pas.passes.codes import grouped, printed
from pas.passes.make_cards import IssuedCard, Press
from pas.passes.residents import birthday
from pas.settings import Settings
from serving import Served
from venue import PHONE, VELSEN, Phone, Venue, a_venue

SIGNED = '[data-part="signed"]'
CHILDREN = (("Mert", 13, 3_000), ("Ela", 10, 2_000), ("Deniz", 8, 1_000))
"""The oldest first, as the parent sees them: by name, with their age and cents."""
GROWN_UP = ("Sibel", 18, 4_000)


class Member(msgspec.Struct, frozen=True):
    """One of the family, with the card of the letter and what stands on the pass."""

    name: str
    holder: Holder
    card: IssuedCard
    budget: Budget


class Family(msgspec.Struct, frozen=True):
    venue: Venue
    parent: IssuedCard
    members: dict[str, Member]

    def left(self) -> dict[str, int]:
        """What each has left, in cents."""
        wanted = [one.budget.account for one in self.members.values()]

        async def read(connection: Connection) -> list[int]:
            rows = await connection.fetch(
                "SELECT account_id, amount FROM balance WHERE account_id = ANY ($1)", wanted
            )
            found = {row["account_id"]: row["amount"] for row in rows}
            return [found[one] for one in wanted]

        return dict(zip(self.members, self.venue.do(read), strict=True))


def of_age(years: int) -> date:
    """Born so long ago, to the day: who turns eighteen today is grown up."""
    return date(TODAY.year - years, TODAY.month, min(TODAY.day, 28))


def a_family(served: Served) -> Family:
    """A parent without money on the own pass, three children, and one who has grown up."""
    folder: Path = served.output.parent / "data"
    press, venue = Press(KeyStore(Settings(data_dir=folder).keys).ring(VELSEN)), a_venue(served)

    async def make(connection: Connection) -> Family:
        parent, card = await a_pass_by_letter(
            connection, press, year=YEAR, name="Fatma", birth_date=of_age(41)
        )
        members = dict[str, Member]()
        for name, age, cents in (*CHILDREN, GROWN_UP):
            born = of_age(age)
            child, its_card = await a_pass_by_letter(
                connection, press, year=YEAR, name=name, birth_date=born
            )
            await connection.execute(
                """
                INSERT INTO managing_adult (child_id, adult_id, kind, valid_from, valid_until)
                VALUES ($1, $2, 'parent', $3, $4)
                """,
                *(child.id, parent.id, born, birthday(born, 18)),
            )
            budget = await a_budget(connection, venue.budget.scheme, child, cents=cents)
            members[name] = Member(name, child, its_card, budget)
        return Family(venue, card, members)

    return venue.do(make)


@pytest.fixture
def family(served: Served) -> Family:
    return a_family(served)


@pytest.fixture
def phone(browser: Browser, served: Served) -> Generator[Page]:
    context = browser.new_context(base_url=served.url, locale="nl-NL", viewport=PHONE)
    yield context.new_page()
    context.close()


def type_in(phone: Page, card: IssuedCard, *, own: bool = False) -> None:
    """Type the number of a card and the code of its letter."""
    phone.context.clear_cookies()
    phone.goto("/velsen/sign-in/card")
    phone.fill("#number", grouped(card.codes.number))
    assert card.activation_code is not None
    phone.fill("#code", printed(card.activation_code))
    phone.locator("#own_device").set_checked(own)
    phone.get_by_role("button", name="Bekijk uw pas").click()


def sign_in(phone: Page, card: IssuedCard, *, own: bool = False) -> None:
    type_in(phone, card, own=own)
    expect(phone.locator("h1")).to_contain_text("Pas van")


def open_pass(phone: Page, name: str) -> None:
    phone.locator(".pas-people a").filter(has_text=name).click()
    expect(phone.locator("h1")).to_contain_text(f"Pas van {name}")


def test_a_parent_pays_with_the_pass_of_one_child_and_takes_it_from_no_other(
    page: Page, phone: Page, family: Family
) -> None:
    for name in ("Ela", "Deniz"):
        type_in(phone, family.members[name].card)
        expect(phone.locator("h1")).to_have_text("De kaart staat aan")
    sign_in(phone, family.members["Mert"].card)
    till = Phone(page)
    family.venue.pair(page)
    sign_in(phone, family.parent)
    for name, _, cents in CHILDREN:
        open_pass(phone, name)
        expect(phone.locator(".pas-budgets li")).to_have_count(1)
        expect(phone.locator(".pas-budgets")).to_contain_text(f"{cents // 100},00")
        check_page(phone, f"parent-{name.lower()}", widths=(PHONE["width"],))
    before = family.left()

    open_pass(phone, "Ela")
    till.sell(read_code(phone, SIGNED), "5,00")
    assert family.left() == {**before, "Ela": before["Ela"] - 500}

    sign_in(phone, family.parent, own=True)
    open_pass(phone, "Ela")
    till.sell_next(read_code(phone, SIGNED), "2,50")
    assert family.left() == {**before, "Ela": before["Ela"] - 750}
    phone.goto("/velsen/my-pass/telephones")
    expect(phone.get_by_text("Dit apparaat.")).to_be_visible()
    check_page(phone, "parent-telephones", widths=(PHONE["width"],))


def test_a_child_of_twelve_sees_its_own_pass_and_one_of_eighteen_alone_sees_it(
    phone: Page, family: Family
) -> None:
    """Up to eighteen the parent sees it too; from then on nobody else, also by its address."""
    sign_in(phone, family.members["Mert"].card)
    expect(phone.locator("h1")).to_contain_text("Mert")
    expect(phone.locator(".pas-people")).to_have_count(0)
    expect(phone.locator(".pas-budgets")).to_contain_text("30,00")

    sign_in(phone, family.parent)
    shown = phone.locator(".pas-people a").all_inner_texts()
    assert shown == [name for name, _, _ in CHILDREN]
    grown_up = family.members["Sibel"]
    answer = phone.goto(f"/velsen/my-pass/{grown_up.holder.pass_id}")
    assert answer is not None
    assert answer.status == 404

    sign_in(phone, grown_up.card)
    expect(phone.locator("h1")).to_contain_text("Sibel")
    expect(phone.locator(".pas-people")).to_have_count(0)
    expect(phone.locator(".pas-budgets")).to_contain_text("40,00")
