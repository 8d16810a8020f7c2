"""Deviations: a reason, a second person, and one decision."""

import asyncio
import io
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from given.assessment import a_member, a_scheme_in_force, a_state
from given.logins import an_actor
from pas.auth.roles import Role
from pas.csvfile import read_rows
from pas.db import Connection, Database
from pas.grants.assess import Task, assess_year
from pas.grants.deviate import (
    Deviation,
    DeviationJudged,
    DeviationNotFound,
    DeviationWaits,
    Proposal,
    ReasonTooShort,
    SecondPersonNeeded,
    confirm_deviation,
    list_deviations,
    propose_deviation,
    reject_deviation,
)
from pas.grants.deviation_decision import (
    AmountDoesNotFit,
    PotIsEmpty,
    ResidentNotHere,
    SchemeGrantedBefore,
    VersionNotInForce,
)
from pas.grants.deviation_report import COLUMNS, deviation_report
from pas.ids import DeviationId, MunicipalityName, ResidentId, SchemeVersionId, uuid7
from pas.ledger.prove import prove
from pas.money import Cents
from pas.schemes.model import Visits

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OFFICER, APPROVER = an_actor(Role.OFFICER), an_actor(Role.APPROVER)
REASON = "Schrijnende situatie na een scheiding."


def a_proposal(resident: ResidentId, version: SchemeVersionId, **fields: object) -> Proposal:
    made = {"year": 2026, "effect": "grant", "reason": REASON, **fields}
    return Proposal(resident=resident, version=version, **made)  # pyright: ignore[reportArgumentType]


async def proposed(
    connection: Connection, resident: ResidentId, version: SchemeVersionId, **fields: object
) -> Deviation:
    return await propose_deviation(
        connection, a_proposal(resident, version, **fields), actor=OFFICER, now=NOW
    )


async def assess(database: Database, now: datetime = NOW) -> None:
    task = Task(municipality=MunicipalityName("velsen"), year=2026, actor=OFFICER, now=now)
    await assess_year(database, task)


async def newest(connection: Connection, resident: ResidentId) -> tuple[str, set[tuple[str, str]]]:
    row = await connection.fetchrow(
        """
        SELECT cause, (SELECT array_agg(v->>'scheme' || ' ' || (v->>'reason'))
            FROM jsonb_array_elements(verdicts) v) AS verdicts
        FROM decision WHERE resident_id = $1 ORDER BY decided_at DESC, id DESC LIMIT 1
        """,
        resident,
    )
    assert row
    return row["cause"], {tuple(one.split()) for one in row["verdicts"]}


async def test_a_grant_against_the_rule_needs_a_second_person_and_is_granted_at_once(
    connection: Connection, database: Database
) -> None:
    version = await a_scheme_in_force(connection)
    resident = await a_member(connection, income=20_000)

    made = await proposed(connection, resident, version, amount_cents=Cents(5_000))
    with pytest.raises(SecondPersonNeeded):
        await confirm_deviation(connection, made.id, actor=OFFICER, now=NOW)
    done = await confirm_deviation(connection, made.id, actor=APPROVER, now=NOW)

    assert (made.confirmed_at, done.confirmed_by) == (None, APPROVER.id)
    assert await newest(connection, resident) == (
        "deviation",
        {("sport_kinderen", "granted-by-deviation")},
    )
    assert await connection.fetchval("SELECT amount FROM balance") == 5_000
    assert await connection.fetchval("SELECT resident_id FROM pass") == resident
    with pytest.raises(DeviationJudged):
        await confirm_deviation(connection, made.id, actor=APPROVER, now=NOW)
    assert (await prove(connection, NOW)).closes

    await assess(database)
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 1


async def test_the_database_refuses_a_second_person_who_is_the_first(
    connection: Connection,
) -> None:
    version, resident = await a_scheme_in_force(connection), await a_member(connection)
    made = await proposed(connection, resident, version)

    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(
            "UPDATE deviation SET confirmed_at = now(), confirmed_by = proposed_by WHERE id = $1",
            made.id,
        )


async def test_a_refusal_against_the_rule_holds_for_the_assessment(
    connection: Connection, database: Database
) -> None:
    version = await a_scheme_in_force(connection)
    await a_scheme_in_force(connection, "other")
    resident = await a_member(connection)
    made = await proposed(connection, resident, version, effect="refuse")
    await confirm_deviation(connection, made.id, actor=APPROVER, now=NOW)
    decided = await newest(connection, resident)

    await assess(database)

    assert decided == (
        "deviation",
        {("other", "within-limit"), ("sport_kinderen", "refused-by-deviation")},
    )
    await assess(database, NOW + timedelta(days=1))
    assert await newest(connection, resident) == decided
    assert await connection.fetchval("SELECT count(*) FROM decision") == 1
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 1


