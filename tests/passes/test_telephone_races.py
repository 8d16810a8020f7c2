"""A pass that is put on a telephone by two at once, on real connections: one card, one telephone."""

from functools import partial

from given.cards import a_resident, as_holder
from given.logins import NOON
from pas.auth.sessions import Begun, NewSession, start_session, token_hash
from pas.db import Connection, Database
from pas.ids import ResidentId
from pas.passes.add_telephone import TelephoneLinkOver, add_telephone, make_telephone_link
from pas.passes.make_cards import Press
from pas.passes.telephones import card_on_telephone
from together import at_once

AT_ONCE = 8
LONG = "SELECT count(*) FROM session WHERE is_long"


async def a_session(connection: Connection, resident: ResidentId, *, is_long: bool) -> NewSession:
    return await start_session(
        connection,
        actor_kind="holder",
        actor_id=resident,
        assurance="card",
        now=NOON,
        begun=Begun(is_long=is_long),
    )


async def test_tabs_that_take_the_first_look_at_once_make_one_card_of_the_telephone(
    connection: Connection, crowd: Database, press: Press
) -> None:
    resident = await a_resident(connection)
    session = await a_session(connection, resident, is_long=True)
    look = partial(
        card_on_telephone,
        resident=resident,
        session_hash=token_hash(session.token),
        press=press,
        actor=as_holder(resident),
        now=NOON,
    )
    seen = await at_once(crowd, *[look] * AT_ONCE)
    assert len(set(seen)) == 1
    assert seen == await connection.fetchval("SELECT array_agg(id) FROM card") * AT_ONCE
    assert await connection.fetchval("SELECT count(*) FROM event WHERE kind = 'card.issued'") == 1


async def test_telephones_that_open_one_link_at_once_are_one_telephone(
    connection: Connection, crowd: Database
) -> None:
    resident = await a_resident(connection)
    desk = await a_session(connection, resident, is_long=False)
    code = await make_telephone_link(connection, token_hash(desk.token), now=NOON)
    add = partial(add_telephone, typed=code, device="phone_android", replaces=None, now=NOON)
    answers = await at_once(crowd, *[add] * AT_ONCE)
    assert sum(isinstance(answer, TelephoneLinkOver) for answer in answers) == AT_ONCE - 1
    assert await connection.fetchval(LONG) == 1
    assert (
        await connection.fetchval("SELECT count(*) FROM event WHERE kind = 'telephone.added'") == 1
    )
