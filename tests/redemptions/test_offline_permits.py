"""What a till may sell without a network: signed, renewed once its queue is in, refused when off."""

import asyncio
import base64
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

from given.cards import an_issued_card
from given.city import Budget
from given.logins import NOON, OFFICER, a_key_store
from offline_desk import VELSEN, Desk
from pas.auth.actor import SYSTEM, Actor
from pas.auth.key_files import end_key, rotate_key
from pas.auth.keys import KeyStore, Purpose
from pas.auth.municipality_settings import change_municipality_settings
from pas.db import Connection, Database
from pas.errors import Refusal
from pas.merchants.sells_offline import choose_offline
from pas.passes.block import block_card
from pas.passes.cards_off import cards_off
from pas.passes.make_cards import Press
from pas.redemptions.offline.permits import PermitTold

MINUTES = timedelta(minutes=1)


def signed(told: PermitTold, text: str | None = None) -> None:
    """Check the signature as a browser does; raises when it does not fit."""
    key = load_der_public_key(base64.b64decode(told.public_key))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    raw = base64.b64decode(told.signature)
    assert len(raw) == 64
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    content = (told.text if text is None else text).encode()
    key.verify(utils.encode_dss_signature(r, s), content, ec.ECDSA(hashes.SHA256()))


async def test_a_permit_says_what_is_allowed_and_until_when(
    desk: Desk, superuser: Connection
) -> None:
    await superuser.execute("UPDATE agreement SET visit_price_cents = 450")
    told = await desk.permit()
    said = msgspec.json.decode(msgspec.json.encode(told.permit))
    assert said == msgspec.json.decode(told.text)
    assert said == {
        "id": str(told.permit.id),
        "municipality": "velsen",
        "tillId": str(desk.till.till.id),
        "issuedAt": "2026-06-01T12:00:00Z",
        "validUntil": "2026-06-02T12:00:00Z",
        "perSaleCents": 5_000,
        "perPassDayCents": 7_500,
        "totalCents": 50_000,
        "visitPrices": [{"category": "sport", "priceCents": 450}],
        "categories": [{"code": "sport", "title": "sport"}],
    }


async def test_a_permit_is_signed_with_a_key_of_the_municipality(desk: Desk) -> None:
    told = await desk.permit()
    signed(told)
    with pytest.raises(InvalidSignature):
        signed(told, told.text.replace("50000", "90000"))
    assert told.key_id == desk.ring.current(Purpose.OFFLINE_PERMIT).key_id


async def test_the_municipality_sets_the_limits(desk: Desk) -> None:
    await change_municipality_settings(
        desk.connection,
        {"offlinePerSaleCents": 1000, "offlinePerPassDayCents": 2000, "offlineTotalCents": 3000}
        | {"offlineHours": 72},
        actor=SYSTEM,
    )
    permit = (await desk.permit()).permit
    limits = (permit.per_sale_cents, permit.per_pass_day_cents, permit.total_cents)
    assert limits == (1000, 2000, 3000)
    assert permit.valid_until - permit.issued_at == timedelta(hours=72)
    with pytest.raises(Refusal):
        await change_municipality_settings(desk.connection, {"offlineHours": 73}, actor=SYSTEM)


REFUSED = {
    "UPDATE till SET state = 'revoked'": "till-revoked",
    "UPDATE till SET state = 'paused'": "till-paused",
    "UPDATE till SET state = 'invited'": "till-unknown",
    "UPDATE merchant SET state = 'suspended'": "merchant-suspended",
    "UPDATE merchant SET state = 'ended'": "merchant-suspended",
    "UPDATE merchant SET state = 'requested'": "merchant-not-approved",
    "UPDATE merchant SET sells_offline = false": "offline-not-allowed",
    "UPDATE agreement SET valid_until = '2026-06-01'": "category-not-agreed",
}


@pytest.mark.parametrize("change", REFUSED)
async def test_who_may_not_sell_gets_no_permit(
    desk: Desk, superuser: Connection, change: str
) -> None:
    await superuser.execute(change)
    with pytest.raises(Refusal) as refused:
        await desk.permit()
    assert refused.value.code() == REFUSED[change]


async def test_a_municipality_can_do_without(desk: Desk) -> None:
    await change_municipality_settings(desk.connection, {"offlineSales": False}, actor=SYSTEM)
    with pytest.raises(Refusal) as refused:
        await desk.permit()
    assert refused.value.code() == "offline-not-allowed"


async def test_a_merchant_chooses_and_it_is_written_down_once(desk: Desk) -> None:
    actor = Actor(kind="login", id=OFFICER, merchant_id=desk.merchant.id)
    for wanted in (False, False, True):
        await choose_offline(desk.connection, desk.merchant.id, sells_offline=wanted, actor=actor)
    kept = await desk.connection.fetch(
        "SELECT c.content FROM event e JOIN event_content c ON c.event_id = e.id"
        " WHERE e.kind = 'merchant.changed' ORDER BY e.id"
    )
    assert [msgspec.json.decode(row["content"]) for row in kept] == [
        {"before": {"sellsOffline": before}, "after": {"sellsOffline": not before}}
        for before in (True, False)
    ]


