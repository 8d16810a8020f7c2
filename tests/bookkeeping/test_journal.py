"""The journal is the transfers of a month, each once, and balances: in three readings that agree."""

import csv
import io
from collections import Counter
from typing import Any, Final

import asyncpg
import msgspec
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from given.books import ACCOUNTS, FINANCE, PROFILE, closed, ready_to_close, this_month
from given.days import NOW
from given.settlements import FINANCE as PAYER
from given.settlements import (
    Shop,
    a_payer,
    a_shop,
    an_exported_run,
    give_back,
    sell,
)
from pas.bookkeeping.journal import Journal, find_group, read_entries, read_journal
from pas.bookkeeping.journal_file import journal_csv, journal_spreadsheet
from pas.bookkeeping.model import (
    FIELDS,
    AccountMapping,
    Column,
    Group,
    JournalProfile,
    KeptProfile,
)
from pas.bookkeeping.periods import last_day_of, read_period
from pas.bookkeeping.profiles import keep_profile, newest_profile
from pas.bookkeeping.rules import (
    JournalProfileWrong,
    JournalUnmapped,
    balance_of,
    lines_of,
    refuse_wrong,
)
from pas.db import Connection
from pas.ids import EntryId, JournalProfileId
from pas.money import Cents
from pas.settlements.payments import mark_paid

# Everything of the month, by the plainest reading there is.
PLAIN: Final = """
    SELECT e.kind, d.kind, c.kind, coalesce(d.scheme_id, c.scheme_id), sum(t.amount)::bigint, count(*)
    FROM transfer t, entry e, account d, account c
    WHERE e.id = t.entry_id AND d.id = t.debit AND c.id = t.credit AND d.unit <> 'visits'
        AND e.period = date_trunc('month', now() AT TIME ZONE 'Europe/Amsterdam')
    GROUP BY 1, 2, 3, 4
"""


async def journal_now(connection: Connection) -> Journal:
    return await read_journal(connection, await read_period(connection, this_month(), now=NOW))


@pytest.fixture
async def shop(connection: Connection) -> Shop:
    """Sold, given back, paid out: what a month holds."""
    shop = await a_shop(connection)
    await give_back(connection, shop, await sell(connection, shop, 1_240), 240)
    await sell(connection, shop, 5)
    await a_payer(connection)
    run = await an_exported_run(connection)
    await mark_paid(connection, run, paid_on=NOW.date(), actor=PAYER, now=NOW)
    await keep_profile(connection, PROFILE, actor=FINANCE)
    return shop


def cents_in(cell: str) -> int:
    whole, _, rest = cell.partition(",")
    return int(whole) * 100 + int(rest) if cell else 0


async def test_three_readings_of_a_month_agree(connection: Connection, shop: Shop) -> None:
    journal = await journal_now(connection)
    ours = {
        (line.group.kind, line.group.debit, line.group.credit, line.group.scheme_id): (
            line.group.amount_cents,
            line.group.transfers,
        )
        for line in journal.lines
    }
    plain = {tuple(row)[:4]: tuple(row)[4:] for row in await connection.fetch(PLAIN)}
    assert ours == plain
    assert {"grant", "redeem", "refund", "settle", "pay"} <= {key[0] for key in ours}
    rows = list(
        csv.DictReader(io.StringIO(journal_csv(journal).decode("utf-8-sig")), delimiter=";")
    )
    total = sum(amount for amount, _ in plain.values())
    assert sum(cents_in(row["Debet"]) for row in rows) == total
    assert sum(cents_in(row["Credit"]) for row in rows) == total
    assert len(rows) == 2 * len(plain)


async def test_every_transfer_is_in_one_line_and_a_line_leads_to_its_entries(
    connection: Connection, shop: Shop
) -> None:
    period = await read_period(connection, this_month(), now=NOW)
    journal = await read_journal(connection, period)
    seen: Counter[tuple[EntryId, int]] = Counter()
    for number in {line.group.number for line in journal.lines}:
        group = await find_group(connection, period, number)
        entries = await read_entries(connection, period.period, group)
        assert sum(one.amount_cents for one in entries) == group.amount_cents
        assert len(entries) == group.transfers
        seen.update((EntryId(one.entry_id), one.line) for one in entries)
    everything = await connection.fetch(
        "SELECT t.entry_id, t.line FROM transfer t JOIN account a ON a.id = t.debit WHERE a.unit = 'cents'"
    )
    assert seen == Counter(tuple(row) for row in everything)
    assert set(seen.values()) == {1}


async def test_what_a_line_is_made_of_comes_in_pages(connection: Connection, shop: Shop) -> None:
    for _ in range(3):
        await sell(connection, shop, 1)
    period = await read_period(connection, this_month(), now=NOW)
    journal = await read_journal(connection, period)
    [group] = {line.group for line in journal.lines if line.group.kind == "redeem"}
    first = await read_entries(connection, period.period, group, limit=2)
    last = (first[-1].entry_id, first[-1].line)
    rest = await read_entries(connection, period.period, group, after=last)
    assert len(first) + len(rest) == group.transfers
    assert not {one.entry_id for one in first} & {one.entry_id for one in rest}


