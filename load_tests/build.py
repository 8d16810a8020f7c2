"""Builds the city: schemes, merchants and tills, then residents with passes, by the thousand.

What the ledger holds comes only through its functions, so the books close; what stands beside it
(residents, passes, cards, tills) is copied in.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Final

import msgspec

import city
from pas.db import Connection
from pas.ids import MerchantId, uuid7
from server import Server

AT_ONCE: Final = 1_000
BIRTH: Final = date(1990, 5, 17)
SCHEME: Final = """
    INSERT INTO scheme_version (id, scheme_id, version, status, valid_from, title, categories,
        allowance, amount_cents, spend_at_once, once_per_year, closed_pot, unit, school_types,
        period, run_out_days, stacks_with, excludes, subsidiary, awarded_by, derived_cells,
        retention_years, recorded_by)
    VALUES ($1, $2, 1, 'in_force', $3, $4, ARRAY[$4], 'amount', $5, false, false, false, 'person',
        '{}', 'pass_year', 0, '{}', '{}', false, 'assessment', '{}', 7, $6)
"""


class Table(msgspec.Struct, frozen=True):
    """Rows to copy into a table."""

    name: str
    columns: tuple[str, ...]
    rows: Iterable[Sequence[object]]


async def copy(connection: Connection, table: Table) -> None:
    await connection.copy_records_to_table(
        table.name,
        schema_name=city.MUNICIPALITY,
        columns=table.columns,
        records=[tuple(row) for row in table.rows],
    )


def build_city(server: Server) -> None:
    """Make schemes, merchants and tills."""
    server.run(_schemes(server.superuser))
    server.run(_merchants(server.superuser))


async def _schemes(connection: Connection) -> None:
    for number, category in enumerate(city.CATEGORIES):
        scheme, version = city.scheme(number), city.version(number)
        await connection.execute("INSERT INTO category VALUES ($1, $1)", category)
        await connection.execute("INSERT INTO scheme (id, code) VALUES ($1, $2)", scheme, category)
        await connection.execute(
            SCHEME, version, scheme, city.FIRST_DAY, category, city.BUDGET_CENTS, city.OFFICER
        )
        accounts = [city.made_account("scheme", 5 * number + place) for place in range(5)]
        await connection.execute(
            "SELECT open_appropriation($1, $2, false, false, $3)", scheme, city.YEAR, accounts
        )


async def _merchants(connection: Connection) -> None:
    numbers = range(city.MERCHANTS)
    merchants = ((city.merchant(number), f"Vereniging {number}", "requested") for number in numbers)
    locations = ((city.location(number), city.merchant(number), "Hal") for number in numbers)
    await copy(connection, Table("merchant", ("id", "name", "state"), merchants))
    await copy(connection, Table("location", ("id", "merchant_id", "name"), locations))
    await connection.executemany(
        "SELECT open_merchant_account($1, $2)",
        [(city.merchant(number), city.merchant_account(number)) for number in numbers],
    )
    await connection.execute("UPDATE merchant SET state = 'approved'")
    agreements = (
        (uuid7(), city.merchant(number), category, city.FIRST_DAY, city.OFFICER)
        for number in numbers
        for category in city.CATEGORIES
    )
    columns = ("id", "merchant_id", "category", "valid_from", "recorded_by")
    await copy(connection, Table("agreement", columns, agreements))
    await copy(connection, tills())


def tills() -> Table:
    now = datetime.now(UTC)

    def row(number: int) -> tuple[object, ...]:
        at = city.keeper(number)
        key = city.till_key(number).public_key()
        merchant: MerchantId = city.merchant(at)
        return (
            *(city.till(number), "merchant", merchant, city.location(at), f"Kassa {number}"),
            *("Ed25519", spki(key.public_bytes_raw()), "active", now, now, city.OFFICER),
        )

    columns = (
        *("id", "kind", "merchant_id", "location_id", "name", "algorithm", "public_key", "state"),
        *("state_since", "paired_at", "created_by"),
    )
    return Table("till", columns, map(row, range(city.TILLS)))


def spki(raw: bytes) -> bytes:
    """Put an Ed25519 key in the envelope in which browsers export it (RFC 8410)."""
    return bytes.fromhex("302a300506032b6570032100") + raw


def residents(numbers: range) -> list[Table]:
    """Everything about these residents but their passes, decisions and grants."""
    now = datetime.now(UTC)
    return [
        Table(
            "resident",
            ("id", "person_number"),
            ((city.resident(number), str(number)) for number in numbers),
        ),
        Table(
            "resident_version",
            (
                *("resident_id", "valid_from", "given_name", "family_name", "birth_date"),
                *("household_number", "household_type", "income", "recorded_by"),
            ),
            (
                (
                    *(city.resident(number), city.FIRST_DAY, "Sanne", "de Boer", BIRTH),
                    *(f"H{number}", "alone", 9_500, city.OFFICER),
                )
                for number in numbers
            ),
        ),
        Table(
            "card",
            (
                "id",
                "resident_id",
                "form",
                "token_hash",
                "number_hash",
                "key_id",
                "state",
                "state_since",
            ),
            (
                (
                    *(city.card(number), city.resident(number), "paper"),
                    *(city.token(number).sha256(), city.digest("number", number, 32)),
                    *("bench", "active", now),
                )
                for number in numbers
            ),
        ),
    ]


def add_residents(server: Server, numbers: range) -> None:
    for table in residents(numbers):
        server.run(copy(server.superuser, table))
