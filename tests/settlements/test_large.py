"""Above the limit of the municipality somebody with a further permission approves; a change helps no run that waits."""

import asyncpg
import httpx
import pytest

from given.days import NOW
from given.logins import a_login, an_actor
from given.merchants import OTHER_IBAN
from given.settlements import (
    FINANCE,
    SECOND,
    a_payer,
    a_proposal,
    a_setting,
    a_shop,
    sell,
)
from pas.auth.actor import Actor
from pas.auth.events import read_events
from pas.auth.municipality_settings import change_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.roles import ROLES, Role
from pas.db import Connection
from pas.ids import SettlementId
from pas.ledger.accounts import new_account_id
from pas.settlements.approve import approve_settlement
from pas.settlements.booking import entries_of, prints_of
from pas.settlements.rules import SettlementTooLarge
from pas.settlements.stored import read_lines, read_run
from signed_in import signed_in

LIMIT = "large_payout_cents"


async def a_treasurer(connection: Connection) -> Actor:
    return an_actor(Role.TREASURER, login=await a_login(connection, Role.TREASURER))


async def a_run_of(connection: Connection, cents: int) -> SettlementId:
    await sell(connection, await a_shop(connection), cents)
    await a_payer(connection)
    return await a_proposal(connection)


async def approve_in_database(connection: Connection, run: SettlementId, by: Actor) -> None:
    """As a program would that asks nothing first."""
    lines = await read_lines(connection, run)
    await connection.execute(
        "SELECT approve_settlement($1, $2, $3, $4, 'Velsen', $5, $6, $7, $8)",
        *(run, by.id, NOW, NOW.date(), OTHER_IBAN, new_account_id()),
        *(entries_of(run, "settle", lines), prints_of(run, "settle", lines)),
    )


async def test_up_to_the_limit_an_approver_approves(connection: Connection) -> None:
    await a_setting(connection, LIMIT, 1_000)
    run = await a_run_of(connection, 1_000)
    assert (await approve_settlement(connection, run, actor=SECOND, now=NOW)).state == "approved"


async def test_above_the_limit_only_somebody_for_large_runs_approves(
    connection: Connection,
) -> None:
    await a_setting(connection, LIMIT, 999)
    run = await a_run_of(connection, 1_000)
    with pytest.raises(SettlementTooLarge) as refused:
        await approve_settlement(connection, run, actor=SECOND, now=NOW)
    assert refused.value.extra == {"limitCents": 999, "amountCents": 1_000}
    assert (await read_run(connection, run)).large_cents == 999
    treasurer = await a_treasurer(connection)
    assert (await approve_settlement(connection, run, actor=treasurer, now=NOW)).state == "approved"


@pytest.mark.parametrize("later", [5_000, None])
async def test_a_higher_limit_or_none_helps_no_run_that_was_proposed_before(
    connection: Connection, later: int | None
) -> None:
    await a_setting(connection, LIMIT, 999)
    run = await a_run_of(connection, 1_000)
    await a_setting(connection, LIMIT, later)
    with pytest.raises(SettlementTooLarge):
        await approve_settlement(connection, run, actor=SECOND, now=NOW)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await approve_in_database(connection, run, SECOND)
    assert refused.value.sqlstate == "PA271"


async def test_a_lower_limit_counts_at_once(connection: Connection) -> None:
    run = await a_run_of(connection, 1_000)
    await a_setting(connection, LIMIT, 999)
    with pytest.raises(SettlementTooLarge):
        await approve_settlement(connection, run, actor=SECOND, now=NOW)
    assert (await read_run(connection, run)).large_cents == 999


async def test_the_database_alone_lets_nobody_without_the_role_approve_a_large_run(
    connection: Connection,
) -> None:
    await a_setting(connection, LIMIT, 999)
    run = await a_run_of(connection, 1_000)
    approver = an_actor(Role.APPROVER, login=await a_login(connection, Role.APPROVER))
    with pytest.raises(asyncpg.PostgresError) as refused:
        await approve_in_database(connection, run, approver)
    assert refused.value.sqlstate == "PA271"
    await approve_in_database(connection, run, await a_treasurer(connection))
    assert (await read_run(connection, run)).state == "approved"


