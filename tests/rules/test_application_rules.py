"""What the rules say of one application, and until when it is decided in time."""

from datetime import date, timedelta

import msgspec
import pytest

from given.assessment import a_version
from pas.applications.rules import (
    Child,
    ClockPause,
    Facts,
    ForClub,
    ForOfficer,
    Granted,
    Refused,
    Verdict,
    decide,
    decide_by,
)
from pas.money import BasisPoints, Cents
from pas.schemes.model import SchemeVersion

TODAY = date(2026, 6, 1)


def version(**fields: object) -> SchemeVersion:
    youth: dict[str, object] = {
        "unit": "child",
        "income_limit": 12_000,
        "age_from": 4,
        "age_until": 18,
    }
    return a_version("jeugdfonds_sport", **{**youth, **fields}).version


def facts(**fields: object) -> Facts:
    child = Child(birth_date=date(2017, 3, 5), income=BasisPoints(9_500))
    known = {name: fields.pop(name) for name in list(fields) if name in Child.__struct_fields__}
    whole = Facts(
        received_on=TODAY,
        version=version(),
        child=msgspec.structs.replace(child, **known),
        club="approved",
        club_has_agreement=True,
        asked_cents=None,
    )
    return msgspec.structs.replace(whole, **fields)


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2022, 6, 2), Refused("too-young")),
        (date(2022, 6, 1), Granted(Cents(20_000))),
        (date(2008, 6, 2), Granted(Cents(20_000))),
        (date(2008, 6, 1), Refused("too-old")),
    ],
)
def test_ages_are_half_open_on_the_day_of_receipt(born: date, expected: Verdict) -> None:
    assert decide(facts(birth_date=born)) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"income": BasisPoints(12_000)}, Granted(Cents(20_000))),
        ({"income": BasisPoints(12_001)}, Refused("income-above-limit")),
        ({"income": None}, ForOfficer(("income-unknown",))),
        ({"version": None}, Refused("scheme-not-in-force")),
        ({"held": True}, Refused("already-requested")),
        ({"refused_before": True}, Refused("refused-before")),
        ({"child": None}, ForOfficer(("child-unknown",))),
        ({"child": None, "unfound": "several-children"}, ForOfficer(("several-children",))),
        ({"club": "suspended"}, ForOfficer(("club-not-approved",))),
        ({"club": "ended"}, ForOfficer(("club-not-approved",))),
        ({"club": "requested", "club_has_agreement": False}, ForClub()),
        ({"club_has_agreement": False}, ForOfficer(("club-has-no-agreement",))),
        ({"asked_cents": Cents(12_345)}, Granted(Cents(12_345))),
        ({"asked_cents": Cents(20_001)}, ForOfficer(("amount-above-award",))),
        ({"own_child_perhaps": True}, ForOfficer(("own-child-perhaps",))),
        ({"version": version(income_limit=None), "income": None}, Granted(Cents(20_000))),
    ],
)
def test_what_is_known_decides_and_what_is_unknown_is_asked(
    fields: dict[str, object], expected: Verdict
) -> None:
    assert decide(facts(**fields)) == expected


def test_everything_unknown_is_asked_at_once() -> None:
    asked = decide(facts(income=None, club="suspended", asked_cents=Cents(99_999)))
    assert asked == ForOfficer(("income-unknown", "club-not-approved", "amount-above-award"))


def test_sport_and_culture_exclude_each_other_only_where_a_scheme_says_so() -> None:
    culture = a_version("jeugdfonds_cultuur", categories=["culture"]).version
    apart = msgspec.structs.replace(culture, excludes=frozenset(("jeugdfonds_sport",)))
    assert decide(facts(running=(culture,))) == Granted(Cents(20_000))
    assert decide(facts(running=(apart,))) == Refused("excluded-by-another")


def test_lessons_end_at_the_diploma() -> None:
    lessons = version(categories=["zwemdiploma"], period="once_per_child")
    assert decide(facts(version=lessons, has_diploma=True)) == Refused("has-diploma")
    assert decide(facts(version=lessons)) == Granted(Cents(20_000))


def test_a_decision_is_in_time_until_the_twenty_first_day() -> None:
    assert decide_by(TODAY, [], today=TODAY) == date(2026, 6, 22)


def test_a_pause_moves_the_last_day_and_one_that_goes_on_counts_up_to_today() -> None:
    ended = ClockPause(date(2026, 6, 3), date(2026, 6, 8))
    going = ClockPause(date(2026, 6, 10), None)
    assert decide_by(TODAY, [ended], today=TODAY) == date(2026, 6, 27)
    later = date(2026, 6, 12)
    assert decide_by(TODAY, [ended, going], today=later) == date(2026, 6, 27) + timedelta(days=2)
