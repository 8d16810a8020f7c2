"""A card is activated with its code, five tries before it waits, and a way out while it does."""

from datetime import datetime, timedelta

import pytest

from given.cards import a_resident, an_issued_card, as_holder
from given.logins import NOON
from given.merchants import REGISTRAR
from pas.auth.events import read_events
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.passes.activate import (
    CardNotToActivate,
    activate_at_counter,
    activate_card,
    renew_activation_code,
)
from pas.passes.activation_tries import MOST_IN_AN_HOUR, TooManyActivationTries
from pas.passes.block import block_card
from pas.passes.cards import Card, CardNotFound, read_card
from pas.passes.codes import ActivationCodeUnreadable, new_activation_code, new_token, printed
from pas.passes.make_cards import IssuedCard, Press
from pas.passes.prove_code import ActivationCodeWrong, Shown
from pas.passes.sign_in_tries import MOST_TRIES, WAITS, refused_tries

VELSEN = MunicipalityName("velsen")


async def activate(
    connection: Connection,
    press: Press,
    card: IssuedCard,
    code: str | None = None,
    *,
    scanned: str = "",
    now: datetime = NOON,
) -> None:
    await activate_card(
        connection,
        Shown(scanned=scanned or card.codes.token.text(), code=code or card.activation_code or ""),
        ring=press.ring,
        municipality=VELSEN,
        now=now,
    )


async def stored(connection: Connection, card: IssuedCard) -> Card:
    return await read_card(connection, card.card_id, actor=REGISTRAR, now=NOON)


async def a_wrong_try(connection: Connection, press: Press, card: IssuedCard) -> None:
    with pytest.raises(ActivationCodeWrong):
        await activate(connection, press, card, new_activation_code())


