"""The club confirms: booked once, at most the award, by that club alone; and what comes back."""

import asyncpg
import msgspec
import pytest

from given.applications import (
    DECIDER,
    Scene,
    a_manager,
    an_award,
    coming_back,
    confirmed,
    left,
    stated,
)
from given.city import a_merchant
from given.days import NOW
from given.logins import an_actor
from pas.applications.awards import confirmations_of, expected_children
from pas.applications.confirm import (
    AboveWhatIsLeft,
    AwardHasEnded,
    AwardNotFound,
    ClubIsSuspended,
    ConfirmationIdReused,
    InvoiceMissing,
    InvoiceStatedBefore,
    never_came,
)
from pas.applications.give_back import ConfirmationNotFound, give_back
from pas.applications.release import (
    AwardReleased,
    ClubHasNotAnswered,
    bind_elsewhere,
    release,
)
from pas.auth.actor import Actor, OtherMerchant
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import EntryId, uuid7
from pas.merchants.judge import suspend_merchant
from pas.money import Cents
from pas.redemptions.prove import prove


@pytest.fixture
async def manager(connection: Connection, scene: Scene) -> Actor:
    return await a_manager(connection, scene.club)


async def owed(connection: Connection, account: int) -> int:
    return await connection.fetchval(
        """
        SELECT coalesce(sum(CASE WHEN credit = $1 THEN amount ELSE -amount END), 0)::bigint
        FROM transfer WHERE $1 IN (debit, credit)
        """,
        account,
    )


async def test_what_is_confirmed_is_owed_and_the_rest_is_for_gear(
    connection: Connection, scene: Scene, manager: Actor
) -> None:
    award = await an_award(connection, scene)
    (expected,) = await expected_children(connection, scene.club.id, actor=manager, now=NOW)
    done = await confirmed(connection, stated(scene.club.id, award), manager)

    assert (expected.child, expected.left_cents) == ("Noor Bakker", 25_000)
    assert (done.amount_cents, done.left_cents) == (20_000, 5_000)
    assert await owed(connection, scene.club.account) == 20_000
    bound = "SELECT merchant_id FROM budget WHERE application_id = $1"
    assert await connection.fetchval(bound, award) is None
    assert (await prove(connection, NOW)).closes


async def test_the_same_again_is_the_same_and_other_content_is_refused(
    connection: Connection, scene: Scene, manager: Actor
) -> None:
    award = await an_award(connection, scene)
    one = stated(scene.club.id, award)
    first, again = [await confirmed(connection, one, manager) for _ in range(2)]
    assert first == again
    with pytest.raises(ConfirmationIdReused):
        await confirmed(connection, msgspec.structs.replace(one, amount_cents=Cents(1_00)), manager)
    assert await owed(connection, scene.club.account) == 20_000


async def test_one_invoice_is_paid_once_for_a_child_unless_it_came_back(
    connection: Connection, scene: Scene, manager: Actor
) -> None:
    award = await an_award(connection, scene)
    one = stated(scene.club.id, award, 10_000, "F-7")
    await confirmed(connection, one, manager)
    with pytest.raises(InvoiceStatedBefore):
        await confirmed(connection, stated(scene.club.id, award, 5_000, " f-7"), manager)
    assert await left(connection, award) == 15_000

    await give_back(connection, coming_back(one), ring=scene.ring, actor=manager, now=NOW)
    await confirmed(connection, stated(scene.club.id, award, 9_000, "F-7"), manager)
    assert await owed(connection, scene.club.account) == 9_000


async def test_above_the_award_it_is_refused_with_what_is_left(
    connection: Connection, scene: Scene, manager: Actor
) -> None:
    award = await an_award(connection, scene)
    with pytest.raises(AboveWhatIsLeft, match="250,00"):
        await confirmed(connection, stated(scene.club.id, award, 25_001), manager)
    assert await left(connection, award) == 25_000


async def test_a_club_reads_its_own_invoices_alone(
    connection: Connection, scene: Scene, manager: Actor
) -> None:
    award = await an_award(connection, scene)
    await confirmed(connection, stated(scene.club.id, award, 10_000, "F-7"), manager)
    other = await a_merchant(connection, name="Andere club")
    of_other = await confirmations_of(connection, award, merchant=other.id)
    (own,) = await confirmations_of(connection, award, merchant=scene.club.id)
    assert (of_other, own.invoice_reference) == ([], "F-7")


async def test_another_club_cannot_confirm(connection: Connection, scene: Scene) -> None:
    award = await an_award(connection, scene)
    other = await a_merchant(connection, name="Andere club")
    stranger = await a_manager(connection, other)
    with pytest.raises(AwardNotFound):
        await confirmed(connection, stated(other.id, award), stranger)
    with pytest.raises(OtherMerchant):
        await confirmed(connection, stated(scene.club.id, award), stranger)
    assert await left(connection, award) == 25_000


async def test_the_database_lets_nobody_confirm_for_a_club_but_its_own_people(
    connection: Connection, scene: Scene
) -> None:
    award = await an_award(connection, scene)
    stranger = await a_manager(connection, await a_merchant(connection, name="Andere club"))
    outcome = await connection.fetchval(
        "SELECT confirm_award($1, $2, $3, $4, 'f1', 100, $5, 'login', $6, '')",
        *(uuid7(), bytes(32), award, scene.club.id, NOW, stranger.id),
    )
    assert outcome == "moved"


