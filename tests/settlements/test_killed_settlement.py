"""A program that is killed at any step of a run: again does it once, and gives the same bytes."""

import asyncio
import hashlib
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime
from multiprocessing import get_context
from types import ModuleType
from typing import Literal

import pytest

from given.days import NOW, TODAY
from given.settlements import (
    FINANCE,
    SECOND,
    VELSEN,
    a_payer,
    a_shop,
    owed,
    sell,
)
from pas.db import Connection, Login, role_name
from pas.demo.settling import until_decided
from pas.ids import SettlementId
from pas.installation import Access
from pas.settlements import approve, export, manifest, payments, propose, withdraw
from pas.settlements.show import list_runs
from pas.settlements.stored import read_lines, read_run

Act = Literal["propose", "approve", "export", "pay", "return", "withdraw"]
Where = Literal["before it commits", "after it committed"]
Step = Callable[[Connection, SettlementId | None, datetime], Awaitable[object]]


async def proposes(connection: Connection, _: SettlementId | None, now: datetime) -> None:
    await propose.propose_settlement(connection, actor=FINANCE, now=now)


async def approves(connection: Connection, run: SettlementId | None, now: datetime) -> None:
    assert run is not None
    await approve.approve_settlement(connection, run, actor=SECOND, now=now)


async def exports(connection: Connection, run: SettlementId | None, now: datetime) -> None:
    assert run is not None
    await export.export_settlement(connection, VELSEN, run, actor=FINANCE, now=now)


async def pays(connection: Connection, run: SettlementId | None, now: datetime) -> None:
    assert run is not None
    await payments.mark_paid(connection, run, paid_on=TODAY, actor=FINANCE, now=now)


async def returns(connection: Connection, run: SettlementId | None, now: datetime) -> None:
    assert run is not None
    await payments.mark_returned(
        connection, run, 1, returned_on=TODAY, reason="Dicht", actor=FINANCE, now=now
    )


async def withdraws(connection: Connection, run: SettlementId | None, now: datetime) -> None:
    assert run is not None
    await withdraw.withdraw_settlement(connection, run, reason="x", actor=FINANCE, now=now)


STEPS: dict[Act, tuple[Step, ModuleType]] = {
    "propose": (proposes, propose),
    "approve": (approves, approve),
    "withdraw": (withdraws, withdraw),
    "export": (exports, export),
    "pay": (pays, payments),
    "return": (returns, payments),
}
"""Each with the module in which it writes its event: last of all, just before it commits."""
BEFORE: dict[Act, tuple[Act, ...]] = {
    "propose": (),
    "approve": ("propose",),
    "withdraw": ("propose", "approve"),
    "export": ("propose", "approve"),
    "pay": ("propose", "approve", "export"),
    "return": ("propose", "approve", "export", "pay"),
}
"""What must have happened first."""


def die_doing(
    login: Login, act: Act, where: Where, run: SettlementId | None, now: datetime
) -> None:
    """Runs in a process of its own, which is gone in the middle."""

    async def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    async def work() -> None:
        step, module = STEPS[act]
        if where == "before it commits":
            setattr(module, "record_event", die)  # noqa: B010 (pyright knows that a module is no such thing)
        connection = await login.connect()
        await step(connection, run, now)
        await die()

    asyncio.run(work())


async def newest(connection: Connection) -> SettlementId | None:
    runs = await list_runs(connection)
    return runs[0].id if runs else None


async def state_of(connection: Connection) -> list[tuple[object, ...]]:
    rows = await connection.fetch(
        "SELECT r.number, r.state, l.number, l.state, l.amount_cents FROM settlement_run r"
        " JOIN settlement_line l ON l.run_id = r.id ORDER BY 1, 3"
    )
    kinds = await connection.fetch(
        "SELECT kind, count(*) FROM entry WHERE kind IN ('settle', 'pay', 'bounce') GROUP BY 1 ORDER BY 1"
    )
    return [tuple(row) for row in [*rows, *kinds]]


async def killed(
    login: Login, act: Act, where: Where, run: SettlementId | None, now: datetime
) -> int | None:
    process = get_context("spawn").Process(target=die_doing, args=(login, act, where, run, now))
    await asyncio.to_thread(lambda: (process.start(), process.join(60)))
    return process.exitcode


@pytest.mark.parametrize("where", ["before it commits", "after it committed"])
@pytest.mark.parametrize("act", list(STEPS))
async def test_a_step_that_is_killed_is_done_once_when_it_is_done_again(
    access: Access, connection: Connection, act: Act, where: Where
) -> None:
    login = access.address.login(role_name("app", VELSEN))
    shop, now = await a_shop(connection), NOW
    await sell(connection, shop, 500)
    await a_payer(connection)
    await until_decided(connection)
    for earlier in BEFORE[act]:
        await STEPS[earlier][0](connection, await newest(connection), now)
    before = await state_of(connection)

    assert await killed(login, act, where, await newest(connection), now) == -signal.SIGKILL
    after = await state_of(connection)
    if where == "before it commits":
        assert after == before
        await until_decided(connection)
        await STEPS[act][0](connection, await newest(connection), now)
    else:
        assert after != before
    assert await state_of(connection) != before
    assert await owed(connection, shop) == (500 if act in {"propose", "withdraw", "return"} else 0)


async def test_an_export_that_is_killed_gives_the_very_bytes_when_it_is_done_again(
    access: Access, connection: Connection
) -> None:
    login = access.address.login(role_name("app", VELSEN))
    await sell(connection, await a_shop(connection), 500)
    await a_payer(connection)
    await until_decided(connection)
    await proposes(connection, None, NOW)
    run = await newest(connection)
    assert run is not None
    await approves(connection, run, NOW)
    expected = export.all_files(
        VELSEN, await read_run(connection, run), await read_lines(connection, run)
    )
    for where in ("before it commits", "after it committed"):
        assert await killed(login, "export", where, run, NOW) == -signal.SIGKILL
    content = await export.fetch_file(connection, VELSEN, run, number=1, actor=FINANCE)
    assert [one.content for one in expected] == [content]
    made = await manifest.fetch_manifest(connection, VELSEN, run, now=NOW)
    kept = await manifest.read_manifest_hash(connection, run)
    assert kept == hashlib.sha256(made).hexdigest()
