"""Somebody sees or manages a pass for its holder: as themselves, until a day, and no longer than the holder wants."""

from datetime import datetime, timedelta

import asyncpg
import msgspec
import pytest

from given.cards import a_resident, an_issued_card, as_holder
from given.logins import NOON
from given.mandates import a_mandate
from pas.auth.actor import Actor
from pas.auth.events import read_events
from pas.auth.own_sessions import own_sessions
from pas.auth.sessions import FoundSession, find_session, token_hash
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.passes.activate import activate_card
from pas.passes.block import block_card
from pas.passes.cards import is_own
from pas.passes.codes import new_activation_code
from pas.passes.make_cards import Press
from pas.passes.mandates import (
    MadeMandate,
    MandateNotYours,
    MandateWrong,
    NewMandate,
    TooManyMandates,
    end_mandate,
    list_mandates,
    make_mandate,
)
from pas.passes.prove_code import ActivationCodeWrong, Shown
from pas.passes.sign_in import MandateOver, OnDevice, sign_in_with_card
from pas.passes.sign_in_tries import MOST_TRIES

VELSEN = MunicipalityName("velsen")
DAY = timedelta(days=1)


async def signed_in(
    connection: Connection,
    press: Press,
    made: MadeMandate,
    code: str | None = None,
    *,
    now: datetime = NOON,
) -> FoundSession:
    session = await sign_in_with_card(
        connection,
        Shown(scanned=made.number, code=code or made.code),
        on=OnDevice(cookie="cookie of her own phone", is_own=True),
        ring=press.ring,
        municipality=VELSEN,
        now=now,
    )
    found = await find_session(connection, token_hash(session.token), now=now)
    assert found is not None
    return found


async def test_who_has_a_mandate_signs_in_as_themselves_on_behalf_of_the_holder(
    connection: Connection, press: Press
) -> None:
    holder = await a_resident(connection)
    made = await a_mandate(connection, press, holder)
    session = await signed_in(connection, press, made)
    assert (session.actor_id, session.on_behalf_of) == (made.id, holder)
    assert (session.name, session.only_sees) == ("Ria de Wit", False)


