"""Settings, programs, events and jobs as pages: who sees them, who changes what, and what it says."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import httpx
import msgspec
import pytest

from given.days import NOW, TODAY
from given.logins import a_login
from given.merchants import IBAN, REGISTRAR, a_registered_merchant
from pas.app.catalogue import all_refusals
from pas.auth.event_readers import READERS
from pas.auth.event_words import THINGS
from pas.auth.municipality_settings import FIXED, NAMES, read_municipality_settings
from pas.auth.pages.jobs import WORDS
from pas.auth.roles import Role
from pas.auth.setting_words import SETTINGS
from pas.db import Connection
from pas.jobs import enqueue, job_kinds
from pas.merchants.model import PayoutDetails
from pas.merchants.payout_accounts import propose_account
from signed_in import Visitor, signed_in


@pytest.fixture
async def administrator(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.ADMINISTRATOR)


@pytest.fixture
async def auditor(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.AUDITOR)


# --- settings ---------------------------------------------------------------------------------


def test_every_setting_is_explained_but_those_that_are_fixed() -> None:
    assert {one.name for one in SETTINGS} == set(NAMES) - FIXED


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [
        ("voidHours", "48", 48),
        ("passYearStartMonth", "7", 7),
        ("areas", "Noord\n\n  Zuid \n", ("Noord", "Zuid")),
        ("oncePerChildUntil", "1-8-2031", "2031-08-01"),
        ("oncePerChildUntil", "", None),
        ("telephone", "0255 12 34 56", "0255 12 34 56"),
        ("telephoneHours", "", ""),
        ("payoutMinimumCents", "12,50", 1250),
        ("payerIban", "nl91 abna 0417 1643 00", "NL91ABNA0417164300"),
        ("payerIban", "", None),
        ("payerName", "", None),
        ("payoutRhythm", "weekly", "weekly"),
        ("colleaguesSeeApplications", "true", True),
        ("professions", "huisarts\n", ("huisarts",)),
    ],
)
async def test_a_setting_is_changed_and_told_with_before_and_after(
    administrator: Visitor, connection: Connection, name: str, typed: str, stored: object
) -> None:
    before = (await administrator.look(f"settings/{name}")).status_code
    changed = await administrator.send(f"settings/{name}", {"value": typed})
    settings = msgspec.to_builtins(await read_municipality_settings(connection))

    assert (before, changed.status_code) == (200, 303)
    assert msgspec.json.encode(settings[name]) == msgspec.json.encode(stored)


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("voidHours", "9999", "Van 0 tot en met 744 uur."),
        ("voidHours", "veel", "Van 0 tot en met 744 uur."),
        ("objectionWeeks", "0", "Van 1 tot en met 52 weken."),
        ("passYearStartMonth", "13", "Dit kan niet."),
        ("title", "", "Hoogstens 200 tekens."),
        ("oncePerChildUntil", "31-2-2030", "Typ de datum zo: 31-12-2030."),
        ("telephone", "bel maar", "Dit kan niet."),
        ("payoutCoolingDays", "1", "alleen langer worden"),
        ("payoutMinimumCents", "12,5", "twee cijfers achter de komma"),
        ("payerIban", "NL92ABNA0417164300", "Dit rekeningnummer klopt niet."),
        ("payoutRhythm", "daily", "Dit kan niet."),
        ("colleaguesSeeApplications", "misschien", "Dit kan niet."),
    ],
)
async def test_what_may_not_be_filled_in_is_refused_with_the_bounds(
    administrator: Visitor, connection: Connection, name: str, typed: str, said: str
) -> None:
    before = await read_municipality_settings(connection)
    refused = await administrator.send(f"settings/{name}", {"value": typed})

    assert refused.status_code == 400
    assert said in unescape(refused.text)
    assert await read_municipality_settings(connection) == before


async def test_who_signs_in_where_cannot_be_changed_on_a_page(administrator: Visitor) -> None:
    for name in (*FIXED, "nothing"):
        assert (await administrator.look(f"settings/{name}")).status_code == 404
        assert (await administrator.send(f"settings/{name}", {"value": "x"})).status_code == 404


async def test_an_auditor_reads_the_settings_and_changes_none(auditor: Visitor) -> None:
    page = await auditor.look("settings")
    assert page.status_code == 200
    assert "/velsen/settings/" not in page.text
    assert (await auditor.send("settings/voidHours", {"value": "1"})).status_code == 403


# --- programs ---------------------------------------------------------------------------------

PROGRAM = {"name": "Kassakoppeling", "role": "policy", "until": str(TODAY + timedelta(days=90))}


async def test_a_program_gets_a_role_and_a_token_that_is_shown_once_and_can_be_stopped(
    administrator: Visitor, connection: Connection, client: httpx.AsyncClient
) -> None:
    made = unescape((await administrator.send("programs", PROGRAM)).text)
    (token,) = re.findall(r">(ey[\w.-]+)</textarea>", made)
    headers = {"authorization": f"Bearer {token}"}
    works = await client.get("/v1/velsen/schemes", headers=headers)
    listed = (await administrator.look("programs")).text
    row = await connection.fetchval("SELECT id FROM api_token")
    stopped = await administrator.send(f"programs/tokens/{row}/end", {})
    works_not = await client.get("/v1/velsen/schemes", headers=headers)

    assert (works.status_code, works_not.status_code) == (200, 401)
    assert "Kassakoppeling" in listed
    assert token not in listed
    assert stopped.status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Geef het programma een naam."),
        ("role", "finance", "Kies wat het programma mag doen."),
        ("until", "morgen", "Typ de datum zo"),
        ("until", str(TODAY + timedelta(days=900)), "hoogstens een jaar"),
    ],
)
async def test_a_program_that_may_not_be_leaves_nothing_behind(
    administrator: Visitor, connection: Connection, field: str, value: str, said: str
) -> None:
    refused = await administrator.send("programs", {**PROGRAM, field: value})
    assert refused.status_code == 400
    assert said in refused.text
    assert await connection.fetchval("SELECT count(*) FROM login WHERE issuer = 'program'") == 0


# --- events -----------------------------------------------------------------------------------


def test_everything_that_events_are_about_has_a_dutch_name() -> None:
    assert set(THINGS) == set(READERS)


async def test_an_event_says_who_did_what_and_what_it_was_before(
    administrator: Visitor, auditor: Visitor, connection: Connection
) -> None:
    login = await a_login(connection, name="Noor Bakker")
    await administrator.send(f"logins/{login}/roles", {"role": "officer"})
    await administrator.send("settings/voidHours", {"value": "12"})
    text = unescape((await auditor.look("events")).text)

    assert "Rol van een collega: gegeven, Noor Bakker" in text
    assert "Joke de Boer" in text
    assert "<ins>officer</ins>" in text
    assert "<del>24</del> wordt <ins>12</ins>" in text
    assert text.index("Instelling: veranderd") < text.index("Rol van een collega: gegeven")


async def test_who_may_not_see_the_thing_sees_that_it_changed_and_not_what(
    administrator: Visitor, auditor: Visitor, connection: Connection
) -> None:
    merchant = await a_registered_merchant(connection)
    account = PayoutDetails(iban=IBAN, holder="Stichting Zwemmen")
    await propose_account(connection, merchant, account, actor=REGISTRAR, now=NOW)
    seen, hidden = [
        (await one.look("events?thing=payout_account")).text for one in (auditor, administrator)
    ]

    assert IBAN in seen
    assert "Rekeningnummer van een aanbieder: voorgesteld" in hidden
    assert IBAN not in hidden
    assert "Aanbieder: ingeschreven" not in hidden  # only what was asked about


async def test_events_go_on_behind_a_page(administrator: Visitor, connection: Connection) -> None:
    for hours in range(31):
        await administrator.send("settings/voidHours", {"value": str(hours)})
    first = (await administrator.look("events")).text
    (link,) = re.findall(r'href="/velsen/(events\?before=[^"]+)"', unescape(first))
    second = (await administrator.look(link)).text

    assert first.count("Instelling: veranderd") == 30
    assert second.count("Instelling: veranderd") == 1


async def test_an_officer_does_not_see_what_everybody_changed(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    officer = await signed_in(client, connection, Role.OFFICER)
    for path in ("events", "settings", "logins", "programs", "jobs"):
        assert (await officer.look(path)).status_code == 403


# --- jobs -------------------------------------------------------------------------------------


def test_every_kind_of_job_has_a_dutch_name() -> None:
    assert all_refusals(), "imports the whole program, so that every kind is known"
    assert set(WORDS) == {kind for kind in job_kinds() if not kind.startswith("test")}


async def test_a_job_that_failed_stands_on_top_with_the_reason(
    administrator: Visitor, connection: Connection
) -> None:
    for kind, state in (("ledger.prove", "failed"), ("grants.assess", "done")):
        job = await enqueue(
            connection, kind=kind, arguments={}, actor_kind="system", actor_id=uuid4()
        )
        await connection.execute(
            "UPDATE job SET state = $2, problem = $3::text::jsonb WHERE id = $1",
            *(job, state, '{"detail": "De schijf is vol."}' if state == "failed" else None),
        )
    text = (await administrator.look("jobs")).text

    assert "De schijf is vol." in text
    assert text.index("De boeken nakijken") < text.index("Toekennen")
