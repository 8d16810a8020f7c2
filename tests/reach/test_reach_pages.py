"""The pages of reach: they say what to do next, and lead from a bar to a definition in one click."""

from importlib.resources import files
from pathlib import Path

import httpx
import pytest

from given.city import YEAR
from given.files import a_file
from given.reach import a_reach_town, a_target_row, granted, targets_read
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.demo.settling import until_decided
from pas.jobs import job_kinds
from pas.jobs.worker import Worker
from pas.reach.target_files import COLUMNS
from signed_in import Visitor, signed_in

DATA = Path(str(files("pas.demo") / "data"))


@pytest.fixture
async def analyst(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.ANALYST)


@pytest.fixture
async def town(connection: Connection) -> None:
    town = await a_reach_town(connection)
    await granted(connection, town, people=40, spending=12, area="noord")
    await granted(connection, town, people=24, spending=12, area="zuid")
    await until_decided(connection)


@pytest.mark.usefixtures("town")
async def test_without_target_groups_the_page_says_so_and_where_to_bring_them(
    analyst: Visitor,
) -> None:
    text = (await analyst.look("reach")).text

    assert "Van 2 regelingen is de doelgroep onbekend." in text
    assert 'href="/velsen/reach/target-groups"' in text
    assert "doelgroep onbekend" in text
    assert 'href="/velsen/reach"' in (await analyst.look("")).text


@pytest.mark.usefixtures("town")
async def test_of_a_period_that_is_not_over_the_pages_say_so(analyst: Visitor) -> None:
    running = "Deze periode loopt nog."
    for path in ("reach", "reach/schemes/sport"):
        assert running in (await analyst.look(f"{path}?year={YEAR}")).text
    past = await analyst.look(f"reach?year={YEAR - 1}")
    assert past.status_code == 200
    assert running not in past.text


@pytest.mark.usefixtures("town")
async def test_a_bar_leads_to_the_definition_of_its_figure_in_one_click(
    analyst: Visitor, connection: Connection
) -> None:
    await targets_read(connection, a_target_row(count="100"), a_target_row(scheme="*", count="100"))

    overview = (await analyst.look(f"reach?year={YEAR}")).text
    address = f"/velsen/reach/schemes/sport?year={YEAR}&amp;period=year#definitie"
    scheme = (await analyst.look(f"reach/schemes/sport?year={YEAR}")).text

    assert "Bereik: 64 van elke 100 personen" in overview
    assert f'<a class="utrecht-link" href="{address}">Sport</a>' in overview
    below = scheme.partition('id="definitie"')[2]
    for words in ("Iedereen met een inkomen tot 110%.", "Armoedemonitor", "1 januari 2026"):
        assert words in below


@pytest.mark.usefixtures("town")
async def test_the_same_numbers_stand_in_a_table_with_who_never_used_it(
    analyst: Visitor, connection: Connection
) -> None:
    await targets_read(
        connection,
        a_target_row(count="100"),
        a_target_row(dimension="area", value="noord", count="50"),
    )

    text = (await analyst.look(f"reach/schemes/sport?year={YEAR}")).text

    row = text.partition("<span>noord</span>")[2].partition("</tr>")[0]
    for cell in ("40", "12", "28", "50", "80%"):
        assert f"<span>{cell}</span>" in row
    assert "80%" in text.partition('aria-label="noord: ')[2]


async def test_an_analyst_hands_over_a_file_and_reads_what_became_of_it(
    analyst: Visitor, connection: Connection, database: Database
) -> None:
    await a_reach_town(connection)
    content = a_file(COLUMNS, a_target_row(), a_target_row(scheme="zeilen")).read()

    sent = await analyst.upload("reach/target-groups", content)
    where = sent.headers["location"].removeprefix("/velsen/")
    waiting = await analyst.look(where)
    await Worker(database, job_kinds()).run_all_due()
    done = (await analyst.look(where)).text

    assert sent.status_code == 303
    assert "Wij lezen uw bestand" in waiting.text
    assert waiting.headers["refresh"] == "2"
    assert "Niet alles is goed gelezen" in done
    assert "Deze regeling kennen wij niet in dit jaar." in done


@pytest.mark.parametrize("path", ["reach/target-groups", "reach/published"])
async def test_a_form_without_a_file_is_shown_again(analyst: Visitor, path: str) -> None:
    answer = await analyst.send(path, {})
    assert answer.status_code == 400
    assert "Kies een bestand." in answer.text


async def test_printed_figures_are_shown_with_a_verdict_each(analyst: Visitor) -> None:
    for kind, name in (
        ("printed_reach", "printed_reach.csv"),
        ("use_by_year", "almere_use_2016_2019.csv"),
    ):
        content = (DATA / name).read_bytes()
        sent = await analyst.upload("reach/published", content, {"kind": kind})
        assert sent.headers["location"] == "/velsen/reach/printed"

    text = (await analyst.look("reach/printed")).text

    assert "klopt, als je afkapt" in text
    assert "4 totalen tellen niet op" in text
    assert "Gedrukt is 13,1%: zo komt het niet uit" in text


async def test_printed_money_is_shown_beside_the_books(analyst: Visitor) -> None:
    for kind, name in (
        ("appropriations", "velsen_appropriations.csv"),
        ("budget_table", "velsen_budget_2020_2024.csv"),
    ):
        content = (DATA / name).read_bytes()
        sent = await analyst.upload("reach/published", content, {"kind": kind})
        assert sent.headers["location"] == "/velsen/reach/money"

    text = (await analyst.look("reach/money")).text

    assert "Het pakket is niet wat de tabel zegt" in text
    assert "Dat is €\u00a03.338,00 meer." in text
    assert "Ja, elke kolom komt uit." in text
    assert "besparing door de nieuwe aanpak" in text


@pytest.mark.usefixtures("town")
async def test_a_frozen_year_says_so_on_its_pages(analyst: Visitor) -> None:
    await analyst.send("reach/frozen", {"period": f"{YEAR - 1}-year"})

    text = (await analyst.look(f"reach?year={YEAR - 1}")).text
    listed = (await analyst.look("reach/frozen")).text

    assert "Deze cijfers zijn vastgezet" in text
    assert f"heel {YEAR - 1}" in listed


async def test_who_may_only_read_sees_no_form(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    policy = await signed_in(client, connection, Role.POLICY)
    assert "<form" not in (await policy.look("reach/frozen")).text
    assert (await policy.look("reach/target-groups")).status_code == 403
    assert (await policy.look("reach/schemes/nope")).status_code == 404
