"""Each clock: what is past it goes, what is not stays."""

from datetime import UTC, date, datetime, timedelta

import pytest

from given.assessment import a_member, a_scheme_in_force, a_task
from given.city import a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import NOW, TODAY, YEAR
from given.logins import an_actor
from given.sales import a_sale_item, desk_of
from pas.auth.actor import SYSTEM
from pas.auth.municipality_settings import change_municipality_settings
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.assess import Task, assess_year
from pas.grants.lapse import lapse_year
from pas.ids import MunicipalityName
from pas.redemptions.redeem import redeem
from pas.retention.clean_up import clean_up
from pas.retention.clocks import CLOCKS, Clock

VELSEN = MunicipalityName("velsen")

A_ROW = {
    "processing_log": """
        INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, trace_id, recorded_at)
        VALUES (gen_random_uuid(), 'pass.shown', 'login', gen_random_uuid(), '', $1)
    """,
    "signal": """
        WITH club AS (
            INSERT INTO merchant (id, name, state) VALUES (gen_random_uuid(), 'Judo', 'requested') RETURNING id
        ), made AS (
            INSERT INTO signal (id, kind, merchant_id, about, week, counted, out_of, different, cents, first_at, last_at,
                weight, found_at, changed_at)
            SELECT id, 'two_places', id, id, '2026-06-01', 2, 2, 1, 1000, $1, $1, 35, $1, $1 FROM club RETURNING id
        )
        INSERT INTO signal_verdict (id, signal_id, verdict, reason, counted, judged_by, judged_at)
        SELECT id, id, 'nothing', 'Twee ouders.', 2, id, $1 FROM made
    """,
    "household_application": """
        INSERT INTO household_application (id, household_number, year, channel, applied_by,
            applied_by_kind, received_at, content_hash, state, decided_at)
        VALUES (gen_random_uuid(), 'H1', 2026, 'page', gen_random_uuid(), 'holder', $1, '\\x00',
            'withdrawn', $1)
    """,
    "helper_application": """
        WITH made AS (
            INSERT INTO login (id, issuer, subject, name, state)
            VALUES (gen_random_uuid(), 'https://login.velsen.example', gen_random_uuid()::text, 'Joke', 'active')
            RETURNING id
        )
        INSERT INTO helper_application (id, year, applied_by, received_at, content_hash, state, handled_at)
        SELECT gen_random_uuid(), 2026, id, $1, sha256(''), 'expired', $1 FROM made
    """,
    "child_application": """
        WITH somebody AS (
            INSERT INTO login (id, issuer, subject, name, state)
            VALUES (gen_random_uuid(), 'https://login.velsen.example', gen_random_uuid()::text, 'Joke', 'active')
            RETURNING id
        ), school AS (
            INSERT INTO organisation (id, name, kind, recognised_at, recognised_by)
            SELECT gen_random_uuid(), id::text, 'school', $1, id FROM somebody RETURNING id
        ), sport AS (
            INSERT INTO scheme (id, code) SELECT gen_random_uuid(), 's_' || replace(id::text, '-', '_') FROM somebody
            RETURNING id
        )
        INSERT INTO child_application (id, scheme_id, applied_by, organisation_id, profession, received_at,
            content_hash, given_name, family_name, birth_date, postcode, club_name, agreed_by, agreed_how,
            agreed_on, state)
        SELECT gen_random_uuid(), sport.id, somebody.id, school.id, 'leerkracht', $1, sha256(''), 'Noor', 'Bakker',
            '2017-03-05', '1971 AB', 'De Duinen', 'Moeder', 'present', '2026-01-01', 'received'
        FROM somebody, school, sport
    """,
    "merchant_registration": """
        WITH somebody AS (
            INSERT INTO login (id, issuer, subject, name, state)
            VALUES (gen_random_uuid(), 'https://login.velsen.example', gen_random_uuid()::text, 'Joke', 'active')
            RETURNING id
        ), made AS (
            INSERT INTO merchant_registration (id, number, link_hash, name, kvk_number, received_at, state_since)
            SELECT id, upper(substr(id::text, 1, 8)), sha256(convert_to(id::text, 'UTF8')), 'Judo', '12345678', $1, $1
            FROM somebody RETURNING id
        )
        INSERT INTO merchant_registration_step (registration_id, number, kind, taken_at, login_id, words, said)
        SELECT m.id, s.number, s.kind, $1, m.id, s.words, s.said::jsonb
        FROM made m, (VALUES (1, 'received', NULL, '{"name": "Judo", "kvkNumber": "12345678"}'), (2, 'refused', 'Nee.', NULL))
            AS s (number, kind, words, said)
    """,
    "merchant_registration_draft": """
        INSERT INTO merchant_registration_draft (link_hash, typed, begun_at, changed_at)
        VALUES (sha256(convert_to(gen_random_uuid()::text, 'UTF8')), '{}', $1, $1)
    """,
    "holder_request": """
        WITH somebody AS (
            INSERT INTO resident (id, person_number) VALUES (gen_random_uuid(), gen_random_uuid()::text) RETURNING id
        ), made AS (
            INSERT INTO holder_request (id, number, kind, resident_id, channel, received_at, content_hash, answer_by, state_since)
            SELECT id, upper(right(id::text, 8)), 'complaint', id, 'page', $1, sha256(''), $1::timestamptz::date, $1 FROM somebody
            RETURNING id
        )
        INSERT INTO holder_request_step (request_id, number, kind, taken_at, actor_kind, actor_id, words)
        SELECT m.id, s.number, s.kind, $1, 'holder', m.id, s.words
        FROM made m, (VALUES (1, 'received', 'Nee.'), (2, 'withdrawn', NULL)) AS s (number, kind, words)
    """,
    "bank_item_details": """
        WITH file AS (
            INSERT INTO bank_file (id, message, name, sha256, imported_at, imported_by_kind, imported_by, known, pending)
            VALUES (gen_random_uuid(), 'status', 'x', sha256(gen_random_uuid()::text::bytea), $1, 'system', gen_random_uuid(), 0, 0)
            RETURNING id
        ), item AS (
            INSERT INTO bank_item (id, file_id, key, message, kind, is_return, currency, day, status, reason, lines_listed, outcome, why)
            SELECT gen_random_uuid(), id, sha256(gen_random_uuid()::text::bytea), 'status', 'status', false, 'EUR', '2026-01-01', '', '',
                false, 'open', 'no_id' FROM file
            RETURNING id
        )
        INSERT INTO bank_item_details (item_id, content, kept_at) SELECT id, '\\x00', $1 FROM item
    """,
    "import_row": """
        WITH made AS (
            INSERT INTO import (id, kind, file_name, sha256, started_at, actor_kind, actor_id)
            VALUES (gen_random_uuid(), 'residents', 'r.csv', '\\x00', $1, 'system', gen_random_uuid())
            RETURNING id
        )
        INSERT INTO import_row (import_id, line, key, outcome) SELECT id, 2, '1001', 'added' FROM made
    """,
    "job": """
        INSERT INTO job (id, kind, arguments, state, actor_kind, actor_id, queued_at, run_after, ended_at)
        VALUES (gen_random_uuid(), 'test.it', '{}', 'done', 'system', gen_random_uuid(), $1, $1, $1)
    """,
    "upload": """
        INSERT INTO upload (id, name, size_bytes, sha256, uploaded_at, uploaded_by)
        VALUES (gen_random_uuid(), 'r.csv', 0, sha256(''), $1, gen_random_uuid())
    """,
    "former_state": """
        INSERT INTO former_state (subject_id, state, since, until) VALUES (gen_random_uuid(), 'active', '-infinity', $1)
    """,
    "sign_in_try": """
        INSERT INTO sign_in_try (subject_id, device_hash, tries, rounds, tried_at)
        VALUES (gen_random_uuid(), sha256(''), 1, 0, $1)
    """,
    "refused_sign_in": "INSERT INTO refused_sign_in VALUES (gen_random_uuid(), $1::timestamptz, 1, $1)",
    "mandate": """
        WITH who AS (INSERT INTO resident (id, person_number) VALUES (gen_random_uuid(), gen_random_uuid()::text) RETURNING id)
        INSERT INTO mandate (id, resident_id, name, kind, may_manage, valid_from, valid_until, number_hash,
            code_hash, key_id, made_at, made_by_kind, made_by)
        SELECT gen_random_uuid(), id, 'Ruud', 'family', true, $1::date - 1, $1::date + 1,
            sha256(uuid_send(id)), sha256(''), 'k', $1::timestamptz, 'holder', id FROM who
    """,
    "known_device": "INSERT INTO known_device VALUES (gen_random_uuid(), sha256(''), $1, $1)",
    "phone_code_use": """
        INSERT INTO phone_code_use SELECT substr(sha256(convert_to(id::text, 'UTF8')), 1, 8), id, id, $1
        FROM (SELECT gen_random_uuid() AS id) s
    """,
    "refused_scan": """
        WITH club AS (INSERT INTO merchant (id, name, state) VALUES (gen_random_uuid(), 'Duinrun', 'requested') RETURNING id),
        somebody AS (INSERT INTO resident (id, person_number) SELECT id, id::text FROM club RETURNING id)
        INSERT INTO refused_scan SELECT s.id, c.id, 'budget-empty', $1 FROM club c, somebody s
    """,
    "telephone_link": """
        WITH somebody AS (
            INSERT INTO resident (id, person_number) SELECT u, u::text FROM gen_random_uuid() u RETURNING id
        )
        INSERT INTO telephone_link SELECT sha256(convert_to(id::text, 'UTF8')), id, id, id, $1 FROM somebody
    """,
    "unknown_scan": "INSERT INTO unknown_scan VALUES (gen_random_uuid(), $1)",
    "webhook_message": """
        WITH club AS (INSERT INTO merchant (id, name, state) VALUES (gen_random_uuid(), 'Duinrun', 'requested') RETURNING id)
        INSERT INTO webhook_message (id, merchant_id, type, content, made_at)
        SELECT gen_random_uuid(), id, 'endpoint.test', '{}', $1 FROM club
    """,
    "holder_message": """
        WITH somebody AS (
            INSERT INTO resident (id, person_number) SELECT id, id::text FROM gen_random_uuid() AS r (id) RETURNING id
        )
        INSERT INTO holder_message (id, recipient_id, holder_id, reason, channel, state, made_at, next_try_at, ended_at)
        SELECT gen_random_uuid(), id, id, 'spending', 'email', 'arrived', $1, $1, $1 FROM somebody
    """,
    "contact_check": """
        WITH somebody AS (
            INSERT INTO resident (id, person_number) SELECT id, id::text FROM gen_random_uuid() AS r (id) RETURNING id
        )
        INSERT INTO contact_check (id, resident_id, channel, address_encrypted, code_hash, key_id, made_at, expires_at)
        SELECT gen_random_uuid(), id, 'email', '', sha256(''), 'k', $1, $1::timestamptz + interval '15 minutes' FROM somebody
    """,
    "holder_contact": """
        WITH somebody AS (
            INSERT INTO resident (id, person_number) SELECT id, id::text FROM gen_random_uuid() AS r (id) RETURNING id
        ), checked AS (
            INSERT INTO contact_check (id, resident_id, channel, address_encrypted, code_hash, key_id, tries,
                made_at, expires_at, ended_at, proved)
            SELECT gen_random_uuid(), id, 'email', '', sha256(''), 'k', 1, '2030-01-01', '2030-01-01 00:15', $1, true FROM somebody
            RETURNING resident_id
        )
        INSERT INTO holder_contact (resident_id, channel, address_encrypted, verified_at) SELECT resident_id, 'email', '', $1 FROM checked
    """,
    "proof": "INSERT INTO proof VALUES (gen_random_uuid(), $1, true, '{}')",
    "scheduled_turn": """
        INSERT INTO scheduled_turn VALUES ('test.it', ($1::timestamptz)::date, gen_random_uuid())
    """,
}

