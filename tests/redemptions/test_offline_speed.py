"""A queue of fifty and a list of five thousand cards are a matter of seconds.

The bounds are ten times what a quiet machine needs: they find a plan that went wrong, no more.
"""

import time
from datetime import timedelta

import pytest

from given.city import a_budget, a_holder, a_scheme
from given.logins import NOON
from offline_desk import VELSEN, Desk
from pas.db import Connection
from pas.ids import CardId, uuid7
from pas.passes.card_keys import CardCodes, seal_codes
from pas.passes.cards_off import cards_off
from pas.passes.codes import new_card_number, new_token

CARDS = 5_000


@pytest.mark.slow
async def test_a_queue_of_fifty_is_handed_in_soon(desk: Desk) -> None:
    scheme = await a_scheme(desk.connection)
    scanned = list[str]()
    for _ in range(50):
        holder = await a_holder(desk.connection)
        await a_budget(desk.connection, scheme, holder)
        scanned.append(holder.token.text())
    permit = await desk.allowed()
    for token in (*scanned, *scanned, *scanned):
        desk.till.sell(permit, token, 100)
    queue = desk.till.queue
    await desk.hand_in(*queue[:50])
    started = time.perf_counter()
    told = await desk.hand_in(*queue[50:100])
    first = time.perf_counter() - started
    assert await desk.hand_in(*queue[50:100]) == told
    assert {one.outcome for one in told} == {"booked"}
    assert first < 5


@pytest.mark.slow
async def test_a_list_of_five_thousand_cards_is_made_soon_and_then_at_once(
    desk: Desk, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = await a_holder(connection)
    rows: list[tuple[object, ...]] = []
    for number in range(CARDS):
        card = CardId(uuid7())
        codes = CardCodes(new_token(VELSEN), new_card_number())
        sealed = seal_codes(desk.ring, codes, card=card)
        at = NOON - timedelta(minutes=number)
        rows.append((card, holder.id, codes.token.sha256(), number.to_bytes(32), sealed, at))
    await connection.executemany(
        """
        INSERT INTO card (id, resident_id, form, token_hash, number_hash, codes_encrypted, key_id, state, state_since)
        VALUES ($1, $2, 'paper', $3, $4, $5, 'k', 'replaced', $6)
        """,
        rows,
    )
    started = time.perf_counter()
    off = await cards_off(connection, desk.ring, now=NOON)
    first = time.perf_counter() - started
    # Opened once and remembered: the second list opens no card.
    monkeypatch.setattr("pas.passes.cards_off.number_of", None)
    started = time.perf_counter()
    assert await cards_off(connection, desk.ring, now=NOON) == off
    again = time.perf_counter() - started
    assert len(off.tokens) == CARDS
    assert len(off.numbers) > CARDS - 10
    assert max(first, again) < 5
