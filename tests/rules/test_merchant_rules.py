"""Values of a merchant, the states it goes through, and who may judge an account."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from given.logins import NOON
from given.merchants import IBAN, OTHER_IBAN, errors_of
from pas.ids import AgreementId, LoginId, MerchantId, PayoutAccountId
from pas.merchants.model import (
    Agreement,
    AgreementTerms,
    LocationDetails,
    MerchantDetails,
    PayoutAccount,
    PayoutDetails,
)
from pas.merchants.rules import (
    AgreementOverlaps,
    MerchantHasEnded,
    MerchantNotYetApproved,
    OwnProposal,
    PausedByMunicipality,
    PayoutAccountJudged,
    StoppedTooOften,
    TillIsRevoked,
    TillNotPaired,
    account_in_use,
    changes_state,
    cooling_account,
    pauser_after,
    refuse_judging,
    refuse_overlap,
    refuse_own_proposal,
    refuse_pausing,
    refuse_resuming,
    replaced_at,
    usable_from,
    waiting_account,
)
from pas.merchants.values import (
    MerchantDetailsWrong,
    faults_of_account,
    faults_of_agreement,
    faults_of_details,
    faults_of_location,
    masked_iban,
    refuse_faults,
    tidy_account,
    tidy_details,
    tidy_location,
)

DAY = timedelta(days=1)


def an_account(**fields: object) -> PayoutAccount:
    defaults: dict[str, object] = {
        "id": PayoutAccountId(uuid4()),
        "merchant_id": MerchantId(uuid4()),
        "iban": IBAN,
        "holder": "Stichting Zwemmen",
        "payee_check": "not_done",
        "proposed_at": NOON,
        "proposed_by": LoginId(uuid4()),
        "approved_at": None,
        "approved_by": None,
        "rejected_at": None,
        "rejected_by": None,
        "rejected_because": None,
        "usable_from": None,
    }
    return PayoutAccount(**{**defaults, **fields})  # pyright: ignore[reportArgumentType]


def an_agreement(valid_from: date, valid_until: date | None = None) -> Agreement:
    return Agreement(AgreementId(uuid4()), "sport", None, valid_from, valid_until)


def test_details_are_kept_in_one_form() -> None:
    told = MerchantDetails(
        name="  SV\tVelsen ",
        kvk_number="1234 5678",
        contact_email="",
        contact_phone=" 0255 510 000",
    )
    assert tidy_details(told) == MerchantDetails(
        name="SV Velsen", kvk_number="12345678", contact_phone="0255 510 000"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kvk_number", "1234567"),
        ("kvk_number", "123456789"),
        ("kvk_number", "1234567a"),
        ("kvk_number", "00000000"),
        ("kvk_number", "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668"),
        ("contact_email", "bestuur"),
        ("contact_email", "bestuur@club"),
        ("contact_email", "a@b@c.nl"),
        ("contact_email", "a b@club.nl"),
        ("contact_email", "a@club..nl"),
        ("contact_phone", "12345"),
        ("contact_phone", "bel ons maar"),
    ],
)
def test_a_value_that_cannot_be_is_told(field: str, value: str) -> None:
    details = MerchantDetails(**{"name": "SV Velsen", field: value})
    assert len(faults_of_details(tidy_details(details))) == 1


@pytest.mark.parametrize("name", ["", " \t", "SV\u202eneslev", "SV\u0000Velsen"])
def test_a_name_is_needed_and_readable(name: str) -> None:
    assert faults_of_details(tidy_details(MerchantDetails(name=name)))


def test_all_faults_are_told_at_once() -> None:
    details = MerchantDetails(name="SV", kvk_number="1", contact_email="x", contact_phone="1")
    with pytest.raises(MerchantDetailsWrong) as refused:
        refuse_faults(faults_of_details(details))
    assert [error["field"] for error in errors_of(refused.value)] == [
        "kvkNumber",
        "contactEmail",
        "contactPhone",
    ]


def test_a_postcode_is_kept_in_one_form_or_told() -> None:
    assert tidy_location(LocationDetails(name="Bad", postcode="1971ab")).postcode == "1971 AB"
    assert faults_of_location(tidy_location(LocationDetails(name="Bad", postcode="0971 AB")))


def test_an_iban_is_kept_in_capitals_without_spaces() -> None:
    told = tidy_account(PayoutDetails(iban="nl91 abna 0417 1643 00", holder=" De Club "))
    assert told == PayoutDetails(iban=IBAN, holder="De Club")
    assert faults_of_account(told) == []


@pytest.mark.parametrize(
    "iban",
    [
        "NL91ABNA0417164301",
        "NL91ABNA041716430",
        "0417164300",
        "XX91ABNA0417164300",
        "BR1800360305000010009795493C1",
    ],
)
def test_an_iban_that_cannot_be_paid_is_told_without_repeating_it(iban: str) -> None:
    (fault,) = faults_of_account(PayoutDetails(iban=iban, holder="De Club"))
    assert iban not in fault.message


def test_a_masked_iban_can_be_recognised_and_not_used() -> None:
    assert masked_iban(IBAN) == "NL91 •••• 4300"


def test_an_agreement_ends_after_it_begins() -> None:
    terms = AgreementTerms(
        category="sport", valid_from=date(2026, 1, 1), valid_until=date(2026, 1, 1)
    )
    assert [fault.field for fault in faults_of_agreement(terms)] == ["validUntil"]


@pytest.mark.parametrize(
    ("stored", "overlaps"),
    [
        (an_agreement(date(2025, 1, 1), date(2026, 1, 1)), False),
        (an_agreement(date(2025, 1, 1), date(2026, 1, 2)), True),
        (an_agreement(date(2026, 6, 30)), True),
        (an_agreement(date(2026, 7, 1)), False),
    ],
)
def test_agreements_may_touch_and_not_overlap(stored: Agreement, *, overlaps: bool) -> None:
    terms = AgreementTerms(
        category="sport", valid_from=date(2026, 1, 1), valid_until=date(2026, 7, 1)
    )
    if overlaps:
        with pytest.raises(AgreementOverlaps):
            refuse_overlap(terms, [stored])
    else:
        refuse_overlap(terms, [stored])


def test_a_state_is_set_and_ended_is_for_good() -> None:
    assert changes_state("requested", "approved")
    assert changes_state("suspended", "approved")
    assert not changes_state("approved", "approved")
    with pytest.raises(MerchantHasEnded):
        changes_state("ended", "approved")
    with pytest.raises(MerchantNotYetApproved):
        changes_state("requested", "suspended")


def test_nobody_approves_their_own_proposal() -> None:
    account = an_account()
    with pytest.raises(OwnProposal):
        refuse_own_proposal(account, account.proposed_by)


def test_an_account_is_judged_once() -> None:
    for field in ("approved_at", "rejected_at"):
        with pytest.raises(PayoutAccountJudged):
            refuse_judging(an_account(**{field: NOON}))


def test_during_the_cooling_period_the_old_account_is_paid() -> None:
    old = an_account(approved_at=NOON, usable_from=NOON - timedelta(days=100))
    new = an_account(iban=OTHER_IBAN, approved_at=NOON, usable_from=usable_from(NOON, 7))
    assert account_in_use([new, old], NOON + timedelta(days=6)) == old
    assert account_in_use([new, old], NOON + timedelta(days=7)) == new


def test_an_account_that_another_overtook_while_it_cooled_is_never_paid() -> None:
    """Or an objection within the cooling period would come too late, whatever anybody does."""
    old = an_account(approved_at=NOON - 9 * DAY, usable_from=NOON - 2 * DAY)
    wrong = an_account(iban=OTHER_IBAN, approved_at=NOON, usable_from=NOON + 7 * DAY)
    back = an_account(approved_at=NOON + 2 * DAY, usable_from=NOON + 9 * DAY)
    versions = [back, wrong, old]
    in_use = [account_in_use(versions, NOON + days * DAY) for days in (1, 7, 8, 9, 100)]
    assert in_use == [old, old, old, back, back]
    assert cooling_account(versions, NOON + 3 * DAY) == back
    assert replaced_at(wrong, versions) == wrong.usable_from
    assert replaced_at(old, versions) == back.usable_from


def test_an_account_is_paid_until_the_next_one_is() -> None:
    old = an_account(approved_at=NOON, usable_from=NOON)
    new = an_account(iban=OTHER_IBAN, approved_at=NOON, usable_from=NOON + timedelta(days=7))
    versions = [an_account(), new, old]
    assert replaced_at(old, versions) == new.usable_from
    assert [replaced_at(one, versions) for one in (new, versions[0])] == [None, None]
    assert cooling_account(versions, NOON) == new
    assert cooling_account(versions, NOON + timedelta(days=7)) is None


def test_without_an_approved_account_nothing_can_be_paid() -> None:
    waiting = an_account()
    assert account_in_use([waiting], datetime(2199, 1, 1, tzinfo=UTC)) is None
    assert waiting_account([an_account(rejected_at=NOON), waiting]) == waiting


def test_a_merchant_does_not_undo_a_pause_of_the_municipality() -> None:
    with pytest.raises(PausedByMunicipality):
        refuse_resuming("paused", "municipality", "merchant")
    refuse_resuming("paused", "municipality", "municipality")
    refuse_resuming("paused", "merchant", "merchant")


def test_a_merchant_starts_a_till_that_the_program_stopped_twice_a_day() -> None:
    for stops in (1, 2):
        refuse_resuming("paused", "program", "merchant", stops=stops)
    with pytest.raises(StoppedTooOften):
        refuse_resuming("paused", "program", "merchant", stops=3)
    refuse_resuming("paused", "program", "municipality", stops=3)
    refuse_resuming("paused", "merchant", "merchant", stops=3)


def test_the_municipality_takes_over_a_pause_and_keeps_it() -> None:
    assert pauser_after("merchant", "municipality") == "municipality"
    assert pauser_after("program", "municipality") == "municipality"
    assert pauser_after("municipality", "merchant") == "municipality"
    assert pauser_after("program", "merchant") == "program"


def test_only_a_paired_till_is_paused() -> None:
    with pytest.raises(TillNotPaired):
        refuse_pausing("invited")
    with pytest.raises(TillIsRevoked):
        refuse_pausing("revoked")
