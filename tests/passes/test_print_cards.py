"""The cards of a year: everybody once, also after a crash; two files that never join; and a clock."""

import asyncio
import multiprocessing
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from given.cards import a_press, a_resident, an_issued_card
from given.city import a_holder
from given.days import NEW_YEAR, NOW, YEAR
from given.logins import a_key_store
from given.merchants import REGISTRAR
from pas.auth.actor import SYSTEM
from pas.auth.events import read_events
from pas.auth.keys import KeyStore
from pas.auth.municipality_settings import change_municipality_settings
from pas.auth.roles import Role
from pas.db import Address, Connection, Database
from pas.ids import CardRunId, MunicipalityName, ResidentId
from pas.installation import Access
from pas.jobs import Worker, job_kinds
from pas.passes import print_cards
from pas.passes.activate import activate_card
from pas.passes.issue import WantedPass, issue_passes
from pas.passes.make_cards import Press
from pas.passes.print_cards import (
    CardRunReport,
    begin_card_run,
    do_card_run,
    keep_for_post,
)
from pas.passes.print_files import FileKind, PrintFilesGone, print_file
from pas.passes.prove_code import Shown
from pas.passes.replace import Replacement, replace_card
from pas.retention.clean_up import clean_up
from people import Town
from serving import run_pas

VELSEN = MunicipalityName("velsen")
CELLS = 4


async def holders(connection: Connection, count: int, name: str = "Sanne") -> list[ResidentId]:
    """People with a pass of the year and no card."""
    made = [await a_resident(connection, name=name) for _ in range(count)]
    first, last = NEW_YEAR, date(YEAR + 1, 1, 1)
    await issue_passes(
        connection, [WantedPass(one, YEAR, first, last) for one in made], actor=REGISTRAR
    )
    return made


async def a_run(
    connection: Connection, database: Database, press: Press
) -> tuple[CardRunId, CardRunReport]:
    run_id = await begin_card_run(connection, year=YEAR, form="paper", actor=REGISTRAR, now=NOW)
    report = await do_card_run(database, VELSEN, run_id, press=press, actor=REGISTRAR, now=NOW)
    return run_id, report


async def files(connection: Connection, run_id: CardRunId, press: Press) -> tuple[str, str]:
    kinds: tuple[FileKind, ...] = ("cards", "letters")
    cards, letters = [
        await print_file(connection, run_id, kind, ring=press.ring, actor=REGISTRAR, now=NOW)
        for kind in kinds
    ]
    return cards, letters


def cells(text: str) -> list[list[str]]:
    return [line.split(";") for line in text.splitlines()[1:]]


async def test_everybody_with_a_pass_and_no_card_gets_one_that_the_letter_activates(
    connection: Connection, database: Database, press: Press
) -> None:
    await holders(connection, 2)
    await a_resident(connection)
    await a_holder(connection, year=YEAR)
    run_id, report = await a_run(connection, database, press)
    cards, letters = await files(connection, run_id, press)

    assert report.cards == 2
    assert await connection.fetchval("SELECT count(*) FROM card") == 3
    for card, letter in zip(cells(cards), cells(letters), strict=True):
        shown = Shown(scanned=card[4], code=letter[4])
        await activate_card(connection, shown, ring=press.ring, municipality=VELSEN, now=NOW)
    active = "SELECT count(*) FROM card WHERE state = 'active'"
    assert await connection.fetchval(active) == 3


async def test_the_two_files_never_hold_codes_of_both_kinds(
    connection: Connection, database: Database, press: Press
) -> None:
    await holders(connection, 3)
    run_id, _ = await a_run(connection, database, press)
    cards, letters = await files(connection, run_id, press)
    on_cards = {code for row in cells(cards) for code in row[CELLS:]}
    in_letters = {code for row in cells(letters) for code in row[CELLS:]}

    assert (len(on_cards), len(in_letters)) == (6, 3)
    assert not any(code in letters for code in on_cards)
    assert not any(code in cards for code in in_letters)
    stored = str(await connection.fetch("SELECT * FROM card_print")) + str(
        await connection.fetch("SELECT * FROM event_content")
    )
    assert not any(code in stored for code in on_cards | in_letters)


async def test_a_name_that_is_a_formula_is_neutralised(
    connection: Connection, database: Database, press: Press
) -> None:
    await holders(connection, 1, name="=SUM(A1)")
    run_id, _ = await a_run(connection, database, press)
    for text in await files(connection, run_id, press):
        assert cells(text)[0][0].startswith("'=SUM")


async def test_a_lost_answer_is_fetched_again_until_the_clock(
    connection: Connection, database: Database, press: Press
) -> None:
    await change_municipality_settings(connection, {"printDays": 7}, actor=SYSTEM)
    await holders(connection, 1)
    run_id, _ = await a_run(connection, database, press)
    assert await files(connection, run_id, press) == await files(connection, run_id, press)
    later = NOW + timedelta(days=7)
    with pytest.raises(PrintFilesGone):
        await print_file(connection, run_id, "letters", ring=press.ring, actor=REGISTRAR, now=later)
    await clean_up(database, VELSEN, now=later)
    assert await connection.fetchval("SELECT code_encrypted FROM card_print") is None
    fetched = await read_events(connection, subject_kind="card_run", subject_id=run_id)
    assert [event.kind for event in fetched] == ["card_run.fetched"] * 4 + ["card_run.started"]