async def test_a_card_is_activated_with_the_code_however_it_is_typed(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    assert card.activation_code is not None
    await activate(connection, press, card, f" {printed(card.activation_code).lower()} ")
    assert (await stored(connection, card)).state == "active"


async def test_activating_again_changes_nothing(connection: Connection, press: Press) -> None:
    card = await an_issued_card(connection, press)
    for _ in range(2):
        await activate(connection, press, card)
    events = await read_events(connection, subject_kind="card", subject_id=card.card_id)
    assert [event.kind for event in events] == ["card.activated", "card.issued"]


async def test_after_five_tries_also_the_right_code_is_refused_with_a_way_out(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    for _ in range(MOST_TRIES):
        await a_wrong_try(connection, press, card)
    with pytest.raises(ActivationCodeWrong) as refused:
        await activate(connection, press, card)
    assert "Bel ons" in refused.value.next_step
    assert (await stored(connection, card)).state == "inactive"


async def test_waiting_ends_and_each_next_time_it_is_longer(
    connection: Connection, press: Press
) -> None:
    card, now = await an_issued_card(connection, press), NOON
    for wait in (*WAITS, WAITS[-1]):
        for _ in range(MOST_TRIES):
            with pytest.raises(ActivationCodeWrong):
                await activate(connection, press, card, new_activation_code(), now=now)
        with pytest.raises(ActivationCodeWrong):
            await activate(connection, press, card, now=now + wait - timedelta(seconds=1))
        now += wait
    await activate(connection, press, card, now=now)
    assert (await stored(connection, card)).state == "active"


async def test_the_right_code_begins_the_count_anew(connection: Connection, press: Press) -> None:
    card = await an_issued_card(connection, press)
    for _ in range(2):
        for _ in range(MOST_TRIES - 1):
            await a_wrong_try(connection, press, card)
        await activate(connection, press, card)


async def test_each_refused_try_is_counted_for_who_asks_and_logged_without_the_code(
    connection: Connection, press: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    card = await an_issued_card(connection, press)
    for _ in range(MOST_TRIES + 2):
        await a_wrong_try(connection, press, card)
    (refused,) = await refused_tries(connection, [card.card_id], now=NOON)
    assert (refused.day, refused.refused) == (NOON.date(), MOST_TRIES + 2)
    logged = capsys.readouterr().out
    assert logged.count("sign-in-refused") == MOST_TRIES + 2
    assert str(card.card_id) in logged
    assert card.codes.number not in logged


async def test_an_active_card_needs_its_code_too_and_counts_tries(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    await activate(connection, press, card)
    for _ in range(MOST_TRIES):
        await a_wrong_try(connection, press, card)
    with pytest.raises(ActivationCodeWrong):
        await activate(connection, press, card)
    assert (await stored(connection, card)).state == "active"


async def test_every_wrong_try_hears_the_same_whatever_was_wrong(
    connection: Connection, press: Press
) -> None:
    card, blocked = [await an_issued_card(connection, press) for _ in range(2)]
    await block_card(connection, blocked.card_id, reason="kwijt", actor=REGISTRAR, now=NOON)
    heard: set[str] = set()
    for one, scanned in ((card, ""), (blocked, ""), (card, new_token(VELSEN).text())):
        for _ in range(MOST_TRIES + 1):
            with pytest.raises(ActivationCodeWrong) as refused:
                await activate(connection, press, one, new_activation_code(), scanned=scanned)
            heard.add(f"{refused.value.detail} {refused.value.extra}")
    assert len(heard) == 1


async def test_all_cards_together_have_a_limit_that_passes_with_the_hour(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    before = MOST_IN_AN_HOUR - 2
    await connection.execute("INSERT INTO activation_tries VALUES ($1, $2)", NOON, before)
    for _ in range(2):
        with pytest.raises(ActivationCodeWrong):
            await activate(connection, press, card, scanned=new_token(VELSEN).text())
    with pytest.raises(TooManyActivationTries) as refused:
        await activate(connection, press, card)
    assert "bel ons" in refused.value.next_step
    assert refused.value.headers["Retry-After"] == "3601"
    await activate(connection, press, card, now=NOON + timedelta(hours=1))


async def test_right_codes_do_not_count_for_the_limit(connection: Connection, press: Press) -> None:
    card = await an_issued_card(connection, press)
    for _ in range(3):
        await activate(connection, press, card)
    await a_wrong_try(connection, press, card)
    assert await connection.fetchval("SELECT tries FROM activation_tries") == 1


async def test_what_cannot_be_a_code_costs_no_try(connection: Connection, press: Press) -> None:
    card = await an_issued_card(connection, press)
    with pytest.raises(ActivationCodeUnreadable):
        await activate(connection, press, card, "1234")
    assert await connection.fetchval("SELECT count(*) FROM sign_in_try") == 0


async def test_a_code_of_another_card_is_wrong(connection: Connection, press: Press) -> None:
    card, other = await an_issued_card(connection, press), await an_issued_card(connection, press)
    with pytest.raises(ActivationCodeWrong):
        await activate(connection, press, card, other.activation_code)


async def test_a_new_code_gives_new_tries_and_ends_the_old_code(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    await a_wrong_try(connection, press, card)
    code = await renew_activation_code(
        connection, card.card_id, ring=press.ring, actor=REGISTRAR, now=NOON
    )
    with pytest.raises(ActivationCodeWrong):
        await activate(connection, press, card)
    assert await connection.fetchval("SELECT tries FROM sign_in_try") == 1
    await activate(connection, press, card, code)


async def test_an_officer_activates_at_the_counter_also_when_tries_are_used_up(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    for _ in range(MOST_TRIES):
        await a_wrong_try(connection, press, card)
    for _ in range(2):
        after = await activate_at_counter(
            connection, card.card_id, reason="paspoort gezien", actor=REGISTRAR, now=NOON
        )
        assert after.state == "active"
    (event, *_) = await read_events(connection, subject_kind="card", subject_id=card.card_id)
    assert event.content is not None
    assert "paspoort gezien" in event.content


async def test_a_blocked_card_is_not_activated(connection: Connection, press: Press) -> None:
    card = await an_issued_card(connection, press)
    await block_card(connection, card.card_id, reason="kwijt", actor=REGISTRAR, now=NOON)
    with pytest.raises(CardNotToActivate):
        await activate(connection, press, card)
    with pytest.raises(CardNotToActivate):
        await activate_at_counter(connection, card.card_id, reason="x", actor=REGISTRAR, now=NOON)
    with pytest.raises(CardNotToActivate):
        await renew_activation_code(
            connection, card.card_id, ring=press.ring, actor=REGISTRAR, now=NOON
        )


async def test_a_holder_does_not_see_a_strangers_card(connection: Connection, press: Press) -> None:
    card = await an_issued_card(connection, press)
    stranger = as_holder(await a_resident(connection))
    with pytest.raises(CardNotFound):
        await read_card(connection, card.card_id, actor=stranger, now=NOON)
