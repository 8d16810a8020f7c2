"""The municipality registers, changes, approves, suspends and ends merchants."""

from datetime import date, timedelta
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from given.logins import NOON
from given.merchants import (
    APPROVER,
    REGISTRAR,
    a_device,
    a_registered_merchant,
    a_registration,
    errors_of,
    of_merchant,
    the_categories,
)
from pas.auth.actor import OtherMerchant
from pas.auth.events import read_events
from pas.db import Connection
from pas.ids import AgreementId, LocationId, MerchantId, MunicipalityName
from pas.merchants.agreements import (
    AgreementNotFound,
    AgreementOver,
    add_agreement,
    end_agreement,
)
from pas.merchants.create_till import NewTill, create_till
from pas.merchants.judge import approve_merchant, end_merchant, suspend_merchant
from pas.merchants.locations import (
    EndsBeforeToday,
    LocationNotFound,
    add_location,
    change_location,
    close_location,
)
from pas.merchants.model import AgreementTerms, LocationDetails, MerchantDetails
from pas.merchants.pair_till import pair_till
from pas.merchants.register import MerchantExists, change_merchant, register_merchant
from pas.merchants.rules import AgreementOverlaps, MerchantHasEnded, TillIsRevoked
from pas.merchants.show import Search, list_merchants, show_merchant
from pas.merchants.stored import CategoryNotKnown, MerchantNotFound
from pas.merchants.tills import list_tills
from pas.merchants.values import MerchantDetailsWrong

VELSEN = MunicipalityName("velsen")


