"""The pages of the schemes: what there is, and every rule of one in a sentence."""

import httpx
import pytest

from given.days import NOW
from given.files import a_file, a_scheme_row
from given.logins import an_actor
from pas.auth.municipality_settings import change_municipality_settings
from pas.auth.roles import Role
from pas.db import Connection
from pas.schemes.categories import Category, add_categories
from pas.schemes.files import COLUMNS
from pas.schemes.import_schemes import import_schemes
from signed_in import signed_in


async def import_rows(connection: Connection, *rows: dict[str, str]) -> None:
    actor = an_actor(Role.POLICY)
    await add_categories(connection, [Category("sport", "Sport")], actor=actor)
    await import_schemes(
        connection, a_file(COLUMNS, *rows), file_name="schemes.csv", actor=actor, now=NOW
    )


async def test_the_list_says_what_for_whom_and_how_much(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    await import_rows(
        connection,
        a_scheme_row(code="sport_kinderen", title="Sport voor kinderen"),
        a_scheme_row(code="straks", title="Zwemmen voor allen", status="proposed"),
    )
    visitor = await signed_in(client, connection, Role.OFFICER)
    answer = await visitor.look("schemes")
    assert answer.status_code == 200
    now, proposed = answer.text.split("een voorstel</h2>")
    assert "Sport voor kinderen" in now
    assert "Zwemmen voor allen" in proposed


async def test_each_rule_of_a_version_is_a_sentence(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    row = a_scheme_row(
        code="sport_kinderen", income_limit_pct="110", age_from="6", age_until="12", unit="child"
    )
    await import_rows(connection, row)
    visitor = await signed_in(client, connection, Role.OFFICER)
    text = (await visitor.look("schemes/sport_kinderen")).text
    assert "Precies 110% mag ook." in text
    assert "Van 6 tot 12 jaar." in text
    assert "Mag samen met elke andere regeling." in text


@pytest.mark.parametrize(
    ("month", "days"),
    [
        (8, "van 1 augustus tot en met 31 juli"),
        (9, "van 1 september tot en met 31 augustus"),
        (3, "van 1 maart tot en met eind februari"),
        (1, "van 1 januari tot en met 31 december"),
    ],
)
async def test_a_school_year_is_that_of_the_municipality(
    client: httpx.AsyncClient, connection: Connection, month: int, days: str
) -> None:
    await import_rows(connection, a_scheme_row(code="school", unit="child", period="school_year"))
    actor = an_actor(Role.ADMINISTRATOR)
    await change_municipality_settings(connection, {"schoolYearStartMonth": month}, actor=actor)
    visitor = await signed_in(client, connection, Role.OFFICER)
    assert f"Per schooljaar, {days}." in (await visitor.look("schemes/school")).text


async def test_a_scheme_that_is_not_there_is_said_so(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    visitor = await signed_in(client, connection, Role.OFFICER)
    answer = await visitor.look("schemes/bestaat_niet")
    assert answer.status_code == 404
    assert "Deze regeling is er niet" in answer.text


async def test_who_may_not_read_schemes_is_refused(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    visitor = await signed_in(client, connection, Role.INTERMEDIARY)
    assert (await visitor.look("schemes")).status_code == 403
    assert (await client.get("/velsen/schemes")).status_code in {303, 401}
