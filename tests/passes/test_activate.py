"""A card is activated with its code, five tries, and a way out when they are used up."""

import pytest

from given import NOON, REGISTRAR, a_resident, an_issued_card, as_holder
from pas.auth.events import read_events
from pas.db import Connection
from pas.passes.activate import (
    MOST_TRIES,
    ActivationCodeWrong,
    ActivationTriesUsedUp,
    CardNotToActivate,
    activate_at_counter,
    activate_card,
    renew_activation_code,
)
from pas.passes.block import block_card
from pas.passes.cards import Card, CardNotFound, read_card
from pas.passes.codes import ActivationCodeUnreadable, new_activation_code, printed
from pas.passes.make_cards import IssuedCard, Press


async def activate(
    connection: Connection, press: Press, card: IssuedCard, code: str | None = None
) -> None:
    await activate_card(
        connection,
        card.card_id,
        code or card.activation_code or "",
        ring=press.ring,
        actor=as_holder(card.resident_id),
        now=NOON,
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


async def test_a_wrong_code_says_how_often_one_can_still_try(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    with pytest.raises(ActivationCodeWrong) as refused:
        await activate(connection, press, card, new_activation_code())
    assert refused.value.extra["triesLeft"] == MOST_TRIES - 1
    await activate(connection, press, card)


async def test_after_five_tries_also_the_right_code_is_refused_with_a_way_out(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    for _ in range(MOST_TRIES - 1):
        await a_wrong_try(connection, press, card)
    for code in (new_activation_code(), card.activation_code):
        with pytest.raises(ActivationTriesUsedUp) as refused:
            await activate(connection, press, card, code)
    assert "Bel ons" in refused.value.next_step
    assert (await stored(connection, card)).state == "inactive"


async def test_what_cannot_be_a_code_costs_no_try(connection: Connection, press: Press) -> None:
    card = await an_issued_card(connection, press)
    with pytest.raises(ActivationCodeUnreadable):
        await activate(connection, press, card, "1234")
    assert (await stored(connection, card)).activation_tries == 0


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
    with pytest.raises(ActivationCodeWrong) as refused:
        await activate(connection, press, card)
    assert refused.value.extra["triesLeft"] == MOST_TRIES - 1
    await activate(connection, press, card, code)


async def test_an_officer_activates_at_the_counter_also_when_tries_are_used_up(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    for _ in range(MOST_TRIES - 1):
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