async def test_a_merchant_is_registered_with_all_that_belongs_to_it(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    shown = await show_merchant(connection, merchant, actor=REGISTRAR, now=NOON)
    assert (shown.merchant.name, shown.merchant.state) == ("Zwembad De Heerenduinen", "requested")
    assert [location.postcode for location in shown.locations] == ["1971 AB"]
    assert [(one.category, one.visit_price_cents) for one in shown.agreements] == [
        ("sport", None),
        ("swimming", 450),
    ]


async def test_registering_is_recorded_with_who_did_it(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    (event,) = await read_events(connection, subject_kind="merchant", subject_id=merchant)
    assert (event.kind, event.actor_id) == ("merchant.registered", REGISTRAR.id)
    assert event.content is not None
    assert msgspec.json.decode(event.content)["after"]["kvkNumber"] == "12345678"


async def test_the_same_merchant_is_registered_once(connection: Connection) -> None:
    await a_registered_merchant(connection)
    with pytest.raises(MerchantExists):
        await a_registered_merchant(connection)


async def test_all_that_is_wrong_is_told_with_its_place_and_nothing_is_stored(
    connection: Connection,
) -> None:
    wrong = a_registration(
        details={"name": "SV", "kvkNumber": "123"},
        locations=[{"name": "Hal"}, {"name": "Veld", "postcode": "x"}],
        payoutAccount={"iban": "NL00", "holder": "SV"},
    )
    with pytest.raises(MerchantDetailsWrong) as refused:
        await register_merchant(connection, wrong, actor=REGISTRAR, now=NOON)
    assert [error["field"] for error in errors_of(refused.value)] == [
        "details.kvkNumber",
        "locations[1].postcode",
        "payoutAccount.iban",
    ]
    assert await connection.fetchval("SELECT count(*) FROM merchant") == 0


async def test_an_unknown_category_is_refused_with_the_known_ones(connection: Connection) -> None:
    await the_categories(connection, "sport")
    with pytest.raises(CategoryNotKnown) as refused:
        await register_merchant(connection, a_registration(), actor=REGISTRAR, now=NOON)
    assert refused.value.extra["known"] == ["sport"]
    assert await connection.fetchval("SELECT count(*) FROM merchant") == 0


async def test_details_are_set_and_the_same_again_is_no_event(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    details = MerchantDetails(name="Zwembad Velsen", kvk_number="12345678")
    for _ in range(2):
        await change_merchant(connection, merchant, details, actor=REGISTRAR)
    kinds = [event.kind for event in await read_events(connection)]
    assert kinds.count("merchant.changed") == 1


async def test_a_merchant_that_is_not_there_is_told(connection: Connection) -> None:
    with pytest.raises(MerchantNotFound):
        await show_merchant(connection, MerchantId(uuid4()), actor=REGISTRAR, now=NOON)


async def test_somebody_of_another_merchant_sees_and_changes_nothing(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    stranger = of_merchant(MerchantId(uuid4()))
    with pytest.raises(OtherMerchant):
        await show_merchant(connection, merchant, actor=stranger, now=NOON)
    with pytest.raises(OtherMerchant):
        await change_merchant(connection, merchant, MerchantDetails(name="Mijn"), actor=stranger)
    assert await list_merchants(connection, Search(), actor=stranger, now=NOON) == []


async def test_the_list_finds_by_name_number_and_state(connection: Connection) -> None:
    pool = await a_registered_merchant(connection)
    club = await a_registered_merchant(
        connection, details={"name": "SV Velsen", "kvkNumber": "87654321"}
    )
    await approve_merchant(connection, club, actor=APPROVER, now=NOON)

    async def found(**search: object) -> list[MerchantId]:
        listed = await list_merchants(
            connection,
            Search(**search),  # pyright: ignore[reportArgumentType]
            actor=REGISTRAR,
            now=NOON,
        )
        return [one.id for one in listed]

    assert await found() == [club, pool]
    assert await found(text="heeren") == [pool]
    assert await found(text="87654321") == [club]
    assert await found(text="%") == []
    assert await found(state="approved") == [club]
    assert await found(limit=1) == [club]
    assert await found(after=club) == [pool]
    own = await list_merchants(connection, Search(), actor=of_merchant(pool), now=NOON)
    assert [one.id for one in own] == [pool]
    assert own[0].categories == ["sport", "swimming"]


async def test_approval_opens_the_account_of_what_is_owed_once(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    for _ in range(2):
        await approve_merchant(connection, merchant, actor=APPROVER, now=NOON)
    account = await connection.fetchval("SELECT account_id FROM merchant WHERE id = $1", merchant)
    subjects = await connection.fetch("SELECT id, subject_id FROM account WHERE kind = 'merchant'")
    assert [tuple(row) for row in subjects] == [(account, merchant)]
    events = await read_events(connection, subject_kind="merchant", subject_id=merchant)
    assert [event.kind for event in events] == ["merchant.approved", "merchant.registered"]


async def test_a_suspended_merchant_goes_on_with_the_same_account(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    await approve_merchant(connection, merchant, actor=APPROVER, now=NOON)
    account = await connection.fetchval("SELECT account_id FROM merchant")
    await suspend_merchant(connection, merchant, reason="klacht", actor=APPROVER, now=NOON)
    await approve_merchant(connection, merchant, actor=APPROVER, now=NOON)
    assert await connection.fetchval("SELECT account_id FROM merchant") == account


async def test_an_ended_merchant_stays_ended_and_loses_its_tills(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    invited = await create_till(
        connection, merchant, NewTill(name="bar"), actor=REGISTRAR, now=NOON
    )
    await end_merchant(connection, merchant, reason="opgeheven", actor=APPROVER, now=NOON)
    with pytest.raises(MerchantHasEnded):
        await approve_merchant(connection, merchant, actor=APPROVER, now=NOON)
    with pytest.raises(MerchantHasEnded):
        await create_till(connection, merchant, NewTill(name="bar"), actor=REGISTRAR, now=NOON)
    with pytest.raises(TillIsRevoked):
        await pair_till(connection, a_device(invited.code), municipality=VELSEN, now=NOON)
    (till,) = await list_tills(connection, merchant, actor=REGISTRAR)
    assert till.state == "revoked"


async def test_a_location_is_added_changed_and_closed_not_before_today(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    hall = await add_location(connection, merchant, LocationDetails(name="Hal"), actor=REGISTRAR)
    await change_location(
        connection, merchant, hall, details=LocationDetails(name="Hal 2"), actor=REGISTRAR
    )
    with pytest.raises(EndsBeforeToday):
        await close_location(
            connection,
            merchant,
            hall,
            from_day=NOON.date() - timedelta(days=1),
            actor=REGISTRAR,
            now=NOON,
        )
    await close_location(
        connection, merchant, hall, from_day=NOON.date(), actor=REGISTRAR, now=NOON
    )
    shown = await show_merchant(connection, merchant, actor=REGISTRAR, now=NOON)
    assert [(one.name, one.ended_on) for one in shown.locations] == [
        ("Hal 2", NOON.date()),
        ("Zwembad", None),
    ]


async def test_a_location_of_another_merchant_is_not_found(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    with pytest.raises(LocationNotFound):
        await close_location(
            connection,
            merchant,
            LocationId(uuid4()),
            from_day=None,
            actor=REGISTRAR,
            now=NOON,
        )


async def test_an_agreement_ends_and_another_price_follows(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    shown = await show_merchant(connection, merchant, actor=REGISTRAR, now=NOON)
    swimming = shown.agreements[1]
    dearer = msgspec.convert(
        {"category": "swimming", "validFrom": "2026-07-01", "visitPriceCents": 500}, AgreementTerms
    )
    with pytest.raises(AgreementOverlaps):
        await add_agreement(connection, merchant, dearer, actor=REGISTRAR)
    await end_agreement(
        connection, merchant, swimming.id, until=date(2026, 7, 1), actor=REGISTRAR, now=NOON
    )
    await add_agreement(connection, merchant, dearer, actor=REGISTRAR)


async def test_only_an_agreement_that_is_there_ends_and_not_before_it_begins(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    later = msgspec.convert({"category": "culture", "validFrom": "2026-09-01"}, AgreementTerms)
    await the_categories(connection, "culture")
    agreement = await add_agreement(connection, merchant, later, actor=REGISTRAR)
    for which, refusal in (
        (agreement, EndsBeforeToday),
        (AgreementId(uuid4()), AgreementNotFound),
    ):
        with pytest.raises(refusal):
            await end_agreement(
                connection, merchant, which, until=date(2026, 9, 1), actor=REGISTRAR, now=NOON
            )


async def test_an_agreement_never_ends_with_hindsight(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    shown = await show_merchant(connection, merchant, actor=REGISTRAR, now=NOON)
    agreement = shown.agreements[0].id
    with pytest.raises(EndsBeforeToday):
        await end_agreement(
            connection, merchant, agreement, until=date(2026, 5, 31), actor=REGISTRAR, now=NOON
        )
    await end_agreement(
        connection, merchant, agreement, until=NOON.date(), actor=REGISTRAR, now=NOON
    )
    with pytest.raises(AgreementOver):
        await end_agreement(
            connection, merchant, agreement, until=date(2027, 1, 1), actor=REGISTRAR, now=NOON
        )


async def test_the_database_refuses_two_agreements_on_one_category_and_day(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            "INSERT INTO agreement (id, merchant_id, category, valid_from, recorded_by) "
            "VALUES ($1, $2, 'sport', '2026-06-01', $1)",
            *(uuid4(), merchant),
        )
    assert refused.value.sqlstate == "PA220"