async def test_a_replacement_goes_with_the_next_post(
    connection: Connection, database: Database, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    async with connection.transaction():
        new = await replace_card(
            connection,
            card.card_id,
            Replacement(form="paper", reason="kwijt"),
            press=press,
            actor=REGISTRAR,
            now=NOW,
        )
        await keep_for_post(connection, new, ring=press.ring)
    run_id, report = await a_run(connection, database, press)
    cards, _ = await files(connection, run_id, press)
    assert report.cards == 1
    assert new.codes.token.text() in cards


def make_slowly(address: Address, keys: Path, run_id: CardRunId) -> None:
    """A worker in a process of its own, with small chunks and time between them to die in."""
    print_cards.CHUNK = 5
    press = Press(KeyStore(keys).ring(VELSEN))

    async def run() -> None:
        await do_card_run(
            Database(address),
            VELSEN,
            run_id,
            press=press,
            actor=REGISTRAR,
            now=NOW,
            told=lambda _done, _total: time.sleep(0.2),
        )

    asyncio.run(run())


async def test_a_worker_that_is_killed_half_way_leaves_a_run_that_goes_on(
    access: Access, connection: Connection, database: Database, tmp_path: Path
) -> None:
    press = a_press(tmp_path)
    await holders(connection, 30)
    run_id = await begin_card_run(connection, year=YEAR, form="paper", actor=REGISTRAR, now=NOW)
    arguments = (access.address, tmp_path / "keys", run_id)
    worker = multiprocessing.get_context("spawn").Process(target=make_slowly, args=arguments)
    worker.start()
    async with asyncio.timeout(60):
        while True:
            if await connection.fetchval("SELECT count(*) FROM card"):
                break
            await asyncio.sleep(0.02)
    worker.kill()
    worker.join()
    half = await connection.fetchval("SELECT count(*) FROM card")
    again, report = await a_run(connection, database, press)
    cards, letters = await files(connection, run_id, press)

    assert (0 < half < 30, again) == (True, run_id)
    assert report.cards == len(cells(cards)) == len(cells(letters)) == 30
    assert await connection.fetchval("SELECT count(*) FROM card") == 30
    assert all(row[CELLS] for row in cells(letters))


async def test_over_http_an_officer_gets_both_files_and_the_counter_none(
    town: Town, connection: Connection, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    await holders(connection, 1)
    monkeypatch.setenv("PAS_KEY_DIR", str(town.keys.folder))
    officer = await town.officer(connection, Role.OFFICER)
    counter = await town.officer(connection, Role.COUNTER)
    body = {"year": YEAR, "form": "paper"}
    started = await officer.post("/v1/velsen/card-runs", body)
    await Worker(database, job_kinds()).run_all_due()
    run = f"/v1/velsen/card-runs/{started.json()['cardRunId']}"
    cards, letters = [await officer.get(f"{run}/{kind}") for kind in ("cards", "letters")]

    assert started.status_code == 202
    assert (await officer.get(run)).json()["endedAt"] is not None
    (listed,) = (await officer.get("/v1/velsen/card-runs")).json()["items"]
    assert (listed["id"], listed["cards"]) == (started.json()["cardRunId"], 1)
    assert (cards.status_code, letters.status_code) == (200, 200)
    assert cards.headers["cache-control"] == "no-store"
    assert cards.headers["content-type"].startswith("text/csv")
    assert (await counter.post("/v1/velsen/card-runs", body)).status_code == 403
    assert (await counter.get(f"{run}/letters")).status_code == 403


async def test_the_command_writes_both_files_for_their_owner_alone(
    access: Access, connection: Connection, tmp_path: Path
) -> None:
    a_key_store(tmp_path)
    await holders(connection, 2)
    settings = {
        "database_url": access.address.url,
        "database_secret": access.address.secret,
        "data_dir": str(tmp_path / "data"),
        "key_dir": str(tmp_path / "keys"),
    }
    command = ("passes", "cards", "velsen", "--year", str(YEAR), "--folder", str(tmp_path))
    done, again = [run_pas(*command, **settings) for _ in range(2)]
    cards, letters = [tmp_path / f"{kind}.csv" for kind in ("cards", "letters")]

    assert (done.returncode, again.returncode) == (0, 2), done.stderr
    assert [len(cells(file.read_text())) for file in (cards, letters)] == [2, 2]
    assert {file.stat().st_mode & 0o777 for file in (cards, letters)} == {0o600}
    codes = {
        code for file in (cards, letters) for row in cells(file.read_text()) for code in row[4:]
    }
    assert not any(code in done.stdout + done.stderr for code in codes)
