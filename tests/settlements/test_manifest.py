"""The manifest of a run: always the same bytes, and it leads from each payment to a sealed approval."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from given.days import NOW
from given.merchants import APPROVER, OTHER_IBAN
from given.settlements import (
    FINANCE,
    VELSEN,
    a_proposal,
    a_shop,
    an_account,
    an_approved_run,
    an_exported_run,
    sell,
)
from mutate import without_ddl_guard
from pas.auth.events import read_events
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import SettlementId
from pas.seals.checkpoints import read_checkpoint
from pas.seals.leaves import Kind
from pas.settlements.export import fetch_file
from pas.settlements.manifest import (
    ManifestDiffers,
    ManifestNotFound,
    checkpoint_of,
    fetch_manifest,
    read_manifest_hash,
)
from sealing import seal_all
from signed_in import signed_in


async def manifest_of(connection: Connection, run: SettlementId) -> dict[str, Any]:
    return json.loads(await fetch_manifest(connection, VELSEN, run, now=NOW))


async def test_it_names_each_payment_file_and_position(connection: Connection) -> None:
    pool, club = await a_shop(connection), await a_shop(connection, name="Club")
    await sell(connection, pool, 1_240)
    await sell(connection, club, 300)
    run = await an_exported_run(connection)
    found = await manifest_of(connection, run)
    file = await fetch_file(connection, VELSEN, run, number=1, actor=FINANCE)
    assert found["files"] == [
        {
            "id": "velsen-1-F1",
            "sha256": hashlib.sha256(file).hexdigest(),
            "transactions": 2,
            "totalCents": 1_540,
        }
    ]
    payments = {one["endToEndId"]: one for one in found["payments"]}
    assert {name: one["amountCents"] for name, one in payments.items()} == {
        "velsen-1-1": 300,
        "velsen-1-2": 1_240,
    }
    assert payments["velsen-1-2"]["merchantId"] == str(pool.merchant.id)
    assert (found["transactions"], found["totalCents"]) == (2, 1_540)
    cutoff = await connection.fetchrow("SELECT cutoff_epoch, cutoff_xid FROM settlement_run")
    assert (found["cutoff"]["epoch"], found["cutoff"]["xid"]) == tuple(cutoff or ())


async def test_each_account_leads_to_the_leaf_of_the_event_that_approved_it(
    connection: Connection, ring: KeyRing
) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    run = await an_exported_run(connection)
    await seal_all(connection, ring)
    [payment] = (await manifest_of(connection, run))["payments"]
    approval = payment["approval"]
    sealed = await connection.fetchval(
        "SELECT encode(hash, 'hex') FROM seal_leaf WHERE kind = $1 AND key = uuid_send($2::uuid)",
        *(Kind.EVENT, approval["eventId"]),
    )
    [event, *_] = [
        event
        for event in await read_events(
            connection, subject_kind="payout_account", subject_id=payment["payoutAccountId"]
        )
        if event.kind == "payout_account.approved"
    ]
    assert approval["leafHash"] == sealed
    assert (approval["eventId"], approval["approvedBy"]) == (str(event.id), str(APPROVER.id))
    assert payment["iban"] in (event.content or "")


async def test_it_is_the_same_bytes_when_names_accounts_and_seals_went_on(
    connection: Connection, ring: KeyRing
) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    run = await an_exported_run(connection)
    before = await fetch_manifest(connection, VELSEN, run, now=NOW)
    await connection.execute("UPDATE merchant SET name = 'Nieuwe naam'")
    await an_account(connection, shop.merchant, iban=OTHER_IBAN, at=NOW)
    await seal_all(connection, ring)
    later = NOW + timedelta(days=400)
    assert await fetch_manifest(connection, VELSEN, run, now=later) == before
    assert await read_manifest_hash(connection, run) == hashlib.sha256(before).hexdigest()


async def test_its_hash_is_in_the_event_of_the_export(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await an_exported_run(connection)
    kept = await read_manifest_hash(connection, run)
    [exported] = [
        event
        for event in await read_events(connection, subject_kind="settlement", subject_id=run)
        if event.kind == "settlement.exported"
    ]
    assert kept is not None
    assert f'"manifest":"{kept}"' in (exported.content or "")


async def test_before_the_files_are_made_there_is_none(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await an_approved_run(connection)
    with pytest.raises(ManifestNotFound):
        await fetch_manifest(connection, VELSEN, run, now=NOW)
    assert await read_manifest_hash(connection, run) is None


async def test_the_database_alone_keeps_no_hash_of_what_is_not_with_the_bank(
    connection: Connection,
) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await a_proposal(connection)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            "INSERT INTO settlement_manifest VALUES ($1, $2, now())", run, bytes(32)
        )
    assert refused.value.sqlstate == "PA272"


async def test_a_hash_that_was_kept_is_not_written_over(
    connection: Connection, superuser: Connection
) -> None:
    await sell(connection, await a_shop(connection), 500)
    await an_exported_run(connection)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("UPDATE settlement_manifest SET sha256 = $1", bytes(32))
    for change in ("UPDATE settlement_manifest SET sha256 = ''", "DELETE FROM settlement_manifest"):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await superuser.execute(change)
        assert refused.value.sqlstate == "PA100"


@pytest.mark.tampered
async def test_an_account_that_was_changed_behind_our_back_is_found_and_nothing_given(
    connection: Connection, superuser: Connection
) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await an_exported_run(connection)
    await without_ddl_guard(superuser)
    await superuser.execute("ALTER TABLE payout_account DISABLE TRIGGER ALL")
    await superuser.execute("UPDATE payout_account SET iban = $1", OTHER_IBAN)
    with pytest.raises(ManifestDiffers):
        await fetch_manifest(connection, VELSEN, run, now=NOW)


async def test_a_run_from_before_manifests_were_kept_gets_its_hash_at_the_first_time(
    connection: Connection, superuser: Connection
) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await an_exported_run(connection)
    await without_ddl_guard(superuser)
    await superuser.execute("ALTER TABLE settlement_manifest DISABLE TRIGGER append_only")
    await superuser.execute("DELETE FROM settlement_manifest")
    await superuser.execute("ALTER TABLE settlement_manifest ENABLE ALWAYS TRIGGER append_only")
    made = await fetch_manifest(connection, VELSEN, run, now=NOW)
    assert await read_manifest_hash(connection, run) == hashlib.sha256(made).hexdigest()


async def test_the_note_beside_it_is_the_last_one_over_the_books(
    connection: Connection, ring: KeyRing
) -> None:
    await sell(connection, await a_shop(connection), 500)
    assert await checkpoint_of(connection) is None
    await an_exported_run(connection)
    await seal_all(connection, ring)
    note = await checkpoint_of(connection)
    assert note is not None
    checkpoint, _ = read_checkpoint(note)
    assert checkpoint.size == await connection.fetchval("SELECT count(*) FROM seal_leaf")


async def test_finance_and_the_auditor_fetch_it_and_a_merchant_does_not(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    run = await an_exported_run(connection)
    merchant = await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=shop.merchant.id)
    kept = await read_manifest_hash(connection, run)
    for role in (Role.FINANCE, Role.AUDITOR):
        who = await signed_in(client, connection, role)
        answer = await who.ask(f"settlements/{run}/manifest")
        assert hashlib.sha256(answer.content).hexdigest() == kept
        assert (await who.look(f"settlements/{run}/manifest.json")).content == answer.content
        assert str(kept) in (await who.look(f"settlements/{run}")).text
        assert (await who.ask(f"settlements/{run}/checkpoint")).json()["code"] == "nothing-sealed"
    assert (await merchant.ask(f"settlements/{run}/manifest")).status_code == 403
