"""The file for the bank: valid, complete, and the same bytes for ever."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pyiso20022.pain.pain_001_001_09 import Document
from xsdata.formats.dataclass.parsers import XmlParser

from given.days import NOW, TODAY
from given.merchants import IBAN, OTHER_IBAN
from given.settlements import (
    FINANCE,
    VELSEN,
    a_proposal,
    a_setting,
    a_shop,
    an_approved_run,
    an_exported_run,
    sell,
)
from mutate import without_ddl_guard
from pas.auth.events import read_events
from pas.db import Connection
from pas.money import Cents
from pas.settlements import pain001
from pas.settlements.characters import ALLOWED
from pas.settlements.export import (
    BankFileDiffers,
    BankFileNotFound,
    PaymentDayPassed,
    export_settlement,
    fetch_file,
)
from pas.settlements.model import MOST_OF_A_PAYMENT
from pas.settlements.pain001 import NAMESPACE, Order, Payment, Totals, read_totals, schema, written
from pas.settlements.rules import SettlementInOtherState
from pas.settlements.stored import read_run

AMOUNTS = st.integers(1, MOST_OF_A_PAYMENT)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)
PAYMENTS = st.lists(
    st.tuples(AMOUNTS, TEXTS, st.sampled_from([IBAN, OTHER_IBAN])), min_size=1, max_size=20
)


def an_order(payments: list[tuple[int, str, str]], payer: str = "Gemeente Velsen") -> Order:
    return Order(
        id="velsen-1-F1",
        created_at=datetime(2026, 11, 23, 13, 30, tzinfo=UTC),
        pays_on=date(2026, 11, 24),
        payer_name=payer,
        payer_iban=IBAN,
        payments=[
            Payment(f"velsen-1-{number}", Cents(cents), name, iban, f"Uitbetaling aan {name}")
            for number, (cents, name, iban) in enumerate(payments, start=1)
        ],
    )


def texts(content: bytes, name: str) -> list[str]:
    return [one.text or "" for one in etree.fromstring(content).iter(f"{{{NAMESPACE}}}{name}")]


@given(PAYMENTS, TEXTS)
@settings(max_examples=60, deadline=None)
def test_any_names_and_amounts_make_a_valid_file_of_the_same_total(
    payments: list[tuple[int, str, str]], payer: str
) -> None:
    content = written(an_order(payments, payer))
    schema().assertValid(etree.fromstring(content))
    total = sum(cents for cents, _, _ in payments)
    assert read_totals(content) == Totals(len(payments), Cents(total))
    group, [batch] = theirs(content)
    transfers = batch.cdt_trf_tx_inf
    assert sum(cents_of(text) for text in amounts_of(transfers)) == total
    assert cents_of(str(group.ctrl_sum)) == total
    assert [group.nb_of_txs, batch.nb_of_txs] == [str(len(payments))] * 2
    for name in texts(content, "Nm") + texts(content, "Ustrd"):
        assert all(ALLOWED.fullmatch(one) for one in name)


def theirs(content: bytes):  # noqa: ANN201 (generated classes of another library)
    """The same file as another library reads it."""
    found = XmlParser().from_bytes(content, Document).cstmr_cdt_trf_initn
    return found.grp_hdr, found.pmt_inf


def amounts_of(transfers) -> list[str]:  # noqa: ANN001 (generated classes of another library)
    return [str(one.amt.instd_amt.value) for one in transfers]


def cents_of(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0"))


def test_names_and_texts_are_cut_to_what_a_bank_takes() -> None:
    content = written(an_order([(1, "x" * 70, IBAN)], payer="y" * 70))
    assert {len(name) for name in texts(content, "Nm")} == {70}
    assert max(map(len, texts(content, "Ustrd"))) <= 140


def test_a_file_of_ours_has_no_entities_and_reads_none() -> None:
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
        + written(an_order([(1, "x", IBAN)])).partition(b"?>")[2]
    )
    hidden = bomb.replace(b"<Nm>x</Nm>", b"<Nm>&a;</Nm>")
    with pytest.raises((etree.XMLSyntaxError, AssertionError)):
        read_totals(hidden)


async def test_the_file_is_the_same_bytes_each_time(connection: Connection) -> None:
    await sell(connection, await a_shop(connection, holder="Café Zoë & Zn."), 1_240)
    run = await an_exported_run(connection)
    first = await fetch_file(connection, VELSEN, run, number=1, actor=FINANCE)
    await connection.execute("UPDATE merchant SET name = 'Anders', state = 'suspended'")
    await a_setting(connection, "payer_name", "Gemeente Elders")
    second = await fetch_file(connection, VELSEN, run, number=1, actor=FINANCE)
    [file] = await export_settlement(connection, VELSEN, run, actor=FINANCE, now=NOW)
    assert first == second
    assert file.sha256 == hashlib.sha256(first).hexdigest()
    assert texts(first, "Nm") == ["Gemeente Velsen", "Gemeente Velsen", "Cafe Zoe + Zn."]
    assert texts(first, "EndToEndId") == ["velsen-1-1"]
    assert texts(first, "InstdAmt") == ["12.40"]


@pytest.mark.tampered
async def test_a_file_that_would_be_another_one_is_not_given(
    connection: Connection, superuser: Connection
) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await an_exported_run(connection)
    await without_ddl_guard(superuser)
    await superuser.execute("ALTER TABLE payout_account DISABLE TRIGGER refuse_second_verdict")
    await superuser.execute("UPDATE payout_account SET iban = $1", OTHER_IBAN)
    with pytest.raises(BankFileDiffers):
        await fetch_file(connection, VELSEN, run, number=1, actor=FINANCE)


async def test_above_ten_thousand_payments_there_are_more_files(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("A", "B", "C"):
        await sell(connection, await a_shop(connection, name=name), 500)
    monkeypatch.setattr("pas.settlements.export.MOST_TRANSACTIONS", 2)
    run = await an_approved_run(connection)
    files = await export_settlement(connection, VELSEN, run, actor=FINANCE, now=NOW)
    assert [(one.number, one.transactions, one.total_cents) for one in files] == [
        (1, 2, 1_000),
        (2, 1, 500),
    ]
    second = await fetch_file(connection, VELSEN, run, number=2, actor=FINANCE)
    assert texts(second, "EndToEndId") == ["velsen-1-3"]
    assert pain001.MOST_TRANSACTIONS == 10_000


async def test_only_what_was_approved_is_exported(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await a_proposal(connection)
    with pytest.raises(SettlementInOtherState):
        await export_settlement(connection, VELSEN, run, actor=FINANCE, now=NOW)
    with pytest.raises(BankFileNotFound):
        await fetch_file(connection, VELSEN, run, number=1, actor=FINANCE)


async def test_a_day_that_passed_is_not_sent_to_a_bank(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await an_approved_run(connection)
    pays_on = (await read_run(connection, run)).pays_on
    assert pays_on is not None
    late = NOW + timedelta(days=(pays_on - TODAY).days + 1)
    with pytest.raises(PaymentDayPassed):
        await export_settlement(connection, VELSEN, run, actor=FINANCE, now=late)
    on_the_day = late - timedelta(days=1)
    await export_settlement(connection, VELSEN, run, actor=FINANCE, now=on_the_day)
    assert len(await export_settlement(connection, VELSEN, run, actor=FINANCE, now=late)) == 1


async def test_making_and_fetching_a_file_are_events(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await an_exported_run(connection)
    await fetch_file(connection, VELSEN, run, number=1, actor=FINANCE)
    events = await read_events(connection, subject_kind="settlement", subject_id=run)
    assert [one.kind.partition(".")[2] for one in events] == [
        "fetched",
        "exported",
        "approved",
        "proposed",
    ]


async def test_the_program_itself_never_rewrites_a_file_or_a_line(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    await an_exported_run(connection)
    for statement in (
        "UPDATE settlement_file SET sha256 = sha256",
        "DELETE FROM settlement_file",
        "UPDATE settlement_line SET amount_cents = 1",
        "DELETE FROM settlement_line",
        "UPDATE settlement_run SET approved_by = id",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
