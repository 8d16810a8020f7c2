"""Reads what the books say of the runs that a file of the bank speaks of, with nobody changing them meanwhile."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec

from pas.auth.municipality_settings import read_municipality_settings
from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import SettlementId
from pas.settlements.bank.rules import Act, Books, Heard, LineFact, RunFact
from pas.settlements.bank.said import Message
from pas.settlements.model import SettlementLine
from pas.settlements.pain001 import MOST_TRANSACTIONS
from pas.settlements.stored import read_lines


class RunRow(msgspec.Struct, frozen=True):
    id: SettlementId
    number: int
    payer_iban: str
    approved_at: datetime


class FileRow(msgspec.Struct, frozen=True):
    run_id: SettlementId
    number: int
    transactions: int


class HeardRow(msgspec.Struct, frozen=True):
    run_id: SettlementId
    number: int
    act: Act
    message: Message


class PayerRow(msgspec.Struct, frozen=True):
    payer_iban: str


# In order of their ids, as everything that changes more than one of them.
LOCK_RUNS: Final = Statement(
    """
    SELECT id, number, payer_iban, approved_at FROM settlement_run
    WHERE number = ANY ($1) AND state IN ('exported', 'booked') ORDER BY id FOR NO KEY UPDATE
    """,
    RunRow,
)
READ_FILES: Final = Statement(
    "SELECT run_id, number, transactions FROM settlement_file WHERE run_id = ANY ($1)", FileRow
)
READ_HEARD: Final = Statement(
    "SELECT run_id, number, act, message FROM bank_booking WHERE run_id = ANY ($1)", HeardRow
)
READ_PAYERS: Final = Statement(
    "SELECT DISTINCT payer_iban FROM settlement_run WHERE payer_iban IS NOT NULL", PayerRow
)


class Facts(msgspec.Struct, frozen=True):
    """The books as rules want them, and the lines as they are booked."""

    books: Books
    lines: dict[SettlementId, dict[int, SettlementLine]]


async def lock_facts(connection: Connection, numbers: Collection[int]) -> Facts:
    """Lock runs by their number; those of which the bank has no file are as good as unknown."""
    runs = await LOCK_RUNS.all(connection, sorted(numbers))
    ids = [run.id for run in runs]
    lines = {run.id: await lines_by_number(connection, run.id) for run in runs}
    books = Books(
        runs={
            run.number: RunFact(run.id, run.number, run.payer_iban, day_of(run.approved_at))
            for run in runs
        },
        lines={
            run: {one.number: fact_of(run, one) for one in some.values()}
            for run, some in lines.items()
        },
        files={
            (one.run_id, one.number): numbers_in(one)
            for one in await READ_FILES.all(connection, ids)
        },
        heard={
            Heard(one.run_id, one.number, one.act, one.message)
            for one in await READ_HEARD.all(connection, ids)
        },
    )
    return Facts(books, lines)


async def own_accounts(connection: Connection) -> set[str]:
    """Give the accounts that the municipality pays from, or once paid from."""
    settings = await read_municipality_settings(connection)
    found = {one.payer_iban for one in await READ_PAYERS.all(connection)}
    return found if settings.payer_iban is None else {*found, settings.payer_iban}


async def lines_by_number(
    connection: Connection, run_id: SettlementId
) -> dict[int, SettlementLine]:
    return {one.number: one for one in await read_lines(connection, run_id)}


def fact_of(run: SettlementId, line: SettlementLine) -> LineFact:
    return LineFact(run, line.number, line.state, line.amount_cents, line.iban, line.paid_on)


def numbers_in(file: FileRow) -> range:
    """Lines are numbered from 1 without gaps, and files are cut in that order."""
    start = (file.number - 1) * MOST_TRANSACTIONS + 1
    return range(start, start + file.transactions)
