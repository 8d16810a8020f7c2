"""Signing in with a card and its code, while somebody else guesses."""

from datetime import date, datetime, timedelta

import asyncpg
import pytest
from structlog.testing import capture_logs

from given.cards import a_resident, an_issued_card
from given.city import YEAR
from given.logins import NOON
from given.merchants import REGISTRAR
from pas.auth.sessions import NewSession, find_session, token_hash
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.passes.activate import CardNotToActivate, renew_activation_code
from pas.passes.activation_tries import MOST_IN_AN_HOUR, TooManyActivationTries
from pas.passes.block import block_card
from pas.passes.codes import new_activation_code, new_token
from pas.passes.make_cards import IssuedCard, Press
from pas.passes.prove_code import ActivationCodeWrong, Shown
from pas.passes.replace import Replacement, replace_card
from pas.passes.sign_in import CardOfChild, OnDevice, sign_in_with_card
from pas.passes.sign_in_tries import MOST_TRIES

VELSEN = MunicipalityName("velsen")
OWN, STRANGE = "cookie of her own phone", "cookie of a guesser"


async def sign_in(
    connection: Connection,
    press: Press,
    card: IssuedCard,
    code: str | None = None,
    *,
    device: str = OWN,
    is_own: bool = False,
    now: datetime = NOON,
) -> NewSession:
    return await sign_in_with_card(
        connection,
        Shown(scanned=card.codes.number, code=code or card.activation_code or "", device=device),
        on=OnDevice(cookie=device, is_own=is_own),
        ring=press.ring,
        municipality=VELSEN,
        now=now,
    )


async def guess(connection: Connection, press: Press, card: IssuedCard, times: int) -> None:
    for _ in range(times):
        with pytest.raises(ActivationCodeWrong):
            await sign_in(connection, press, card, new_activation_code(), device=STRANGE)


