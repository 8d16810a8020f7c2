"""A pass that an officer ended by mistake: one officer says why, another one opens it again."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import httpx
import pytest

from given.city import Holder, a_budget, a_holder, a_scheme
from given.days import YEAR
from pas.auth.roles import Role
from pas.days import day_of, start_of
from pas.db import Connection
from signed_in import Visitor, signed_in

YEARS_END = start_of(date(YEAR + 1, 1, 1))
REASON = {"reason": "De verkeerde persoon gekozen."}


@pytest.fixture
async def holder(connection: Connection) -> Holder:
    holder = await a_holder(connection, year=YEAR)
    scheme = await a_scheme(connection, year=YEAR)
    await a_budget(connection, scheme, holder)
    return holder


@pytest.fixture
async def officer(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.OFFICER)


@pytest.fixture
async def colleague(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.OFFICER)


async def ends(officer: Visitor, holder: Holder) -> None:
    body = {"endedOn": str(day_of(datetime.now(UTC))), "because": "mistake"}
    ended = await officer.tell(f"passes/{holder.pass_id}/end", body, method="PUT")
    assert ended.status_code == 200, ended.text


async def state(connection: Connection) -> tuple[date | None, datetime]:
    row = await connection.fetchrow(
        """
        SELECT p.ended_on, a.usable_until FROM pass p JOIN budget b ON b.pass_id = p.id
        JOIN balance a ON a.account_id = b.account_id
        """
    )
    assert row
    return row["ended_on"], row["usable_until"]


async def test_what_one_officer_proposes_and_another_confirms_works_again_with_its_budgets(
    officer: Visitor, colleague: Visitor, holder: Holder, connection: Connection
) -> None:
    await ends(officer, holder)
    assert (await state(connection))[1] < YEARS_END
    path = f"passes/{holder.pass_id}/reopening"
    assert f'href="/velsen/{path}"' in (await officer.look(f"residents/{holder.id}")).text
    silent = await officer.send(path, {"reason": "oeps"})
    proposed = await officer.send(path, REASON)
    own = await officer.send(path, {"act": "confirm"})
    waits, seen = [(await one.look(path)).text for one in (officer, colleague)]
    confirmed = await colleague.send(path, {"act": "confirm"})

    assert [one.status_code for one in (silent, proposed, own, confirmed)] == [400, 303, 403, 303]
    assert "Een collega moet het nog bevestigen." in waits
    assert REASON["reason"] in seen
    assert await state(connection) == (None, YEARS_END)
    kinds = await connection.fetch(
        "SELECT kind FROM event WHERE subject_id = $1 ORDER BY id", holder.pass_id
    )
    assert [row[0] for row in kinds] == ["pass.ended", "pass.reopening_proposed", "pass.reopened"]
    assert path not in (await officer.look(f"residents/{holder.id}")).text


async def test_what_cannot_be_opened_again_says_why(
    officer: Visitor, colleague: Visitor, holder: Holder, connection: Connection
) -> None:
    put, confirm = (
        f"passes/{holder.pass_id}/reopening",
        f"passes/{holder.pass_id}/reopening/confirmation",
    )
    codes = [(await officer.tell(put, REASON, method="PUT")).json()["code"]]
    await ends(officer, holder)
    codes.append((await colleague.put(confirm)).json()["code"])
    assert (await officer.tell(put, REASON, method="PUT")).status_code == 200
    codes.append((await officer.put(confirm)).json()["code"])
    await connection.execute("UPDATE pass SET ended_because = 'moved-away'")
    codes.append((await colleague.put(confirm)).json()["code"])

    assert codes == [
        "pass-has-not-ended",
        "no-reopening-proposed",
        "colleague-needed",
        "pass-ended-by-register",
    ]


async def test_the_database_asks_for_a_second_person_too(
    officer: Visitor, holder: Holder, connection: Connection
) -> None:
    await ends(officer, holder)
    await officer.tell(f"passes/{holder.pass_id}/reopening", REASON, method="PUT")
    for by in ("reopening_proposed_by", "NULL"):
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(f"UPDATE pass SET reopened_at = now(), reopened_by = {by}")
    later = datetime.now(UTC) + timedelta(days=1)
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute("UPDATE pass SET reopening_reason = NULL, reopened_at = $1", later)
