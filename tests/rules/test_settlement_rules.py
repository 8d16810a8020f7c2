"""What is paid and what is left, when a proposal is due, when the bank pays, and how things are named."""

import itertools
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pas.ids import AccountId, LoginId, MerchantId, PayoutAccountId
from pas.merchants.model import PayeeCheck, PayoutAccount
from pas.money import Cents, comma_euros, point_euros
from pas.settlements.characters import ALLOWED, sepa_text
from pas.settlements.model import MOST_OF_A_PAYMENT, Owed
from pas.settlements.rules import (
    OwnSettlement,
    Paid,
    PayoutAccountChanged,
    SettlementInOtherState,
    decide,
    easter_of,
    is_due,
    next_banking_day,
    payment_id,
    refuse_changed_accounts,
    refuse_own_settlement,
    refuse_state,
)

CLUB = MerchantId(UUID(int=100))
SOMEBODY = LoginId(UUID(int=1))
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def owed(redeemed: int, reversed_: int = 0, returned: int = 0) -> Owed:
    return Owed(
        account_id=AccountId(1),
        merchant_id=CLUB,
        from_epoch=0,
        from_xid=0,
        redeemed_cents=Cents(redeemed),
        reversed_cents=Cents(reversed_),
        returned_cents=Cents(returned),
    )


def an_account(check: PayeeCheck = "match") -> PayoutAccount:
    return PayoutAccount(
        id=PayoutAccountId(uuid4()),
        merchant_id=CLUB,
        iban="NL91ABNA0417164300",
        holder="Club",
        payee_check=check,
        proposed_at=LONG_AGO,
        proposed_by=SOMEBODY,
        approved_at=LONG_AGO,
        approved_by=SOMEBODY,
        rejected_at=None,
        rejected_by=None,
        rejected_because=None,
        usable_from=LONG_AGO,
    )


@pytest.mark.parametrize(
    ("one", "account", "reason"),
    [
        (owed(100), an_account(), None),
        (owed(99), an_account(), "below_minimum"),
        (owed(150, 51), an_account(), "below_minimum"),
        (owed(0, 0, 100), an_account("close_match"), None),
        (owed(100), None, "no_account"),
        (owed(100), an_account("no_match"), "other_name"),
        (owed(50, 100), None, "negative"),
        (owed(MOST_OF_A_PAYMENT), an_account(), None),
        (owed(MOST_OF_A_PAYMENT + 1), an_account(), "above_maximum"),
    ],
)
def test_why_an_amount_is_paid_or_left(
    one: Owed, account: PayoutAccount | None, reason: str | None
) -> None:
    accounts = {} if account is None else {CLUB: account}
    payable, left = decide([one], accounts, minimum_cents=Cents(100))
    assert [each.reason for each in left] == ([] if reason is None else [reason])
    assert len(payable) == (reason is None)


def test_what_comes_to_nothing_is_in_no_list() -> None:
    assert decide([owed(100, 100)], {}, minimum_cents=Cents(0)) == ([], [])


def test_a_line_goes_to_the_account_that_stood_in_the_proposal() -> None:
    account = an_account()
    line = Paid("Club", CLUB, account.id)
    refuse_changed_accounts([line], {CLUB: account})
    for other in ({}, {CLUB: an_account()}):
        with pytest.raises(PayoutAccountChanged, match="Club"):
            refuse_changed_accounts([line], other)


def test_who_proposes_does_not_approve_and_a_run_goes_one_way() -> None:
    with pytest.raises(OwnSettlement):
        refuse_own_settlement(SOMEBODY, SOMEBODY)
    refuse_state("approved", "proposed", "approved")
    with pytest.raises(SettlementInOtherState, match="ingetrokken"):
        refuse_state("withdrawn", "proposed")