WITHDRAWN = """
    UPDATE child_application SET state = 'withdrawn', decided_at = received_at, given_name = NULL,
        family_name = NULL, birth_date = NULL, postcode = NULL
"""
"""An application is made before it can be withdrawn."""


@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.table)
async def test_what_is_past_its_clock_goes_and_the_rest_stays(
    connection: Connection, superuser: Connection, database: Database, clock: Clock
) -> None:
    long_ago = NOW - timedelta(days=clock.days + 2)
    fresh = NOW - timedelta(days=clock.days - 1)
    # A former state is written by a trigger alone, a code that paid by the function that sells.
    writer = superuser if clock.table in {"former_state", "phone_code_use"} else connection
    await writer.execute(A_ROW[clock.table], long_ago)
    await writer.execute(A_ROW[clock.table], fresh)
    await connection.execute(WITHDRAWN)

    report = await clean_up(database, VELSEN, now=NOW)

    assert {table for table, gone in report.deleted.items() if gone} == {clock.table}
    assert await connection.fetchval(f"SELECT count(*) FROM {clock.table}") == 1


async def test_nothing_goes_that_is_still_needed(
    connection: Connection, database: Database
) -> None:
    """An application that waits is the municipality's to decide; a job and its file may yet run."""
    long_ago = NOW - timedelta(days=400)
    await connection.execute(
        A_ROW["household_application"].replace("'withdrawn', $1", "'received', NULL"), long_ago
    )
    await connection.execute(A_ROW["upload"], long_ago)
    upload = await connection.fetchval("SELECT id::text FROM upload")
    a_job = A_ROW["job"].replace("'done'", "'queued'")
    await connection.execute(a_job.replace("{}", f'{{"upload_id": "{upload}"}}'), long_ago)

    report = await clean_up(database, VELSEN, now=NOW)

    assert not any(report.deleted.values())


