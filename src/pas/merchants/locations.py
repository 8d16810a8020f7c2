"""Where a merchant's holders come: a location is added, changed, and closed from a day on."""

from datetime import date, datetime
from typing import ClassVar, Final

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import LocationId, MerchantId, uuid7
from pas.merchants.model import Location, LocationDetails
from pas.merchants.stored import lock_merchant, lock_present_merchant
from pas.merchants.values import faults_of_location, refuse_faults, tidy_location


class LocationNotFound(Refusal):
    """Deze locatie is er niet bij deze aanbieder."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een locatie uit de lijst van de aanbieder."


class EndsBeforeToday(Refusal):
    """Dit kan niet met terugwerkende kracht eindigen."""

    next_step: ClassVar[str] = "Kies vandaag of een latere dag."


READ_LOCATIONS: Final = Statement(
    """
    SELECT id, name, address, postcode, city, area, ended_on
    FROM location WHERE merchant_id = $1 ORDER BY name, id
    """,
    Location,
)
INSERT_LOCATION: Final = Statement(
    """
    INSERT INTO location (id, merchant_id, name, address, postcode, city, area)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """,
    None,
)
CHANGE_LOCATION: Final = Statement(
    """
    UPDATE location SET name = $2, address = $3, postcode = $4, city = $5, area = $6
    WHERE id = $1
    """,
    None,
)
CLOSE_LOCATION: Final = Statement("UPDATE location SET ended_on = $2 WHERE id = $1", None)


async def add_location(
    connection: Connection, merchant_id: MerchantId, details: LocationDetails, *, actor: Actor
) -> LocationId:
    told = tidy_location(details)
    refuse_faults(faults_of_location(told))
    location_id = LocationId(uuid7())
    async with connection.transaction():
        await lock_present_merchant(connection, merchant_id, actor=actor)
        await INSERT_LOCATION.run(
            connection,
            location_id,
            merchant_id,
            told.name,
            told.address,
            told.postcode,
            told.city,
            told.area,
        )
        await record_event(
            connection,
            kind="location.added",
            subject_kind="location",
            subject_id=location_id,
            actor=actor,
            after={"merchantId": str(merchant_id), "location": told},
        )
    return location_id


async def change_location(
    connection: Connection,
    merchant_id: MerchantId,
    location_id: LocationId,
    *,
    details: LocationDetails,
    actor: Actor,
) -> None:
    told = tidy_location(details)
    refuse_faults(faults_of_location(told))
    async with connection.transaction():
        await lock_present_merchant(connection, merchant_id, actor=actor)
        stored = await find_location(connection, merchant_id, location_id)
        before = details_of(stored)
        if before == told:
            return
        await CHANGE_LOCATION.run(
            connection, location_id, told.name, told.address, told.postcode, told.city, told.area
        )
        await record_event(
            connection,
            kind="location.changed",
            subject_kind="location",
            subject_id=location_id,
            actor=actor,
            before=before,
            after=told,
        )


async def close_location(
    connection: Connection,
    merchant_id: MerchantId,
    location_id: LocationId,
    *,
    from_day: date | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Close from a day on, not before today; with None it stays open after all."""
    if from_day is not None and from_day < day_of(now):
        raise EndsBeforeToday
    async with connection.transaction():
        await lock_merchant(connection, merchant_id, actor=actor)
        stored = await find_location(connection, merchant_id, location_id)
        if stored.ended_on == from_day:
            return
        await CLOSE_LOCATION.run(connection, location_id, from_day)
        await record_event(
            connection,
            kind="location.closed",
            subject_kind="location",
            subject_id=location_id,
            actor=actor,
            before={"endedOn": stored.ended_on},
            after={"endedOn": from_day},
        )


async def find_location(
    connection: Connection, merchant_id: MerchantId, location_id: LocationId
) -> Location:
    for location in await READ_LOCATIONS.all(connection, merchant_id):
        if location.id == location_id:
            return location
    raise LocationNotFound


def details_of(location: Location) -> LocationDetails:
    return LocationDetails(
        name=location.name,
        address=location.address,
        postcode=location.postcode,
        city=location.city,
        area=location.area,
    )
