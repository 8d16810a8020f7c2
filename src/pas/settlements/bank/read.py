"""Reads a bank file of any of the three kinds, and refuses what is none of them or does not add up."""

from typing import ClassVar

from pas.errors import Refusal
from pas.money import euros
from pas.settlements.bank.camt import MESSAGES, read_camt
from pas.settlements.bank.pain002 import REPORT, read_pain002
from pas.settlements.bank.said import AccountStatement, BankSays
from pas.settlements.bank.xml import BankFileUnreadable, first, read_xml


class StatementDoesNotAddUp(Refusal):
    """De bedragen op dit afschrift kloppen niet met de saldi."""

    next_step: ClassVar[str] = (
        "Haal het hele afschrift opnieuw op. Klopt het weer niet? Bel de bank."
    )


def read_bank_file(content: bytes, municipality: str) -> BankSays:
    """Say what a file says; nothing is looked up and nothing is booked."""
    root = read_xml(content)
    for container in MESSAGES:
        if first(root, container) is not None:
            says = read_camt(root, municipality, container=container)
            break
    else:
        if first(root, REPORT) is None:
            raise BankFileUnreadable("Dit is geen pain.002, camt.053 of camt.054.")
        says = read_pain002(root, municipality)
    if says.message == "statement":
        for one in says.statements:
            refuse_wrong_balance(one)
    return says


def refuse_wrong_balance(statement: AccountStatement) -> None:
    """What was there, with all that was booked, is what is there now."""
    opening, closing = statement.opening_cents, statement.closing_cents
    if opening is None or closing is None:
        raise StatementDoesNotAddUp(f"Afschrift {statement.id} heeft geen begin- of eindsaldo.")
    if opening + statement.booked_cents != closing:
        raise StatementDoesNotAddUp(
            f"Afschrift {statement.id}: {euros(opening)} en boekingen van "
            f"{euros(statement.booked_cents)} maken niet {euros(closing)}."
        )