async def test_the_program_cannot_delete_an_application_early(connection: Connection) -> None:
    await connection.execute(A_ROW["household_application"], NOW - timedelta(days=41))
    gone = await connection.fetchval("SELECT forget_withdrawn_applications($1, 100)", NOW)
    assert gone == 0


async def test_the_program_cannot_delete_a_signal_early(connection: Connection) -> None:
    await connection.execute(A_ROW["signal"], NOW - timedelta(days=27))
    assert await connection.fetchval("SELECT forget_signals($1, 100)", NOW) == 0


async def test_the_program_cannot_delete_what_a_helper_asked_early(connection: Connection) -> None:
    await connection.execute(A_ROW["helper_application"], NOW - timedelta(days=41))
    gone = await connection.fetchval("SELECT forget_helper_applications($1, 100)", NOW)
    assert gone == 0


@pytest.mark.parametrize("table", ["processing_log", "signal"])
async def test_what_says_which_sales_are_of_one_person_never_outlives_the_link(
    connection: Connection, database: Database, table: str
) -> None:
    await connection.execute(A_ROW[table], NOW - timedelta(days=60))
    await clean_up(database, VELSEN, now=NOW)
    assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 1

    await change_municipality_settings(connection, {"linkMonths": 2}, actor=SYSTEM)
    await clean_up(database, VELSEN, now=NOW)
    assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0