async def test_a_role_that_was_taken_meanwhile_is_a_refusal_and_no_defect(
    connection: Connection,
) -> None:
    """The permission was read before; the database looks at the role once more."""
    await a_setting(connection, LIMIT, 999)
    run = await a_run_of(connection, 1_000)
    former = an_actor(Role.TREASURER, login=await a_login(connection))
    with pytest.raises(SettlementTooLarge):
        await approve_settlement(connection, run, actor=former, now=NOW)


async def test_nobody_writes_the_limit_of_a_run(
    connection: Connection, superuser: Connection
) -> None:
    await a_setting(connection, LIMIT, 999)
    run = await a_run_of(connection, 1_000)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("UPDATE settlement_run SET large_cents = NULL")
    with pytest.raises(asyncpg.PostgresError) as refused:
        await superuser.execute(
            "UPDATE settlement_run SET state = 'withdrawn', large_cents = NULL, withdrawn_at = now(),"
            " withdrawn_by = id, withdrawn_because = 'x' WHERE id = $1",
            run,
        )
    assert refused.value.sqlstate == "PA240"


async def test_a_run_gets_the_limit_of_its_moment_whatever_is_written(
    connection: Connection, superuser: Connection
) -> None:
    await a_setting(connection, LIMIT, 999)
    written = await superuser.fetchval(
        "INSERT INTO settlement_run (id, number, cutoff_epoch, cutoff_xid, minimum_cents, proposed_at,"
        " proposed_by_kind, proposed_by, large_cents) VALUES (gen_random_uuid(), 1, 1, 1, 0, now(), 'login', $1, 1000000)"
        " RETURNING large_cents",
        FINANCE.id,
    )
    assert written == 999


def test_the_role_that_the_database_knows_is_the_one_with_the_permission() -> None:
    large = Permission.SETTLEMENTS_APPROVE_LARGE
    assert [role.value for role, may in ROLES.items() if large in may] == ["treasurer"]


async def test_a_change_of_the_limit_is_an_event(connection: Connection) -> None:
    actor = an_actor(Role.ADMINISTRATOR)
    await change_municipality_settings(connection, {"largePayoutCents": 50_000}, actor=actor)
    await change_municipality_settings(connection, {"largePayoutCents": None}, actor=actor)
    told = [event.content or "" for event in await read_events(connection)]
    assert '"before":{"largePayoutCents":50000}' in told[0]
    assert '"after":{"largePayoutCents":50000}' in told[1]


async def test_an_approver_is_told_who_approves_a_large_run(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    await a_setting(connection, LIMIT, 999)
    run = await a_run_of(connection, 1_000)
    approver = await signed_in(client, connection, Role.APPROVER)
    treasurer = await signed_in(client, connection, Role.TREASURER)
    page = f"settlements/{run}"
    assert "Alleen het hoofd financiën keurt haar goed" in (await approver.look(page)).text
    assert "Keur goed" not in (await approver.look(page)).text
    assert "Kijk het voorstel na" not in (await approver.look("settlements")).text
    assert "Kijk het voorstel na" in (await treasurer.look("settlements")).text
    refused = await approver.tell(f"{page}/approval", {}, method="PUT")
    assert (refused.status_code, refused.json()["code"]) == (403, "settlement-too-large")
    assert "Keur goed" in (await treasurer.look(page)).text
    assert (await treasurer.send(f"{page}/approval", {})).status_code == 303


async def test_who_proposed_a_large_run_does_not_approve_it_with_that_role(
    connection: Connection,
) -> None:
    await a_setting(connection, LIMIT, 999)
    treasurer = await a_treasurer(connection)
    await sell(connection, await a_shop(connection), 1_000)
    run = await a_proposal(connection, by=treasurer)
    with pytest.raises(asyncpg.CheckViolationError, match="second_pair_of_eyes"):
        await approve_in_database(connection, run, treasurer)
