"""A month by what happened in it: the transactions of the journal, those of one kind together."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby

import msgspec

from pas.bookkeeping.model import Group, JournalLine
from pas.bookkeeping.words import ACCOUNTS, KINDS
from pas.db import Connection
from pas.money import Cents, euros
from pas.schemes.show import list_schemes


class TransactionShown(msgspec.Struct, frozen=True):
    """A transaction in the table: what for, and from which account to which."""

    number: int
    text: str
    debit: str
    credit: str
    amount: str


class Chapter(msgspec.Struct, frozen=True):
    """All transactions of one kind, and what they come to."""

    title: str
    total: str
    transactions: list[TransactionShown]


def chapters_of(lines: Iterable[JournalLine], titles: Mapping[str, str]) -> list[Chapter]:
    """Put the lines, two for each transaction and in the order of the journal, in chapters."""
    groups = groupby(lines, key=lambda line: line.group.kind)
    return [_chapter(kind, list(some), titles) for kind, some in groups]


def text_of(group: Group, titles: Mapping[str, str]) -> str:
    """Say what a transaction is for, by the name that the scheme has for people."""
    scheme = "" if group.scheme is None else titles.get(group.scheme, group.scheme)
    words = [scheme, "" if group.budget_year is None else str(group.budget_year)]
    return ", ".join(word for word in words if word) or "Alle regelingen"


async def titles_of(connection: Connection, *, on: date) -> dict[str, str]:
    """Give the names of the schemes by their codes."""
    schemes = await list_schemes(connection, on=on)
    return {one.code: one.shown.version.title for one in schemes}


def _chapter(kind: str, lines: list[JournalLine], titles: Mapping[str, str]) -> Chapter:
    return Chapter(
        title=KINDS.get(kind, kind),
        total=euros(Cents(sum(line.debit_cents for line in lines))),
        transactions=[
            _transaction(list(pair), titles)
            for _, pair in groupby(lines, key=lambda line: line.group.number)
        ],
    )


def _transaction(pair: list[JournalLine], titles: Mapping[str, str]) -> TransactionShown:
    debit, credit = pair
    return TransactionShown(
        number=debit.group.number,
        text=text_of(debit.group, titles),
        debit=_side(debit),
        credit=_side(credit),
        amount=euros(debit.group.amount_cents),
    )


def _side(line: JournalLine) -> str:
    return f"{line.mapping.ledger_account}, {ACCOUNTS.get(line.account, line.account)}"
