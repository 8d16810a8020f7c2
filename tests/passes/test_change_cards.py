"""Cards are blocked, replaced and shown; passes end; nothing of the holder's money moves."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from booking import a_sale, balance, redeem
from given.cards import an_issued_card, as_holder
from given.city import LAST_DAY, a_budget, a_child_of, a_holder, a_merchant, a_scheme, a_till
from given.logins import NOON
from given.merchants import REGISTRAR
from pas.auth.events import read_events
from pas.db import Connection
from pas.ids import CardId, MunicipalityName, PassId
from pas.passes.activate import activate_at_counter
from pas.passes.block import CardIsOver, UnblockAtMunicipality, block_card, unblock_card
from pas.passes.cards import CardNotFound, read_card
from pas.passes.codes import CardForeign, CardUnknown, new_card_number, new_token
from pas.passes.end import PassEndsBeforeToday, PassHasEnded, PassNotFound, end_pass
from pas.passes.find import FIND_CARD, find_card
from pas.passes.make_cards import Press
from pas.passes.replace import (
    CardAlreadyReplaced,
    CardNotToReplace,
    Replacement,
    issue_temporary_card,
    replace_card,
)
from pas.passes.show_card import CardCodesNotKept, read_codes

VELSEN, ALMERE = MunicipalityName("velsen"), MunicipalityName("almere")
COPY_OF_CARD = """
INSERT INTO card (id, resident_id, form, token_hash, number_hash, key_id, state, state_since, replaces)
SELECT gen_random_uuid(), resident_id, $2, sha256(gen_random_uuid()::text::bytea),
    sha256(gen_random_uuid()::text::bytea), key_id, state, state_since, $3