async def test_the_same_permit_comes_again_while_it_is_fresh_and_nothing_was_sold(
    desk: Desk,
) -> None:
    first = await desk.permit()
    again = await desk.permit(now=NOON + 14 * MINUTES)
    assert (again.text, again.signature) == (first.text, first.signature)
    assert again.server_time == NOON + 14 * MINUTES
    assert (await desk.permit(now=NOON + 15 * MINUTES)).text != first.text


async def test_a_new_permit_comes_once_the_queue_was_handed_in(desk: Desk, purse: Budget) -> None:
    first = await desk.permit()
    desk.till.sell(first.permit.id, purse.holder.token.text(), 400)
    for late in (1 * MINUTES, timedelta(hours=30)):
        assert (await desk.permit(now=NOON + late)).text == first.text
    await desk.hand_in()
    second = await desk.permit(now=NOON + 2 * MINUTES)
    assert second.text != first.text
    assert (await desk.permit(now=NOON + 3 * MINUTES)).text == second.text


async def test_who_says_to_have_less_than_came_in_gets_the_same_again(
    desk: Desk, purse: Budget
) -> None:
    first = await desk.permit()
    desk.till.sell(first.permit.id, purse.holder.token.text(), 400)
    await desk.hand_in()
    nothing = {"lastSequence": 0, "lastHash": "0" * 64}
    assert (await desk.permit(now=NOON + timedelta(hours=2), **nothing)).text == first.text


async def test_a_queue_that_is_another_gets_no_permit(desk: Desk, purse: Budget) -> None:
    first = await desk.permit()
    desk.till.sell(first.permit.id, purse.holder.token.text(), 400)
    await desk.hand_in()
    with pytest.raises(Refusal) as refused:
        await desk.permit(lastHash="ab" * 32)
    assert refused.value.code() == "offline-queue-diverged"


async def test_a_till_whose_last_sale_was_edited_is_not_stuck(desk: Desk, purse: Budget) -> None:
    first = await desk.permit()
    sale = desk.till.sell(first.permit.id, purse.holder.token.text(), 400)
    await desk.hand_in({**sale, "priceCents": 1})
    assert (await desk.permit(now=NOON + timedelta(hours=30))).text != first.text


async def test_two_that_ask_at_once_get_one_permit(desk: Desk, crowd: Database) -> None:
    async def ask() -> str:
        async with crowd.connection(VELSEN) as connection:
            return (await msgspec.structs.replace(desk, connection=connection).permit()).text

    told = await asyncio.gather(*(ask() for _ in range(10)))
    assert len(set(told)) == 1
    assert await desk.connection.fetchval("SELECT count(*) FROM offline_permit") == 1


async def test_a_permit_outlives_a_rotation_and_not_the_end_of_its_key(
    desk: Desk, tmp_path: Path
) -> None:
    store = KeyStore(tmp_path / "keys")
    first = await desk.permit()
    rotate_key(store, VELSEN, purpose=Purpose.OFFLINE_PERMIT, now=datetime.now(UTC))
    rotated = msgspec.structs.replace(desk, ring=store.ring(VELSEN))
    again = await rotated.permit()
    assert (again.text, again.key_id) == (first.text, first.key_id)
    end_key(store, VELSEN, first.key_id)
    ended = msgspec.structs.replace(desk, ring=store.ring(VELSEN))
    fresh = await ended.permit()
    assert fresh.key_id != first.key_id
    signed(fresh)


async def test_the_list_has_what_is_off_and_gives_no_number_away(
    desk: Desk, connection: Connection, tmp_path: Path
) -> None:
    press = Press(a_key_store(tmp_path / "press").ring(VELSEN))
    cards = [await an_issued_card(connection, press) for _ in range(3)]
    for card in cards[:2]:
        actor = Actor(kind="login", id=OFFICER)
        await block_card(connection, card.card_id, reason="kwijt", actor=actor, now=NOON)
    off = await cards_off(connection, press.ring, now=NOON)
    assert off.tokens == sorted(card.codes.token.sha256()[:8].hex() for card in cards[:2])
    assert off.numbers == sorted(
        hashlib.sha256(off.salt + card.codes.number.encode()).hexdigest()[:6] for card in cards[:2]
    )
    again = await cards_off(connection, press.ring, now=NOON + timedelta(days=1))
    assert again.salt == off.salt, "two salts would leave one number of five hundred"


async def test_a_list_has_an_end_and_says_from_when_it_is_whole(
    desk: Desk, connection: Connection, tmp_path: Path
) -> None:
    press = Press(a_key_store(tmp_path / "press").ring(VELSEN))
    actor = Actor(kind="login", id=OFFICER)
    cards = [await an_issued_card(connection, press) for _ in range(4)]
    for hours, card in enumerate(cards):
        at = NOON + timedelta(hours=hours)
        await block_card(connection, card.card_id, reason="kwijt", actor=actor, now=at)
    off = await cards_off(connection, press.ring, now=NOON + timedelta(days=1), most=2)
    assert off.tokens == sorted(card.codes.token.sha256()[:8].hex() for card in cards[2:])
    assert off.since == NOON + timedelta(hours=2)


async def test_a_card_whose_pass_is_long_over_is_not_listed(
    desk: Desk, purse: Budget, superuser: Connection
) -> None:
    await superuser.execute("UPDATE card SET state = 'blocked'")
    assert len((await desk.permit()).blocked.tokens) == 1
    await superuser.execute("UPDATE pass SET starts_on = '2024-01-01', ends_on = '2025-01-01'")
    assert (await desk.permit()).blocked.tokens == []
