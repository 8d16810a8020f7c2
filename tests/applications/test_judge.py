"""From an application to its award or its officer, by the rules, on a real register."""

from datetime import timedelta

import msgspec
import pytest

from given.applications import (
    DECIDER,
    SPORT,
    VELSEN,
    Scene,
    a_child,
    a_youth_scheme,
    applies,
    asking,
    judge_everything,
    judged,
    left,
    state,
)
from given.assessment import a_scheme_in_force, a_task
from given.city import a_holder
from given.days import NEW_YEAR, NOW, TODAY, YEAR
from given.logins import an_actor
from pas.applications.apply import (
    MOST_IN_A_DAY,
    ApplicationIdTaken,
    TooManyApplicationsToday,
    apply_for_child,
    read_receipt,
)
from pas.applications.asked import NewClub
from pas.applications.cases import own_case
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.assess import assess_year
from pas.grants.assess_newcomers import assess_newcomers
from pas.merchants.judge import approve_merchant


async def test_a_child_with_a_known_income_is_awarded_without_an_officer(
    connection: Connection, scene: Scene
) -> None:
    child = await a_child(connection)
    made = await applies(connection, scene)
    assert await judged(connection, made.id) == "awarded"

    row = await connection.fetchrow(
        """
        SELECT p.resident_id, b.merchant_id, c.amount FROM budget b JOIN pass p ON p.id = b.pass_id
        JOIN balance c ON c.account_id = b.account_id WHERE b.application_id = $1
        """,
        made.id,
    )
    assert tuple(row or ()) == (child, scene.club.id, 25_000)
    typed = (
        "SELECT num_nonnulls(given_name, family_name, birth_date, postcode) FROM child_application"
    )
    assert await connection.fetchval(typed) == 0


async def test_a_child_nobody_knows_goes_to_an_officer_and_is_looked_for_again(
    connection: Connection, database: Database, scene: Scene
) -> None:
    made = await applies(connection, scene)
    assert await judged(connection, made.id) == "with_officer: child-unknown"
    await a_child(connection)
    assert await judge_everything(database) == 1
    assert await state(connection, made.id) == "awarded"


@pytest.mark.parametrize(
    ("income", "expected"),
    [
        (None, "with_officer: income-unknown"),
        (12_000, "awarded"),
        (12_001, "refused: income-above-limit"),
    ],
)
async def test_the_limit_is_inclusive_and_an_unknown_income_is_not_refused(
    connection: Connection, scene: Scene, income: int | None, expected: str
) -> None:
    await a_child(connection, income=income)
    made = await applies(connection, scene)
    assert await judged(connection, made.id) == expected


async def test_an_intermediary_is_not_told_that_an_income_is_too_high(
    connection: Connection, scene: Scene
) -> None:
    await a_child(connection, income=12_001)
    made = await applies(connection, scene)
    assert await judged(connection, made.id) == "refused: income-above-limit"

    told = await own_case(connection, made.id, actor=scene.applicant, now=NOW)

    assert told.refusal == "outside-scheme"
    assert told.reason == ""


async def test_twins_are_told_apart_by_their_given_name(
    connection: Connection, scene: Scene
) -> None:
    await a_child(connection, given_name="Saar")
    noor = await a_child(connection)
    made = await applies(connection, scene)
    await judged(connection, made.id)
    other = await applies(connection, scene, given_name="Fien")
    assert await judged(connection, other.id) == "with_officer: several-children"
    found = "SELECT resident_id FROM child_application WHERE id = $1"
    assert await connection.fetchval(found, made.id) == noor


async def test_a_second_application_answers_only_that_it_was_requested(
    connection: Connection, scene: Scene
) -> None:
    await a_child(connection)
    first = await applies(connection, scene)
    await judged(connection, first.id)
    second = await applies(connection, scene)
    assert await judged(connection, second.id) == "refused: already-requested"


