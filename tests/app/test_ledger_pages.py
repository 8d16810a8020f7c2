"""The books proved on a page and for a program: they close, or it says where they break."""

from uuid import UUID

import httpx
import pytest
from structlog.testing import capture_logs

from given.city import a_budget, a_holder, a_scheme
from mutate import by_hand
from pas.app import proving
from pas.app.gauges import Gauges
from pas.app.proving import queue_proof
from pas.auth.actor import SYSTEM
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import JobId, MunicipalityName
from pas.jobs import Worker, job_kinds, read_job
from signed_in import signed_in


async def test_books_that_close_say_so(client: httpx.AsyncClient, connection: Connection) -> None:
    scheme = await a_scheme(connection)
    await a_budget(connection, scheme, await a_holder(connection), cents=1_240)
    auditor = await signed_in(client, connection, Role.AUDITOR)

    await auditor.send("ledger", {})
    text = (await auditor.look("ledger")).text
    proof = (await auditor.ask("ledger/proof")).json()

    assert "Het klopt op de cent" in text
    assert "€\u00a012,40" in text
    assert proof["closes"] is True
    assert [one["granted"] for one in proof["schemes"]] == [1_240]


async def test_books_with_a_cent_too_many_say_where(
    client: httpx.AsyncClient, connection: Connection, superuser: Connection
) -> None:
    scheme = await a_scheme(connection)
    budget = await a_budget(connection, scheme, await a_holder(connection), cents=1_240)
    change = f"UPDATE balance SET amount = amount + 1 WHERE account_id = {budget.account}"
    await by_hand(superuser, "balance", change)
    auditor = await signed_in(client, connection, Role.AUDITOR)

    await auditor.send("ledger", {})
    text = (await auditor.look("ledger")).text
    proof = (await auditor.ask("ledger/proof")).json()

    assert "Het klopt niet" in text
    assert str(budget.account) in text
    assert proof["closes"] is False


async def test_who_may_not_prove_the_books_is_refused(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    officer = await signed_in(client, connection, Role.OFFICER)
    assert (await officer.look("ledger")).status_code == 403
    assert (await officer.send("ledger", {})).status_code == 403
    assert (await officer.ask("ledger/proof")).status_code == 403


async def test_before_the_first_proof_it_is_said_how_to_get_one(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    auditor = await signed_in(client, connection, Role.AUDITOR)
    answer = await auditor.ask("ledger/proof")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-proved-yet")
    assert "Kijk de boeken nu na" in (await auditor.look("ledger")).text


async def test_a_request_leaves_proving_to_a_job(
    client: httpx.AsyncClient, connection: Connection, database: Database
) -> None:
    auditor = await signed_in(client, connection, Role.AUDITOR)

    answer = await auditor.put("ledger/proofs")
    assert answer.status_code == 202
    assert (await auditor.ask("ledger/proof")).status_code == 404

    await Worker(database, job_kinds()).run_all_due()
    assert (await auditor.ask("ledger/proof")).json()["closes"] is True
    job = await read_job(connection, JobId(UUID(answer.json()["jobId"])))
    assert job.state == "done"


async def test_a_page_does_not_wait_for_books_that_take_long(
    client: httpx.AsyncClient,
    connection: Connection,
    superuser: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(proving, "PATIENCE_MILLISECONDS", 50)
    auditor = await signed_in(client, connection, Role.AUDITOR)

    async with superuser.transaction():
        await superuser.execute("LOCK TABLE transfer")
        await auditor.send("ledger", {})

    assert "De boeken worden nu nagekeken" in (await auditor.look("ledger")).text
    assert await connection.fetchval("SELECT kind FROM job") == proving.KIND


@pytest.mark.usefixtures("almere")
async def test_books_that_do_not_close_raise_an_alarm(
    client: httpx.AsyncClient,
    connection: Connection,
    database: Database,
    superuser: Connection,
    velsen: MunicipalityName,
) -> None:
    await queue_proof(connection, actor=SYSTEM)
    await Worker(database, job_kinds()).run_all_due()
    assert 'pas_ledger_closes{municipality="velsen"} 1.0' in (await client.get("/metrics")).text

    budget = await a_budget(connection, await a_scheme(connection), await a_holder(connection))
    change = f"UPDATE balance SET amount = amount + 1 WHERE account_id = {budget.account}"
    await by_hand(superuser, "balance", change)
    await queue_proof(connection, actor=SYSTEM)
    with capture_logs() as logs:
        await Worker(database, job_kinds()).run_all_due()

    assert ("books-do-not-close", velsen) in [
        (line["event"], line.get("municipality")) for line in logs if line["log_level"] == "error"
    ]
    told = (await Gauges(database).exposition()).decode()
    assert 'pas_ledger_closes{municipality="velsen"} 0.0' in told
    assert 'pas_ledger_closes{municipality="almere"}' not in told
    assert 'pas_ledger_proved_at_seconds{municipality="velsen"}' in told
    assert 'pas_database_deadlocks{municipality="almere"}' in told


@pytest.mark.usefixtures("almere")
async def test_the_oldest_transaction_of_a_municipality_is_watched(
    connection: Connection, database: Database
) -> None:
    async with connection.transaction():
        await connection.execute("SELECT pg_sleep(1.6)")
        told = (await Gauges(database).exposition()).decode()
    assert 'pas_oldest_transaction_seconds{municipality="velsen"} 2.0' in told
    assert 'pas_oldest_transaction_seconds{municipality="almere"} 0.0' in told
