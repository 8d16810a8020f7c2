"""What was granted stays, and so does the version of the scheme that it was granted under."""

from datetime import date, timedelta
from typing import Final

import asyncpg
import pytest

from given.city import LAST_DAY, a_budget, a_holder, a_scheme
from given.files import a_file, a_scheme_row
from given.logins import NOON, an_actor
from pas.auth.roles import Role
from pas.days import start_of
from pas.db import Connection
from pas.imports.record import read_import_rows
from pas.schemes.change_scheme import VersionFixed, end_or_adopt
from pas.schemes.files import COLUMNS, row_of
from pas.schemes.import_schemes import import_schemes
from pas.schemes.keep_version import VersionGranted, change_version
from pas.schemes.stored import read_versions

POLICY = an_actor(Role.POLICY)
LAST_GRANT: Final = date(2026, 1, 1)
"""From which day the grant of ``a_budget`` runs."""
REWRITES: Final = (
    "UPDATE decision SET year = 2027",
    "DELETE FROM decision",
    "TRUNCATE decision CASCADE",
    "UPDATE scheme_grant SET amount_cents = 1",
    "DELETE FROM scheme_grant",
    "TRUNCATE scheme_grant CASCADE",
    "DELETE FROM scheme_version",
    "TRUNCATE scheme_version CASCADE",
    "UPDATE scheme_version SET amount_cents = 1",
    "UPDATE scheme_version SET valid_from = valid_from - 1",
    "UPDATE scheme_version SET title = 'Anders'",
    "UPDATE scheme_version SET valid_until = '2026-01-01', valid_from = '2025-01-01'",
)


@pytest.fixture
async def granted(connection: Connection) -> None:
    """A scheme from the first of January on, with something granted from that day on."""
    await a_budget(
        connection, await a_scheme(connection, income_limit=11000), await a_holder(connection)
    )


@pytest.mark.usefixtures("granted")
@pytest.mark.parametrize("statement", REWRITES)
async def test_nobody_rewrites_what_was_granted(
    connection: Connection, owner: Connection, superuser: Connection, statement: str
) -> None:
    await superuser.execute("SET session_replication_role = replica")

    for role in (connection, owner, superuser):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await role.execute(statement)
        assert refused.value.sqlstate in {"PA100", "PA203", "42501"}


@pytest.mark.usefixtures("granted")
async def test_a_version_ends_on_or_after_its_last_grant_and_never_before(
    connection: Connection,
) -> None:
    (stored,) = await read_versions(connection)

    async def ends(last_day: date) -> date | None:
        version = await end_or_adopt(
            connection, stored.id, last_day=last_day, status=None, actor=POLICY
        )
        return version.valid_until

    assert await ends(date(2026, 6, 30)) == date(2026, 7, 1)
    assert await ends(LAST_GRANT) == LAST_GRANT + timedelta(days=1)
    assert await ends(date(2026, 12, 31)) == date(2027, 1, 1)


async def test_no_version_is_laid_over_a_day_that_was_granted_under_another(
    connection: Connection,
) -> None:
    scheme = await a_scheme(connection, year=2025, income_limit=11000)
    march = start_of(date(2026, 3, 1))
    await a_budget(
        connection, scheme, await a_holder(connection), usable_from=march, usable_until=LAST_DAY
    )
    (stored,) = await read_versions(connection)
    cells = dict(zip(COLUMNS, row_of(stored.version), strict=True))
    shorter = {**cells, "valid_to": "2026-02-28"}
    other = a_scheme_row(code=cells["code"], valid_from="2026-03-01")

    made = await import_schemes(
        connection,
        a_file(COLUMNS, shorter, other),
        file_name="s.csv",
        actor=POLICY,
        now=NOON,
    )
    rows = await read_import_rows(connection, made.summary.id)

    assert [row.outcome for row in rows] == ["refused", "refused"]
    assert "2026-03-01" in (rows[0].reason or "")
    with pytest.raises(VersionFixed, match="2026-03-01"):
        await end_or_adopt(
            connection, stored.id, last_day=date(2026, 2, 28), status=None, actor=POLICY
        )
    with pytest.raises(VersionGranted):
        await change_version(
            connection,
            stored,
            valid_until=date(2026, 3, 1),
            status="in_force",
            actor=POLICY,
        )
