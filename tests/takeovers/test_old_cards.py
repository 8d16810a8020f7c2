"""The card of an earlier supplier works at the till the same day, in small amounts, until it is replaced."""

import pytest

from given.cards import an_issued_card
from given.city import a_merchant, a_till
from given.days import NOW
from given.takeovers import UPLOADER, VELSEN, TakingOver, a_listed_row
from pas.db import Connection, Database
from pas.errors import TillRefusal
from pas.ids import CardId, TillId, uuid7
from pas.passes.activate import (
    CardOfEarlierSupplier,
    activate_at_counter,
    renew_activation_code,
)
from pas.passes.codes import CardNumberMistyped, CardUnknown, CardUnreadable
from pas.passes.find import find_card
from pas.passes.make_cards import Press
from pas.passes.prove_code import Shown, prove_code
from pas.passes.replace import Replacement, replace_card
from pas.redemptions.bodies import AskBody, Asks, SellBody, Sells
from pas.redemptions.lanes import Lanes
from pas.redemptions.refusals import CardNotConfirmed, CardReplaced, TillPaused
from pas.redemptions.sale import Answer
from pas.redemptions.scan import scan_of
from pas.redemptions.sell import Counter, sell

OLD = "6064 3600-1234"
OURS = "123456789092"
LIMIT = 1_500


class Shop:
    """A till of today in the town that takes over."""

    def __init__(self, town: TakingOver, database: Database, till: TillId) -> None:
        self.town = town
        self.counter = Counter(
            municipality=VELSEN,
            ring=town.ring,
            lanes=Lanes(database),
            till_id=till,
            trace_id="",
        )

    async def sells(self, scanned: str, cents: int = 500) -> Answer:
        item = SellBody(id=uuid7(), scanned=scanned, price_cents=cents, take_cents=cents)
        [answer] = await sell(self.counter, Sells(items=(item,)))
        return answer

    async def asks(self, scanned: str) -> type[TillRefusal] | None:
        [answer] = await sell(
            self.counter, Asks(items=(AskBody(scanned=scanned, price_cents=500),))
        )
        return answer.reason


@pytest.fixture
async def shop(town: TakingOver, database: Database, connection: Connection) -> Shop:
    till = await a_till(connection, await a_merchant(connection))
    return Shop(town, database, till.id)


@pytest.fixture
async def taken(town: TakingOver) -> CardId:
    """Sanne's old card works."""
    await town.takes_over(a_listed_row(card_number=OLD))
    return await town.connection.fetchval("SELECT id FROM card")


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize(
    "scanned",
    [
        OLD,
        "606436001234",
        " 6064-3600-1234\r\n",
        "0606436001234",
        "]C1606436001234",
        "https://oude-pas.example/p?nr=606436001234",
    ],
)
async def test_scanned_or_typed_it_pays(shop: Shop, scanned: str) -> None:
    assert (await shop.sells(scanned)).outcome == "booked"
    assert await shop.town.balances() == [12345 - 500]


@pytest.mark.usefixtures("taken")
async def test_above_its_limit_somebody_confirms_it_first(shop: Shop, taken: CardId) -> None:
    declined = await shop.sells(OLD, LIMIT + 1)
    assert (declined.outcome, declined.reason) == ("declined", CardNotConfirmed)
    await activate_at_counter(
        shop.town.connection, taken, reason="Paspoort gezien", actor=UPLOADER, now=NOW
    )
    assert (await shop.sells(OLD, LIMIT + 1)).outcome == "booked"


async def test_a_replaced_card_ends_the_number_and_keeps_the_balance(
    shop: Shop, taken: CardId
) -> None:
    made = await replace_card(
        shop.town.connection,
        taken,
        Replacement(form="paper", handed_over=True, reason="Oude pas"),
        press=Press(shop.town.ring),
        actor=UPLOADER,
        now=NOW,
    )
    assert await shop.asks(OLD) is CardReplaced
    assert (await shop.sells(made.codes.token.text())).outcome == "booked"
    assert await shop.town.balances() == [12345 - 500]


@pytest.mark.usefixtures("taken")
async def test_guessing_pauses_the_till_whatever_the_numbers_look_like(shop: Shop) -> None:
    guesses = ["606436001235", "A-1234", "BARCODE-1", "6064", "https://x.example/7777"]
    heard = [await shop.asks(guess) for guess in guesses]
    assert heard == [CardUnknown] * 5
    assert await shop.asks(OLD) is TillPaused


async def test_where_nothing_was_taken_over_a_bottle_is_no_pass_and_pauses_nothing(
    shop: Shop,
) -> None:
    await shop.town.proposes(a_listed_row(card_number=OLD))
    for _ in range(8):
        assert await shop.asks("BARCODE") is CardUnreadable
        assert await shop.asks("8710400145677") is CardNumberMistyped
    assert await shop.town.connection.fetchval("SELECT count(*) FROM unknown_scan") == 0


async def test_a_number_that_passes_for_ours_is_found_too(shop: Shop) -> None:
    await shop.town.takes_over(a_listed_row(card_number=OURS))
    assert (await shop.sells("1234 5678 9092")).outcome == "booked"


async def test_no_card_of_ours_gets_the_number_of_one_that_was_taken_over(
    town: TakingOver,
) -> None:
    await town.takes_over(a_listed_row(card_number=OURS))
    drawn = iter([7, 1_234_567_890 - 1_000_000_000, *range(8, 60)])
    press = Press(town.ring, lambda most: next(drawn) % most)
    made = await an_issued_card(town.connection, press)
    assert made.codes.number != OURS


@pytest.mark.usefixtures("taken")
async def test_nobody_signs_in_with_it_and_it_gets_no_code(town: TakingOver, taken: CardId) -> None:
    shown = Shown(scanned=OLD, code="3467-9CFH")
    with pytest.raises(CardNumberMistyped):
        await prove_code(town.connection, shown, ring=town.ring, municipality=VELSEN, now=NOW)
    with pytest.raises(CardOfEarlierSupplier):
        await renew_activation_code(town.connection, taken, ring=town.ring, actor=UPLOADER, now=NOW)


async def test_at_the_counter_the_old_number_finds_its_holder(
    town: TakingOver, taken: CardId
) -> None:
    found = await find_card(town.connection, OLD, ring=town.ring, municipality=VELSEN)
    assert (found.id, found.resident_id) == (taken, town.sanne)
    with pytest.raises(CardNumberMistyped):
        await find_card(town.connection, "606436001235", ring=town.ring, municipality=VELSEN)


@pytest.mark.usefixtures("taken")
def test_a_till_without_a_network_does_not_know_it(town: TakingOver) -> None:
    with pytest.raises(CardNumberMistyped):
        scan_of(OLD, town.ring, VELSEN)


@pytest.mark.usefixtures("taken")
async def test_who_has_a_card_that_lasts_keeps_that_one(town: TakingOver) -> None:
    await town.another_scheme()
    cards = await town.connection.fetchval("SELECT count(*) FROM card")
    await town.takes_over(a_listed_row(card_number="NEW-77", scheme="cultuur"))
    assert await town.connection.fetchval("SELECT count(*) FROM card") == cards
