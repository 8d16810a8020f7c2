"""An address is used after a code that was sent to it came back, and not before."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from given.city import a_holder
from given.days import NOW
from given.messages import ADDRESSES, a_listener, an_address, as_holder, code_sent
from pas.auth.keys import KeyRing
from pas.db import Connection, Database
from pas.ids import MunicipalityName, ResidentId
from pas.messages.choices import AddressMissing, choose, proved_channels, read_choice
from pas.messages.prove_address import (
    LASTS,
    MOST_IN_AN_HOUR,
    MOST_TRIES,
    ContactCodeWrong,
    TooManyContactCodes,
    own_addresses,
    prove_address,
    remove_address,
)

VELSEN = MunicipalityName("velsen")


@pytest.fixture
async def fatma(connection: Connection) -> ResidentId:
    return (await a_holder(connection)).id


async def prove(connection: Connection, who: ResidentId, code: str, ring: KeyRing) -> None:
    await prove_address(connection, "email", code, ring=ring, actor=as_holder(who), now=NOW)


async def test_the_right_code_makes_an_address_theirs(
    connection: Connection, fatma: ResidentId, ring: KeyRing
) -> None:
    code = await code_sent(connection, fatma, ring=ring)
    assert await proved_channels(connection, fatma) == frozenset()
    await prove(connection, fatma, code, ring)
    assert await own_addresses(connection, ring=ring, actor=as_holder(fatma)) == {
        "email": ADDRESSES["email"]
    }


async def test_without_a_proved_address_nothing_can_be_chosen_that_goes_there(
    connection: Connection, fatma: ResidentId, ring: KeyRing
) -> None:
    await code_sent(connection, fatma, ring=ring)
    with pytest.raises(AddressMissing):
        await choose(connection, fatma, after_spending="email", actor=as_holder(fatma), now=NOW)


async def test_a_code_works_once_and_for_a_quarter_of_an_hour(
    connection: Connection, fatma: ResidentId, ring: KeyRing
) -> None:
    code = await code_sent(connection, fatma, ring=ring)
    with pytest.raises(ContactCodeWrong):
        await prove_address(
            connection, "email", code, ring=ring, actor=as_holder(fatma), now=NOW + LASTS
        )
    await prove(connection, fatma, code, ring)
    with pytest.raises(ContactCodeWrong):
        await prove(connection, fatma, code, ring)


async def test_after_five_tries_the_right_code_does_not_help(
    connection: Connection, fatma: ResidentId, ring: KeyRing
) -> None:
    code = await code_sent(connection, fatma, ring=ring)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(MOST_TRIES):
        with pytest.raises(ContactCodeWrong):
            await prove(connection, fatma, wrong, ring)
    with pytest.raises(ContactCodeWrong):
        await prove(connection, fatma, code, ring)


async def test_a_code_proves_nothing_for_somebody_else_or_for_an_older_address(
    connection: Connection, fatma: ResidentId, ring: KeyRing
) -> None:
    other = (await a_holder(connection)).id
    code = await code_sent(connection, fatma, ring=ring)
    await code_sent(connection, other, ring=ring, address="ander@voorbeeld.nl")
    with pytest.raises(ContactCodeWrong):
        await prove(connection, other, code, ring)
    newer = await code_sent(connection, fatma, ring=ring, address="nieuw@voorbeeld.nl")
    if code != newer:
        with pytest.raises(ContactCodeWrong):
            await prove(connection, fatma, code, ring)
    await prove(connection, fatma, newer, ring)
    found = await own_addresses(connection, ring=ring, actor=as_holder(fatma))
    assert found == {"email": "nieuw@voorbeeld.nl"}


async def test_guesses_at_the_same_moment_are_counted_each(
    connection: Connection, crowd: Database, fatma: ResidentId, ring: KeyRing
) -> None:
    code = await code_sent(connection, fatma, ring=ring)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    async def guess() -> None:
        async with crowd.connection(VELSEN) as one:
            with pytest.raises(ContactCodeWrong):
                await prove(one, fatma, wrong, ring)

    await asyncio.gather(*(guess() for _ in range(12)))
    assert await connection.fetchval("SELECT tries FROM contact_check") == MOST_TRIES


async def test_one_person_gets_few_codes_and_a_municipality_sends_no_flood(
    connection: Connection, fatma: ResidentId, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(MOST_IN_AN_HOUR):
        await code_sent(connection, fatma, ring=ring)
    with pytest.raises(TooManyContactCodes):
        await code_sent(connection, fatma, ring=ring)
    later = NOW + timedelta(hours=2)
    for _ in range(MOST_IN_AN_HOUR):
        await code_sent(connection, fatma, ring=ring, now=later)
    with pytest.raises(TooManyContactCodes):
        await code_sent(connection, fatma, ring=ring, now=later + timedelta(hours=2))

    monkeypatch.setattr("pas.messages.prove_address.MOST_OF_ALL", 3)
    other = (await a_holder(connection)).id
    with pytest.raises(TooManyContactCodes):
        await code_sent(connection, other, ring=ring, now=later)


async def test_the_database_takes_no_address_that_was_not_checked(
    connection: Connection, fatma: ResidentId, ring: KeyRing
) -> None:
    await code_sent(connection, fatma, ring=ring)
    sealed = await connection.fetchval("SELECT address_encrypted FROM contact_check")
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            "INSERT INTO holder_contact VALUES ($1, 'email', $2, $3)", fatma, sealed, NOW
        )
    assert refused.value.sqlstate == "PA286"
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute("UPDATE contact_check SET proved = true, ended_at = made_at")
    assert refused.value.sqlstate == "PA287"


async def test_an_address_is_not_in_the_database_or_its_events_as_it_is(
    connection: Connection, superuser: Connection, fatma: ResidentId, ring: KeyRing
) -> None:
    await an_address(connection, fatma, ring=ring)
    for table in ("holder_contact", "contact_check", "event_content"):
        rows = await superuser.fetch(f"SELECT t::text AS text FROM {table} t")
        assert rows
        assert not any("fatma" in row["text"] or "6661746d61" in row["text"] for row in rows)


async def test_an_address_that_goes_takes_the_choices_for_it_along(
    connection: Connection, fatma: ResidentId, ring: KeyRing
) -> None:
    await a_listener(connection, fatma, ring=ring, after_spending="email", before_lapse="text")
    await remove_address(connection, "email", actor=as_holder(fatma), now=NOW)
    choice = await read_choice(connection, fatma, fatma)
    assert (choice.after_spending, choice.before_lapse) == ("none", "text")
    await remove_address(connection, "text", actor=as_holder(fatma), now=NOW)
    assert (await read_choice(connection, fatma, fatma)).before_lapse == "post"
    kinds = await connection.fetch("SELECT kind FROM event ORDER BY id")
    assert [row["kind"] for row in kinds].count("contact.removed") == 2


async def test_a_code_that_waits_is_over_when_the_address_goes(
    connection: Connection, fatma: ResidentId, ring: KeyRing
) -> None:
    code = await code_sent(connection, fatma, ring=ring)
    await remove_address(connection, "email", actor=as_holder(fatma), now=NOW)
    with pytest.raises(ContactCodeWrong):
        await prove_address(connection, "email", code, ring=ring, actor=as_holder(fatma), now=NOW)
