"""``pas ledger``: the books, proved to the cent."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
import typer
from rich.table import Table

from pas.app.proving import prove_books as prove_all
from pas.cli.rows import Told, bar
from pas.cli.screen import done, failed, out, say
from pas.db import Statement, role_name
from pas.ids import MunicipalityName
from pas.installation import Access, opened, raise_epoch
from pas.ledger.prove import MerchantEquation, Proof, SchemeEquation
from pas.money import Cents, euros
from pas.settings import read_settings

REFUSED: Final = 1
SHOWN: Final = 20
"""Findings and merchants printed; all of them are in --json."""

app = typer.Typer(no_args_is_help=True, help="The books, proved to the cent.")


class Named(msgspec.Struct, frozen=True):
    id: str
    code: str


READ_NAMES: Final = Statement(
    "SELECT id::text, code FROM scheme UNION ALL SELECT id::text, name FROM merchant", Named
)


@app.callback()
def ledger() -> None:
    """Look at the books of a municipality."""


@app.command(name="prove")
def prove_books(
    municipality: Annotated[str, typer.Argument(help="Whose books; see pas municipality list.")],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="The whole proof, for a program.")
    ] = False,
) -> None:
    """Prove the books: the equation per scheme and year, what is owed, every balance, every wall.

    Exit code 0 when they close, 1 when one cent or one wall is missing; then it says where.

    Example: pas ledger prove velsen
    """
    name = MunicipalityName(municipality)
    with opened(read_settings(), say) as access, bar(f"Proving the books of {name}") as told:
        proof, names = asyncio.run(proved(access, name, told))
    if as_json:
        out.print_json(msgspec.json.encode(proof).decode())
    else:
        show(proof, names)
    if not proof.closes:
        failed(f"The books of {name} do not close.")
        sys.exit(REFUSED)
    done(f"The books of {name} close.")


@app.command(name="raise-epoch")
def raise_the_epoch(
    municipality: Annotated[str, typer.Argument(help="Whose books; see pas municipality list.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept with the epoch.")],
) -> None:
    """Say that the books are on another server now: after a restore, an import or a move.

    Until then pas serve refuses to start there, because new rows could come before old ones. Do it
    once, before the first booking.

    Example: pas ledger raise-epoch velsen --reason "restored from the backup of 1 June"
    """
    with opened(read_settings(), say) as access:
        number = asyncio.run(raise_epoch(access, municipality, reason=reason))
    done(f"The books of {municipality} are in epoch {number}.")


async def proved(
    access: Access, name: MunicipalityName, told: Told
) -> tuple[Proof, dict[str, str]]:
    """Prove as the auditor, who can read and nothing else."""
    connection = await access.address.login(role_name("auditor", name)).connect()
    try:
        proof = await prove_all(connection, datetime.now(UTC), told=told)
        names = {row.id: row.code for row in await READ_NAMES.all(connection)}
    finally:
        await connection.close()
    return proof, names


def show(proof: Proof, names: dict[str, str]) -> None:
    out.print(schemes_table(proof.schemes, names))
    out.print(merchants_table(proof.merchants, names))
    for finding in proof.findings[:SHOWN]:
        failed(f"{finding.check}: {finding.detail}")
    if len(proof.findings) > SHOWN:
        failed(f"… and {len(proof.findings) - SHOWN} more; see --json.")
    for wall in proof.missing_walls:
        failed(f"{wall.wall}: {wall.detail}")
    for warning in proof.warnings:
        say(f"Warning: {warning.wall} ({warning.detail}).")


def schemes_table(equations: list[SchemeEquation], names: dict[str, str]) -> Table:
    """Granted + shortfall = spent - reversed + held + lapsed + open; opening is a part of granted."""
    table = Table(title="granted + shortfall = spent - reversed + held + lapsed + open", box=None)
    taken_over = any(one.opening for one in equations)
    for column in ("scheme", "year"):
        table.add_column(column)
    parts = ("granted", *(("opening",) if taken_over else ()), "shortfall", "spent", "reversed")
    for column in (*parts, "held", "lapsed", "open", "closes"):
        table.add_column(column, justify="right", no_wrap=True)
    for one in equations:
        granted = (one.granted, one.opening) if taken_over else (one.granted,)
        amounts = (*granted, one.shortfall, one.spent, one.reversed, one.held, one.lapsed)
        table.add_row(
            names.get(str(one.scheme_id), str(one.scheme_id)),
            str(one.budget_year),
            *(written(amount, one.unit) for amount in (*amounts, one.open)),
            verdict(one.difference, one.unit),
        )
    return table


def merchants_table(equations: list[MerchantEquation], names: dict[str, str]) -> Table:
    table = Table(
        title="owed = redeemed - reversed + corrected - paid + bounced", box=None, min_width=40
    )
    table.add_column("merchant")
    for column in ("owed", "redeemed", "reversed", "corrected", "paid", "bounced", "closes"):
        table.add_column(column, justify="right", no_wrap=True)
    broken_first = sorted(equations, key=lambda one: (one.difference == 0, -one.owed))
    for one in broken_first[:SHOWN]:
        amounts = (one.owed, one.redeemed, one.reversed, one.corrected, one.paid, one.bounced)
        table.add_row(
            names.get(str(one.merchant_id), str(one.merchant_id)),
            *(written(amount, "cents") for amount in amounts),
            verdict(one.difference, "cents"),
        )
    total = sum(one.owed for one in equations)
    table.add_row(f"{len(equations)} merchants", written(total, "cents"))
    return table


def written(amount: int, unit: str) -> str:
    return euros(Cents(amount)) if unit == "cents" else f"{amount} visits"


def verdict(difference: int, unit: str) -> str:
    return "yes" if difference == 0 else f"NO: {written(difference, unit)}"
