"""Residents from a file: what is read, what is refused, what a row changes."""

import io
from datetime import date

import pytest

from given.files import a_file, a_resident_row
from pas.csvfile import RowVerdict, write_rows
from pas.passes.compare import compare
from pas.passes.resident_files import COLUMNS, ReadResident, read_residents, row_of, survey
from pas.passes.residents import SCHOOL_TYPES as SCHOOL_TYPES_OF_RESIDENTS
from pas.passes.residents import Resident, age_on, birthday
from pas.schemes.model import SCHOOL_TYPES

TODAY = date(2026, 11, 23)
AREAS = frozenset(("ijmuiden_noord", "velsen_noord"))
PERSON = {"birth_date": "1980-01-01"}


def read(*rows: dict[str, str]) -> list[ReadResident]:
    source = a_file(COLUMNS, *rows)
    return list(
        read_residents(source, survey(source, today=TODAY, areas=AREAS), today=TODAY, areas=AREAS)
    )


def verdicts(*rows: dict[str, str]) -> list[RowVerdict]:
    return [compare(one, []) for one in read(*rows)]


def resident(**cells: str) -> Resident:
    found = read(a_resident_row(**cells))[0]
    assert found.resident is not None, found.faults
    return found.resident


def another(number: str, **cells: str) -> dict[str, str]:
    return a_resident_row(person_number=number, household_number=f"H{number}", **cells)


def test_a_row_becomes_a_resident() -> None:
    found = resident(
        income_pct="112,5", bsn="999990019", birth_date="17-05-1990", postcode="1971ab"
    )

    assert found.income == 11250
    assert found.bsn == "999990019"
    assert found.birth_date == date(1990, 5, 17)
    assert found.postcode == "1971 AB"


