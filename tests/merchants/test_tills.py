"""Tills are made, paired once, paused, started again and revoked."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from given.logins import NOON, a_login
from given.merchants import REGISTRAR, a_device, a_registered_merchant, of_merchant
from pas.auth.actor import OtherMerchant
from pas.auth.events import read_events
from pas.auth.roles import Role
from pas.auth.till_signature import read_public_key
from pas.db import Connection
from pas.ids import LocationId, MerchantId, MunicipalityName, TillId
from pas.merchants.create_till import (
    InvitedTill,
    LoginCannotScan,
    LoginHasTill,
    NewTill,
    TillIsPaired,
    TooManyTills,
    TooManyTillsToday,
    bind_till,
    create_till,
    renew_pairing_code,
)
from pas.merchants.locations import LocationNotFound
from pas.merchants.pair_till import (
    PairingCodeExpired,
    PairingCodeUnknown,
    PairingCodeUsed,
    pair_till,
)
from pas.merchants.pairing import VALID_FOR, PairingProofWrong, hash_of, new_pairing_code
from pas.merchants.rules import (
    PausedByMunicipality,
    StoppedTooOften,
    TillIsRevoked,
    TillNotPaired,
)
from pas.merchants.tills import (
    TillChange,
    TillNotFound,
    change_till,
    list_bound_tills,
    list_tills,
    pause_till,
    read_till,
    resume_till,
    revoke_till,
)
from pas.redemptions.strikes import note_unknown_cards

VELSEN = MunicipalityName("velsen")


async def an_invited_till(connection: Connection) -> InvitedTill:
    merchant = await a_registered_merchant(connection)
    return await create_till(
        connection, merchant, NewTill(name="bar"), actor=of_merchant(merchant), now=NOON
    )


async def a_paired_till(connection: Connection) -> TillId:
    invited = await an_invited_till(connection)
    await pair_till(connection, a_device(invited.code), municipality=VELSEN, now=NOON)
    return invited.till.id


async def test_a_merchant_has_no_end_of_tills(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pas.merchants.create_till.MOST_TILLS", 1)
    invited = await an_invited_till(connection)
    merchant = MerchantId(await connection.fetchval("SELECT merchant_id FROM till"))
    with pytest.raises(TooManyTills):
        await create_till(connection, merchant, NewTill(name="tweede"), actor=REGISTRAR, now=NOON)
    assert [one.id for one in await list_tills(connection, merchant, actor=REGISTRAR)] == [
        invited.till.id
    ]


async def test_who_switches_tills_off_makes_no_more_of_them_in_a_day(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a merchant would try out numbers of cards with one new till after the other."""
    monkeypatch.setattr("pas.merchants.create_till.MOST_MADE_IN_A_DAY", 1)
    first = (await an_invited_till(connection)).till
    merchant, new = MerchantId(first.merchant_id or first.id), NewTill(name="tweede")
    await revoke_till(connection, first.id, actor=REGISTRAR, now=NOON)
    with pytest.raises(TooManyTillsToday):
        await create_till(connection, merchant, new, actor=REGISTRAR, now=NOON)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await create_till(connection, merchant, new, actor=REGISTRAR, now=tomorrow)


async def test_a_device_pairs_with_its_own_key(connection: Connection) -> None:
    invited = await an_invited_till(connection)
    key = ec.generate_private_key(ec.SECP256R1())
    paired = await pair_till(
        connection, a_device(invited.code, key=key), municipality=VELSEN, now=NOON
    )
    assert (paired.name, paired.merchant_name) == ("bar", "Zwembad De Heerenduinen")
    row = await connection.fetchrow("SELECT state, algorithm, public_key FROM till")
    assert row is not None
    assert (row["state"], row["algorithm"]) == ("active", "ES256")
    assert read_public_key(row["public_key"], "ES256") == key.public_key()


async def test_only_the_hash_of_the_code_is_stored(connection: Connection) -> None:
    invited = await an_invited_till(connection)
    assert await connection.fetchval("SELECT pairing_hash FROM till") == hash_of(invited.code)
    content = await connection.fetchval("SELECT string_agg(content, ' ') FROM event_content")
    assert invited.code not in content
    assert hash_of(invited.code).hex() not in content


async def test_a_code_is_used_once(connection: Connection) -> None:
    invited = await an_invited_till(connection)
    await pair_till(connection, a_device(invited.code), municipality=VELSEN, now=NOON)
    with pytest.raises(PairingCodeUsed):
        await pair_till(connection, a_device(invited.code), municipality=VELSEN, now=NOON)


async def test_a_code_works_for_a_quarter_of_an_hour(connection: Connection) -> None:
    invited = await an_invited_till(connection)
    with pytest.raises(PairingCodeExpired):
        await pair_till(
            connection, a_device(invited.code), municipality=VELSEN, now=NOON + VALID_FOR
        )
    last = NOON + VALID_FOR - timedelta(seconds=1)
    await pair_till(connection, a_device(invited.code), municipality=VELSEN, now=last)


