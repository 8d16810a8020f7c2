"""Each constraint of what is written beside an entry refuses a row that breaks it, whoever writes it."""

import asyncpg
import pytest

from mutate import by_hand
from pas.db import Connection

ID = "'00000000-0000-0000-0000-000000000009'"
ANY_ID = "gen_random_uuid()"


def sold(
    id_: str = ANY_ID,
    price: int = 5,
    taken: int = 5,
    visits: int = 0,
    till: str = ID,
    invoice: str = "NULL",
) -> str:
    return (
        "INSERT INTO redemption (entry_id, till_id, invoice_reference, price_cents, taken_cents, visits, recorded_at)"
        f" VALUES ({id_}, {till}, {invoice}, {price}, {taken}, {visits}, now());"
    )


def taken_back(id_: str = ANY_ID, kind: str = "void", cents: int = 5, reason: str = "'mis'") -> str:
    return (
        "INSERT INTO redemption_reversal (entry_id, original_id, kind, amount_cents, reason, recorded_at)"
        f" VALUES ({id_}, {ID}, '{kind}', {cents}, {reason}, now());"
    )


def granted(
    id_: str = ANY_ID,
    resident: str = ANY_ID,
    claim: str = "resident:1",
    cents: int = 5,
    visits: str = "NULL",
    ends_on: str = "2027-01-01",
) -> str:
    return (
        "INSERT INTO scheme_grant (id, decision_id, resident_id, household_number, scheme_id,"
        " scheme_version_id, budget_year, claim_key, period_key, amount_cents, visits, starts_on,"
        f" ends_on, granted_on) VALUES ({id_}, {ID}, {resident}, 'H1', {ID}, {ID}, 2026, '{claim}',"
        f" 'year:2026', {cents}, {visits}, '2026-01-01', '{ends_on}', '2026-01-01');"
    )


def set_aside(
    scheme: str = ANY_ID, account: int = 5, visits: str = "NULL", overspent: int = 0
) -> str:
    return (
        "INSERT INTO appropriation (scheme_id, budget_year, account_id, visits_account_id, closed_pot,"
        f" overspent_cents) VALUES ({scheme}, 2026, {account}, {visits}, false, {overspent});"
    )


def a_cover_line(id_: str = ANY_ID, line: str = "'Rijk'", cents: int = 5) -> str:
    return (
        "INSERT INTO appropriation_line (id, scheme_id, budget_year, cover_line, amount_cents, recorded_by)"
        f" VALUES ({id_}, {ID}, 2026, {line}, {cents}, {ID});"
    )


BROKEN: dict[str, list[str]] = {
    "redemption_pkey": [sold(ID) * 2],
    "redemption_check": [sold(taken=6), sold(taken=-1)],
    "redemption_by_till_or_invoice": [
        sold(till="NULL"),
        sold(invoice="'2026-1'"),
        sold(till="NULL", invoice="''"),
        sold(till="NULL", invoice="repeat('x', 61)"),
    ],
    "redemption_price_cents_check": [sold(price=100_000_001)],
    "redemption_visits_check": [sold(visits=-1)],
    "redemption_reversal_pkey": [taken_back(ID) * 2],
    "redemption_reversal_amount_cents_check": [taken_back(cents=0)],
    "redemption_reversal_kind_check": [taken_back(kind="lapse")],
    "redemption_reversal_reason_check": [
        taken_back(reason="''"),
        taken_back(reason="repeat('x', 301)"),
    ],
    "scheme_grant_pkey": [granted(ID) + granted(ID, claim="resident:2")],
    "granted_once": [granted() * 2],
    "granted_once_to_a_person": [
        granted(resident=ID, claim="resident:1") + granted(resident=ID, claim="household:1"),
    ],
    "scheme_grant_amount_cents_check": [granted(cents=0)],
    "scheme_grant_visits_check": [granted(visits="0")],
    "scheme_grant_check": [granted(ends_on="2026-01-01")],
    "appropriation_pkey": [set_aside(ID) + set_aside(ID, account=6)],
    "appropriation_account_id_key": [set_aside() * 2],
    "appropriation_visits_account_id_key": [
        set_aside(account=5, visits="7") + set_aside(account=6, visits="7"),
    ],
    "appropriation_overspent_cents_check": [set_aside(overspent=-1)],
    "appropriation_line_pkey": [a_cover_line(ID) * 2],
    "appropriation_line_amount_cents_check": [a_cover_line(cents=0)],
    "appropriation_line_cover_line_check": [
        a_cover_line(line="''"),
        a_cover_line(line="repeat('x', 121)"),
    ],
}
INTO = {
    "redemption_reversal": "redemption_reversal",
    "granted": "scheme_grant",
    "scheme": "scheme_grant",
    "appropriation_line": "appropriation_line",
    "appropriation": "appropriation",
    "redemption": "redemption",
}


async def test_every_constraint_of_what_is_written_beside_an_entry_refuses_what_breaks_it(
    superuser: Connection,
) -> None:
    """Even for somebody who took the triggers away."""
    for name, statements in BROKEN.items():
        table = next(table for start, table in INTO.items() if name.startswith(start))
        for statement in statements:
            with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
                await by_hand(superuser, table, statement)
            assert refused.value.constraint_name == name, statement


async def test_every_such_constraint_has_been_tried(connection: Connection) -> None:
    tables = "'{" + ",".join(sorted(set(INTO.values()))) + "}'::regclass[]"
    there = await connection.fetch(
        f"SELECT conname FROM pg_constraint WHERE conrelid = ANY ({tables}) AND contype IN ('c', 'p', 'u')"
        f" UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = ANY ({tables}) AND indisunique"
    )
    assert {name for (name,) in there} == BROKEN.keys()