async def test_a_closed_month_keeps_its_profile_and_gives_the_same_bytes(
    connection: Connection, shop: Shop
) -> None:
    await closed(connection)
    before = journal_csv(await journal_now(connection))
    other = msgspec.structs.replace(
        PROFILE,
        accounts=tuple(msgspec.structs.replace(one, ledger_account="9999") for one in ACCOUNTS),
    )
    await keep_profile(connection, other, actor=FINANCE)
    await sell(connection, shop, 77)
    assert journal_csv(await journal_now(connection)) == before
    assert b"9999" not in before


async def test_visits_are_no_money_and_stand_in_no_journal(connection: Connection) -> None:
    shop = await a_shop(connection)
    await ready_to_close(connection)
    kinds = {line.account for line in (await journal_now(connection)).lines}
    assert "used" not in kinds
    assert shop


def a_journal(*groups: Group, profile: JournalProfile = PROFILE) -> Journal:
    kept = KeptProfile(JournalProfileId(FINANCE.id), 1, profile, None)
    lines = lines_of(groups, profile)
    return Journal(period=this_month(), is_frozen=False, profile=kept, lines=lines)


def a_group(number: int = 1, **changes: object) -> Group:
    group = Group(number, "redeem", "budget", "merchant", None, "sport_kind", 2026, 3, Cents(1_240))
    return msgspec.structs.replace(group, **changes)


GROUPS = st.lists(
    st.builds(
        Group,
        number=st.integers(1, 9999),
        kind=st.sampled_from(("redeem", "grant", "pay", "nieuw")),
        debit=st.sampled_from([one.account for one in ACCOUNTS]),
        credit=st.sampled_from([one.account for one in ACCOUNTS]),
        scheme_id=st.none(),
        scheme=st.none() | st.sampled_from(("sport_kind", "zwem")),
        budget_year=st.none() | st.integers(2020, 2030),
        transfers=st.integers(1, 10**9),
        amount_cents=st.integers(1, 10**14).map(Cents),
    ),
    max_size=30,
)
PROFILES = st.fixed_dictionaries(
    {
        "separator": st.sampled_from((";", ",", "\t", "|")),
        "decimal": st.sampled_from((",", ".")),
        "dates": st.sampled_from(("dd-mm-yyyy", "yyyy-mm-dd", "yyyymmdd")),
        "encoding": st.sampled_from(("utf-8-bom", "utf-8", "windows-1252")),
        "header": st.booleans(),
        "columns": st.just(tuple(Column(field, f"{field}; é") for field in FIELDS)),
    }
).map(lambda changes: msgspec.structs.replace(PROFILE, **changes))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(groups=GROUPS, profile=PROFILES)
def test_any_journal_balances_and_is_read_back_to_the_cent_whatever_the_profile(
    groups: list[Group], profile: JournalProfile
) -> None:
    journal = a_journal(*groups, profile=profile)
    total = sum(group.amount_cents for group in groups)
    assert balance_of(journal.lines) == 0
    decode = {"utf-8-bom": "utf-8-sig", "utf-8": "utf-8", "windows-1252": "cp1252"}
    text = journal_csv(journal).decode(decode[profile.encoding])
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=profile.separator))
    if profile.header:
        assert rows.pop(0) == [f"{field}; é" for field in FIELDS]
    places = {field: place for place, field in enumerate(FIELDS)}
    for side in ("debit", "credit"):
        cells = [row[places[side]].replace(profile.decimal, ",") for row in rows]
        assert sum(map(cents_in, cells)) == total
    assert sum(int(row[places["transfers"]]) for row in rows) == 2 * sum(
        group.transfers for group in groups
    )
    assert {row[places["side"]] for row in rows} <= {"D", "C"}


def rows_in(spreadsheet: bytes) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(spreadsheet)).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


@settings(max_examples=25, deadline=None)
@given(groups=GROUPS)
def test_the_spreadsheet_is_read_back_to_the_cent_by_another_library(groups: list[Group]) -> None:
    journal = a_journal(*groups)
    made = journal_spreadsheet(journal)
    assert made == journal_spreadsheet(journal)
    [header, *rows] = rows_in(made)
    assert header == tuple(column.header for column in PROFILE.columns)
    places = {name: place for place, name in enumerate(header)}
    total = sum(group.amount_cents for group in groups)
    for side in ("Debet", "Credit"):
        assert sum(round((row[places[side]] or 0) * 100) for row in rows) == total
    assert {row[places["Datum"]].date() for row in rows} <= {last_day_of(this_month())}


