"""Who may come in for a merchant: its own people invite and end, for that merchant alone."""

from functools import partial
from typing import Final

import msgspec
import pytest

from given.logins import NOON, a_login
from given.merchants import APPROVER, a_registered_merchant, of_merchant
from pas.auth.actor import OtherMerchant
from pas.auth.logins import LoginNotFound, OwnLogin, read_login
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import LoginId, MerchantId
from pas.merchants import staff
from pas.merchants.judge import set_state
from pas.merchants.rules import MerchantHasEnded
from pas.merchants.staff import TooManyStaff, end_staff, find_staff, invite_staff, list_staff
from together import at_once

OTHER: Final = {"name": "Tennisclub", "kvkNumber": "87654321"}


async def invited(connection: Connection, merchant: MerchantId, name: str = "Noor") -> LoginId:
    actor = of_merchant(merchant)
    made = await invite_staff(connection, merchant, name=name, email=None, actor=actor, now=NOON)
    return made.login_id


async def names(connection: Connection, merchant: MerchantId) -> list[str]:
    return [one.name for one in await list_staff(connection, merchant, actor=of_merchant(merchant))]


async def test_somebody_is_invited_to_manage_this_merchant_alone_until_it_is_ended(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    login = await invited(connection, merchant)
    made = await read_login(connection, login)
    shown = await names(connection, merchant)
    await end_staff(connection, merchant, login, actor=of_merchant(merchant), now=NOON)

    assert (made.merchant_id, made.roles, made.state) == (merchant, ["merchant_manager"], "invited")
    assert (shown, await names(connection, merchant)) == (["Noor"], [])
    assert (await read_login(connection, login)).state == "ended"


async def test_people_of_others_are_not_there(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    other = await a_registered_merchant(connection, details=OTHER)
    theirs, official = await invited(connection, other), await a_login(connection, Role.COUNTER)
    actor = of_merchant(merchant)
    for login in (theirs, official):
        with pytest.raises(LoginNotFound):
            await find_staff(connection, merchant, login, actor=actor)
        with pytest.raises(LoginNotFound):
            await end_staff(connection, merchant, login, actor=actor, now=NOON)
    with pytest.raises(OtherMerchant):
        await list_staff(connection, other, actor=actor)
    with pytest.raises(OtherMerchant):
        await end_staff(connection, other, theirs, actor=actor, now=NOON)
    with pytest.raises(OtherMerchant):
        await invite_staff(connection, other, name="Wim", email=None, actor=actor, now=NOON)
    assert await names(connection, other) == ["Noor"]


async def test_nobody_ends_their_own_access(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    login = await a_login(connection, Role.MERCHANT_MANAGER, merchant=merchant)
    me = msgspec.structs.replace(of_merchant(merchant), id=login)
    with pytest.raises(OwnLogin):
        await end_staff(connection, merchant, login, actor=me, now=NOON)


async def test_a_merchant_that_ended_invites_nobody(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    await set_state(connection, merchant, "ended", reason="Gestopt", actor=APPROVER, now=NOON)
    with pytest.raises(MerchantHasEnded):
        await invited(connection, merchant)


async def test_how_many_may_come_in_is_bounded_also_when_invited_at_once(
    crowd: Database, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "MOST_STAFF", 3)
    merchant = await a_registered_merchant(connection)
    await invited(connection, merchant)
    outcomes = await at_once(crowd, *[partial(invited, merchant=merchant)] * 5)
    refused = [one for one in outcomes if isinstance(one, TooManyStaff)]
    assert (len(refused), len(await names(connection, merchant))) == (3, 3)
