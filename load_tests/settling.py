"""Settles everything that was sold, by the program's own steps, against the bare question in plain SQL.

In a process of its own, as a command would do it, so that its memory is that of settling alone. All
rounds but the last are rolled back: a run pays once, and the next would have nothing to pay.
"""

import asyncio
import hashlib
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

import city
from build import Table, copy
from clients import in_a_worker
from gates import Results
from machine import resident_megabytes
from pas.auth.actor import Actor
from pas.db import Address, Connection, role_name
from pas.ids import uuid7
from pas.ledger.position import READ_HORIZON
from pas.settlements.approve import approve_settlement
from pas.settlements.export import all_files, export_settlement
from pas.settlements.propose import propose_settlement
from pas.settlements.stored import read_lines, read_run
from server import Server

IBAN: Final = "NL91ABNA0417164300"
FINANCE: Final = Actor(kind="login", id=city.made_id("login", 1))
SECOND: Final = Actor(kind="login", id=city.made_id("login", 2))
BARE: Final = """
    SELECT m.id, sum(m.amount)::bigint FROM (
        SELECT a.id, t.amount FROM transfer t JOIN account a ON a.id = t.credit
        WHERE a.kind IN ('merchant', 'payee') AND (t.epoch < $1 OR t.epoch = $1 AND t.xid < $2)
        UNION ALL
        SELECT a.id, -t.amount FROM transfer t JOIN account a ON a.id = t.debit
        WHERE a.kind IN ('merchant', 'payee') AND (t.epoch < $1 OR t.epoch = $1 AND t.xid < $2)
    ) m GROUP BY 1
"""
"""What is owed to each merchant up to the cut-off: the question itself, answered and not written down."""


class Settled(msgspec.Struct, frozen=True):
    """Seconds of each step of a round, and what it paid."""

    bare: float
    proposing: float
    approving: float
    exporting: float
    lines: int
    peak_megabytes: float


class Order(msgspec.Struct, frozen=True):
    address: Address
    rounds: int


def prepare_payouts(server: Server) -> None:
    """Give each merchant an account past its cooling period, and the municipality its own."""
    server.run(_prepare(server.superuser))


def settle_rounds(
    server: Server, results: Results, *, rounds: int, say: Callable[[str], None]
) -> None:
    """Measure so many times; the last one is for good."""
    with in_a_worker() as worker:
        order = Order(server.access.address, rounds)
        for one in worker.submit(settle_all, order).result():
            results.gate("settle", (one.proposing + one.approving) / one.bare)
            results.figure("what is owed, bare aggregate: s", one.bare)
            results.figure("proposing a run: s", one.proposing)
            results.figure("approving it: s", one.approving)
            results.figure("its bank file, written, read back and validated: s", one.exporting)
            results.figure("payments in the run", one.lines)
            results.gate("settle_memory", one.peak_megabytes)
            say(f"settled {one.lines:,} merchants in {one.proposing + one.approving:.2f} s")


def settle_all(order: Order) -> list[Settled]:
    return asyncio.run(_settle_all(order))


async def _prepare(connection: Connection) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=30)
    accounts = (
        (
            *(uuid7(), city.merchant(number), IBAN, f"Vereniging {number}"),
            *(long_ago, FINANCE.id, long_ago, SECOND.id, long_ago),
        )
        for number in range(city.MERCHANTS)
    )
    columns = (
        *("id", "merchant_id", "iban", "holder"),
        *("proposed_at", "proposed_by", "approved_at", "approved_by", "usable_from"),
    )
    await copy(connection, Table("payout_account", columns, accounts))
    for key, value in (("payer_name", '"Gemeente Velsen"'), ("payer_iban", f'"{IBAN}"')):
        await connection.execute(
            "INSERT INTO setting (id, key, value, recorded_by) VALUES ($1, $2, $3, $1)",
            *(uuid7(), key, value),
        )


async def _settle_all(order: Order) -> list[Settled]:
    login = order.address.login(role_name("app", city.MUNICIPALITY))
    connection = await login.connect()
    rounds = [await _round(connection, keep=False) for _ in range(order.rounds - 1)]
    rounds.append(await _round(connection, keep=True))
    await connection.close()
    return rounds


async def _round(connection: Connection, *, keep: bool) -> Settled:
    now = datetime.now(UTC)
    cutoff = await READ_HORIZON.one(connection)
    began = time.perf_counter()
    await connection.fetch(BARE, cutoff.epoch, cutoff.xid)
    bare = time.perf_counter() - began
    transaction = connection.transaction()
    if not keep:
        await transaction.start()
    began = time.perf_counter()
    run = (await propose_settlement(connection, actor=FINANCE, now=now)).id
    proposed = time.perf_counter()
    await approve_settlement(connection, run, actor=SECOND, now=now)
    approved = time.perf_counter()
    files = await export_settlement(connection, city.MUNICIPALITY, run, actor=FINANCE, now=now)
    exported = time.perf_counter()
    lines = await read_lines(connection, run)
    made = all_files(city.MUNICIPALITY, await read_run(connection, run), lines)
    assert [hashlib.sha256(one.content).hexdigest() for one in made] == [
        file.sha256 for file in files
    ], "the same bytes"
    if not keep:
        await transaction.rollback()
    return Settled(
        bare=bare,
        proposing=proposed - began,
        approving=approved - proposed,
        exporting=exported - approved,
        lines=len(lines),
        peak_megabytes=resident_megabytes(os.getpid())[1],
    )
