"""Who may do what: read from the catalogues, not from what the migrations meant to say."""

import base64

import asyncpg
import pytest

from pas.db import Address, Connection, role_name, scram_verifier
from pas.ids import MunicipalityName
from pas.installation import Access

PUBLIC_RIGHTS = """
SELECT kind || ' ' || name || ': ' || privilege_type FROM (
    SELECT 'schema' AS kind, nspname::text AS name, coalesce(nspacl, acldefault('n', nspowner)) AS acl
    FROM pg_namespace WHERE nspname IN ('velsen', 'pas', 'public')
    UNION ALL
    SELECT 'relation', c.oid::regclass::text,
        coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
    FROM pg_class c WHERE relnamespace IN ('velsen'::regnamespace, 'pas'::regnamespace)
    UNION ALL
    SELECT 'function', p.oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner))
    FROM pg_proc p WHERE pronamespace IN ('velsen'::regnamespace, 'pas'::regnamespace)
    UNION ALL
    SELECT 'database', datname, coalesce(datacl, acldefault('d', datdba))
    FROM pg_database WHERE datname = current_database()
) o, aclexplode(acl)
WHERE grantee = 0
"""

WRITES = """
SELECT relname::text FROM pg_class
WHERE relnamespace = 'velsen'::regnamespace AND relkind IN ('r', 'p', 'v')
    AND has_table_privilege($1, oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
"""


async def test_public_may_nothing(superuser: Connection) -> None:
    assert await superuser.fetch(PUBLIC_RIGHTS) == []


async def test_no_role_of_ours_is_superuser_and_only_three_kinds_can_log_in(
    superuser: Connection,
) -> None:
    rows = await superuser.fetch(
        "SELECT rolname, rolcanlogin, rolsuper OR rolcreatedb OR rolreplication OR rolbypassrls, "
        "rolcreaterole FROM pg_roles WHERE rolname ~ '_velsen$' OR rolname IN ('migrator', 'registry')"
    )
    assert {row[0]: tuple(row[1:]) for row in rows} == {
        "owner_velsen": (False, False, False),
        "ledger_velsen": (False, False, False),
        "app_velsen": (True, False, False),
        "auditor_velsen": (True, False, False),
        "registry": (True, False, False),
        "migrator": (True, False, True),
    }


async def test_only_the_migrator_can_become_the_owner_or_the_ledger(superuser: Connection) -> None:
    members = await superuser.fetch(
        "SELECT m.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member "
        "JOIN pg_roles r ON r.oid = a.roleid WHERE r.rolname ~ '_velsen$' GROUP BY 1"
    )
    assert [row[0] for row in members] == ["migrator"]


async def test_the_auditor_reads_every_table_and_writes_none(superuser: Connection) -> None:
    assert await superuser.fetch(WRITES, "auditor_velsen") == []
    unread = await superuser.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'velsen'::regnamespace "
        "AND relkind IN ('r', 'p') AND NOT has_table_privilege('auditor_velsen', oid, 'SELECT')"
        "AND relname <> 'migration'"
    )
    assert unread == []


async def test_the_auditor_can_not_even_try_to_write(auditor: Connection) -> None:
    assert await auditor.fetchval("SELECT count(*) FROM entry") == 0
    with pytest.raises(asyncpg.PostgresError):
        await auditor.execute("CREATE TABLE mine (id int)")


@pytest.mark.parametrize("role", ["app_velsen", "auditor_velsen", "registry"])
async def test_nobody_who_serves_can_make_anything(superuser: Connection, role: str) -> None:
    rights = await superuser.fetchval(
        "SELECT array_agg(nspname::text) FROM pg_namespace "
        "WHERE nspname !~ '^pg_' AND has_schema_privilege($1, oid, 'CREATE')",
        role,
    )
    assert rights is None
    assert not await superuser.fetchval(
        "SELECT has_database_privilege($1, current_database(), 'CREATE, TEMP')", role
    )


@pytest.mark.usefixtures("almere")
async def test_a_municipality_can_not_see_another(
    connection: Connection, superuser: Connection
) -> None:
    for sql in (
        "SELECT * FROM almere.entry",
        "SET ROLE app_almere",
        "SELECT * FROM pas.municipality",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(sql)
    seen = await superuser.fetchval(
        "SELECT bool_or(has_schema_privilege(r, 'velsen', 'USAGE')) "
        "FROM unnest(ARRAY['app_almere', 'auditor_almere', 'ledger_almere', 'owner_almere']) r"
    )
    assert seen is False


@pytest.mark.usefixtures("almere")
async def test_the_registry_role_reads_names_and_nothing_else(access: Access) -> None:
    registry = await access.address.login("registry").connect()
    try:
        assert await registry.fetchval("SELECT count(*) FROM municipality") == 2
        for sql in ("SELECT * FROM velsen.entry", "DELETE FROM municipality"):
            with pytest.raises(asyncpg.PostgresError):
                await registry.execute(sql)
    finally:
        await registry.close()


async def test_time_limits_belong_to_the_role(connection: Connection) -> None:
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        source = await connection.fetchval("SELECT source FROM pg_settings WHERE name = $1", name)
        assert source == "user", name


async def test_the_server_keeps_verifiers_and_passwords_come_from_the_secret(
    access: Access, superuser: Connection
) -> None:
    stored = await superuser.fetchval(
        "SELECT rolpassword FROM pg_authid WHERE rolname = 'app_velsen'"
    )
    assert stored.startswith("SCRAM-SHA-256$4096:")
    other = Address(access.address.url, "another secret")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await other.login(role_name("app", MunicipalityName("velsen"))).connect()


async def test_a_verifier_made_here_is_the_one_postgresql_would_make(superuser: Connection) -> None:
    await superuser.execute("CREATE ROLE verifier_test PASSWORD 'geheim123'")
    try:
        stored = await superuser.fetchval(
            "SELECT rolpassword FROM pg_authid WHERE rolname = 'verifier_test'"
        )
    finally:
        await superuser.execute("DROP ROLE verifier_test")
    salt = base64.b64decode(stored.split(":")[1].split("$")[0])
    assert scram_verifier("geheim123", salt) == stored


async def test_no_secret_and_no_value_reaches_the_log(
    access: Access, connection: Connection
) -> None:
    with pytest.raises(asyncpg.PostgresError):
        await connection.execute("SELECT '123456782'::int / 0, 'fluistergeheim'")
    logs = await _read_logs(access)
    assert "division by zero" in logs
    assert "fluistergeheim" not in logs
    assert "SCRAM-SHA" not in logs
    assert access.address.secret not in logs


async def _read_logs(access: Access) -> str:
    assert access.superuser is not None
    superuser = await access.superuser.connect()
    try:
        return await superuser.fetchval(
            "SELECT string_agg(pg_read_file('log/' || name), '') FROM pg_ls_logdir()"
        )
    finally:
        await superuser.close()
