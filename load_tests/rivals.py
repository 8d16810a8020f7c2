"""What the ledger is compared with: pgbench, a bare INSERT of the same rows, a lock per request."""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from city import MUNICIPALITY
from machine import usable_cpus
from pas.db import Connection
from pas.embedded.binaries import binary
from server import Server

RIVALS: Final = "rivals"
TPC_B: Final = "tpc_b"
WRITTEN: Final = ("entry", "transfer", "balance", "redemption", "processing_log")
"""By a redemption."""
GRANTED: Final = ("pass", "decision", "scheme_grant", "account", "budget")
"""By a grant, beside entry, transfer and balance."""
CLIENTS: Final = (8, 16, 32, 64)
TPS: Final = re.compile(r"^tps = ([0-9.]+) ", re.MULTILINE)

RAW_INSERT: Final = f"""
    WITH e AS (
        INSERT INTO {RIVALS}.entry (id, kind, refusal, fingerprint, total, reverses, reversal_number,
            replaces, occurred_at, recorded_at, period, actor_kind, actor_id, epoch, xid)
        SELECT i.id, 'redeem', NULL, i.print, i.total, NULL, NULL, NULL, $12, $12, $13, 'till',
            i.till, 1, pg_current_xact_id()::text::bigint
        FROM unnest($1::uuid[], $2::bytea[], $3::bigint[], $4::uuid[]) AS i (id, print, total, till)
    ), t AS (
        INSERT INTO {RIVALS}.transfer (entry_id, line, debit, credit, amount, debit_turn,
            debit_number, credit_number, reversed_line, epoch, xid)
        SELECT l.id, l.line, l.debit, l.credit, l.amount, l.turn, l.turn, NULL, NULL, 1,
            pg_current_xact_id()::text::bigint
        FROM unnest($7::uuid[], $8::smallint[], $9::bigint[], $10::bigint[], $11::bigint[],
            $14::bigint[]) AS l (id, line, debit, credit, amount, turn)
    ), b AS (
        UPDATE {RIVALS}.balance b SET amount = b.amount - d.amount, movements = b.movements + d.n,
            debits = b.debits + d.n
        FROM unnest($15::bigint[], $16::bigint[], $17::bigint[]) AS d (id, amount, n)
        WHERE b.account_id = d.id
    ), r AS (
        INSERT INTO {RIVALS}.redemption (entry_id, till_id, merchant_id, location_id, category,
            price_cents, taken_cents, visits, refusal, sale_id, recorded_at)
        SELECT i.id, i.till, i.merchant, NULL, 'sport', i.total, i.total, 0, NULL, NULL, $12
        FROM unnest($1::uuid[], $3::bigint[], $4::uuid[], $5::uuid[]) AS i (id, total, till, merchant)
    )
    INSERT INTO {RIVALS}.processing_log (subject_id, activity, actor_kind, actor_id, entry_id,
        card_id, trace_id, recorded_at)
    SELECT i.subject, 'redemption', 'till', i.till, i.id, i.card, repeat('0', 32), $12
    FROM unnest($1::uuid[], $4::uuid[], $6::uuid[], $18::uuid[]) AS i (id, till, card, subject)
"""

LOCK_PER_REQUEST: Final = f"""
    CREATE FUNCTION {RIVALS}.pay(entry uuid, account bigint, cents bigint) RETURNS text
    LANGUAGE plpgsql SET search_path = {RIVALS} AS $$
    DECLARE
        had record;
    BEGIN
        SELECT b.amount, b.debits INTO had FROM balance b WHERE b.account_id = account FOR NO KEY UPDATE;
        IF had.amount < cents THEN
            RETURN 'insufficient';
        END IF;
        UPDATE balance SET amount = amount - cents, movements = movements + 1, debits = debits + 1
        WHERE account_id = account;
        INSERT INTO entry (id, kind, fingerprint, total, occurred_at, recorded_at, period, actor_kind, actor_id, epoch, xid)
        VALUES (entry, 'redeem', sha256(uuid_send(entry)), cents, now(), now(), date_trunc('month', now()), 'till', entry, 1,
            pg_current_xact_id()::text::bigint);
        INSERT INTO transfer (entry_id, line, debit, credit, amount, debit_turn, debit_number, epoch, xid)
        VALUES (entry, 1, account, 1, cents, had.debits + 1, had.debits + 1, 1, pg_current_xact_id()::text::bigint);
        INSERT INTO redemption (entry_id, till_id, merchant_id, category, price_cents, taken_cents, recorded_at)
        VALUES (entry, entry, entry, 'sport', cents, cents, now());
        INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, entry_id, card_id, trace_id, recorded_at)
        VALUES (entry, 'redemption', 'till', entry, entry, entry, repeat('0', 32), now());
        RETURN 'booked';
    END $$
"""
PAY: Final = f"SELECT {RIVALS}.pay(gen_random_uuid(), %d, 1);\n"


def make_rivals(server: Server) -> None:
    """Make tables with the same columns, checks and indexes, but without triggers and rules."""
    server.run(_make_tables(server.superuser))


async def _make_tables(connection: Connection) -> None:
    await connection.execute(f"CREATE SCHEMA {RIVALS}")
    for table in (*WRITTEN, *GRANTED):
        await connection.execute(
            f"CREATE TABLE {RIVALS}.{table} (LIKE {MUNICIPALITY}.{table} INCLUDING ALL)"
        )
    await connection.execute(LOCK_PER_REQUEST)


def fill_rivals(server: Server) -> None:
    """Give the bare tables as many rows as ours have, so that their indexes are as deep."""
    for table in WRITTEN:
        server.run(server.superuser.execute(f"TRUNCATE {RIVALS}.{table}"))
        server.run(
            server.superuser.execute(
                f"INSERT INTO {RIVALS}.{table} SELECT * FROM {MUNICIPALITY}.{table}"
            )
        )


def make_tpc_b(server: Server, scale: int) -> None:
    server.run(server.superuser.execute(f"CREATE DATABASE {TPC_B}"))
    pgbench(server, TPC_B, "-i", "-q", "-s", str(scale))


def pgbench(server: Server, database: str, *arguments: str) -> str:
    done = subprocess.run(
        [str(binary("pgbench", server.place.version)), *arguments, database],
        env=server.environment(database),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Pgbench(msgspec.Struct, frozen=True):
    """One kind of transaction, run by pgbench itself, in C, with prepared statements."""

    server: Server
    database: str
    script: str | None = None

    def transactions_per_second(self, clients: int, seconds: float) -> float:
        threads = min(clients, len(usable_cpus()))
        arguments = ["-n", "-M", "prepared", "-c", str(clients), "-j", str(threads)]
        arguments += ["-T", str(max(1, round(seconds)))]
        if self.script is None:
            return _tps(pgbench(self.server, self.database, *arguments))
        descriptor, path = tempfile.mkstemp(suffix=".sql")
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(self.script)
            return _tps(pgbench(self.server, self.database, *arguments, "-f", path))
        finally:
            Path(path).unlink()

    def best_clients(self, seconds: float) -> int:
        """Try a few numbers of clients, so that the rival runs at its best."""
        return max(CLIENTS, key=lambda clients: self.transactions_per_second(clients, seconds))


def _tps(printed: str) -> float:
    found = TPS.search(printed)
    assert found is not None, printed
    return float(found[1])


def tpc_b(server: Server) -> Pgbench:
    return Pgbench(server, TPC_B)


def lock_per_request(server: Server, account: int) -> Pgbench:
    """Everybody pays from one account, one transaction each, under its row lock."""
    return Pgbench(server, server.access.address.database, PAY % account)