@pytest.mark.parametrize(
    ("rhythm", "on", "today", "last", "due"),
    [
        ("none", 1, date(2026, 11, 23), None, False),
        ("weekly", 1, date(2026, 11, 23), None, True),
        ("weekly", 1, date(2026, 11, 24), None, False),
        ("weekly", 1, date(2026, 11, 23), date(2026, 11, 16), True),
        ("weekly", 1, date(2026, 11, 25), date(2026, 11, 16), True),
        ("weekly", 1, date(2026, 11, 25), date(2026, 11, 23), False),
        ("weekly", 7, date(2026, 11, 28), date(2026, 11, 22), False),
        ("monthly", 28, date(2026, 3, 1), date(2026, 1, 28), True),
        ("monthly", 28, date(2026, 3, 1), date(2026, 2, 28), False),
        ("monthly", 1, date(2027, 1, 1), date(2026, 12, 1), True),
        ("monthly", 5, date(2027, 1, 4), date(2026, 12, 5), False),
    ],
)
def test_a_proposal_is_due_once_for_each_day_that_was_chosen(
    rhythm: str, on: int, today: date, last: date | None, *, due: bool
) -> None:
    assert is_due(rhythm, on, today=today, last=last) is due  # pyright: ignore[reportArgumentType] (the words of the setting)


@given(
    st.sampled_from(["weekly", "monthly"]),
    st.integers(1, 7),
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)
def test_whoever_looks_each_day_proposes_in_every_week_or_month(
    rhythm: str, on: int, start: date
) -> None:
    last, made = start, list[date]()
    for number in range(1, 63):
        today = start + timedelta(days=number)
        if is_due(rhythm, on, today=today, last=last):  # pyright: ignore[reportArgumentType] (the words of the setting)
            last = today
            made.append(today)
    gaps = [(later - earlier).days for earlier, later in itertools.pairwise(made)]
    assert set(gaps) <= ({7} if rhythm == "weekly" else {28, 29, 30, 31})
    assert len(made) >= (8 if rhythm == "weekly" else 2)


@pytest.mark.parametrize(
    ("day", "pays_on"),
    [
        (date(2026, 11, 23), date(2026, 11, 24)),
        (date(2026, 11, 27), date(2026, 11, 30)),
        (date(2026, 4, 2), date(2026, 4, 7)),
        (date(2026, 4, 30), date(2026, 5, 4)),
        (date(2026, 12, 24), date(2026, 12, 28)),
        (date(2026, 12, 31), date(2027, 1, 4)),
        (date(2028, 2, 28), date(2028, 2, 29)),
    ],
)
def test_the_bank_pays_on_the_next_day_that_banks_are_open(day: date, pays_on: date) -> None:
    assert next_banking_day(day) == pays_on


@pytest.mark.parametrize(
    "day",
    [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25)],
)
def test_easter_falls_on_its_sunday(day: date) -> None:
    assert easter_of(day.year) == day


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.integers(1, 140))
def test_any_text_becomes_one_that_every_bank_takes(text: str, most: int) -> None:
    made = sepa_text(text, most=most, otherwise="x")
    assert 1 <= len(made) <= most
    assert all(ALLOWED.fullmatch(one) for one in made)
    assert made == made.strip("/ ")
    assert "//" not in made


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Café Zoë & Zn.", "Cafe Zoe + Zn."),
        ("Œuvre Straße Ørsted Łódź", "OEuvre Strasse Orsted Lodz"),
        ("St. Jan’s “Bad”", "St. Jan's 'Bad'"),
        ("//club//a/", "club/a"),
        ("ﬁets", "fiets"),
        ("Спорт 1", "..... 1"),
        ("中文", "Aanbieder"),
        ("", "Aanbieder"),
    ],
)
def test_names_are_spelled_in_latin_letters_without_marks(text: str, made: str) -> None:
    assert sepa_text(text, most=70, otherwise="Aanbieder") == made


@given(st.from_regex(r"\A[a-z][a-z0-9_]{1,39}\Z"), st.integers(1, 10**6), st.integers(1, 10**6))
def test_an_id_for_the_bank_is_short_and_says_which_run_and_line(
    municipality: str, run: int, line: int
) -> None:
    made = payment_id(municipality, run, line)
    assert len(made) <= 35
    assert made.endswith(f"-{run}-{line}")
    assert all(ALLOWED.fullmatch(one) for one in made)


def test_amounts_are_written_for_spreadsheets_and_for_banks() -> None:
    amounts = [Cents(cents) for cents in (0, 5, 1240, -7, MOST_OF_A_PAYMENT)]
    assert [comma_euros(one) for one in amounts] == [
        "0,00",
        "0,05",
        "12,40",
        "-0,07",
        "999999999,99",
    ]
    assert [point_euros(one) for one in amounts] == [
        "0.00",
        "0.05",
        "12.40",
        "-0.07",
        "999999999.99",
    ]