# --- the link between a person and accounts -------------------------------------------------


async def a_year_long_over(
    connection: Connection, database: Database, *, year: int = 2022, lapsed: bool = True
) -> None:
    """A household with a budget of a year; all that is left has returned, or not."""
    await a_scheme_in_force(connection, valid_from=date(year, 1, 1))
    await a_member(connection, since=date(year, 1, 1))
    await assess_year(database, a_task(datetime(year, 6, 1, tzinfo=UTC), year=year))
    if lapsed:
        await lapse_year(database, a_task(datetime(year + 1, 2, 1, tzinfo=UTC), year=year))


async def links(connection: Connection, database: Database) -> int:
    """How many links there are after the job ran."""
    await clean_up(database, VELSEN, now=NOW)
    return await connection.fetchval("SELECT count(*) FROM budget")


async def test_a_link_stays_as_long_as_the_municipality_says(
    connection: Connection, database: Database
) -> None:
    await a_year_long_over(connection, database, year=YEAR - 2)
    most = 12 + TODAY.month
    await change_municipality_settings(connection, {"linkMonths": most}, actor=SYSTEM)
    assert await links(connection, database) == 1
    await change_municipality_settings(connection, {"linkMonths": most - 1}, actor=SYSTEM)
    assert await links(connection, database) == 0


