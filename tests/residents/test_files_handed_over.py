"""Files that were handed over: encrypted while they wait, gone when their job ends, never forgotten."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from given.files import a_file, a_resident_row
from given.logins import an_actor
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import MunicipalityName, UploadId
from pas.imports.uploads import PIECE_BYTES, UploadGone, fetch_upload, keep_upload
from pas.jobs import job_kinds
from pas.jobs.queue import MOST_ATTEMPTS
from pas.jobs.worker import Worker
from pas.passes.resident_files import COLUMNS
from people import Person, Town

IMPORTS = "/v1/velsen/resident-imports"
BSN: Final = "999990019"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OFFICER = an_actor(Role.OFFICER)
HEADER = ";".join(COLUMNS).encode() + b"\n"


@pytest.fixture
async def officer(town: Town, connection: Connection) -> Person:
    return await town.officer(connection, Role.OFFICER)


@pytest.fixture
def ring(town: Town, velsen: MunicipalityName) -> KeyRing:
    return town.keys.ring(velsen)


async def hands_over(officer: Person, content: bytes | None = None) -> dict[str, str]:
    rows = a_file(COLUMNS, a_resident_row(bsn=BSN)).read()
    answer = await officer.post(IMPORTS, rows if content is None else content)
    assert answer.status_code == 202, answer.text
    return answer.json()


async def summary(officer: Person, queued: Mapping[str, str]) -> dict[str, object]:
    answer = await officer.get(f"{IMPORTS}/{queued['importId']}")
    assert answer.status_code == 200, answer.text
    return answer.json()["summary"]


async def waiting_files(connection: Connection) -> int:
    return await connection.fetchval(
        "SELECT (SELECT count(*) FROM upload) + (SELECT count(*) FROM upload_piece)"
    )


async def test_no_citizen_number_lies_readable_in_the_database_while_a_file_waits(
    officer: Person, superuser: Connection
) -> None:
    await hands_over(officer)

    tables = await superuser.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    )
    for number in (BSN, BSN.encode().hex()):
        found = [
            table
            for (table,) in tables
            if await superuser.fetchval(
                f"SELECT count(*) FROM {table} t WHERE strpos(t::text, $1) > 0", number
            )
        ]
        assert found == []
    assert await waiting_files(superuser) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"person_number;naam\n1;Jan\n", ("naam", "given_name", "De eerste regel moet zijn")),
        (HEADER.replace(b";", b","), ("komma", "Wij verwachten een puntkomma (;)")),
        (HEADER.replace(b";", b"\t"), ("tab", "Wij verwachten een puntkomma (;)")),
        (HEADER + "1;;José\n".encode("cp1252"), ("Windows-1252", "regel 2", "UTF-8")),
        (HEADER.decode().encode("utf-16"), ("UTF-16", "Wij verwachten UTF-8")),
        (b"\n", ("leeg", "De eerste regel moet zijn")),
    ],
)
async def test_a_file_of_another_shape_is_refused_whole_and_its_import_says_what_was_expected(
    officer: Person,
    connection: Connection,
    database: Database,
    content: bytes,
    said: tuple[str, ...],
) -> None:
    queued = await hands_over(officer, content)
    before = await summary(officer, queued)
    await Worker(database, job_kinds()).run_all_due()

    job = (await officer.get(f"/v1/velsen/jobs/{queued['jobId']}")).json()
    after = await summary(officer, queued)

    assert (before["endedAt"], before["problem"]) == (None, None)
    assert (job["state"], job["problem"]["code"]) == ("failed", "file-refused")
    assert after["problem"] == job["problem"]["detail"]
    assert all(part in str(after["problem"]) for part in said)
    assert after["endedAt"] is not None
    assert await waiting_files(connection) == 0
    assert await connection.fetchval("SELECT count(*) FROM resident") == 0


async def test_a_file_whose_job_fails_too_often_is_gone(
    officer: Person, connection: Connection, database: Database
) -> None:
    async def fails(*_: object) -> None:
        raise ZeroDivisionError

    queued = await hands_over(officer)
    await connection.execute("UPDATE job SET attempts = $1", MOST_ATTEMPTS - 1)
    await Worker(database, {"residents.import": fails}).run_all_due()

    assert await waiting_files(connection) == 0
    assert (await summary(officer, queued))["problem"]


async def test_a_file_whose_workers_were_all_lost_is_gone(
    officer: Person, connection: Connection, database: Database
) -> None:
    queued = await hands_over(officer)
    await connection.execute(
        "UPDATE job SET state = 'running', attempts = $1, lease_until = clock_timestamp() - interval '1 s'",
        MOST_ATTEMPTS,
    )
    await Worker(database, job_kinds()).run_all_due()

    assert await waiting_files(connection) == 0
    assert (await summary(officer, queued))["problem"] == "De taak viel steeds stil."


async def test_a_file_that_never_got_a_job_goes_when_the_next_one_comes(
    connection: Connection, ring: KeyRing
) -> None:
    async def keeps(now: datetime) -> UploadId:
        made = await keep_upload(
            connection, io.BytesIO(b"x"), ring=ring, name="r.csv", actor=OFFICER, now=now
        )
        return made.id

    lost, fresh = await keeps(NOW - timedelta(days=2)), await keeps(NOW)

    with pytest.raises(UploadGone):
        await fetch_upload(connection, lost, ring=ring)
    _, source = await fetch_upload(connection, fresh, ring=ring)
    with source:
        assert source.read() == b"x"


async def test_a_file_of_several_pieces_comes_back_whole_and_a_piece_in_another_place_does_not(
    connection: Connection, superuser: Connection, ring: KeyRing
) -> None:
    content = b"a" * PIECE_BYTES + b"b" * PIECE_BYTES + b"c"
    upload = await keep_upload(
        connection, io.BytesIO(content), ring=ring, name="r.csv", actor=OFFICER, now=NOW
    )

    _, source = await fetch_upload(connection, upload.id, ring=ring)
    with source:
        assert source.read() == content
    await superuser.execute("UPDATE upload_piece SET number = number + 10 WHERE number < 2")
    await superuser.execute("UPDATE upload_piece SET number = 11 - number WHERE number > 2")
    with pytest.raises(UploadGone):
        await fetch_upload(connection, upload.id, ring=ring)
