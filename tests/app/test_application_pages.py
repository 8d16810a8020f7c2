"""Applying on pages: from the first click of an intermediary to what a club is owed."""

import re
from datetime import UTC, datetime

import httpx
import pytest

from given.applications import (
    BORN,
    DECIDER,
    POT,
    REGISTRAR,
    SPORT,
    a_child,
    a_team_scheme,
    a_youth_scheme,
    judge_everything,
)
from given.city import Merchant, a_merchant
from given.days import NOW, TODAY, YEAR
from given.logins import an_actor
from page_forms import form_in
from pas.applications.organisations import recognise_intermediary, recognise_organisation
from pas.applications.pause import pause, resume
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.appropriations import CoverLine, set_aside
from pas.ids import EntryId, OrganisationId, uuid7
from pas.money import Cents
from signed_in import Visitor, signed_in


async def recognised(
    connection: Connection, visitor: Visitor, organisation: OrganisationId
) -> Visitor:
    await recognise_intermediary(
        connection,
        visitor.login,
        organisation,
        profession="leerkracht",
        actor=REGISTRAR,
        now=NOW,
    )
    return visitor


@pytest.fixture
async def teacher(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    await a_youth_scheme(connection, title="Jeugdfonds sport")
    school = await recognise_organisation(
        connection, "De Duinroos", "school", actor=REGISTRAR, now=NOW
    )
    visitor = await signed_in(client, connection, Role.INTERMEDIARY)
    return await recognised(connection, visitor, school)


@pytest.fixture
async def club(connection: Connection) -> Merchant:
    return await a_merchant(connection, name="SV De Duinen")


def typed(form: dict[str, str], **changes: str) -> dict[str, str]:
    return {
        **form,
        "given_name": "Noor",
        "family_name": "Bakker",
        "birth_date": BORN.isoformat(),
        "postcode": "1971 ab",
        "agreed_by": "Moeder",
        "agreed_how": "present",
        "agreed_on": TODAY.isoformat(),
        "not_own_child": "ja",
        **changes,
    }


async def applies(teacher: Visitor, club: str, **changes: str) -> httpx.Response:
    path = f"child-applications/new/child?scheme={SPORT}&club={club}"
    form = form_in((await teacher.look(path)).text, "/child-applications/new/child")
    return await teacher.send("child-applications/new/child", typed(form, **changes))


async def test_an_application_goes_from_the_first_click_to_what_the_club_is_owed(
    client: httpx.AsyncClient,
    connection: Connection,
    database: Database,
    *,
    teacher: Visitor,
    club: Merchant,
) -> None:
    await a_child(connection)
    assert "Nieuwe aanvraag" in (await teacher.look("child-applications")).text
    assert "Jeugdfonds sport" in (await teacher.look("child-applications/new")).text
    found = await teacher.look(f"child-applications/new/club?scheme={SPORT}&search=duin")
    sent = await applies(teacher, str(club.id), own_reference="groep 6, N.")
    case = sent.headers["location"].removeprefix("/velsen/")
    before = (await teacher.look(case)).text
    await judge_everything(database, now=datetime.now(UTC))
    after = (await teacher.look(case)).text

    manager = await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=club.id)
    moved = await manager.look("awards")
    listed = (await manager.look(moved.headers["location"].removeprefix("/velsen/"))).text
    award = case.replace("child-applications", f"merchants/{club.id}/awards")
    form = form_in((await manager.look(award)).text, award)
    stated = {**form, "participation": "takes_part", "amount": "180", "invoice": "F-12"}
    contradicted = await manager.send(award, {**stated, "participation": "never_came"})
    confirmed = await manager.send(award, stated)

    assert "SV De Duinen" in found.text
    assert "groep 6, N." in before
    assert "SV De Duinen (groep 6, N.)" in (await teacher.look("child-applications")).text
    assert "Wij kijken ernaar" in before
    assert "Toegekend." in after
    assert "Noor Bakker" in listed
    assert "Maak dan het bedrag en de factuur leeg" in contradicted.text
    assert confirmed.status_code == 303, confirmed.text
    shown = (await manager.look(award)).text
    assert "F-12" in shown
    assert "70,00" in shown
    form = form_in(shown, "/refund")
    back = await manager.send(f"{award}/refund", {**form, "back": "30", "reason": "gestopt"})
    assert back.status_code == 303, back.text
    assert "Geef de rest terug" in (await teacher.look(case)).text
    unsure = await teacher.send(f"{case}/release", {})
    assert "Kruis aan dat de rest niet nodig is" in unsure.text
    released = await teacher.send(f"{case}/release", {"release": "yes"})
    assert released.status_code == 303, released.text
    owed = "SELECT sum(CASE WHEN credit = $1 THEN amount ELSE -amount END)::bigint FROM transfer WHERE $1 IN (debit, credit)"
    assert await connection.fetchval(owed, club.account) == 15_000


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("birth_date", f"1-1-{YEAR + 1}", "nog niet geweest"),
        ("birth_date", "17-5-1990", "niet voor een volwassene"),
        ("not_own_child", "", "Voor uw eigen kind"),
        ("amount", "250,01", "hoogstens"),
        ("postcode", "1971", "Typ de postcode zo"),
        ("agreed_by", "", "welke ouder"),
        ("agreed_on", f"1-1-{YEAR + 1}", "nog niet geweest"),
        ("agreed_on", f"1-1-{YEAR - 2}", "meer dan een jaar geleden"),
        ("given_name", "Jan 123456782", "geen burgerservicenummer"),
        ("agreed_by", "Moeder (1112.22.333)", "geen burgerservicenummer"),
        ("what_for", "bsn 111 222 333", "geen burgerservicenummer"),
        ("own_reference", "111222333", "geen burgerservicenummer"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(
    teacher: Visitor, club: Merchant, field: str, *, value: str, said: str
) -> None:
    answer = await applies(teacher, str(club.id), **{field: value})
    assert answer.status_code == 400
    beside = re.search(rf'id="{field}-fout">([^<]*)<', answer.text)
    assert beside, answer.text
    assert said in beside[1]


async def test_everything_that_is_wrong_is_said_at_once(teacher: Visitor) -> None:
    answer = await applies(teacher, "new", given_name="", birth_date="", agreed_by="", club_name="")
    told = re.findall(r'id="([a-z_]+)-fout"', answer.text)
    assert {"given_name", "birth_date", "agreed_by", "club_name"} <= set(told)


async def test_an_application_that_stands_still_says_what_it_waits_for(
    connection: Connection, teacher: Visitor, club: Merchant
) -> None:
    await applies(teacher, str(club.id))
    application = await connection.fetchval("SELECT id FROM child_application")
    await pause(connection, application, "Welke groep?", actor=DECIDER, now=datetime.now(UTC))

    for path in ("child-applications", f"child-applications/{application}"):
        text = (await teacher.look(path)).text
        assert "Wij wachten hierop: Welke groep?" in text
        assert "U hoeft nu niets te doen" not in text
        assert "uiterlijk op" not in text
    await resume(connection, application, actor=DECIDER, now=datetime.now(UTC))
    for path in ("child-applications", f"child-applications/{application}"):
        text = (await teacher.look(path)).text
        assert "Wij wachten hierop" not in text
        assert "U hoort het uiterlijk op" in text


async def test_a_suspended_club_cannot_be_chosen(
    connection: Connection, teacher: Visitor, club: Merchant
) -> None:
    await connection.execute("UPDATE merchant SET state = 'suspended'")
    found = await teacher.look(f"child-applications/new/club?scheme={SPORT}")
    answer = await applies(teacher, str(club.id))
    assert "SV De Duinen" not in found.text
    assert answer.status_code == 400
    assert "doet hier nu niet aan mee" in answer.text


async def test_an_officer_finds_the_child_and_decides(
    client: httpx.AsyncClient,
    connection: Connection,
    database: Database,
    *,
    teacher: Visitor,
    club: Merchant,
) -> None:
    child = await a_child(connection, family_name="Bakkers", income=None)
    case = (await applies(teacher, str(club.id))).headers["location"].rpartition("/")[2]
    await judge_everything(database, now=datetime.now(UTC))
    officer = await signed_in(client, connection, Role.OFFICER)
    path = f"child-application-queue/{case}"
    assert "Wij vinden het kind niet" in (await officer.look("child-application-queue")).text
    assert "Bakkers" in (await officer.look(path)).text
    sought = {"family_name": "bak", "birth_date": BORN.isoformat()}
    assert str(child) in (await officer.send(f"{path}/search", sought)).text
    nobody = await officer.send(f"{path}/search", {**sought, "birth_date": "17-5-2001"})
    assert "Wij vinden niemand." in nobody.text
    assert "Vul de achternaam in" in (await officer.send(f"{path}/search", {})).text
    short = await officer.send(f"{path}/search", {**sought, "family_name": "b"})
    assert "Zo vindt u te veel mensen." in short.text
    noted = await connection.fetch(
        "SELECT DISTINCT activity FROM processing_log WHERE activity LIKE 'resident.searched.%'"
    )
    assert [row["activity"] for row in noted] == ["resident.searched.application"]
    named = await officer.send(f"{path}/child", {"resident": str(child)})
    paused = await officer.send(f"{path}/pause", {"pause": "loonstrook van de ouder"})
    standing = (await officer.look(path)).text
    resumed = await officer.send(f"{path}/pause", {"act": "resume"})
    wrong = await officer.send(f"{path}/decision", {"outcome": "award"})
    decided = await officer.send(
        f"{path}/decision", {"outcome": "award", "amount": "200", "reason": "loonstrook gezien"}
    )

    assert [one.status_code for one in (named, paused, resumed)] == [303, 303, 303]
    assert "loonstrook van de ouder" in standing
    assert "Schrijf in één zin waarom" in wrong.text
    assert decided.status_code == 303, decided.text
    assert "200,00 toegekend" in (await officer.look(path)).text.replace("\u00a0", " ")
    again = await officer.send(
        f"{path}/decision", {"outcome": "refuse", "refusal": "too-old", "reason": "x"}
    )
    assert "al beslist" in again.text


async def test_a_team_proposes_a_colleague_confirms_and_the_code_is_shown(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    await a_team_scheme(connection)
    line = CoverLine(
        id=EntryId(uuid7()), scheme=POT, year=YEAR, cover_line="x", amount_cents=Cents(40_000)
    )
    await set_aside(connection, line, actor=an_actor(Role.FINANCE), now=NOW)
    team = await recognise_organisation(connection, "Team", "team", actor=REGISTRAR, now=NOW)
    one, other = [
        await recognised(connection, await signed_in(client, connection, Role.TEAM_MEMBER), team)
        for _ in range(2)
    ]
    form = form_in((await one.look("vouchers/new")).text, "/vouchers/new")
    wanted = {"purpose": f"{POT}:clothing", "amount": "60", "what_for": "winterjas"}
    bare = await one.send("vouchers/new", {**form, **wanted})
    proposed = await one.send("vouchers/new", {**form, **wanted, "no_other_provision": "ja"})
    path = proposed.headers["location"].removeprefix("/velsen/")
    own = await one.send(path, {"verdict": "confirm"})
    listed = (await other.look("vouchers")).text
    confirmed = await other.send(path, {"verdict": "confirm"})
    nowhere = (await other.look(f"{path}/code")).text
    await a_merchant(connection, name="Kledingbank", categories=("clothing",))
    await a_merchant(connection, name="Boekhandel", categories=("school_costs",))
    code = await other.look(f"{path}/code")

    assert "als er niets anders is" in bare.text
    assert "Vraag een collega" in own.text
    assert "Kijk of u het ermee eens bent" in listed
    assert confirmed.status_code == 303, confirmed.text
    assert "<svg" in code.text
    assert "60,00" in code.text
    assert "nu geen winkel die deze bon aanneemt" in nowhere
    assert "<li>Kledingbank</li>" in code.text
    assert "Boekhandel" not in code.text


async def test_who_is_not_recognised_is_told_what_to_do(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    stranger = await signed_in(client, connection, Role.INTERMEDIARY)
    answer = await stranger.look("child-applications")
    assert answer.status_code == 403
    assert "Bel de gemeente" in answer.text


async def test_a_registrar_recognises_and_ends(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    registrar = await signed_in(client, connection, Role.REGISTRAR)
    person = await signed_in(client, connection, Role.INTERMEDIARY)
    made = await registrar.send("organisations", {"name": "De Duinroos", "kind": "school"})
    school = await connection.fetchval("SELECT id FROM organisation")
    fields = {"login": str(person.login), "organisation": str(school), "profession": "huisarts"}
    added = await registrar.send("organisations/people", fields)
    seen = (await registrar.look("organisations")).text
    welcome = await person.look("child-applications")
    ended = await registrar.send(f"organisations/people/{person.login}/end", {})

    assert [one.status_code for one in (made, added, ended)] == [303, 303, 303]
    assert "huisarts, De Duinroos" in seen
    assert welcome.status_code == 200
    assert (await person.look("child-applications")).status_code == 403


async def test_a_one_off_payee_takes_an_officer_two_approvals_and_a_second_person(
    client: httpx.AsyncClient,
    connection: Connection,
    database: Database,
    *,
    teacher: Visitor,
    club: Merchant,
) -> None:
    await a_child(connection)
    case = (await applies(teacher, str(club.id))).headers["location"].rpartition("/")[2]
    await judge_everything(database, now=datetime.now(UTC))
    registrar = await signed_in(client, connection, Role.REGISTRAR)
    approver = await signed_in(client, connection, Role.APPROVER)
    officer = await signed_in(client, connection, Role.OFFICER)
    fields = {"name": "Muziekjuf Els", "iban": "NL91ABNA0417164300", "holder": "E. de Boer"}
    added = await registrar.send("one-off-payees", fields)
    payee = await connection.fetchval("SELECT id FROM merchant WHERE kind = 'one_off'")
    account = await connection.fetchval("SELECT id FROM payout_account")
    await approver.send(f"merchants/{payee}/accounts/{account}", {"verdict": "approve"})
    approved = await approver.tell(f"merchants/{payee}/state", {"state": "approved"}, method="PUT")
    path = f"child-application-queue/{case}"
    form = form_in((await officer.look(path)).text, "/invoice")
    invoice = {"payee": str(payee), "invoice_amount": "90", "invoice": "7", "invoice_reason": "les"}
    proposed = await officer.send(f"{path}/invoice", {**form, **invoice})
    waiting = (await approver.look("payee-invoices")).text
    assert all(word in waiting for word in ("Waarom deze leverancier", "les", "Jeugdfonds sport"))
    action = re.search(r'action="/velsen/(payee-invoices/[^"]+)"', waiting)
    assert action, waiting
    agreed = await approver.send(action[1], {"verdict": "confirm"})

    assert (added.status_code, approved.status_code) == (303, 200), approved.text
    assert proposed.status_code == 303, proposed.text
    assert agreed.status_code == 303, agreed.text
    owed = "SELECT sum(t.amount)::bigint FROM transfer t JOIN account a ON a.id = t.credit WHERE a.kind = 'payee'"
    assert await connection.fetchval(owed) == 9_000
    assert "Muziekjuf" not in (await registrar.look("payees")).text


async def test_the_report_is_a_page_and_a_file(
    client: httpx.AsyncClient,
    connection: Connection,
    database: Database,
    *,
    teacher: Visitor,
    club: Merchant,
) -> None:
    await a_child(connection)
    await applies(teacher, str(club.id))
    await judge_everything(database, now=datetime.now(UTC))
    analyst = await signed_in(client, connection, Role.ANALYST)
    shown = (await analyst.look("child-applications-report")).text
    file = await analyst.look(f"child-applications-report/download?year={YEAR}")

    assert "niet getoond" in shown
    assert "Jeugdfonds sport" in shown
    assert SPORT not in shown
    assert "250,00" in shown
    assert f"purpose;{SPORT};1;kept back;0;kept back;kept back;0;0" in file.text