def test_the_default_file_is_what_a_dutch_administration_opens() -> None:
    text = journal_csv(a_journal(a_group())).decode("utf-8")
    header, debit, credit, _ = text.split("\r\n")
    assert header.startswith("\ufeffDatum;Periode;Dagboek;Boekstuk;Regel;Grootboekrekening;")
    last = f"{last_day_of(this_month()):%d-%m-%Y}"
    assert debit.startswith(f"{last};{this_month():%Y-%m};PAS;")
    assert debit.endswith(";1002;K6;6.3;4.2.1;besteed sport_kind 2026;12,40;")
    assert credit.endswith(";1004;K6;6.3;4.2.1;besteed sport_kind 2026;;12,40")


def test_one_amount_has_a_sign_and_beside_its_side_it_has_none() -> None:
    columns = (Column("ledger_account", "R"), Column("amount", "B"))
    signed = msgspec.structs.replace(PROFILE, columns=columns)
    assert journal_csv(a_journal(a_group(), profile=signed)).decode("utf-8-sig") == (
        "R;B\r\n1002;12,40\r\n1004;-12,40\r\n"
    )
    sided = msgspec.structs.replace(PROFILE, columns=(*columns, Column("side", "DC")))
    assert journal_csv(a_journal(a_group(), profile=sided)).decode("utf-8-sig") == (
        "R;B;DC\r\n1002;12,40;D\r\n1004;12,40;C\r\n"
    )


def test_a_header_that_a_spreadsheet_would_run_is_made_harmless() -> None:
    columns = (Column("ledger_account", "=R"), Column("amount", "@B"))
    profile = msgspec.structs.replace(PROFILE, columns=columns)
    assert journal_csv(a_journal(profile=profile)).decode("utf-8-sig") == "'=R;'@B\r\n"


def test_a_scheme_goes_before_all_others_and_what_is_missing_is_named() -> None:
    own = AccountMapping(
        account="budget", scheme="sport_kind", ledger_account="4000", category="4.1.1"
    )
    profile = msgspec.structs.replace(PROFILE, accounts=(*ACCOUNTS, own))
    debit, credit = lines_of([a_group()], profile)
    assert (debit.mapping, credit.mapping.ledger_account) == (own, "1004")
    other, _ = lines_of([a_group(scheme="zwem")], profile)
    assert other.mapping.ledger_account == "1002"
    less = msgspec.structs.replace(PROFILE, accounts=(own,))
    with pytest.raises(JournalUnmapped) as refused:
        lines_of([a_group(), a_group(2, scheme="zwem")], less)
    assert refused.value.detail == (
        "Kies een grootboekrekening voor: tegoed van pashouders (budget) van regeling zwem, "
        "te betalen aan aanbieders (merchant) van regeling sport_kind, "
        "te betalen aan aanbieders (merchant) van regeling zwem."
    )


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"columns": (Column("amount", "B"),)}, "ledger_account ontbreekt"),
        ({"columns": (Column("ledger_account", "R"),)}, "kolommen debit en credit"),
        ({"columns": (Column("ledger_account", "R"), Column("debit", "D"))}, "debit en credit"),
        ({"columns": (Column("ledger_account", "R"), Column("amount", "R"))}, "een eigen naam"),
        ({"columns": (Column("ledger_account", "R\n"), Column("amount", "B"))}, "onleesbaar"),
        ({"separator": ",", "decimal": ","}, "hetzelfde"),
        (
            {
                "encoding": "windows-1252",
                "columns": (Column("ledger_account", "Ł"), Column("amount", "B")),
            },
            "Ł kan niet",
        ),
        ({"accounts": (*ACCOUNTS, ACCOUNTS[0])}, "cover staat er dubbel"),
        (
            {"accounts": (AccountMapping(account="budget", scheme="weg", ledger_account="1"),)},
            "regeling weg is er niet",
        ),
    ],
)
def test_a_profile_that_cannot_be_is_refused_with_what_is_wrong(
    changes: dict[str, object], because: str
) -> None:
    with pytest.raises(JournalProfileWrong, match=because):
        refuse_wrong(msgspec.structs.replace(PROFILE, **changes), schemes={"sport_kind"})


async def test_versions_of_a_profile_stay_and_the_same_one_again_is_none(
    connection: Connection,
) -> None:
    first = await keep_profile(connection, PROFILE, actor=FINANCE)
    assert await keep_profile(connection, PROFILE, actor=FINANCE) == first
    other = msgspec.structs.replace(PROFILE, separator="|")
    second = await keep_profile(connection, other, actor=FINANCE)
    assert (second.number, await newest_profile(connection)) == (2, second)
    assert await connection.fetchval("SELECT count(*) FROM journal_profile") == 2
    content = await connection.fetchval(
        "SELECT content FROM event_content ORDER BY event_id DESC LIMIT 1"
    )
    assert '+  \\"separator\\": \\"|\\",' in content
    with pytest.raises(asyncpg.PostgresError):
        await connection.execute("UPDATE journal_profile SET number = 9")


def test_a_letter_that_windows_1252_lacks_becomes_the_one_under_its_accents() -> None:
    profile = msgspec.structs.replace(PROFILE, encoding="windows-1252")
    journal = a_journal(a_group(kind="řé€日"), profile=profile)
    assert "ré€? sport_kind".encode("cp1252") in journal_csv(journal)