async def test_an_unknown_code_is_told(connection: Connection) -> None:
    with pytest.raises(PairingCodeUnknown):
        await pair_till(connection, a_device(new_pairing_code()), municipality=VELSEN, now=NOON)


async def test_a_wrong_proof_pairs_nothing_and_keeps_the_code(connection: Connection) -> None:
    invited = await an_invited_till(connection)
    elsewhere = a_device(invited.code, municipality="almere")
    with pytest.raises(PairingProofWrong):
        await pair_till(connection, elsewhere, municipality=VELSEN, now=NOON)
    await pair_till(connection, a_device(invited.code), municipality=VELSEN, now=NOON)


async def test_a_new_code_ends_the_one_before_it(connection: Connection) -> None:
    invited = await an_invited_till(connection)
    renewed = await renew_pairing_code(connection, invited.till.id, actor=REGISTRAR, now=NOON)
    with pytest.raises(PairingCodeUnknown):
        await pair_till(connection, a_device(invited.code), municipality=VELSEN, now=NOON)
    await pair_till(connection, a_device(renewed.code), municipality=VELSEN, now=NOON)
    with pytest.raises(TillIsPaired):
        await renew_pairing_code(connection, invited.till.id, actor=REGISTRAR, now=NOON)


async def test_pausing_and_starting_again_are_states_that_are_set(connection: Connection) -> None:
    till = await a_paired_till(connection)
    for _ in range(2):
        await pause_till(connection, till, actor=REGISTRAR, now=NOON, reason="vakantie")
    for _ in range(2):
        await resume_till(connection, till, actor=REGISTRAR, now=NOON)
    events = await read_events(connection, subject_kind="till", subject_id=till)
    assert [event.kind for event in events] == [
        "till.resumed",
        "till.paused",
        "till.paired",
        "till.invited",
    ]


async def test_a_merchant_starts_again_only_what_a_merchant_paused(connection: Connection) -> None:
    till = await a_paired_till(connection)
    merchant = await connection.fetchval("SELECT merchant_id FROM till")
    await pause_till(connection, till, actor=REGISTRAR, now=NOON)
    with pytest.raises(PausedByMunicipality):
        await resume_till(connection, till, actor=of_merchant(merchant), now=NOON)
    await resume_till(connection, till, actor=REGISTRAR, now=NOON)
    await pause_till(connection, till, actor=of_merchant(merchant), now=NOON)
    resumed = await resume_till(connection, till, actor=of_merchant(merchant), now=NOON)
    assert resumed.state == "active"


async def test_the_municipality_takes_over_a_merchants_pause(connection: Connection) -> None:
    till = await a_paired_till(connection)
    merchant = await connection.fetchval("SELECT merchant_id FROM till")
    await pause_till(connection, till, actor=of_merchant(merchant), now=NOON)
    await pause_till(connection, till, actor=REGISTRAR, now=NOON)
    with pytest.raises(PausedByMunicipality):
        await resume_till(connection, till, actor=of_merchant(merchant), now=NOON)


async def stopped(connection: Connection, till: TillId) -> None:
    """By the program: five cards that nobody knows."""
    now = datetime.now(UTC)
    assert await note_unknown_cards(connection, [till] * 5, now=now, most=5) == [True] * 5


async def test_a_merchant_starts_again_what_the_program_stopped_but_not_over_and_over(
    connection: Connection,
) -> None:
    till = await a_paired_till(connection)
    manager = of_merchant(await connection.fetchval("SELECT merchant_id FROM till"))
    for _ in range(2):
        await stopped(connection, till)
        started = await resume_till(connection, till, actor=manager, now=datetime.now(UTC))
        assert (started.state, started.paused_by) == ("active", None)
    await stopped(connection, till)
    with pytest.raises(StoppedTooOften):
        await resume_till(connection, till, actor=manager, now=datetime.now(UTC))
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert (await resume_till(connection, till, actor=manager, now=tomorrow)).state == "active"


async def test_what_the_program_stopped_the_municipality_can_hold(connection: Connection) -> None:
    till = await a_paired_till(connection)
    manager = of_merchant(await connection.fetchval("SELECT merchant_id FROM till"))
    await stopped(connection, till)
    await pause_till(connection, till, actor=REGISTRAR, now=NOON, reason="Kom langs")
    with pytest.raises(PausedByMunicipality):
        await resume_till(connection, till, actor=manager, now=NOON)


