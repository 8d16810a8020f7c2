"""Looking residents up: what is found, what is written down about it, what is never shown."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from given.cards import as_holder
from given.city import a_holder
from given.logins import a_key_store, an_actor
from pas.auth.citizen_number import CitizenNumber, encrypt_bsn
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import MunicipalityName, ResidentId, uuid7
from pas.passes.cards import is_own
from pas.residents.look_up import (
    FoundResident,
    Look,
    ResidentUnknown,
    Search,
    SearchTooWide,
    search_residents,
    show_resident,
)
from pas.residents.managing_adults import (
    ManagementDatesWrong,
    ManagementExists,
    ManagementNotFound,
    ManagingAdult,
    NotAChild,
    NotAnAdult,
    end_managing_adult,
    record_managing_adult,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = date(2026, 6, 1)
OFFICER = an_actor(Role.OFFICER)
LOOK = Look(actor=OFFICER, purpose="question", trace_id="a" * 32, now=NOW)
BORN = date(1990, 5, 17)


@pytest.fixture
def ring(tmp_path: Path, velsen: MunicipalityName) -> KeyRing:
    return a_key_store(tmp_path).ring(velsen)


async def found(connection: Connection, ring: KeyRing, search: Search) -> list[FoundResident]:
    return await search_residents(connection, search, ring=ring, look=LOOK, today=TODAY)


async def looks_at(connection: Connection, resident: ResidentId) -> list[str]:
    rows = await connection.fetch(
        "SELECT activity FROM processing_log WHERE subject_id = $1 AND actor_id = $2 ORDER BY 1",
        *(resident, OFFICER.id),
    )
    return [row["activity"] for row in rows]


async def test_every_look_at_a_resident_is_written_down_with_its_purpose(
    connection: Connection, ring: KeyRing
) -> None:
    holder, other = await a_holder(connection), await a_holder(connection, name="Anders")

    await found(connection, ring, Search(household_number=holder.household))
    await show_resident(connection, holder.id, look=LOOK)

    assert await looks_at(connection, holder.id) == [
        "resident.searched.question",
        "resident.shown.question",
    ]
    assert await looks_at(connection, other.id) == []


async def test_residents_are_found_by_what_people_know(
    connection: Connection, ring: KeyRing
) -> None:
    holder = await a_holder(connection)
    await a_holder(connection, birth_date=date(1980, 1, 1))
    hidden = encrypt_bsn(ring, CitizenNumber("999990019"), resident=holder.id)
    await connection.execute(
        "UPDATE resident SET bsn_encrypted = $2, bsn_hash = $3, key_id = $4 WHERE id = $1",
        *(holder.id, hidden.encrypted, hidden.hash, hidden.key_id),
    )

    for search in (
        Search(person_number=holder.id.hex),
        Search(household_number=holder.household),
        Search(citizen_number="9999.90.019"),
        Search(family_name="De W", birth_date=BORN),
    ):
        assert [one.id for one in await found(connection, ring, search)] == [holder.id]
    assert await found(connection, ring, Search(citizen_number="999990020")) == []
    assert (
        await found(connection, ring, Search(family_name="%", birth_date=BORN, postcode="x")) == []
    )


@pytest.mark.parametrize(
    "search",
    [
        Search(),
        Search(family_name="de Wit"),
        Search(birth_date=BORN),
        Search(family_name="d", birth_date=BORN),
        Search(postcode="1971 AB"),
    ],
)
async def test_a_search_that_finds_half_the_town_is_refused(
    connection: Connection, ring: KeyRing, search: Search
) -> None:
    with pytest.raises(SearchTooWide):
        await found(connection, ring, search)


async def test_what_is_shown_has_no_citizen_number(connection: Connection, ring: KeyRing) -> None:
    holder = await a_holder(connection)
    hidden = encrypt_bsn(ring, CitizenNumber("999990019"), resident=holder.id)
    await connection.execute(
        "UPDATE resident SET bsn_encrypted = $2, bsn_hash = $3, key_id = $4 WHERE id = $1",
        *(holder.id, hidden.encrypted, hidden.hash, hidden.key_id),
    )

    shown = await show_resident(connection, holder.id, look=LOOK)

    assert shown.has_citizen_number
    assert shown.states[0].family_name == "de Wit"
    assert "999990019" not in msgspec.json.encode(shown).decode()
    with pytest.raises(ResidentUnknown):
        await show_resident(connection, ResidentId(uuid7()), look=LOOK)


async def test_an_administrator_manages_the_pass_of_somebody_of_any_age(
    connection: Connection,
) -> None:
    almost = await a_holder(connection, birth_date=date(2008, 6, 15))
    grown, administrator = await a_holder(connection), await a_holder(connection)
    acting = as_holder(administrator.id)

    for who, until in ((almost, None), (grown, date(2027, 1, 1))):
        wanted = ManagingAdult(who.id, administrator.id, "administrator", TODAY, until)
        made = await record_managing_adult(connection, wanted, actor=OFFICER, now=NOW)
        assert made.valid_until == until

    past_eighteen = NOW + timedelta(days=60)
    assert await is_own(connection, almost.id, actor=acting, now=past_eighteen)
    assert await is_own(connection, grown.id, actor=acting, now=past_eighteen)
    assert not await is_own(connection, grown.id, actor=acting, now=NOW + timedelta(days=400))
    with pytest.raises(NotAChild):
        await record_managing_adult(
            connection,
            ManagingAdult(grown.id, grown.id, "administrator", TODAY, None),
            actor=OFFICER,
            now=NOW,
        )


async def test_nobody_manages_before_birth_after_eighteen_or_with_hindsight(
    connection: Connection,
) -> None:
    child = await a_holder(connection, birth_date=date(2012, 3, 4))
    adult = await a_holder(connection)
    for first, refusal, whom in (
        (date(2012, 3, 3), ManagementDatesWrong, child.id),
        (date(2030, 3, 4), ManagementDatesWrong, child.id),
        (TODAY, ManagementNotFound, ResidentId(uuid7())),
    ):
        wanted = ManagingAdult(whom, adult.id, "co_parent", first, None)
        with pytest.raises(refusal):
            await record_managing_adult(connection, wanted, actor=OFFICER, now=NOW)
    with pytest.raises(ManagementDatesWrong):
        await end_managing_adult(
            connection, child.id, adult.id, from_day=date(2026, 5, 31), actor=OFFICER, now=NOW
        )


async def test_an_officer_records_who_else_manages_a_child_until_eighteen(
    connection: Connection,
) -> None:
    child = await a_holder(connection, birth_date=date(2012, 3, 4))
    adult = await a_holder(connection)
    wanted = ManagingAdult(child.id, adult.id, "co_parent", date(2026, 5, 1), None)

    made = await record_managing_adult(connection, wanted, actor=OFFICER, now=NOW)

    assert made.valid_until == date(2030, 3, 4)
    with pytest.raises(ManagementExists):
        await record_managing_adult(connection, wanted, actor=OFFICER, now=NOW)
    with pytest.raises(NotAChild):
        await record_managing_adult(
            connection,
            ManagingAdult(adult.id, child.id, "guardian", TODAY, None),
            actor=OFFICER,
            now=NOW,
        )
    sibling = await a_holder(connection, birth_date=date(2010, 3, 4))
    with pytest.raises(NotAnAdult):
        await record_managing_adult(
            connection,
            ManagingAdult(child.id, sibling.id, "guardian", TODAY, None),
            actor=OFFICER,
            now=NOW,
        )
    ended = await end_managing_adult(
        connection, child.id, adult.id, from_day=TODAY, actor=OFFICER, now=NOW
    )
    assert ended.valid_until == TODAY
    with pytest.raises(ManagementNotFound):
        await end_managing_adult(
            connection, child.id, adult.id, from_day=TODAY, actor=OFFICER, now=NOW
        )