async def test_a_link_of_a_budget_that_outlives_its_year_is_kept_from_the_end_of_the_budget(
    connection: Connection, database: Database
) -> None:
    year = YEAR - 3
    scheme, holder = await a_scheme(connection, year=year), await a_holder(connection, year=year)
    first, last = datetime(year, 1, 1, tzinfo=UTC), NOW - timedelta(days=45)
    await a_budget(connection, scheme, holder, usable_from=first, usable_until=last)
    task = Task(municipality=VELSEN, year=year, actor=an_actor(Role.OFFICER), now=NOW)
    await lapse_year(database, task)

    await change_municipality_settings(connection, {"linkMonths": 2}, actor=SYSTEM)
    assert await links(connection, database) == 1
    await change_municipality_settings(connection, {"linkMonths": 1}, actor=SYSTEM)
    assert await links(connection, database) == 0


async def test_a_link_stays_while_the_processing_log_leads_to_its_account(
    connection: Connection, database: Database
) -> None:
    """What is noted after the end, like a refund, leads from the person to the account as well."""
    year = YEAR - 3
    scheme, holder = await a_scheme(connection, year=year), await a_holder(connection, year=year)
    till = await a_till(connection, await a_merchant(connection))
    first, last = datetime(year, 1, 1, tzinfo=UTC), NOW - timedelta(days=45)
    await a_budget(connection, scheme, holder, cents=800, usable_from=first, usable_until=last)
    sale = a_sale_item(till, holder, price=800, take=800)
    await redeem(desk_of(connection, now=last - timedelta(days=5)), [sale])
    assert await connection.fetchval("SELECT sum(taken_cents) FROM processing_log") == 800
    await change_municipality_settings(connection, {"linkMonths": 1}, actor=SYSTEM)

    assert await links(connection, database) == 1
    await connection.execute("DELETE FROM processing_log")
    assert await links(connection, database) == 0


async def test_a_link_stays_while_there_is_money_left(
    connection: Connection, database: Database
) -> None:
    await a_year_long_over(connection, database, lapsed=False)
    assert await links(connection, database) == 1


async def test_a_link_stays_while_a_decision_is_disputed(
    connection: Connection, database: Database
) -> None:
    await a_year_long_over(connection, database)
    await connection.execute(
        """
        INSERT INTO deviation (id, resident_id, scheme_version_id, year, effect, reason,
            proposed_at, proposed_by, origin)
        SELECT gen_random_uuid(), p.resident_id, b.scheme_version_id, p.year, 'grant',
            'bezwaar tegen de hoogte', now(), gen_random_uuid(), 'objection'
        FROM budget b JOIN pass p ON p.id = b.pass_id
        """
    )
    assert await links(connection, database) == 1


async def test_the_program_can_delete_no_link_by_itself(connection: Connection) -> None:
    assert not await connection.fetchval("SELECT has_table_privilege('budget', 'DELETE')")
