"""The pages of letters: who sees which, what is noted, and how a municipality writes its own."""

import asyncio

import pytest

from given.days import NOW, YEAR
from given.letters import a_family, pages
from given.merchants import REGISTRAR
from pas.auth.events import read_events
from pas.auth.permissions import Permission
from pas.auth.roles import ROLES, Role
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.passes.make_cards import Press
from pas.passes.print_cards import begin_card_run, do_card_run
from pas.press.press import a_press
from people import Town

VELSEN = MunicipalityName("velsen")


async def a_run(town: Town, connection: Connection, database: Database) -> str:
    press = Press(town.keys.ring(VELSEN))
    run = await begin_card_run(connection, year=YEAR, form="paper", actor=REGISTRAR, now=NOW)
    await do_card_run(database, VELSEN, run, press=press, actor=REGISTRAR, now=NOW)
    return str(run)


async def test_an_officer_fetches_the_letters_of_a_run_and_the_counter_cannot(
    town: Town, connection: Connection, database: Database
) -> None:
    await a_family(connection, ["Noor Bakker", "Bo Bakker"])
    run = await a_run(town, connection, database)
    officer = await town.officer(connection, Role.OFFICER)
    counter = await town.officer(connection, Role.COUNTER)
    at = f"/velsen/card-runs/{run}/pdf"
    shown = await officer.get(at)
    file = await officer.get(f"{at}/pass_letter/1")

    assert "Brief met de kaarten, bestand 1 van 1" in shown.text
    assert (file.status_code, file.headers["content-type"]) == (200, "application/pdf")
    assert 'filename="vertrouwelijk-pasbrieven-001.pdf"' in file.headers["content-disposition"]
    assert file.headers["cache-control"] == "no-store"
    assert "Noor Bakker" in pages(file.content)[0]
    assert (await counter.get(f"{at}/pass_letter/1")).status_code == 403
    assert (await officer.get(f"{at}/pass_letter/2")).status_code == 404


async def test_the_counter_sees_the_letters_of_a_household_but_no_card_and_no_code(
    town: Town, connection: Connection, database: Database
) -> None:
    family = await a_family(connection, ["Noor Bakker", "Bo Bakker"])
    await a_run(town, connection, database)
    officer = await town.officer(connection, Role.OFFICER)
    counter = await town.officer(connection, Role.COUNTER)
    at = f"/velsen/residents/{family[1]}/letters"

    assert "Brief met de codes" in (await officer.get(at)).text
    assert "Brief met de codes" not in (await counter.get(at)).text
    assert (await officer.get(f"{at}/activation_letter")).status_code == 200
    assert (await counter.get(f"{at}/activation_letter")).status_code == 404
    noted = await connection.fetchval(
        "SELECT count(*) FROM processing_log WHERE activity = 'letter.made' AND subject_id = $1",
        family[0],
    )
    assert noted == 1


def test_only_who_prints_cards_prints_letters_in_batches() -> None:
    printing = {role for role, may in ROLES.items() if Permission.LETTERS_PRINT in may}
    assert printing == {role for role, may in ROLES.items() if Permission.CARDS_PRINT in may}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("letter-texts/pass_letter/klingon", 404),
        ("letter-texts/love_letter/nl", 404),
        ("letter-texts/pass_letter/nl", 200),
        ("letter-texts/pass_letter/nl/sample", 200),
        ("letter-texts/year_overview/ar/sample", 200),
        ("letter-texts", 200),
    ],
)
async def test_an_administrator_sees_each_text_and_an_invented_letter(
    town: Town, connection: Connection, path: str, status: int
) -> None:
    administrator = await town.officer(connection, Role.ADMINISTRATOR)
    officer = await town.officer(connection, Role.OFFICER)
    assert (await administrator.get(f"/velsen/{path}")).status_code == status
    assert (await officer.get(f"/velsen/{path}")).status_code == 403


async def test_who_waits_for_a_letter_keeps_nobody_from_the_database(
    town: Town, connection: Connection
) -> None:
    administrator = await town.officer(connection, Role.ADMINISTRATOR)
    texts = "/velsen/letter-texts"
    many = town.settings.pool_connections + 1
    async with a_press(), a_press():
        waiting = [
            asyncio.create_task(administrator.get(f"{texts}/pass_letter/nl/sample"))
            for _ in range(many)
        ]
        await asyncio.sleep(0.5)
        assert not any(one.done() for one in waiting)
        assert (await administrator.get(texts)).status_code == 200
    assert {one.status_code for one in await asyncio.gather(*waiting)} == {200}


async def test_who_took_a_letter_of_a_household_is_an_event(
    town: Town, connection: Connection, database: Database
) -> None:
    (resident,) = await a_family(connection, ["Noor Bakker"])
    await a_run(town, connection, database)
    officer = await town.officer(connection, Role.OFFICER)
    at = f"/velsen/residents/{resident}/letters"

    assert (await officer.get(f"{at}/activation_letter")).status_code == 200
    taken = await read_events(connection, subject_kind="resident", subject_id=resident)
    assert [one.actor_id for one in taken if one.kind == "letter.fetched"] == [officer.id]


async def test_a_household_has_no_letter_with_a_code_after_the_clock_of_its_run(
    town: Town, connection: Connection, database: Database, superuser: Connection
) -> None:
    (resident,) = await a_family(connection, ["Noor Bakker"])
    await a_run(town, connection, database)
    officer = await town.officer(connection, Role.OFFICER)
    await superuser.execute(
        "UPDATE card_run SET started_at = $1::timestamptz - interval '1 day', files_until = $1", NOW
    )
    at = f"/velsen/residents/{resident}/letters"
    assert "Brief met de codes" not in (await officer.get(at)).text
    assert (await officer.get(f"{at}/activation_letter")).status_code == 404