async def test_one_step_activates_the_card_and_signs_in_its_holder(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    for _ in range(2):
        session = await sign_in(connection, press, card)
        found = await find_session(connection, token_hash(session.token), now=NOON)
        assert found is not None
        assert (found.actor_kind, found.actor_id) == ("holder", card.resident_id)
        assert (found.assurance, found.proved_by) == ("card", card.card_id)
    assert await connection.fetchval("SELECT state FROM card") == "active"


async def test_who_guesses_locks_out_no_device_that_came_in_before(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    await sign_in(connection, press, card)
    await guess(connection, press, card, MOST_TRIES + 3)
    with pytest.raises(ActivationCodeWrong):
        await sign_in(connection, press, card, device="cookie of a new device")
    assert await sign_in(connection, press, card)


async def test_a_device_that_came_in_before_has_five_tries_too(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    await sign_in(connection, press, card)
    for _ in range(MOST_TRIES):
        with pytest.raises(ActivationCodeWrong):
            await sign_in(connection, press, card, new_activation_code())
    with pytest.raises(ActivationCodeWrong):
        await sign_in(connection, press, card)
    assert await sign_in(connection, press, card, now=NOON + timedelta(hours=1))


async def test_a_device_is_known_for_its_own_card_alone(
    connection: Connection, press: Press
) -> None:
    mine, other = [await an_issued_card(connection, press) for _ in range(2)]
    await sign_in(connection, press, mine, device=STRANGE)
    await guess(connection, press, other, MOST_TRIES)
    with pytest.raises(ActivationCodeWrong):
        await sign_in(connection, press, other, device=STRANGE)
    hashes = await connection.fetch("SELECT device_hash FROM known_device")
    assert len(hashes) == 1


async def test_with_the_code_of_ones_own_card_nobody_opens_another_s_and_its_holder_gets_in(
    connection: Connection, press: Press
) -> None:
    mine, theirs = [await an_issued_card(connection, press) for _ in range(2)]
    await sign_in(connection, press, theirs)
    with capture_logs() as logs:
        for _ in range(MOST_TRIES + 1):
            with pytest.raises(ActivationCodeWrong):
                await sign_in(connection, press, theirs, mine.activation_code, device=STRANGE)
    assert [(line["event"], line["reason"], line["subject"]) for line in logs] == [
        ("sign-in-refused", reason, str(theirs.card_id))
        for reason in ["code"] * MOST_TRIES + ["waiting"]
    ]
    assert await sign_in(connection, press, theirs)


async def test_nobody_sees_in_the_database_that_one_device_came_in_with_two_cards(
    connection: Connection, press: Press
) -> None:
    for _ in range(2):
        await sign_in(connection, press, await an_issued_card(connection, press))
    assert await connection.fetchval("SELECT count(DISTINCT device_hash) FROM known_device") == 2


async def test_one_code_over_many_cards_meets_the_limit_of_the_municipality_and_known_devices_do_not(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    await sign_in(connection, press, card)
    await connection.execute("UPDATE activation_tries SET tries = $1", MOST_IN_AN_HOUR - MOST_TRIES)
    code = new_activation_code()
    shown = Shown(scanned=new_token(VELSEN).text(), code=code)
    on = OnDevice(cookie=STRANGE)
    refused: list[type[Exception]] = []
    with capture_logs() as logs:
        for _ in range(MOST_TRIES + 1):
            with pytest.raises((ActivationCodeWrong, TooManyActivationTries)) as told:
                await sign_in_with_card(
                    connection, shown, on=on, ring=press.ring, municipality=VELSEN, now=NOON
                )
            refused.append(told.type)
    assert refused == [ActivationCodeWrong] * MOST_TRIES + [TooManyActivationTries]
    reasons = [line["reason"] for line in logs if line["event"] == "sign-in-refused"]
    assert reasons == ["number"] * MOST_TRIES + ["hour"]
    assert await sign_in(connection, press, card)


async def test_a_blocked_card_signs_in_and_stays_blocked_and_a_replaced_one_does_not(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    await block_card(connection, card.card_id, reason="kwijt", actor=REGISTRAR, now=NOON)
    session = await sign_in(connection, press, card)
    assert await connection.fetchval("SELECT state FROM card") == "blocked"
    replacement = Replacement(form="paper", reason="kwijt")
    await replace_card(
        connection, card.card_id, replacement, press=press, actor=REGISTRAR, now=NOON
    )
    with pytest.raises(CardNotToActivate):
        await sign_in(connection, press, card)
    assert await find_session(connection, token_hash(session.token), now=NOON) is None


async def test_a_new_code_ends_what_the_old_one_opened(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    session = await sign_in(connection, press, card, is_own=True)
    await guess(connection, press, card, MOST_TRIES)
    code = await renew_activation_code(
        connection, card.card_id, ring=press.ring, actor=REGISTRAR, now=NOON
    )
    assert await find_session(connection, token_hash(session.token), now=NOON) is None
    with pytest.raises(ActivationCodeWrong):
        await sign_in(connection, press, card)
    assert await sign_in(connection, press, card, code, device="cookie of a new device")


@pytest.mark.parametrize(
    ("birthday", "signs_in"), [(date(YEAR - 12, 6, 1), True), (date(YEAR - 12, 6, 2), False)]
)
async def test_a_child_sees_its_own_pass_from_the_age_that_the_municipality_sets(
    connection: Connection, press: Press, *, birthday: date, signs_in: bool
) -> None:
    child = await a_resident(connection, birth_date=birthday)
    card = await an_issued_card(connection, press, child)
    now = datetime.fromisoformat(f"{YEAR}-06-01T12:00Z")
    if signs_in:
        assert await sign_in(connection, press, card, now=now)
    else:
        with pytest.raises(CardOfChild):
            await sign_in(connection, press, card, now=now)
        assert await connection.fetchval("SELECT count(*) FROM session") == 0
    assert await connection.fetchval("SELECT state FROM card") == "active"


async def test_the_database_too_lets_nobody_try_while_a_card_waits(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    await guess(connection, press, card, MOST_TRIES)
    for sql in (
        "UPDATE sign_in_try SET tries = 1, tried_at = tried_at + interval '1 minute'",
        "UPDATE sign_in_try SET rounds = 0, tried_at = tried_at + interval '1 day'",
    ):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connection.execute(sql)
        assert refused.value.sqlstate == "PA275"


async def test_neither_number_code_nor_device_is_stored(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    await sign_in(connection, press, card)
    await guess(connection, press, card, 1)
    stored = str(
        await connection.fetch(
            """
            SELECT t::text FROM sign_in_try t UNION ALL SELECT t::text FROM refused_sign_in t
            UNION ALL SELECT t::text FROM known_device t UNION ALL SELECT t::text FROM session t
            UNION ALL SELECT t::text FROM event_content t
            """
        )
    )
    for secret in (card.codes.number, card.activation_code or "", OWN, STRANGE):
        assert secret not in stored
        assert secret.encode().hex() not in stored
