"""What was booked is told once to whoever asked for it: how much, where, for what, and what is left."""

from datetime import date

import asyncpg
import pytest
from babel.dates import format_date

from given.city import a_budget, a_child_of, a_holder, a_merchant, a_scheme, a_till
from given.days import NOW, TODAY, YEAR
from given.messages import a_listener, as_holder, filled, written
from given.sales import a_sale_item, an_undo, desk_of
from given.settlements import Shop, give_back, sell
from pas.auth.keys import KeyRing
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.ledger.position import END_OF_EPOCH, Position
from pas.messages.choices import choose, prefer
from pas.messages.outbox import READ_TOLD, fill_messages, messages_of, put_in_outbox
from pas.messages.show import own_messages
from pas.messages.texts import Sender
from pas.redemptions.redeem import redeem
from pas.redemptions.undo import undo

BORN = date(YEAR - 9, 3, 1)
VELSEN = MunicipalityName("velsen")


async def test_a_sale_is_told_with_what_is_left(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    await a_listener(connection, shop.purse.holder.id, ring=ring)
    await sell(connection, shop, 1_240)
    await filled(connection, ring=ring)
    [text] = await written(connection, ring=ring)
    assert text.startswith("Betaald: € 12,40 bij Zwembad De Heerenduinen.")
    assert "€ 87,60" in text
    assert "de Wit" not in text
    assert "Sanne" not in text
    assert "http" not in text


async def test_who_chose_nothing_hears_nothing_and_a_choice_is_not_of_before(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    await sell(connection, shop, 1_240)
    await a_listener(connection, shop.purse.holder.id, ring=ring)
    other = await a_budget(
        connection, shop.purse.scheme, await a_holder(connection, year=YEAR), cents=5_000
    )
    [answer] = await redeem(
        desk_of(connection, now=NOW), [a_sale_item(shop.till, other.holder, price=500, take=500)]
    )
    assert answer.outcome == "booked"
    await filled(connection, ring=ring)
    assert await written(connection, ring=ring) == []


async def test_a_void_and_a_refund_are_told_too(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    await a_listener(connection, shop.purse.holder.id, ring=ring, after_spending="text")
    sale, other = await sell(connection, shop, 1_000), await sell(connection, shop, 2_000)
    await undo(connection, an_undo("void", shop.till, sale), desk_of(connection, now=NOW).moment)
    await give_back(connection, shop, other, 500)
    await filled(connection, ring=ring)
    texts = await written(connection, ring=ring)
    assert len(texts) == 4
    assert any("Ongedaan gemaakt: € 10,00 bij Zwembad De Heerenduinen." in one for one in texts)
    assert any("Terug op de pas: € 5,00 van Zwembad De Heerenduinen." in one for one in texts)


async def test_a_parent_hears_of_a_child_by_first_name_in_an_email_and_by_none_in_a_text(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    parent = await a_holder(connection, year=YEAR, name="Fatma")
    child = await a_child_of(connection, parent, name="Yusuf", birth_date=BORN)
    other = await a_child_of(connection, parent, name="Elif", birth_date=BORN)
    for one in (child, other):
        await a_budget(connection, shop.purse.scheme, one, cents=5_000)
    await a_listener(connection, child.id, ring=ring, recipient=parent.id)
    await a_listener(connection, other.id, ring=ring, recipient=parent.id, after_spending="text")
    for one in (child, other):
        [answer] = await redeem(
            desk_of(connection, now=NOW), [a_sale_item(shop.till, one, price=700, take=700)]
        )
        assert answer.outcome == "booked", answer
    await filled(connection, ring=ring)
    texts = await written(connection, ring=ring)
    assert [("Yusuf" in one, "Elif" in one) for one in texts].count((True, False)) == 1
    assert any(one.startswith("Stadspas: Pas van uw kind.") for one in texts)
    assert not any("Elif" in one for one in texts)
    heard = [
        len(await own_messages(connection, actor=as_holder(one))) for one in (parent.id, child.id)
    ]
    assert heard == [2, 0]


async def test_whoever_does_not_look_after_a_child_any_more_hears_nothing(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    parent = await a_holder(connection, year=YEAR)
    child = await a_child_of(connection, parent, birth_date=BORN)
    await a_budget(connection, shop.purse.scheme, child, cents=5_000)
    await a_listener(connection, child.id, ring=ring, recipient=parent.id)
    await connection.execute("UPDATE managing_adult SET valid_until = $1", NOW.date())
    [answer] = await redeem(
        desk_of(connection, now=NOW), [a_sale_item(shop.till, child, price=700, take=700)]
    )
    assert answer.outcome == "booked"
    await filled(connection, ring=ring)
    assert await written(connection, ring=ring) == []


async def test_visits_are_told_as_visits(connection: Connection, ring: KeyRing) -> None:
    scheme = await a_scheme(
        connection, title="Zwemmen", categories=("swim",), visits=10, visit_price_cents=500
    )
    pool = await a_merchant(connection, categories=("swim",), visit_price_cents=500)
    till = await a_till(connection, pool)
    holder = await a_holder(connection, year=YEAR)
    await a_budget(connection, scheme, holder, cents=5_000, visits=10)
    await a_listener(connection, holder.id, ring=ring)
    [answer] = await redeem(
        desk_of(connection, now=NOW),
        [a_sale_item(till, holder, visits=1, take=500)],
    )
    assert answer.outcome == "booked", answer
    await filled(connection, ring=ring)
    [text] = await written(connection, ring=ring)
    assert text.startswith("Betaald: 1 keer bij")
    assert "Nog over voor Zwemmen: 9 keer" in text


async def test_telling_again_is_the_same_message(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    await a_listener(connection, shop.purse.holder.id, ring=ring)
    before = await connection.fetchval("SELECT xid FROM message_position")
    await sell(connection, shop, 100)
    await filled(connection, ring=ring)
    rows = await READ_TOLD.all(connection, 1, before, END_OF_EPOCH, NOW.date())
    again = messages_of(rows, Sender("Stadspas", "1400"))
    assert len(again) == 1
    await put_in_outbox(connection, again, ring=ring)
    assert await connection.fetchval("SELECT count(*) FROM holder_message") == 1


async def test_a_sale_that_is_not_decided_yet_is_told_later_and_not_lost(
    connection: Connection, database: Database, shop: Shop, ring: KeyRing
) -> None:
    await a_listener(connection, shop.purse.holder.id, ring=ring)
    async with database.connection(VELSEN) as slow, slow.transaction():
        await sell(slow, shop, 100)
        while await fill_messages(connection, ring=ring, now=NOW):
            pass
        assert await written(connection, ring=ring) == []
    await filled(connection, ring=ring)
    assert len(await written(connection, ring=ring)) == 1


async def test_the_position_never_goes_back_nor_past_what_goes_on(
    connection: Connection, database: Database
) -> None:
    async with database.connection(VELSEN) as other, other.transaction():
        await other.execute("SELECT pg_current_xact_id()")
        for position in (Position(0, 0), Position(1, 2**62)):
            with pytest.raises(asyncpg.PostgresError) as refused:
                await connection.execute(
                    "UPDATE message_position SET epoch = $1, xid = $2",
                    *(position.epoch, position.xid),
                )
            assert refused.value.sqlstate == "PA285"


async def test_a_message_is_in_the_language_of_whoever_reads_it(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    fatma = shop.purse.holder.id
    await a_listener(connection, fatma, ring=ring)
    await prefer(connection, language="ar", actor=as_holder(fatma), now=NOW)
    await sell(connection, shop, 1_240)
    await filled(connection, ring=ring)
    [text] = await written(connection, ring=ring)
    assert "\u2066€ 12,40\u2069" in text
    assert format_date(TODAY, "MMMM", locale="ar") in text


async def test_none_again_is_quiet_again(connection: Connection, shop: Shop, ring: KeyRing) -> None:
    fatma = shop.purse.holder.id
    await a_listener(connection, fatma, ring=ring)
    await choose(connection, fatma, after_spending="none", actor=as_holder(fatma), now=NOW)
    await sell(connection, shop, 1_240)
    await filled(connection, ring=ring)
    assert await written(connection, ring=ring) == []
