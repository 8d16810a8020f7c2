"""Once the link between a person and accounts is gone, the whole database does not give it back."""

import hashlib
from datetime import UTC, date, datetime
from itertools import product

import pytest

from given.assessment import a_member, a_scheme_in_force
from given.logins import an_actor
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.assess import Task, assess_year
from pas.grants.lapse import lapse_year
from pas.ids import MunicipalityName
from pas.ledger.fingerprint import encoded_field
from pas.ledger.prove import prove
from pas.retention.clean_up import clean_up

YEAR = 2022
GRANTED = datetime(YEAR, 6, 1, 12, tzinfo=UTC)
LAPSED = datetime(YEAR + 1, 2, 1, tzinfo=UTC)
TODAY = datetime.now(UTC)
VELSEN = MunicipalityName("velsen")
PEOPLE = 60
BY_CHANCE = 12
"""Of sixty in random order about one is guessed right; as many as this less than once in a billion."""

OF_A_PERSON = (
    *("g.id", "g.ctid", "g.claim_key", "g.resident_id", "g.household_number"),
    *("d.id", "d.ctid", "d.decided_at", "p.id", "p.ctid", "p.created_at", "r.ctid", "r.created_at"),
)
OF_THE_LEDGER = (
    *("e.id", "e.ctid", "e.recorded_at", "e.fingerprint", "t.ctid", "a.id", "a.ctid"),
    *("a.opened_at", "b.ctid", "l.ctid", "l.id"),
)


@pytest.fixture
async def truth(connection: Connection, database: Database) -> dict[int, str]:
    """Whose account is whose, of a year that is long over; only the clock was not yet there."""
    await a_scheme_in_force(connection, valid_from=date(YEAR, 1, 1))
    for number in range(PEOPLE):
        await a_member(connection, f"H{number}", since=date(YEAR, 1, 1))
    task = Task(municipality=VELSEN, year=YEAR, actor=an_actor(Role.OFFICER), now=GRANTED)
    await assess_year(database, task)
    await lapse_year(
        database, Task(municipality=VELSEN, year=YEAR, actor=an_actor(Role.OFFICER), now=LAPSED)
    )
    rows = await connection.fetch(
        "SELECT b.account_id, p.resident_id FROM budget b JOIN pass p ON p.id = b.pass_id"
    )
    return {row["account_id"]: str(row["resident_id"]) for row in rows}


async def test_the_links_of_a_year_go_and_the_books_still_close(
    truth: dict[int, str], connection: Connection, database: Database
) -> None:
    assert len(truth) == PEOPLE
    report = await clean_up(database, VELSEN, now=TODAY)
    assert report.deleted["budget"] == PEOPLE
    assert await connection.fetchval("SELECT count(*) FROM budget") == 0
    assert (await prove(connection, TODAY)).closes


async def test_no_order_of_rows_or_ids_tells_whose_account_it_was(
    truth: dict[int, str], database: Database, superuser: Connection
) -> None:
    await clean_up(database, VELSEN, now=TODAY)
    too_good: list[str] = []
    for of_person, of_ledger in product(OF_A_PERSON, OF_THE_LEDGER):
        people = await superuser.fetch(
            f"""
            SELECT g.resident_id FROM scheme_grant g JOIN decision d ON d.id = g.decision_id
            JOIN resident r ON r.id = g.resident_id
            JOIN pass p ON p.resident_id = r.id AND p.year = g.budget_year
            ORDER BY {of_person}, g.ctid
            """
        )
        accounts = await superuser.fetch(
            f"""
            SELECT a.id FROM account a JOIN transfer t ON t.credit = a.id
            JOIN entry e ON e.id = t.entry_id AND e.kind = 'grant' JOIN balance b ON b.account_id = a.id
            JOIN transfer v ON v.debit = a.id JOIN entry l ON l.id = v.entry_id AND l.kind = 'lapse'
            ORDER BY {of_ledger}, e.ctid
            """
        )
        assert len(people) == len(accounts) == PEOPLE
        for name, guesses in (("", people), (" backwards", people[::-1])):
            right = sum(
                truth[account["id"]] == str(person["resident_id"])
                for person, account in zip(guesses, accounts, strict=True)
            )
            if right >= BY_CHANCE:
                too_good.append(f"{of_person} by {of_ledger}{name}: {right}")
    assert too_good == []


async def test_no_equal_time_or_amount_tells_more_than_the_size_of_the_group(
    truth: dict[int, str], database: Database, superuser: Connection
) -> None:
    await clean_up(database, VELSEN, now=TODAY)
    equal = (
        "e.occurred_at = d.decided_at",
        "e.recorded_at = d.decided_at",
        "a.opened_at = p.created_at",
        "e.xid = d.xmin::text::bigint",
        "a.xid = g.xmin::text::bigint",
        "t.amount = g.amount_cents AND e.occurred_at::date = g.granted_on",
        "a.usable_from::date = g.starts_on",
        "b.usable_until::date = g.ends_on",
    )
    for condition in equal:
        smallest = await superuser.fetchval(
            f"""
            SELECT min(n) FROM (
                SELECT count(DISTINCT g.resident_id) AS n
                FROM account a JOIN transfer t ON t.credit = a.id
                JOIN entry e ON e.id = t.entry_id AND e.kind = 'grant'
                JOIN balance b ON b.account_id = a.id
                JOIN scheme_grant g ON g.scheme_id = a.scheme_id JOIN decision d ON d.id = g.decision_id
                JOIN pass p ON p.resident_id = g.resident_id AND p.year = g.budget_year
                WHERE {condition}
                GROUP BY a.id
            ) each
            """
        )
        assert smallest in {None, PEOPLE}, condition


async def test_no_fingerprint_can_be_tried_with_every_person(
    truth: dict[int, str], database: Database, superuser: Connection
) -> None:
    """The first version of it held the claimant, so that each guess could be checked."""
    await clean_up(database, VELSEN, now=TODAY)
    entries = await superuser.fetch("SELECT id, fingerprint FROM entry WHERE kind = 'grant'")
    grants = await superuser.fetch(
        "SELECT scheme_version_id, claim_key, period_key, amount_cents, visits FROM scheme_grant"
    )
    for entry, grant in product(entries, grants):
        fields = (entry["id"], *grant.values())
        tried = b"pas grant 1\x00" + b"".join(map(encoded_field, fields))
        assert hashlib.sha256(tried).digest() != entry["fingerprint"]
    prints = {
        number: hashlib.sha256(
            f"pas grant {number}\x00".encode() + b"".join(map(encoded_field, fields))
        ).digest()
        for number in (1, 2)
        for fields in [(entries[0]["id"], *(v for k, v in grants[0].items() if k != "claim_key"))]
    }
    assert entries[0]["fingerprint"] == prints[2], "all of the group have the same but for its id"
