"""Mandates, by their use case."""

from datetime import timedelta

from given.cards import as_holder
from given.logins import NOON
from pas.db import Connection
from pas.ids import ResidentId
from pas.passes.make_cards import Press
from pas.passes.mandates import MadeMandate, NewMandate, make_mandate


async def a_mandate(
    connection: Connection,
    press: Press,
    resident: ResidentId,
    *,
    may_manage: bool = True,
    days: int = 365,
) -> MadeMandate:
    """The holder lets somebody see or manage their pass, from today."""
    today = NOON.date()
    new = NewMandate(
        name="Ria de Wit",
        kind="family",
        may_manage=may_manage,
        since=today,
        until=today + timedelta(days=days),
    )
    return await make_mandate(
        connection, resident, new, ring=press.ring, actor=as_holder(resident), now=NOON
    )
