"""The team's vouchers: two people, one purpose, spent once at a till, out of a closed pot."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from given.applications import POT, VELSEN, a_proposed_voucher, a_team_scheme, an_applicant
from given.city import a_merchant, a_till
from given.days import NOW, TODAY, YEAR
from given.logins import a_key_store, an_actor
from given.sales import desk_of
from pas.applications.decide_voucher import (
    TeamColleagueNeeded,
    TeamPotEmpty,
    VoucherJudged,
    VoucherWrong,
    confirm_voucher,
    reject_voucher,
)
from pas.applications.organisations import NotOfATeam
from pas.applications.report import read_report
from pas.applications.vouchers import (
    VoucherNotFound,
    VoucherSpent,
    list_vouchers,
    pots_left,
    show_voucher,
    voucher_codes,
)
from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.demo.settling import until_decided
from pas.demo.spending import matches_in
from pas.grants.appropriations import CoverLine, set_aside
from pas.ids import EntryId, VoucherId, uuid7
from pas.money import Cents
from pas.passes.codes import Token
from pas.reach.breakdowns import bands_of
from pas.reach.figures import count_figures
from pas.redemptions.facts import Request
from pas.redemptions.prove import prove
from pas.redemptions.redeem import redeem
from pas.redemptions.sale import Answer, SaleItem, Scan
from together import at_once


@pytest.fixture
async def team(connection: Connection) -> tuple[Actor, Actor]:
    """Two colleagues of one team, with € 400 in their pot."""
    await a_team_scheme(connection)
    await fill_the_pot(connection, 40_000)
    one, organisation = await an_applicant(connection, kind="team", role=Role.TEAM_MEMBER)
    other, _ = await an_applicant(connection, organisation=organisation, role=Role.TEAM_MEMBER)
    return one, other


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return a_key_store(tmp_path).ring(VELSEN)


async def fill_the_pot(connection: Connection, cents: int) -> None:
    line = CoverLine(
        id=EntryId(uuid7()),
        scheme=POT,
        year=YEAR,
        cover_line="wijkteam",
        amount_cents=Cents(cents),
    )
    await set_aside(connection, line, actor=an_actor(Role.FINANCE), now=NOW)


async def confirmed(
    connection: Connection, voucher: VoucherId, ring: KeyRing, actor: Actor
) -> None:
    await confirm_voucher(connection, voucher, ring=ring, actor=actor, now=NOW)


async def sold(connection: Connection, token: Token, category: str | None, cents: int) -> str:
    """What a shop for clothing and school things hears when it scans a voucher."""
    categories = ("clothing", "school_costs")
    shop = await a_merchant(connection, name="Kledingwinkel", categories=categories)
    till = await a_till(connection, shop)
    desk = desk_of(connection, now=NOW)

    async def say(take: int | None, lost: int) -> Answer:
        item = SaleItem(
            id=EntryId(uuid7()),
            till_id=till.id,
            trace_id="0" * 32,
            scan=Scan(token_hash=token.sha256()),
            request=Request(
                price_cents=Cents(cents),
                take_cents=None if take is None else Cents(take),
                lost_cents=Cents(lost),
                category=category,
            ),
        )
        [answer] = await redeem(desk, [item])
        return answer

    quote = await say(None, 0)
    if quote.outcome != "quoted":
        return quote.reason.code() if quote.reason else quote.outcome
    answer = await say(quote.take_cents, 25_000 - quote.take_cents)
    return f"{answer.outcome} {answer.take_cents}"


async def test_a_voucher_is_spent_once_for_its_purpose_and_the_rest_returns_to_the_pot(
    connection: Connection, team: tuple[Actor, Actor], ring: KeyRing
) -> None:
    voucher = await a_proposed_voucher(connection, team[0])
    await confirmed(connection, voucher, ring, team[1])
    (pot,) = await pots_left(connection, now=NOW)
    codes = await voucher_codes(connection, voucher, ring=ring, actor=team[0], now=NOW)
    answers = [
        await sold(connection, codes.token, one, 6_000) for one in ("school_costs", "clothing")
    ]

    assert pot.left_cents == 15_000
    assert answers == ["no-budget", "booked 6000"]
    (pot,) = await pots_left(connection, now=NOW)
    assert pot.left_cents == 34_000
    told = (await read_report(connection, year=YEAR, half="year", now=NOW)).vouchers
    assert (told.proposed, told.confirmed, told.rejected) == (1, 1, 0)
    assert (told.confirmed_cents, told.spent_cents, told.returned_cents) == (25_000, 6_000, 19_000)
    with pytest.raises(VoucherSpent):
        await voucher_codes(connection, voucher, ring=ring, actor=team[0], now=NOW)
    assert (await prove(connection, NOW)).closes


async def test_whoever_proposes_does_not_confirm_and_another_team_does_not_see_it(
    connection: Connection, team: tuple[Actor, Actor], ring: KeyRing
) -> None:
    voucher = await a_proposed_voucher(connection, team[0])
    stranger, _ = await an_applicant(connection, kind="team", role=Role.TEAM_MEMBER)
    with pytest.raises(TeamColleagueNeeded):
        await confirmed(connection, voucher, ring, team[0])
    with pytest.raises(VoucherNotFound):
        await confirmed(connection, voucher, ring, stranger)
    assert await list_vouchers(connection, actor=stranger) == []


async def test_the_database_holds_the_second_pair_of_eyes(
    connection: Connection, team: tuple[Actor, Actor]
) -> None:
    await a_proposed_voucher(connection, team[0])
    with pytest.raises(asyncpg.CheckViolationError, match="second_pair_of_eyes_on_voucher"):
        await connection.execute(
            "UPDATE voucher SET confirmed_at = now(), confirmed_by = proposed_by"
        )


async def test_an_empty_pot_refuses_and_the_voucher_waits(
    connection: Connection, team: tuple[Actor, Actor], ring: KeyRing
) -> None:
    first, second = [await a_proposed_voucher(connection, team[0]) for _ in range(2)]
    await confirmed(connection, first, ring, team[1])
    with pytest.raises(TeamPotEmpty):
        await confirmed(connection, second, ring, team[1])
    assert (await show_voucher(connection, second, actor=team[0])).stand(TODAY) == "waiting"
    await fill_the_pot(connection, 10_000)
    await confirmed(connection, second, ring, team[1])


async def test_two_confirmations_at_once_for_the_last_money_come_to_one(
    connection: Connection, crowd: Database, team: tuple[Actor, Actor], ring: KeyRing
) -> None:
    vouchers = [await a_proposed_voucher(connection, team[0]) for _ in range(2)]

    def act(voucher: VoucherId) -> Callable[[Connection], Awaitable[None]]:
        return lambda one: confirm_voucher(one, voucher, ring=ring, actor=team[1], now=NOW)

    answers = await at_once(crowd, *(act(one) for one in vouchers))
    assert sorted(type(one).__name__ for one in answers) == ["NoneType", "TeamPotEmpty"]
    (pot,) = await pots_left(connection, now=NOW)
    assert pot.left_cents == 15_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_cents": 25_001},
        {"category": "sport"},
        {"no_other_provision": False},
        {"what_for": " "},
        {"scheme": "elders"},
    ],
)
async def test_what_is_wrong_with_a_proposal_is_said(
    connection: Connection, team: tuple[Actor, Actor], wrong: dict[str, object]
) -> None:
    with pytest.raises(VoucherWrong):
        await a_proposed_voucher(connection, team[0], **wrong)


async def test_a_school_gives_no_vouchers(
    connection: Connection, team: tuple[Actor, Actor]
) -> None:
    school, _ = await an_applicant(connection, role=Role.TEAM_MEMBER)
    with pytest.raises(NotOfATeam):
        await a_proposed_voucher(connection, school)


async def test_what_was_turned_down_stays_so(
    connection: Connection, team: tuple[Actor, Actor], ring: KeyRing
) -> None:
    voucher = await a_proposed_voucher(connection, team[0])
    await reject_voucher(connection, voucher, "toch niet nodig", actor=team[0], now=NOW)
    with pytest.raises(VoucherJudged):
        await confirmed(connection, voucher, ring, team[1])


async def test_nobody_is_registered_as_the_holder_of_a_voucher(
    connection: Connection, team: tuple[Actor, Actor], ring: KeyRing
) -> None:
    voucher = await a_proposed_voucher(connection, team[0])
    await confirmed(connection, voucher, ring, team[1])
    assert await connection.fetchval("SELECT count(*) FROM resident_version") == 0
    assert await connection.fetchval("SELECT count(*) FROM card WHERE form = 'voucher'") == 1


async def test_the_sales_of_the_demonstration_spend_no_voucher(
    connection: Connection, team: tuple[Actor, Actor], ring: KeyRing
) -> None:
    await a_till(connection, await a_merchant(connection, categories=("clothing",)))
    await confirmed(connection, await a_proposed_voucher(connection, team[0]), ring, team[1])
    assert await matches_in(connection) == []


async def test_a_voucher_is_nobody_among_the_people_whom_the_pass_reaches(
    connection: Connection, team: tuple[Actor, Actor], ring: KeyRing
) -> None:
    voucher = await a_proposed_voucher(connection, team[0])
    await confirmed(connection, voucher, ring, team[1])
    await until_decided(connection)

    counted = await count_figures(connection, year=YEAR, bands=bands_of(()), now=NOW)

    assert [one.count for one in counted.grants] == [1]
    assert [one for one in counted.counts if one.scheme_id is None] == []