async def test_a_deviation_says_of_every_scheme_what_holds_also_what_was_refused_before(
    connection: Connection,
) -> None:
    await a_scheme_in_force(connection, "aa_rule")
    refused = await a_scheme_in_force(connection, "bb_refused")
    granted = await a_scheme_in_force(connection, "cc_above", income_limit=9_000, excludes=["dd"])
    await a_scheme_in_force(connection, "dd")
    resident = await a_member(connection, income=9_500)
    for version, effect in ((refused, "refuse"), (granted, "grant")):
        made = await proposed(connection, resident, version, effect=effect)
        await confirm_deviation(connection, made.id, actor=APPROVER, now=NOW)

    _, verdicts = await newest(connection, resident)

    assert verdicts == {
        ("aa_rule", "already-granted"),
        ("bb_refused", "refused-by-deviation"),
        ("cc_above", "granted-by-deviation"),
        ("dd", "already-granted"),
    }
    assert (await prove(connection, NOW)).closes


async def test_what_a_deviation_grants_bears_on_the_other_schemes_and_on_a_closed_pot(
    connection: Connection,
) -> None:
    granted = await a_scheme_in_force(connection, "aa", income_limit=9_000, excludes=["bb"])
    await a_scheme_in_force(connection, "bb")
    await a_scheme_in_force(connection, "cc", closed_pot=True)
    resident = await a_member(connection, income=9_500)
    made = await proposed(connection, resident, granted)
    await confirm_deviation(connection, made.id, actor=APPROVER, now=NOW)

    assert await newest(connection, resident) == (
        "deviation",
        {("aa", "granted-by-deviation"), ("bb", "excluded-by-another"), ("cc", "pot-empty")},
    )


@pytest.mark.parametrize("gone", ["died_on", "left_on"])
async def test_when_the_head_dies_or_leaves_the_next_adult_has_it_by_two_persons_and_once(
    connection: Connection, database: Database, gone: str
) -> None:
    version = await a_scheme_in_force(connection, unit="household")
    head = await a_member(connection, born=date(1960, 1, 1))
    partner = await a_member(connection)
    await assess(database)
    day = date(2026, 5, 1)
    await a_state(
        connection,
        head,
        born=date(1960, 1, 1),
        since=day,
        died_on=day if gone == "died_on" else None,
        left_on=day if gone == "left_on" else None,
    )
    await assess(database)
    before = await newest(connection, partner)
    made = await proposed(connection, partner, version)
    await confirm_deviation(connection, made.id, actor=APPROVER, now=NOW)

    assert before[1] == {("sport_kinderen", "holder-is-gone")}
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 2
    with pytest.raises(SchemeGrantedBefore):
        await proposed(connection, partner, version)


async def test_a_refusal_of_a_scheme_per_household_counts_for_the_household_whoever_it_names(
    connection: Connection, database: Database
) -> None:
    version = await a_scheme_in_force(connection, unit="household")
    head = await a_member(connection, born=date(1960, 1, 1))
    partner = await a_member(connection)
    made = await proposed(connection, partner, version, effect="refuse")
    await confirm_deviation(connection, made.id, actor=APPROVER, now=NOW)

    await assess(database)

    assert (await newest(connection, head))[1] == {("sport_kinderen", "refused-by-deviation")}
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 0


async def test_an_objection_that_is_upheld_ends_in_a_grant(
    connection: Connection, database: Database
) -> None:
    version = await a_scheme_in_force(connection)
    resident = await a_member(connection, income=20_000)
    await assess(database)

    made = await proposed(connection, resident, version, origin="objection")
    await confirm_deviation(connection, made.id, actor=APPROVER, now=NOW + timedelta(hours=1))

    assert (await newest(connection, resident))[0] == "objection"


async def test_a_proposal_is_turned_down_with_a_reason_and_may_be_made_again(
    connection: Connection,
) -> None:
    version, resident = await a_scheme_in_force(connection), await a_member(connection)
    first = await proposed(connection, resident, version)
    with pytest.raises(DeviationWaits):
        await proposed(connection, resident, version)

    with pytest.raises(SecondPersonNeeded):
        await reject_deviation(connection, first.id, "Nee", actor=OFFICER, now=NOW)
    rejected = await reject_deviation(
        connection, first.id, "Dit is geen uitzondering.", actor=APPROVER, now=NOW
    )
    await proposed(connection, resident, version)

    assert rejected.rejected_because == "Dit is geen uitzondering."
    assert [one.is_judged for one in await list_deviations(connection, year=2026)] == [False, True]
    assert len(await list_deviations(connection, waiting=True)) == 1
    assert await list_deviations(connection, year=2025) == []