async def test_a_scanned_pass_finds_its_child_and_a_parents_pass_asks_which_child(
    connection: Connection, scene: Scene
) -> None:
    child = await a_holder(connection, year=YEAR, birth_date=asking(None).child.birth_date)  # pyright: ignore[reportOptionalMemberAccess]
    parent = await a_holder(connection, year=YEAR)
    made = await applies(connection, scene, scanned=child.token.text())
    of_parent = await applies(connection, scene, scanned=parent.token.text())
    assert await judged(connection, made.id) == "awarded"
    assert await judged(connection, of_parent.id) == "with_officer: card-of-adult"


async def test_nobody_tries_out_the_register_name_by_name(
    connection: Connection, scene: Scene
) -> None:
    names = [f"Kind {number}" for number in range(MOST_IN_A_DAY)]
    *_, last = [await applies(connection, scene, given_name=name) for name in names]
    with pytest.raises(TooManyApplicationsToday):
        await applies(connection, scene, given_name="Nog een")

    await applies(connection, scene, given_name="Morgen", now=NOW + timedelta(days=1, minutes=1))
    assert await read_receipt(connection, last.id, actor=scene.applicant) == last


async def test_sent_again_it_is_the_same_receipt_and_other_content_is_refused(
    connection: Connection, scene: Scene
) -> None:
    asked = asking(scene.club.id)
    first, again = [
        await apply_for_child(connection, asked, ring=scene.ring, actor=scene.applicant, now=NOW)
        for _ in range(2)
    ]
    assert first == again
    other = msgspec.structs.replace(asked, what_for="iets anders")
    with pytest.raises(ApplicationIdTaken):
        await apply_for_child(connection, other, ring=scene.ring, actor=scene.applicant, now=NOW)


async def test_a_club_that_is_not_in_the_list_is_invited_and_the_application_waits_for_it(
    connection: Connection, database: Database, scene: Scene
) -> None:
    await a_child(connection)
    club = NewClub(name="Judoclub Noord", email="info@judo.example")
    made = await applies(connection, scene, new_club=club)
    assert await judged(connection, made.id) == "waiting_club"
    merchant = await connection.fetchval("SELECT merchant_id FROM child_application")
    await connection.execute("DELETE FROM job")
    await approve_merchant(connection, merchant, actor=an_actor(Role.APPROVER), now=NOW)

    assert await connection.fetchval("SELECT kind FROM job") == "applications.judge"
    assert await judge_everything(database) == 1
    assert await left(connection, made.id) == 25_000


async def test_an_empty_pot_asks_an_officer_and_an_open_one_never_blocks(
    connection: Connection, scene: Scene
) -> None:

    await a_youth_scheme(connection, "dicht", closed_pot=True)
    await a_child(connection)
    closed = await applies(connection, scene, scheme="dicht")
    open_ = await applies(connection, scene, scheme=SPORT)
    assert await judged(connection, closed.id) == "with_officer: pot-empty"
    assert await judged(connection, open_.id) == "awarded"


async def test_an_award_does_not_keep_the_household_from_being_assessed_later(
    connection: Connection, database: Database, scene: Scene
) -> None:
    await a_scheme_in_force(connection, valid_from=NEW_YEAR)
    await a_scheme_in_force(connection, "krap", valid_from=NEW_YEAR, income_limit=9_000)
    child = await a_child(connection, income=None)
    task = a_task(NOW, year=YEAR)
    await assess_year(database, task)
    await connection.execute(
        """
        INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date,
            household_number, household_type, postcode, income, recorded_by)
        SELECT resident_id, $2, given_name, family_name, birth_date, household_number, household_type,
            postcode, 9500, recorded_by FROM resident_version WHERE resident_id = $1
        """,
        *(child, TODAY),
    )
    made = await applies(connection, scene)
    assert await judged(connection, made.id) == "awarded"

    assert await assess_newcomers(database, VELSEN, actor=DECIDER, now=NOW) == (1, 1)