async def test_a_suspended_club_cannot_confirm(
    connection: Connection, scene: Scene, manager: Actor
) -> None:
    award = await an_award(connection, scene)
    approver = an_actor(Role.APPROVER)
    await suspend_merchant(connection, scene.club.id, reason="onderzoek", actor=approver, now=NOW)
    with pytest.raises(ClubIsSuspended):
        await confirmed(connection, stated(scene.club.id, award), manager)


async def test_after_the_award_has_ended_it_is_refused_with_what_to_do(
    connection: Connection, scene: Scene, manager: Actor
) -> None:
    award = await an_award(connection, scene)
    await connection.execute(
        "SELECT set_budget_usable(account_id, '-infinity', $2) FROM budget WHERE application_id = $1",
        *(award, NOW),
    )
    with pytest.raises(AwardHasEnded):
        await confirmed(connection, stated(scene.club.id, award), manager)


@pytest.mark.parametrize("invoice", ["", "  ", "x" * 61, "a\nb"])
async def test_without_an_invoice_nothing_is_confirmed(
    connection: Connection, scene: Scene, manager: Actor, invoice: str
) -> None:
    award = await an_award(connection, scene)
    with pytest.raises(InvoiceMissing):
        await confirmed(connection, stated(scene.club.id, award, invoice=invoice), manager)


async def test_a_row_without_a_till_names_an_invoice(superuser: Connection) -> None:
    await superuser.execute("SET ROLE ledger_velsen")
    with pytest.raises(asyncpg.CheckViolationError):
        await superuser.execute(
            "INSERT INTO redemption (entry_id, price_cents, taken_cents, recorded_at) VALUES ($1, 1, 1, now())",
            uuid7(),
        )


async def test_a_part_comes_back_from_the_club_and_is_netted(
    connection: Connection, scene: Scene, manager: Actor
) -> None:
    award = await an_award(connection, scene)
    one = stated(scene.club.id, award)
    await confirmed(connection, one, manager)
    back = coming_back(one, 8_000)
    await give_back(connection, back, ring=scene.ring, actor=manager, now=NOW)
    await give_back(connection, back, ring=scene.ring, actor=manager, now=NOW)

    assert await owed(connection, scene.club.account) == 12_000
    assert await left(connection, award) == 13_000
    (told,) = await confirmations_of(connection, award, merchant=None)
    assert (told.amount_cents, told.reversed_cents) == (20_000, 8_000)
    assert (await prove(connection, NOW)).closes


async def test_of_another_club_nothing_comes_back(
    connection: Connection, scene: Scene, manager: Actor
) -> None:
    award = await an_award(connection, scene)
    one = stated(scene.club.id, award)
    await confirmed(connection, one, manager)
    back = coming_back(one)
    stranger = await a_manager(connection, await a_merchant(connection, name="Andere club"))
    with pytest.raises(OtherMerchant):
        await give_back(connection, back, ring=scene.ring, actor=stranger, now=NOW)
    unknown = msgspec.structs.replace(back, confirmation=EntryId(uuid7()))
    with pytest.raises(ConfirmationNotFound):
        await give_back(connection, unknown, ring=scene.ring, actor=manager, now=NOW)


async def test_the_rest_is_released_once_the_club_has_answered(
    connection: Connection, scene: Scene, manager: Actor
) -> None:
    award = await an_award(connection, scene)
    with pytest.raises(ClubHasNotAnswered):
        await release(connection, award, actor=scene.applicant, now=NOW)
    await confirmed(connection, stated(scene.club.id, award), manager)
    assert await release(connection, award, actor=scene.applicant, now=NOW) == 5_000
    assert await left(connection, award) == 0
    with pytest.raises(AwardReleased):
        await release(connection, award, actor=DECIDER, now=NOW)
    assert (await prove(connection, NOW)).closes


async def test_a_child_that_never_came_can_go_to_another_club(
    connection: Connection, scene: Scene, manager: Actor
) -> None:
    award = await an_award(connection, scene)
    await never_came(connection, scene.club.id, award, actor=manager, now=NOW)
    other = await a_merchant(connection, name="Andere club")
    await bind_elsewhere(
        connection, award, other.id, reason="De club zit vol", actor=DECIDER, now=NOW
    )
    with pytest.raises(AwardNotFound):
        await confirmed(connection, stated(scene.club.id, award), manager)
    done = await confirmed(connection, stated(other.id, award), await a_manager(connection, other))
    assert done.left_cents == 5_000


async def test_another_club_may_have_an_invoice_of_the_same_number(
    connection: Connection, scene: Scene, manager: Actor
) -> None:
    award = await an_award(connection, scene)
    await confirmed(connection, stated(scene.club.id, award, 10_000, "F-7"), manager)
    other = await a_merchant(connection, name="Andere club")
    await bind_elsewhere(
        connection, award, other.id, reason="Na de winter elders", actor=DECIDER, now=NOW
    )
    its = await a_manager(connection, other)
    done = await confirmed(connection, stated(other.id, award, 5_000, "F-7"), its)
    assert done.left_cents == 10_000