def test_an_empty_income_is_unknown_and_zero_is_zero() -> None:
    assert resident(income_pct="").income is None
    assert resident(income_pct="0").income == 0


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"birth_date": "2026-11-24"}, "birth_date"),
        ({"birth_date": "2026-02-30"}, "birth_date"),
        ({"birth_date": "1850-01-01"}, "birth_date"),
        ({"birth_date": ""}, "birth_date"),
        ({"valid_from": "1990-05-16"}, "valid_from"),
        ({"valid_from": "2029-01-01"}, "valid_from"),
        ({"died_on": "2026-11-24"}, "died_on"),
        ({"left_on": "1990-05-16"}, "left_on"),
        ({"bsn": "999990018"}, "bsn"),
        ({"bsn": "abc"}, "bsn"),
        ({"postcode": "0971 AB"}, "postcode"),
        ({"postcode": "1971 SS"}, "postcode"),
        ({"postcode": "B-1971"}, "postcode"),
        ({"income_pct": "-1"}, "income_pct"),
        ({"income_pct": "1e3"}, "income_pct"),
        ({"income_pct": "95.555"}, "income_pct"),
        ({"school_type": "kleuter"}, "school_type"),
        ({"area": "Atlantis"}, "area"),
        ({"household_type": "commune"}, "household_type"),
        ({"income_source": "lottery"}, "income_source"),
        ({"family_name": ""}, "family_name"),
        ({"family_name": "Jan\0"}, ""),
        ({"family_name": "Jan \u202e"}, "family_name"),
        ({"person_number": "=1"}, "person_number"),
        ({"household_number": ""}, "household_number"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_the_column_named(
    cells: dict[str, str], field: str
) -> None:
    bad, good = verdicts(a_resident_row(**cells), another("2"))

    assert bad.outcome == "refused"
    assert bad.reason
    assert not field or field in bad.fields
    assert good.outcome == "added"


def test_a_citizen_number_is_in_no_message_and_no_representation() -> None:
    refused = verdicts(a_resident_row(bsn="999990018"))[0]
    found = resident(bsn="999990019")

    assert "99999" not in repr(refused)
    assert "99999" not in repr(found)


def test_the_same_row_twice_is_taken_once() -> None:
    first, second = verdicts(a_resident_row(), a_resident_row())

    assert (first.outcome, second.outcome) == ("added", "refused")
    assert "regel 2" in second.reason


def test_one_person_with_two_stories_is_refused_both_times() -> None:
    one, other = verdicts(a_resident_row(), a_resident_row(given_name="Iemand anders"))

    assert (one.outcome, other.outcome) == ("refused", "refused")


def test_a_person_in_two_households_on_one_day_is_refused_and_a_move_is_not() -> None:
    torn = verdicts(
        a_resident_row(), a_resident_row(household_number="H2", valid_from="01-01-2026")
    )
    moved = verdicts(
        a_resident_row(), a_resident_row(household_number="H2", valid_from="2026-03-01")
    )

    assert [one.outcome for one in torn] == ["refused", "refused"]
    assert all("twee huishoudens" in one.reason for one in torn)
    assert [one.outcome for one in moved] == ["added", "added"]


def test_rows_of_one_person_come_in_the_order_of_their_days_wherever_they_stand() -> None:
    rows = read(
        another("1", valid_from="2026-06-01"),
        another("2", family_name='"de; ""Boer"""'),
        another("1", valid_from="2026-01-01", address="Zeeweg 1"),
        another("3"),
        another("1", valid_from="1-3-2026"),
    )

    assert [(one.key, one.row.line) for one in rows] == [
        ("2", 3),
        ("3", 5),
        ("1", 4),
        ("1", 6),
        ("1", 2),
    ]
    found = rows[2].resident
    assert found
    assert (found.address, found.valid_from) == ("Zeeweg 1", date(2026, 1, 1))


def test_a_citizen_number_belongs_to_one_person() -> None:
    rows = verdicts(another("1", bsn="999990019"), another("2", bsn="9999.90.019"), another("3"))

    assert [one.outcome for one in rows] == ["refused", "refused", "added"]


def test_members_who_disagree_about_their_household_are_refused() -> None:
    rows = verdicts(
        a_resident_row(),
        a_resident_row(person_number="1002", income_pct="130"),
        another("3"),
    )

    assert [one.outcome for one in rows] == ["refused", "refused", "added"]


def test_a_household_without_adults_is_refused_until_its_adult_is_known() -> None:
    source = a_file(COLUMNS, a_resident_row(birth_date="2012-01-01"), another("2"))
    found = survey(source, today=TODAY)

    assert found.without_adults == {"H1"}
    child, other = read_residents(source, found, today=TODAY)
    assert (child.resident, other.resident is not None) == (None, True)

    found.without_adults.discard("H1")
    assert all(one.resident for one in read_residents(source, found, today=TODAY))


def test_a_child_whose_only_adult_died_is_taken_and_somebody_looks_who_manages_the_pass() -> None:
    parent, child, guarded = verdicts(
        a_resident_row(died_on="2026-02-01"),
        a_resident_row(person_number="1002", birth_date="2015-01-01"),
        a_resident_row(person_number="1003", birth_date="2016-01-01", guardian_number="1001"),
    )

    assert [one.outcome for one in (parent, child, guarded)] == ["added"] * 3
    assert "geen volwassene meer" in child.reason
    assert "geen volwassene" not in guarded.reason


def test_a_bad_row_of_a_parent_does_not_take_the_children_down() -> None:
    parent, child = verdicts(
        a_resident_row(birth_date="31-02-1990"),
        a_resident_row(person_number="1002", birth_date="2015-01-01"),
    )

    assert (parent.outcome, child.outcome) == ("refused", "added")


def test_a_child_whose_guardian_lives_elsewhere_is_taken_and_its_sibling_without_one_is_not() -> (
    None
):
    child, sibling, guardian = verdicts(
        a_resident_row(birth_date="2015-01-01", guardian_number="9"),
        a_resident_row(person_number="1002", birth_date="2017-01-01"),
        another("9"),
    )

    assert [one.outcome for one in (child, sibling, guardian)] == ["added", "refused", "added"]
    assert child.reason == ""
    assert "guardian_number" in sibling.reason


@pytest.mark.parametrize("guardian", [{}, {"birth_date": "2010-01-01", "guardian_number": "8"}])
def test_a_guardian_who_is_no_adult_here_is_remarked_and_refuses_nothing(
    guardian: dict[str, str],
) -> None:
    row = a_resident_row(birth_date="2015-01-01", guardian_number="9")

    child = verdicts(row, *[another("9", **guardian)] * bool(guardian))[0]

    assert child.outcome == "added"
    assert "Leg vast wie de pas beheert" in child.reason


def test_nobody_is_their_own_guardian() -> None:
    own = verdicts(a_resident_row(birth_date="2015-01-01", guardian_number="1001"))[0]

    assert (own.outcome, own.fields) == ("refused", ("guardian_number",))


def test_one_person_under_two_numbers_is_remarked_and_not_refused() -> None:
    rows = verdicts(
        a_resident_row(),
        a_resident_row(person_number="1002", given_name=a_resident_row()["given_name"].upper()),
        a_resident_row(person_number="1003", birth_date="1991-01-01"),
        a_resident_row(person_number="1003", birth_date="1991-01-01", valid_from="2026-05-01"),
    )

    assert [one.outcome for one in rows] == ["added"] * 4
    assert ["ander nummer" in one.reason for one in rows] == [True, True, False, False]


def test_a_grown_up_alone_whose_row_began_in_childhood_is_taken() -> None:
    assert resident(birth_date="2006-03-04", valid_from="2023-09-01").birth_date.year == 2006


def test_a_parent_whose_row_holds_since_birth_counts_as_an_adult_for_the_child() -> None:
    parent, child = verdicts(
        a_resident_row(birth_date="1986-05-17", valid_from="1986-05-17"),
        a_resident_row(person_number="1002", birth_date="2015-01-01", valid_from="2015-01-01"),
    )

    assert (parent.outcome, child.outcome) == ("added", "added")


def test_a_parent_who_will_leave_is_an_adult_until_that_day() -> None:
    parent, child = verdicts(
        a_resident_row(left_on="2026-12-24"),
        a_resident_row(person_number="1002", birth_date="2015-01-01"),
    )

    assert (parent.outcome, child.outcome) == ("added", "added")


def test_members_are_compared_by_what_they_say_and_not_by_how_it_is_spelled() -> None:
    rows = verdicts(
        a_resident_row(income_pct="95", household_type=""),
        a_resident_row(person_number="1002", income_pct="95,00", household_type="unknown"),
    )

    assert [one.outcome for one in rows] == ["added", "added"]


def test_the_same_row_spelled_otherwise_is_the_same_row_and_taken_once() -> None:
    first, second = verdicts(
        a_resident_row(income_pct="95", birth_date="1990-05-17", postcode="1971AB"),
        a_resident_row(income_pct="95.0", birth_date="17-05-1990", postcode="1971 ab"),
    )

    assert (first.outcome, second.outcome) == ("added", "refused")
    assert "regel 2" in second.reason


def test_an_income_that_cannot_be_read_takes_only_its_own_row_down() -> None:
    parent, child = verdicts(
        a_resident_row(income_pct="veel"),
        a_resident_row(person_number="1002", birth_date="2015-01-01"),
    )

    assert (parent.outcome, child.outcome) == ("refused", "added")


def test_a_second_row_that_cannot_be_read_does_not_take_the_first_down() -> None:
    readable, unreadable, number_of_another = verdicts(
        a_resident_row(bsn="999990019"),
        a_resident_row(birth_date="31-02-1990"),
        another("2", bsn="999990019", birth_date="x"),
    )

    assert readable.outcome == "added"
    assert (unreadable.outcome, number_of_another.outcome) == ("refused", "refused")


def test_the_same_file_again_changes_nothing_and_a_later_day_only_its_changes() -> None:
    before = [resident()]

    def outcome(**cells: str) -> RowVerdict:
        return compare(read(a_resident_row(**cells))[0], before)

    assert outcome().outcome == "same"
    assert outcome(valid_from="2026-06-01").outcome == "same"
    moved = outcome(valid_from="2026-06-01", address="Zeeweg 1")
    assert (moved.outcome, moved.fields) == ("changed", ("address",))
    assert outcome(income_pct="").fields == ("income",)
    assert outcome(valid_from="2025-06-01").outcome == "changed"


def test_a_resident_written_and_read_is_the_same_resident() -> None:
    one = resident(income_pct="110,01", bsn="999990019", left_on="2026-05-01", school_type="none")
    content = "".join(write_rows(COLUMNS, [row_of(one)])).encode()
    source = io.BytesIO(content)

    again = next(iter(read_residents(source, survey(source, today=TODAY), today=TODAY)))

    assert again.resident == one


def test_ages_are_full_years_and_a_leap_day_counts_from_march() -> None:
    leap = date(2008, 2, 29)

    assert age_on(leap, date(2026, 2, 28)) == 17
    assert age_on(leap, date(2026, 3, 1)) == 18
    assert birthday(leap, 18) == date(2026, 3, 1)
    assert birthday(leap, 12) == date(2020, 2, 29)


def test_schemes_and_residents_mean_the_same_schools() -> None:
    assert SCHOOL_TYPES == SCHOOL_TYPES_OF_RESIDENTS