async def test_what_a_mandate_does_is_recorded_as_theirs_on_behalf_of_the_holder(
    connection: Connection, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    made = await a_mandate(connection, press, card.resident_id)
    actor = Actor("holder", made.id, on_behalf_of=card.resident_id)
    await block_card(connection, card.card_id, reason="kwijt", actor=actor, now=NOON)
    (event, *_) = await read_events(connection, subject_kind="card", subject_id=card.card_id)
    assert (event.kind, event.actor_id) == ("card.blocked", made.id)
    assert event.on_behalf_of == card.resident_id


async def test_a_mandate_is_of_one_holder_alone(connection: Connection, press: Press) -> None:
    holder, stranger = await a_resident(connection), await a_resident(connection)
    made = await a_mandate(connection, press, holder)
    actor = Actor("holder", made.id, on_behalf_of=holder)
    assert await is_own(connection, holder, actor=actor, now=NOON)
    assert not await is_own(connection, stranger, actor=actor, now=NOON)


async def test_it_ends_on_its_day_also_where_somebody_is_signed_in(
    connection: Connection, press: Press
) -> None:
    made = await a_mandate(connection, press, await a_resident(connection), days=30)
    session = await signed_in(connection, press, made)
    last = NOON + 29 * DAY
    assert await find_session(connection, session.token_hash, now=last) is not None
    assert await find_session(connection, session.token_hash, now=last + DAY) is None
    with pytest.raises(MandateOver):
        await signed_in(connection, press, made, now=last + DAY)


async def test_the_holder_ends_it_at_once_and_no_stranger_does(
    connection: Connection, press: Press
) -> None:
    holder, stranger = await a_resident(connection), await a_resident(connection)
    made = await a_mandate(connection, press, holder)
    session = await signed_in(connection, press, made)
    with pytest.raises(MandateNotYours):
        await end_mandate(connection, made.id, actor=as_holder(stranger), now=NOON)
    for _ in range(2):
        await end_mandate(connection, made.id, actor=as_holder(holder), now=NOON)
    assert await find_session(connection, session.token_hash, now=NOON) is None
    with pytest.raises(MandateOver):
        await signed_in(connection, press, made)
    events = await read_events(connection, subject_kind="mandate", subject_id=made.id)
    assert [event.kind for event in events] == ["mandate.ended", "mandate.made"]


async def test_the_holder_sees_the_devices_of_a_mandate_and_not_the_other_way_round(
    connection: Connection, press: Press
) -> None:
    holder = await a_resident(connection)
    made = await a_mandate(connection, press, holder)
    session = await signed_in(connection, press, made)
    seen = await own_sessions(connection, actor=as_holder(holder), this=b"", now=NOON)
    assert [one.signed_in_with for one in seen] == ["mandate"]
    actor = Actor("holder", made.id, on_behalf_of=holder)
    mine = await own_sessions(connection, actor=actor, this=session.token_hash, now=NOON)
    assert [one.is_this for one in mine] == [True]


async def test_guessing_at_a_mandate_waits_as_at_a_card(
    connection: Connection, press: Press
) -> None:
    made = await a_mandate(connection, press, await a_resident(connection))
    for _ in range(MOST_TRIES):
        with pytest.raises(ActivationCodeWrong):
            await signed_in(connection, press, made, new_activation_code())
    with pytest.raises(ActivationCodeWrong):
        await signed_in(connection, press, made)
    assert await signed_in(connection, press, made, now=NOON + timedelta(hours=1))


async def test_the_number_of_a_mandate_activates_no_card(
    connection: Connection, press: Press
) -> None:
    made = await a_mandate(connection, press, await a_resident(connection))
    shown = Shown(scanned=made.number, code=made.code)
    with pytest.raises(ActivationCodeWrong):
        await activate_card(connection, shown, ring=press.ring, municipality=VELSEN, now=NOON)


async def test_a_mandate_gives_no_mandates_and_nobody_gives_one_of_somebody_else(
    connection: Connection, press: Press
) -> None:
    holder, stranger = await a_resident(connection), await a_resident(connection)
    made = await a_mandate(connection, press, holder)
    new = NewMandate(
        name="X", kind="family", may_manage=True, since=NOON.date(), until=NOON.date() + DAY
    )
    for actor in (Actor("holder", made.id, on_behalf_of=holder), as_holder(stranger)):
        with pytest.raises(MandateNotYours):
            await make_mandate(connection, holder, new, ring=press.ring, actor=actor, now=NOON)
    for wrong in (
        msgspec.structs.replace(new, until=new.since),
        msgspec.structs.replace(new, since=new.since - DAY),
        msgspec.structs.replace(new, until=new.since + 6 * 365 * DAY),
    ):
        with pytest.raises(MandateWrong):
            await make_mandate(
                connection, holder, wrong, ring=press.ring, actor=as_holder(holder), now=NOON
            )


async def test_five_at_once_are_enough_and_an_ended_one_makes_room(
    connection: Connection, press: Press
) -> None:
    holder = await a_resident(connection)
    made = [await a_mandate(connection, press, holder) for _ in range(5)]
    with pytest.raises(TooManyMandates):
        await a_mandate(connection, press, holder)
    await end_mandate(connection, made[0].id, actor=as_holder(holder), now=NOON)
    await a_mandate(connection, press, holder)
    assert len(await list_mandates(connection, holder, now=NOON)) == 6


async def test_the_database_too_keeps_a_mandate_as_it_was_made(
    connection: Connection, owner: Connection, press: Press
) -> None:
    holder = await a_resident(connection)
    made = await a_mandate(connection, press, holder)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await owner.execute("UPDATE mandate SET may_manage = NOT may_manage")
    assert refused.value.sqlstate == "PA276"
    await end_mandate(connection, made.id, actor=as_holder(holder), now=NOON)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute("UPDATE mandate SET ended_at = NULL")
    assert refused.value.sqlstate == "PA276"


async def test_neither_number_nor_code_is_stored(connection: Connection, press: Press) -> None:
    made = await a_mandate(connection, press, await a_resident(connection))
    stored = str(
        await connection.fetch(
            "SELECT m::text FROM mandate m UNION ALL SELECT c::text FROM event_content c"
        )
    )
    for secret in (made.number, made.code):
        assert secret not in stored
        assert secret.encode().hex() not in stored
    assert made.code not in repr(made)
