"""No money and no card leaves a sandbox: refused in words, and by the tables themselves."""

from datetime import timedelta

import asyncpg
import pytest

from given.letters import HOUSE
from given.logins import NOON, OFFICER
from given.sandbox import become_sandbox
from given.settlements import FINANCE, a_payer, a_shop, an_approved_run, sell
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7
from pas.installation.sandbox import NothingLeavesSandbox
from pas.letters.runs import begin_letter_run, year_wanted
from pas.passes.print_cards import begin_card_run
from pas.settlements.export import export_settlement

VELSEN = MunicipalityName("velsen")


async def test_no_file_for_the_bank(migrator: Connection, connection: Connection) -> None:
    await become_sandbox(migrator)
    await a_payer(connection)
    await sell(connection, await a_shop(connection), 5_000)
    run = await an_approved_run(connection)

    with pytest.raises(NothingLeavesSandbox):
        await export_settlement(connection, VELSEN, run, actor=FINANCE, now=NOON)
    with pytest.raises(asyncpg.PostgresError) as error:
        await connection.execute(
            """
            INSERT INTO settlement_file (run_id, number, transactions, total_cents, sha256, made_at)
            VALUES ($1, 1, 1, 5000, sha256('x'), $2)
            """,
            *(run, NOON),
        )
    assert error.value.sqlstate == "PA260"


async def test_no_cards_for_the_printer(migrator: Connection, connection: Connection) -> None:
    await become_sandbox(migrator)
    with pytest.raises(NothingLeavesSandbox):
        await begin_card_run(connection, year=2026, form="paper", actor=FINANCE, now=NOON)
    with pytest.raises(asyncpg.PostgresError) as error:
        await connection.execute(
            """
            INSERT INTO card_run (id, year, form, started_at, started_by, files_until)
            VALUES ($1, 2026, 'paper', $2, $3, $4)
            """,
            *(uuid7(), NOON, OFFICER, NOON + timedelta(days=30)),
        )
    assert error.value.sqlstate == "PA260"


async def test_no_batch_of_letters(migrator: Connection, connection: Connection) -> None:
    await become_sandbox(migrator)
    with pytest.raises(NothingLeavesSandbox):
        await begin_letter_run(connection, year_wanted(2026), house=HOUSE, actor=FINANCE, now=NOON)
    with pytest.raises(asyncpg.PostgresError) as error:
        await connection.execute(
            """
            INSERT INTO letter_run (id, kind, from_day, until_day, large, made_at, made_by, files_until, letters, left_out)
            VALUES ($1, 'reminder', '2026-06-01', '2026-07-01', false, $2, $3, $4, 1, 0)
            """,
            *(uuid7(), NOON, OFFICER, NOON + timedelta(days=30)),
        )
    assert error.value.sqlstate == "PA270"
