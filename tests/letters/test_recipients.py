"""Whose name is on the envelope, in which language, and who gets none: read from what is stored."""

from datetime import date

import pytest

from given.days import NOW, TODAY
from given.letters import ADULT, CHILD, a_family, a_person, manages
from given.logins import OFFICER
from pas.db import Connection
from pas.ids import ResidentId
from pas.letters.recipients import Recipient, grouped_residents, read_recipients

ELDER = date(1950, 1, 1)


async def envelope(connection: Connection, *people: ResidentId) -> Recipient:
    (found,) = await read_recipients(connection, people, on=TODAY)
    return found


async def prefers(
    connection: Connection, resident: ResidentId, language: str, *, large: bool
) -> None:
    await connection.execute(
        "INSERT INTO holder_preference (resident_id, language, large_print, changed_at) VALUES ($1, $2, $3, $4)",
        *(resident, language, large, NOW),
    )


async def test_a_name_of_a_child_that_we_cannot_print_keeps_the_letter(
    connection: Connection,
) -> None:
    family = await a_family(connection, ["Noor Bakker", "王 小明"])
    assert (await envelope(connection, *family)).why_not() == "unprintable"


@pytest.mark.parametrize(
    ("where", "why"),
    [
        (("王路 1", "1991 AA", "Velsen"), "unprintable"),
        (("Dorpsstraat 1", "1991 AA", "王"), "unprintable"),
        (("Dorpsstraat 1", "", ""), "no-address"),
        (("", "1991 AA", "Velsen"), "no-address"),
        (("Bruul 12, 2800 MECHELEN, BELGIË", "", ""), None),
        (("Dorpsstraat 1", "1991 AA", "Velsen"), None),
    ],
)
async def test_a_letter_goes_where_it_can_arrive(
    connection: Connection, where: tuple[str, str, str], why: str | None
) -> None:
    person = await a_person(connection, "Noor Bakker", household="H1", where=where)
    assert (await envelope(connection, person)).why_not() == why


async def test_of_three_adults_two_are_named_the_eldest_first(connection: Connection) -> None:
    people = [
        await a_person(connection, name, household="H1", born=born)
        for name, born in (("Bo Smit", ADULT), ("Noor Smit", ELDER), ("Cas Smit", date(2000, 1, 1)))
    ]
    assert (await envelope(connection, *people)).names() == ["Noor Smit", "Bo Smit"]


async def test_the_eldest_chooses_the_language_and_the_size(connection: Connection) -> None:
    younger = await a_person(connection, "Bo Smit", household="H1", born=ADULT)
    elder = await a_person(connection, "Noor Smit", household="H1", born=ELDER)
    await prefers(connection, younger, "pl", large=False)
    await prefers(connection, elder, "ar", large=True)
    choice = (await envelope(connection, younger, elder)).choice()
    assert (choice.language, choice.large) == ("ar", True)


async def test_a_letter_goes_to_where_somebody_lives_on_its_day(connection: Connection) -> None:
    person = await a_person(connection, "Noor Bakker", household="H1")
    await connection.execute(
        """
        INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date,
            household_number, household_type, income, recorded_by, address, postcode, city)
        SELECT resident_id, $2, given_name, family_name, birth_date, household_number, household_type, income, $3,
            'Markt 1', '1971 AB', 'IJmuiden'
        FROM resident_version WHERE resident_id = $1
        """,
        *(person, TODAY, OFFICER),
    )
    assert (await envelope(connection, person)).lines()[1] == "Markt 1"


async def test_somebody_who_looks_after_no_child_any_more_gets_no_letter_about_it(
    connection: Connection,
) -> None:
    parent, child = await a_family(connection, ["Noor Bakker", "Bo Bakker"])
    assert (await envelope(connection, child)).first().to_id == parent
    await connection.execute("UPDATE managing_adult SET valid_until = $1", TODAY)
    assert (await envelope(connection, child)).lines()[0] == "Aan de ouders of verzorgers van"


async def test_a_parent_of_the_childs_own_household_goes_before_one_elsewhere(
    connection: Connection,
) -> None:
    child = await a_person(connection, "Bo Smit", household="H1", born=CHILD)
    elsewhere = await a_person(connection, "Cas Smit", household="H2", born=ELDER)
    home = await a_person(connection, "Noor Smit", household="H1", born=ADULT)
    for adult in (elsewhere, home):
        await manages(connection, adult, child)
    assert (await envelope(connection, child)).first().to_id == home


async def test_two_letters_for_one_household_count_as_two_in_a_file(connection: Connection) -> None:
    administrator = await a_person(connection, "Mr Dekker", household="H7", with_pass=False)
    people = [await a_person(connection, f"{name} Vos", household="H1") for name in ("Bo", "Cas")]
    await manages(connection, administrator, people[0], kind="administrator")
    groups = await grouped_residents(connection, people, on=TODAY)
    assert sorted(groups) == sorted([[one] for one in people])
    assert len(await read_recipients(connection, people, on=TODAY)) == len(groups)
