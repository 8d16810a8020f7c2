"""Deviating from the rule: one proposes, another judges, the decision follows."""

import re
from datetime import date

import httpx
import pytest

from given.assessment import a_member, a_scheme_in_force
from given.days import NEW_YEAR, YEAR
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import ResidentId, SchemeVersionId
from signed_in import Visitor, signed_in


@pytest.fixture
async def version(connection: Connection) -> SchemeVersionId:
    return await a_scheme_in_force(
        connection, valid_from=NEW_YEAR, income_limit=11_000, unit="child"
    )


@pytest.fixture
async def child(connection: Connection, version: SchemeVersionId) -> ResidentId:
    """Just above the limit."""
    await a_member(connection, since=NEW_YEAR, income=11_100)
    return await a_member(connection, born=date(YEAR - 10, 1, 1), since=NEW_YEAR, income=11_100)


@pytest.fixture
async def officer(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.OFFICER)


@pytest.fixture
async def approver(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.APPROVER)


def proposal(version: SchemeVersionId, /, **changes: str) -> dict[str, str]:
    form = {"version": str(version), "effect": "grant", "reason": "Er is een hoge schuld."}
    return {**form, **changes}


async def test_what_one_proposes_and_another_confirms_is_granted(
    officer: Visitor, approver: Visitor, child: ResidentId, version: SchemeVersionId
) -> None:
    proposed = await officer.send(f"residents/{child}/deviation", proposal(version))
    assert proposed.status_code == 303, proposed.text
    path = proposed.headers["location"].removeprefix("/velsen/")
    listed = (await approver.look("deviations")).text
    confirmed = await approver.send(path, {"verdict": "confirm"})
    after = (await approver.look(path)).text
    person = (await officer.look(f"residents/{child}")).text
    assert "Toch toekennen" in listed
    assert confirmed.status_code == 303
    assert "Bevestigd" in after
    assert "Wij maken voor u een uitzondering." in person
    assert "na een afwijking van de regel" in person


async def test_turning_down_needs_a_reason(
    officer: Visitor, approver: Visitor, child: ResidentId, version: SchemeVersionId
) -> None:
    proposed = await officer.send(f"residents/{child}/deviation", proposal(version))
    path = proposed.headers["location"].removeprefix("/velsen/")
    without = await approver.send(path, {"verdict": "reject"})
    rejected = await approver.send(path, {"verdict": "reject", "because": "Het kan anders."})
    after = (await approver.look(path)).text
    assert without.status_code == 400
    assert 'id="because-fout"' in without.text
    assert rejected.status_code == 303
    assert "Het kan anders." in after


async def test_an_officer_proposes_an_amount_and_that_is_granted(
    officer: Visitor,
    approver: Visitor,
    child: ResidentId,
    version: SchemeVersionId,
) -> None:
    proposed = await officer.send(f"residents/{child}/deviation", proposal(version, amount="12,40"))
    path = proposed.headers["location"].removeprefix("/velsen/")
    seen = (await approver.look(path)).text
    await approver.send(path, {"verdict": "confirm"})
    assert "€\N{NO-BREAK SPACE}12,40" in seen
    person = (await officer.look(f"residents/{child}")).text
    assert "Nog over van €\N{NO-BREAK SPACE}12,40" in person


async def test_the_list_goes_on_page_by_page_and_is_there_as_a_file(
    officer: Visitor,
    approver: Visitor,
    child: ResidentId,
    version: SchemeVersionId,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pas.grants.pages.deviations.ON_A_PAGE", 1)
    paths: list[str] = []
    for _ in range(2):
        proposed = await officer.send(f"residents/{child}/deviation", proposal(version))
        paths.append(proposed.headers["location"])
        judged = {"verdict": "reject", "because": "Het kan anders."}
        await approver.send(paths[-1].removeprefix("/velsen/"), judged)
    first = (await approver.look("deviations")).text
    (after,) = re.findall(r"deviations\?before=[0-9a-f-]+", first)
    second = (await approver.look(after)).text
    file = await approver.look("deviations/report")
    assert [path in first for path in paths] == [False, True]
    assert [path in second for path in paths] == [True, False]
    assert "Wacht op een tweede persoon" not in second
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert all(path.rpartition("/")[2] in file.text for path in paths)


async def test_who_chooses_nothing_is_asked_to_choose_and_not_for_a_reason(
    officer: Visitor, approver: Visitor, child: ResidentId, version: SchemeVersionId
) -> None:
    proposed = await officer.send(f"residents/{child}/deviation", proposal(version))
    answer = await approver.send(proposed.headers["location"].removeprefix("/velsen/"), {})
    assert answer.status_code == 400
    assert 'id="verdict-fout"' in answer.text
    assert 'id="because-fout"' not in answer.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"version": ""}, "version"),
        ({"effect": ""}, "effect"),
        ({"reason": "kort"}, "reason"),
        ({"amount": "12,4"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "2000000"}, "amount"),
        ({"amount": "10", "effect": "refuse"}, "amount"),
    ],
)
async def test_what_is_wrong_stands_beside_the_field(
    officer: Visitor,
    child: ResidentId,
    version: SchemeVersionId,
    changes: dict[str, str],
    field: str,
) -> None:
    form = proposal(version, **changes)
    answer = await officer.send(f"residents/{child}/deviation", form)
    assert answer.status_code == 400
    assert f'id="{field}-fout"' in answer.text
    assert f'value="{form.get("amount", "")}"' in answer.text


async def test_who_proposes_cannot_judge_and_the_forms_need_their_token(
    officer: Visitor, approver: Visitor, child: ResidentId, version: SchemeVersionId
) -> None:
    proposed = await officer.send(f"residents/{child}/deviation", proposal(version))
    path = proposed.headers["location"].removeprefix("/velsen/")
    assert "Een collega moet het nog beoordelen." in (await officer.look(path)).text
    assert (await officer.send(path, {"verdict": "confirm"})).status_code == 403
    assert (await approver.send(path, {"verdict": "confirm"}, csrf=False)).status_code == 403
    denied = await approver.send(f"residents/{child}/deviation", proposal(version))
    assert denied.status_code == 403
