"""Files of strangers: nothing outside the file is read, nothing is too large, and nothing wrong is half read."""

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from given.bank import VERSIONS, Habit, Move, a_report, a_statement
from given.bank_world import LINES, WHOLE
from pas.errors import Refusal
from pas.settlements.bank import xml
from pas.settlements.bank.read import read_bank_file
from pas.settlements.bank.said import Ours
from pas.settlements.bank.words import ours_in
from pas.settlements.bank.xml import BankFileUnreadable, read_xml
from pas.settlements.rules import payment_id

GOOD = a_statement(WHOLE)
BODY = GOOD.partition(b"?>")[2]
BOMB = b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Beste bank",
        b"<x/>",
        b"\x00\xff",
        BOMB,
        OUTSIDE,
        b'<!DOCTYPE x SYSTEM "http://localhost/x.dtd"><x/>',
        b"<x>&undefined;</x>",
        GOOD[:-20],
        GOOD.replace(b"21.00", b"21,00"),
        GOOD.replace(b"21.00", b"-21.00"),
        GOOD.replace(b"21.00", b"NaN"),
        GOOD.replace(b"21.00", b"9" * 12),
        GOOD.replace(b"DBIT</CdtDbtInd><Sts", b"BOTH</CdtDbtInd><Sts"),
        GOOD.replace(b"BookgDt", b"Other"),
        GOOD.replace(b'Ccy="EUR"', b'Ccy="EUROS"'),
        a_report(group="ACCP").replace(b"CreDtTm", b"Other"),
    ],
)
def test_what_is_no_whole_bank_file_is_refused(content: bytes) -> None:
    with pytest.raises(BankFileUnreadable):
        read_bank_file(content, "velsen")


@pytest.mark.parametrize(
    "before",
    [
        b'<!DOCTYPE Document [<!ENTITY a "2026"><!ENTITY b "&a;-001">]>',
        b'<!DOCTYPE Document [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
        b"<!DOCTYPE Document>",
    ],
)
def test_a_good_file_with_a_document_type_is_refused(before: bytes) -> None:
    assert read_bank_file(BODY, "velsen")
    for body in (BODY, BODY.replace(b"2026-001", b"&b;")):
        with pytest.raises(BankFileUnreadable, match=r"DOCTYPE|XML"):
            read_bank_file(before + body, "velsen")


def test_many_payments_in_one_entry_are_read_in_seconds() -> None:
    """In proportion: once each payment looked at all others, and ten thousand took hours."""
    lines = [LINES[0]] * 2_000
    content = a_statement(Move(cents=1_000_000, lines=lines, returned="AC04"), habit="bng")
    started = time.monotonic()
    [read] = read_bank_file(content, "velsen").statements
    assert len(read.items) == 2_000
    assert time.monotonic() - started < 12


def test_a_file_has_a_bound_on_bytes_elements_and_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("MOST_BYTES", 100), ("MOST_NODES", 10), ("DEEPEST", 3)):
        with monkeypatch.context() as small:
            small.setattr(xml, name, size)
            with pytest.raises(BankFileUnreadable, match="te groot"):
                read_xml(GOOD)


@given(st.binary(max_size=300), st.integers(0, len(GOOD) - 1))
@settings(max_examples=200, deadline=None)
def test_whatever_is_sent_is_read_or_refused(junk: bytes, place: int) -> None:
    for content in (junk, GOOD[:place] + junk + GOOD[place:]):
        with suppress(Refusal):
            read_bank_file(content, "velsen")


@pytest.mark.parametrize("habit", list(VERSIONS))
@pytest.mark.parametrize("version", ["02", "04", "08"])
def test_every_version_says_the_same(habit: Habit, version: str) -> None:
    moves = (WHOLE, Move(cents=500, credit=True, lines=LINES[:1], returned="AC04"))
    [read] = read_bank_file(a_statement(*moves, habit=habit, version=version), "velsen").statements
    batch, back = read.items
    assert (batch.target, batch.amount_cents, batch.is_return) == (Ours(1, file=1), 2_100, False)
    assert batch.transactions == (None if habit == "abn_amro" else 3)
    assert (back.target, back.kind, back.is_return) == (Ours(1, line=1), "credit", True)
    assert (back.reason, back.other.ibans) == ("AC04", (LINES[0][2],))


@given(
    city=st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True),
    run=st.integers(1, 999_999_999),
    number=st.integers(1, 999_999_999),
    is_file=st.booleans(),
)
def test_an_id_of_ours_is_read_back(city: str, run: int, number: int, *, is_file: bool) -> None:
    said = payment_id(city, run, f"F{number}" if is_file else number)
    wanted = Ours(run, file=number) if is_file else Ours(run, line=number)
    assert ours_in(city, said) == ours_in(city, said.upper()) == wanted
    assert ours_in(f"x{city}", said) is None