FROM card WHERE id = $1
"""
LOST = Replacement(form="paper", reason="kwijt")


async def test_blocking_and_unblocking_are_states_that_are_set(
    connection: Connection, press: Press
) -> None:
    card = (await an_issued_card(connection, press)).card_id
    await activate_at_counter(connection, card, reason="balie", actor=REGISTRAR, now=NOON)
    for _ in range(2):
        await block_card(connection, card, reason="kwijt", actor=REGISTRAR, now=NOON)
    for _ in range(2):
        after = await unblock_card(connection, card, reason="terug", actor=REGISTRAR, now=NOON)
        assert after.state == "active"
    kinds = [event.kind for event in await read_events(connection)]
    assert kinds.count("card.blocked") == 1
    assert kinds.count("card.unblocked") == 1


async def test_a_card_that_was_not_activated_is_not_activated_by_a_block(
    connection: Connection, press: Press
) -> None:
    card = (await an_issued_card(connection, press)).card_id
    await block_card(connection, card, reason="kwijt", actor=REGISTRAR, now=NOON)
    after = await unblock_card(connection, card, reason="terug", actor=REGISTRAR, now=NOON)
    assert after.state == "inactive"


async def test_a_holder_unblocks_their_own_block_and_none_of_the_municipality(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    holder = as_holder(card.resident_id)
    await block_card(connection, card.card_id, reason="kwijt", actor=holder, now=NOON)
    found = await unblock_card(connection, card.card_id, reason="terug", actor=holder, now=NOON)
    assert found.state == "inactive"
    await block_card(connection, card.card_id, reason="misbruik", actor=REGISTRAR, now=NOON)
    with pytest.raises(UnblockAtMunicipality):
        await unblock_card(connection, card.card_id, reason="terug", actor=holder, now=NOON)


async def test_the_municipality_takes_over_a_block_of_the_holder(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    holder = as_holder(card.resident_id)
    for actor in (holder, REGISTRAR, REGISTRAR):
        await block_card(connection, card.card_id, reason="misbruik", actor=actor, now=NOON)
    with pytest.raises(UnblockAtMunicipality):
        await unblock_card(connection, card.card_id, reason="terug", actor=holder, now=NOON)
    kinds = [event.kind for event in await read_events(connection)]
    assert kinds.count("card.blocked") == 2


async def test_a_parent_blocks_a_childs_card_until_it_turns_eighteen(
    connection: Connection,
) -> None:
    parent = await a_holder(connection)
    child = await a_child_of(connection, parent, birth_date=date(2014, 3, 1))
    grown = await a_child_of(connection, parent, birth_date=date(2008, 6, 1))
    mine = as_holder(parent.id)
    assert (await read_card(connection, child.card, actor=mine, now=NOON)).state == "active"
    with pytest.raises(CardNotFound):
        await read_card(connection, grown.card, actor=mine, now=NOON)
    day_before = NOON - timedelta(days=1)
    assert await read_card(connection, grown.card, actor=mine, now=day_before)


async def test_a_replaced_card_is_dead_and_pass_and_money_stay(
    connection: Connection, press: Press
) -> None:
    scheme, holder = await a_scheme(connection), await a_holder(connection)
    budget = await a_budget(connection, scheme, holder, cents=5000)
    till = await a_till(connection, await a_merchant(connection))
    handed = Replacement(form="plastic", handed_over=True, reason="kwijt")
    new = await replace_card(
        connection, holder.card, handed, press=press, actor=REGISTRAR, now=NOON
    )
    assert await redeem(connection, a_sale(till, budget, 100)) == ["moved"]
    found = await find_card(
        connection, new.codes.token.text(), ring=press.ring, municipality=VELSEN
    )
    assert (found.id, found.resident_id, found.state) == (new.card_id, holder.id, "active")
    assert await balance(connection, budget.account) == 5000
    assert await connection.fetchval("SELECT count(*) FROM pass") == 1


async def test_a_replacement_by_post_waits_for_its_code(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    new = await replace_card(connection, card.card_id, LOST, press=press, actor=REGISTRAR, now=NOON)
    stored = await read_card(connection, new.card_id, actor=REGISTRAR, now=NOON)
    assert (stored.state, stored.replaces) == ("inactive", card.card_id)
    assert new.activation_code is not None
    with pytest.raises(CardAlreadyReplaced):
        await replace_card(connection, card.card_id, LOST, press=press, actor=REGISTRAR, now=NOON)


async def test_a_replacement_ends_the_temporary_card_that_may_be_stolen_too(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    temporary = await issue_temporary_card(
        connection, card.resident_id, press=press, actor=REGISTRAR, now=NOON
    )
    await replace_card(connection, card.card_id, LOST, press=press, actor=REGISTRAR, now=NOON)
    stored = await read_card(connection, temporary.card_id, actor=REGISTRAR, now=NOON)
    assert stored.state == "ended"
    events = await read_events(connection, subject_kind="card", subject_id=temporary.card_id)
    assert [event.kind for event in events] == ["card.ended", "card.issued"]


async def test_a_temporary_card_is_not_replaced(connection: Connection, press: Press) -> None:
    card = await an_issued_card(connection, press)
    temporary = await issue_temporary_card(
        connection, card.resident_id, press=press, actor=REGISTRAR, now=NOON
    )
    with pytest.raises(CardNotToReplace):
        await replace_card(
            connection, temporary.card_id, LOST, press=press, actor=REGISTRAR, now=NOON
        )


async def test_a_replaced_card_is_not_blocked_unblocked_or_shown(
    connection: Connection, press: Press
) -> None:
    card = (await an_issued_card(connection, press)).card_id
    await replace_card(connection, card, LOST, press=press, actor=REGISTRAR, now=NOON)
    with pytest.raises(CardIsOver):
        await block_card(connection, card, reason="x", actor=REGISTRAR, now=NOON)
    with pytest.raises(CardIsOver):
        await unblock_card(connection, card, reason="x", actor=REGISTRAR, now=NOON)
    with pytest.raises(CardIsOver):
        await read_codes(connection, card, ring=press.ring, actor=REGISTRAR, now=NOON)


async def test_the_codes_of_a_card_are_shown_to_its_holder_alone(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    stranger = await a_holder(connection)
    shown = await read_codes(
        connection, card.card_id, ring=press.ring, actor=as_holder(card.resident_id), now=NOON
    )
    assert shown == card.codes
    with pytest.raises(CardNotFound):
        await read_codes(
            connection, card.card_id, ring=press.ring, actor=as_holder(stranger.id), now=NOON
        )


async def test_a_card_of_an_earlier_supplier_has_no_codes_to_show(
    connection: Connection, press: Press
) -> None:
    holder = await a_holder(connection)
    with pytest.raises(CardCodesNotKept):
        await read_codes(
            connection, holder.card, ring=press.ring, actor=as_holder(holder.id), now=NOON
        )


async def test_unknown_foreign_and_forged_cards_are_told_apart(
    connection: Connection, press: Press
) -> None:
    await an_issued_card(connection, press)
    for text, refusal in (
        (new_token(VELSEN).text(), CardUnknown),
        (new_card_number(), CardUnknown),
        (new_token(ALMERE).text(), CardForeign),
    ):
        with pytest.raises(refusal):
            await find_card(connection, text, ring=press.ring, municipality=VELSEN)
    with pytest.raises(CardNotFound):
        await read_card(connection, CardId(uuid4()), actor=REGISTRAR, now=NOON)


async def test_a_scan_reads_the_card_by_its_indexes(connection: Connection) -> None:
    await connection.execute("SET enable_seqscan = off")
    plan = await connection.fetch(f"EXPLAIN {FIND_CARD.sql}", bytes(32), [bytes(32)])
    text = "\n".join(row[0] for row in plan)
    assert "Seq Scan" not in text
    assert "token_hash" in text
    assert "number_hash" in text


async def test_a_pass_ends_from_today_or_later_and_never_with_hindsight(
    connection: Connection,
) -> None:
    holder = await a_holder(connection)
    today = NOON.date()
    with pytest.raises(PassEndsBeforeToday):
        await end_pass(
            connection,
            holder.pass_id,
            from_day=today - timedelta(days=1),
            because="moved",
            actor=REGISTRAR,
            now=NOON,
        )
    ended = await end_pass(
        connection, holder.pass_id, from_day=today, because="moved", actor=REGISTRAR, now=NOON
    )
    assert ended.ended_on == today


async def test_an_end_that_has_not_come_can_be_moved_or_taken_back(
    connection: Connection,
) -> None:
    holder = await a_holder(connection)
    for day in (date(2026, 9, 1), date(2026, 8, 1), None):
        after = await end_pass(
            connection, holder.pass_id, from_day=day, because="moved", actor=REGISTRAR, now=NOON
        )
        assert after.ended_on == day


async def test_an_ended_pass_stays_ended(connection: Connection) -> None:
    holder = await a_holder(connection)
    await end_pass(
        connection,
        holder.pass_id,
        from_day=NOON.date(),
        because="died",
        actor=REGISTRAR,
        now=NOON,
    )
    for day in (None, date(2026, 12, 1)):
        with pytest.raises(PassHasEnded):
            await end_pass(
                connection,
                holder.pass_id,
                from_day=day,
                because="moved",
                actor=REGISTRAR,
                now=NOON + timedelta(days=1),
            )


async def test_an_ended_pass_pays_nothing_from_that_day(connection: Connection) -> None:
    scheme, holder = await a_scheme(connection), await a_holder(connection)
    budget = await a_budget(connection, scheme, holder, cents=5000)
    till = await a_till(connection, await a_merchant(connection))
    await end_pass(
        connection,
        holder.pass_id,
        from_day=NOON.date() + timedelta(days=1),
        because="moved",
        actor=REGISTRAR,
        now=NOON,
    )
    assert await redeem(connection, a_sale(till, budget, 100)) == ["booked"]
    tomorrow = a_sale(till, budget, 100, occurred_at=NOON + timedelta(days=1))
    assert await redeem(connection, tomorrow) == ["moved"]


async def test_the_budgets_end_with_the_pass_and_come_back_when_it_goes_on(
    connection: Connection,
) -> None:
    scheme, holder = await a_scheme(connection), await a_holder(connection)
    await a_budget(connection, scheme, holder)
    read = "SELECT usable_until FROM balance JOIN budget USING (account_id)"

    ends = [
        await end_pass(
            connection, holder.pass_id, from_day=day, because="asked", actor=REGISTRAR, now=NOON
        )
        and await connection.fetchval(read)
        for day in (date(2026, 9, 1), None)
    ]

    assert ends == [datetime(2026, 8, 31, 22, tzinfo=UTC), LAST_DAY]


async def test_an_unknown_pass_is_told(connection: Connection) -> None:
    with pytest.raises(PassNotFound):
        await end_pass(
            connection,
            PassId(uuid4()),
            from_day=None,
            because="moved",
            actor=REGISTRAR,
            now=NOON,
        )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE card SET state_before_block = 'active'",
        "UPDATE card SET expires_at = NULL",
        "UPDATE pass SET ended_on = now()",
    ],
)
async def test_the_database_refuses_what_must_never_be(
    connection: Connection, press: Press, sql: str
) -> None:
    holder = await a_holder(connection)
    await issue_temporary_card(connection, holder.id, press=press, actor=REGISTRAR, now=NOON)
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(sql)


async def test_the_database_too_lets_a_holder_have_one_lasting_card(
    connection: Connection,
) -> None:
    holder = await a_holder(connection)
    await connection.execute(COPY_OF_CARD, holder.card, "phone", None)
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(COPY_OF_CARD, holder.card, "plastic", None)


async def test_the_database_too_replaces_a_card_once(connection: Connection) -> None:
    holder = await a_holder(connection)
    await connection.execute(COPY_OF_CARD, holder.card, "phone", holder.card)
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(COPY_OF_CARD, holder.card, "phone", holder.card)