async def test_why_a_till_stands_still_is_kept_until_it_starts_again(
    connection: Connection,
) -> None:
    till = await a_paired_till(connection)
    manager = of_merchant(await connection.fetchval("SELECT merchant_id FROM till"))
    kept: list[str | None] = []
    for actor, reason in ((manager, "Feestje"), (REGISTRAR, "Wij bellen u"), (manager, "Dicht")):
        await pause_till(connection, till, actor=actor, now=NOON, reason=reason)
        kept.append((await read_till(connection, till, actor=REGISTRAR)).paused_because)
    assert kept == ["Feestje", "Wij bellen u", "Wij bellen u"]
    started = await resume_till(connection, till, actor=REGISTRAR, now=NOON)
    assert started.paused_because is None
    await pause_till(connection, till, actor=REGISTRAR, now=NOON)
    assert (await read_till(connection, till, actor=REGISTRAR)).paused_because is None


async def test_a_revoked_till_stays_revoked(connection: Connection) -> None:
    till = await a_paired_till(connection)
    for _ in range(2):
        await revoke_till(connection, till, actor=REGISTRAR, now=NOON, reason="gestolen")
    with pytest.raises(TillIsRevoked):
        await resume_till(connection, till, actor=REGISTRAR, now=NOON)
    with pytest.raises(TillIsRevoked):
        await pause_till(connection, till, actor=REGISTRAR, now=NOON)
    with pytest.raises(TillIsRevoked):
        await renew_pairing_code(connection, till, actor=REGISTRAR, now=NOON)


async def test_a_till_without_a_device_cannot_be_started(connection: Connection) -> None:
    invited = await an_invited_till(connection)
    with pytest.raises(TillNotPaired):
        await resume_till(connection, invited.till.id, actor=REGISTRAR, now=NOON)


async def test_a_till_is_renamed_placed_and_limited(connection: Connection) -> None:
    till = await a_paired_till(connection)
    location = await connection.fetchval("SELECT id FROM location")
    change = TillChange(name="balie", location_id=location, sale_limit_cents=5000)  # pyright: ignore[reportArgumentType]
    await change_till(connection, till, change, actor=REGISTRAR)
    stored = await read_till(connection, till, actor=REGISTRAR)
    assert (stored.name, stored.location_id, stored.sale_limit_cents) == ("balie", location, 5000)
    elsewhere = TillChange(name="balie", location_id=LocationId(uuid4()))
    with pytest.raises(LocationNotFound):
        await change_till(connection, till, elsewhere, actor=REGISTRAR)


async def test_a_till_of_another_merchant_is_not_there(connection: Connection) -> None:
    till = await a_paired_till(connection)
    stranger = of_merchant(MerchantId(uuid4()))
    for act in (pause_till, resume_till, revoke_till, renew_pairing_code):
        with pytest.raises(TillNotFound):
            await act(connection, till, actor=stranger, now=NOON)


async def test_a_counter_officer_and_an_intermediary_scan_as_themselves(
    connection: Connection,
) -> None:
    counter = await a_login(connection, Role.COUNTER)
    helper = await a_login(connection, Role.INTERMEDIARY)
    desk = await bind_till(
        connection, counter, kind="counter", name="balie", actor=REGISTRAR, now=NOON
    )
    await bind_till(
        connection, helper, kind="intermediary", name="school", actor=REGISTRAR, now=NOON
    )
    assert (desk.state, desk.login_id) == ("active", counter)
    assert len(await list_bound_tills(connection, actor=REGISTRAR)) == 2
    await pause_till(connection, desk.id, actor=REGISTRAR, now=NOON)


async def test_a_login_has_one_till_and_the_role_for_it(connection: Connection) -> None:
    counter = await a_login(connection, Role.COUNTER)
    officer = await a_login(connection, Role.OFFICER)
    with pytest.raises(LoginCannotScan):
        await bind_till(connection, officer, kind="counter", name="x", actor=REGISTRAR, now=NOON)
    with pytest.raises(LoginCannotScan):
        await bind_till(
            connection, counter, kind="intermediary", name="x", actor=REGISTRAR, now=NOON
        )
    desk = await bind_till(connection, counter, kind="counter", name="x", actor=REGISTRAR, now=NOON)
    with pytest.raises(LoginHasTill):
        await bind_till(connection, counter, kind="counter", name="x", actor=REGISTRAR, now=NOON)
    await revoke_till(connection, desk.id, actor=REGISTRAR, now=NOON)
    await bind_till(connection, counter, kind="counter", name="x", actor=REGISTRAR, now=NOON)


async def test_nobody_of_a_merchant_binds_a_till_or_sees_one(connection: Connection) -> None:
    counter = await a_login(connection, Role.COUNTER)
    merchant = await a_registered_merchant(connection)
    manager = of_merchant(merchant)
    with pytest.raises(OtherMerchant):
        await bind_till(connection, counter, kind="counter", name="x", actor=manager, now=NOON)
    desk = await bind_till(connection, counter, kind="counter", name="x", actor=REGISTRAR, now=NOON)
    assert await list_bound_tills(connection, actor=manager) == []
    assert await list_tills(connection, merchant, actor=manager) == []
    with pytest.raises(TillNotFound):
        await revoke_till(connection, desk.id, actor=manager, now=NOON)
