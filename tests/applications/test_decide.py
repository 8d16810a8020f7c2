"""What an officer decides, and what nobody decides alone: the rules are asked again, and stand."""

from uuid import UUID

import asyncpg
import pytest

from given.applications import (
    DECIDER,
    Scene,
    a_child,
    a_proposed_voucher,
    a_team_scheme,
    an_applicant,
    applies,
    judged,
    state,
)
from given.city import a_merchant
from given.days import NOW
from given.merchants import APPROVER
from pas.applications.decide import (
    AboveTheAward,
    AlreadyRequested,
    AwardReasonMissing,
    ChildNotFound,
    ClubDoesNotJoin,
    RulesRefuse,
    award_by_officer,
    choose_club,
    name_child,
)
from pas.applications.decide_voucher import reject_voucher
from pas.applications.pause import AlreadyPaused, pause, resume
from pas.auth.events import read_events
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import ApplicationId, MerchantId
from pas.merchants.judge import suspend_merchant
from pas.money import Cents

OTHER_NAME = "Anders"


async def an_unknown(connection: Connection, scene: Scene) -> ApplicationId:
    """With an officer, because the register does not know the name."""
    made = (await applies(connection, scene)).id
    assert await judged(connection, made) == "with_officer: child-unknown"
    return made


async def award(
    connection: Connection,
    application: ApplicationId,
    cents: int | None = None,
    reason: str = "gezien",
) -> None:
    amount = None if cents is None else Cents(cents)
    await award_by_officer(
        connection, application, cents=amount, reason=reason, actor=DECIDER, now=NOW
    )


async def test_once_the_child_is_named_the_rules_decide_at_once(
    connection: Connection, scene: Scene
) -> None:
    granted, refused = (
        await an_unknown(connection, scene),
        await an_unknown(connection, scene),
    )
    poor = await a_child(connection, family_name=OTHER_NAME)
    rich = await a_child(connection, family_name=OTHER_NAME, income=14_000)
    await name_child(connection, granted, poor, actor=DECIDER, now=NOW)
    await name_child(connection, refused, rich, actor=DECIDER, now=NOW)
    assert await state(connection, granted) == "awarded"
    assert await state(connection, refused) == "refused: income-above-limit"


async def test_what_the_rules_refuse_no_officer_awards_alone(
    connection: Connection, scene: Scene
) -> None:
    """The income came in after the rules asked for it, and is too high."""
    child = await a_child(connection, income=None)
    made = (await applies(connection, scene)).id
    assert await judged(connection, made) == "with_officer: income-unknown"
    await connection.execute(
        "UPDATE resident_version SET income = 12001 WHERE resident_id = $1", child
    )
    with pytest.raises(RulesRefuse, match="Het inkomen is te hoog"):
        await award(connection, made)
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 0


async def test_an_award_needs_a_child_a_reason_and_an_amount_within_the_scheme(
    connection: Connection, scene: Scene
) -> None:
    unknown = await an_unknown(connection, scene)
    with pytest.raises(ChildNotFound):
        await award(connection, unknown)

    await a_child(connection, income=None)
    made = (await applies(connection, scene)).id
    await judged(connection, made)
    with pytest.raises(AwardReasonMissing):
        await award(connection, made, reason=" ")
    for cents in (0, 25_001):
        with pytest.raises(AboveTheAward, match="250,00"):
            await award(connection, made, cents)
    await award(connection, made, 25_000)
    assert await state(connection, made) == "awarded"

    again = (await applies(connection, scene)).id
    with pytest.raises(AlreadyRequested):
        await name_child(
            connection,
            again,
            await connection.fetchval("SELECT resident_id FROM scheme_grant"),
            actor=DECIDER,
            now=NOW,
        )


async def test_another_club_takes_part_or_is_not_chosen(
    connection: Connection, scene: Scene
) -> None:
    made = await an_unknown(connection, scene)
    stranger = await a_merchant(connection, name="Muziekschool", categories=("culture",))
    suspended = await a_merchant(connection, name="Geschorste club")
    await suspend_merchant(connection, suspended.id, reason="onderzoek", actor=APPROVER, now=NOW)
    for club in (stranger.id, suspended.id, MerchantId(UUID(int=5))):
        with pytest.raises(ClubDoesNotJoin):
            await choose_club(connection, made, club, reason="vol", actor=DECIDER, now=NOW)
    other = await a_merchant(connection, name="Andere club")
    with pytest.raises(AwardReasonMissing):
        await choose_club(connection, made, other.id, reason=" ", actor=DECIDER, now=NOW)
    await choose_club(connection, made, other.id, reason="vol", actor=DECIDER, now=NOW)

    events = await read_events(connection, subject_kind="child_application", subject_id=made)
    (chosen,) = [one for one in events if one.kind == "child_application.club_chosen"]
    assert '"reason":"vol"' in (chosen.content or "")


async def test_a_second_pause_on_one_day_says_its_own_reason(
    connection: Connection, scene: Scene
) -> None:
    made = await an_unknown(connection, scene)
    await pause(connection, made, "Welke groep?", actor=DECIDER, now=NOW)
    with pytest.raises(AlreadyPaused):
        await pause(connection, made, "Welke groep?", actor=DECIDER, now=NOW)
    await resume(connection, made, actor=DECIDER, now=NOW)
    await pause(connection, made, "Welk adres?", actor=DECIDER, now=NOW)
    asked = "SELECT reason, until_on FROM child_application_pause WHERE application_id = $1"
    assert [tuple(row) for row in await connection.fetch(asked, made)] == [("Welk adres?", None)]


async def test_the_database_keeps_what_was_said_of_a_voucher(connection: Connection) -> None:
    await a_team_scheme(connection)
    one, organisation = await an_applicant(connection, kind="team", role=Role.TEAM_MEMBER)
    other, _ = await an_applicant(connection, organisation=organisation, role=Role.TEAM_MEMBER)
    voucher = await a_proposed_voucher(connection, one)
    await reject_voucher(connection, voucher, "Het kan anders.", actor=other, now=NOW)
    with pytest.raises(asyncpg.PostgresError, match="judged once"):
        await connection.execute(
            "UPDATE voucher SET rejected_at = NULL, rejected_by = NULL, rejected_because = NULL"
        )