async def test_each_page_of_the_list_goes_on_where_the_last_one_ended(
    connection: Connection,
) -> None:
    """Several at one moment, and one that comes in between, which is on no later page."""
    version = await a_scheme_in_force(connection)
    for _ in range(5):
        await proposed(connection, await a_member(connection), version)
    whole = await list_deviations(connection)
    first = await list_deviations(connection, limit=2)
    late = a_proposal(await a_member(connection), version)
    await propose_deviation(connection, late, actor=OFFICER, now=NOW + timedelta(hours=1))
    second = await list_deviations(connection, before=first[-1].id, limit=2)
    third = await list_deviations(connection, before=second[-1].id, limit=2)

    assert [*first, *second, *third] == whole
    with pytest.raises(DeviationNotFound):
        await list_deviations(connection, before=DeviationId(uuid7()))


async def test_the_report_has_every_deviation_of_a_year_and_is_noted(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pas.grants.deviation_report.MOST_LISTED", 2)
    version = await a_scheme_in_force(connection)
    residents = [await a_member(connection) for _ in range(4)]
    for resident in residents:
        await proposed(connection, resident, version, reason='=HYPERLINK("x"); zo is het.')
    first = (await list_deviations(connection))[0]
    await reject_deviation(connection, first.id, "Nee.", actor=APPROVER, now=NOW)

    content = await deviation_report(connection, year=2026, actor=APPROVER, now=NOW)
    rows = list(read_rows(io.BytesIO(content.encode()), COLUMNS))

    assert [row.fault for row in rows] == [""] * 4
    assert rows[0].cells["rejected_because"] == "Nee."
    assert rows[0].cells["reason"].startswith("'=HYPERLINK")
    assert {row.cells["amount_cents"] for row in rows} == {""}
    noted = await connection.fetchval(
        "SELECT count(*) FROM processing_log WHERE activity = 'deviation.exported'"
    )
    assert noted == 4
    none = await deviation_report(connection, year=2025, actor=APPROVER, now=NOW)
    assert none.count("\n") == 1


async def test_two_people_who_confirm_at_once_grant_once(
    connection: Connection, database: Database
) -> None:
    version, resident = await a_scheme_in_force(connection), await a_member(connection)
    made = await proposed(connection, resident, version)

    async def confirm() -> str:
        async with database.connection(MunicipalityName("velsen")) as one:
            try:
                await confirm_deviation(one, made.id, actor=APPROVER, now=NOW)
            except DeviationJudged:
                return "judged"
            return "confirmed"

    assert sorted(await asyncio.gather(*(confirm() for _ in range(3)))) == [
        "confirmed",
        "judged",
        "judged",
    ]
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 1


async def test_what_cannot_be_is_refused_with_its_own_answer(
    connection: Connection, database: Database
) -> None:
    sport = await a_scheme_in_force(connection, "sport")
    visits = await a_scheme_in_force(connection, "baden", allowance=Visits(10, Cents(500)))
    pot = await a_scheme_in_force(connection, "pot", closed_pot=True)
    ended = await a_scheme_in_force(connection, "oud", valid_until=date(2026, 2, 1))
    resident = await a_member(connection)
    gone = await a_member(connection, left_on=date(2026, 2, 1))

    with pytest.raises(ReasonTooShort):
        await proposed(connection, resident, sport, reason="   omdat   ")
    with pytest.raises(AmountDoesNotFit):
        await proposed(connection, resident, visits, amount_cents=Cents(1))
    with pytest.raises(VersionNotInForce):
        await proposed(connection, resident, ended)
    with pytest.raises(ResidentNotHere):
        await proposed(connection, gone, sport)
    with pytest.raises(ResidentNotHere):
        await proposed(connection, ResidentId(uuid7()), sport)
    with pytest.raises(DeviationNotFound):
        await confirm_deviation(connection, DeviationId(uuid7()), actor=APPROVER, now=NOW)
    waits = await proposed(connection, resident, pot)
    with pytest.raises(PotIsEmpty):
        await confirm_deviation(connection, waits.id, actor=APPROVER, now=NOW)
    refusing = await proposed(connection, resident, sport, effect="refuse")
    await assess(database)
    with pytest.raises(SchemeGrantedBefore):
        await confirm_deviation(connection, refusing.id, actor=APPROVER, now=NOW)
    with pytest.raises(SchemeGrantedBefore):
        await proposed(connection, resident, visits)
