"""Months of the books to close, and a financial administration that knows every kind of account."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import msgspec

from given.logins import an_actor
from mutate import by_hand, rewrite, without_ddl_guard
from pas.app.proving import prove_and_keep
from pas.auth.actor import Actor
from pas.auth.roles import Role
from pas.bookkeeping.close_period import close_period
from pas.bookkeeping.model import ACCOUNT_KINDS, AccountMapping, JournalProfile
from pas.bookkeeping.periods import Closing, month_of
from pas.bookkeeping.profiles import keep_profile
from pas.db import Connection
from pas.ids import MunicipalityName

VELSEN: Final = MunicipalityName("velsen")
FINANCE: Final = msgspec.structs.replace(an_actor(Role.FINANCE), id=UUID(int=41))
SECOND: Final = msgspec.structs.replace(an_actor(Role.APPROVER), id=UUID(int=42))
ACCOUNTS: Final = tuple(
    AccountMapping(account=kind, ledger_account=str(1000 + place), cost_centre="K6")
    for place, kind in enumerate(ACCOUNT_KINDS)
)
PROFILE: Final = JournalProfile(accounts=ACCOUNTS)


def this_month() -> date:
    return month_of(datetime.now(UTC))


async def ready_to_close(connection: Connection) -> None:
    """There is a profile that knows every account, and a proof of just now."""
    await keep_profile(connection, PROFILE, actor=FINANCE)
    await prove_and_keep(connection, VELSEN)


async def closed(
    connection: Connection, period: date | None = None, *, by: Actor = FINANCE
) -> Closing:
    """Close a month, by default the one that runs."""
    await ready_to_close(connection)
    month = period or this_month()
    return await close_period(connection, month, actor=by, now=datetime.now(UTC))


async def books_since(superuser: Connection, day: date) -> None:
    """As if the books had begun on a day."""
    await by_hand(superuser, "epoch", f"UPDATE epoch SET started_at = '{day}'")


async def let_the_clock_be_set(superuser: Connection) -> None:
    """From now on ``at`` says when an entry is recorded."""
    await without_ddl_guard(superuser)
    said = "coalesce(nullif(current_setting('pas_test.now', true), '')::timestamptz, clock_timestamp())"
    await rewrite(superuser, "book", ("booked_at := clock_timestamp();", f"booked_at := {said};"))


async def at(connection: Connection, moment: datetime | None) -> None:
    """What this connection books from now on is recorded at a moment, or now again."""
    said = "" if moment is None else moment.isoformat()
    await connection.execute("SELECT set_config('pas_test.now', $1, false)", said)
