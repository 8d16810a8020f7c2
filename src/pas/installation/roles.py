"""The roles of an installation and of a municipality, and what each may do.

===================  ======  ==========================================================
owner_<m>            no      owns the tables; only the migrator may become it
ledger_<m>           no      owns the functions that write the ledger; likewise
app_<m>              login   runs the program for one municipality: that schema alone
auditor_<m>          login   reads everything of one municipality, writes nothing
registry             login   reads which municipalities there are
migrator             login   makes roles and schemas, applies migrations; no superuser
===================  ======  ==========================================================

Limits on time are settings of the roles, so that they hold behind pgbouncer too. Texts are fixed;
names go in after they are checked against ``NAME``.
"""

import re

from pas.db import Address, Connection, role_name, scram_verifier
from pas.db.pools import REGISTRY_ROLE
from pas.ids import MunicipalityName

NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
MIGRATOR_ROLE = "migrator"

MAKE_MUNICIPALITY = """
CREATE ROLE owner_municipality NOLOGIN;
CREATE ROLE ledger_municipality NOLOGIN;
CREATE ROLE app_municipality LOGIN;
CREATE ROLE auditor_municipality LOGIN;
GRANT owner_municipality, ledger_municipality TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;
"""

MAKE_SCHEMA = """
CREATE SCHEMA municipality AUTHORIZATION owner_municipality;
SET LOCAL ROLE owner_municipality;
REVOKE ALL ON SCHEMA municipality FROM PUBLIC;
GRANT USAGE ON SCHEMA municipality TO app_municipality, auditor_municipality;
GRANT USAGE, CREATE ON SCHEMA municipality TO ledger_municipality;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA municipality GRANT SELECT ON TABLES TO auditor_municipality;
SET LOCAL ROLE ledger_municipality;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;
RESET ROLE;
"""

LIMIT_MUNICIPALITY = """
ALTER ROLE app_municipality SET search_path = municipality, pg_temp;
ALTER ROLE app_municipality SET statement_timeout = '30s';
ALTER ROLE app_municipality SET lock_timeout = '5s';
ALTER ROLE app_municipality SET idle_in_transaction_session_timeout = '15s';
ALTER ROLE app_municipality SET random_page_cost = 1.1;
ALTER ROLE app_municipality SET jit = off;
ALTER ROLE auditor_municipality SET search_path = municipality, pg_temp;
ALTER ROLE auditor_municipality SET default_transaction_read_only = on;
ALTER ROLE auditor_municipality SET statement_timeout = '10min';
ALTER ROLE auditor_municipality SET idle_in_transaction_session_timeout = '1min';
"""

DROP_MUNICIPALITY = """
SET LOCAL ROLE ledger_municipality;
DROP OWNED BY ledger_municipality;
SET LOCAL ROLE owner_municipality;
DROP SCHEMA municipality CASCADE;
DROP OWNED BY owner_municipality;
RESET ROLE;
"""

PARTS = ("owner", "ledger", "app", "auditor")
WORD = re.compile(r"\b(?:(owner|ledger|app|auditor)_)?municipality\b")


def for_municipality(text: str, municipality: MunicipalityName) -> str:
    assert NAME.fullmatch(municipality), "checked where names enter"
    return WORD.sub(lambda word: word[0].replace("municipality", municipality), text)


async def has_role(connection: Connection, role: str) -> bool:
    return bool(await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role))


async def make_roles(connection: Connection, municipality: MunicipalityName) -> None:
    if not await has_role(connection, role_name("owner", municipality)):
        await connection.execute(for_municipality(MAKE_MUNICIPALITY, municipality))


async def limit_roles(
    connection: Connection, address: Address, municipality: MunicipalityName
) -> None:
    """Set limits and passwords anew, so that another secret or a newer program takes effect."""
    await connection.execute(for_municipality(LIMIT_MUNICIPALITY, municipality))
    for role in (role_name("app", municipality), role_name("auditor", municipality)):
        await set_password(connection, address, role)


async def make_registry_role(connection: Connection, address: Address) -> None:
    if not await has_role(connection, REGISTRY_ROLE):
        await connection.execute(f"CREATE ROLE {REGISTRY_ROLE} LOGIN")
    await connection.execute(
        f"ALTER ROLE {REGISTRY_ROLE} SET search_path = pas, pg_temp;"
        f"ALTER ROLE {REGISTRY_ROLE} SET statement_timeout = '5s';"
        f"ALTER ROLE {REGISTRY_ROLE} SET default_transaction_read_only = on;"
    )
    await set_password(connection, address, REGISTRY_ROLE)


async def set_password(connection: Connection, address: Address, role: str) -> None:
    """Store the verifier only; base64 and hexadecimal need no quoting."""
    verifier = scram_verifier(address.password(role))
    await connection.execute(f"ALTER ROLE {role} PASSWORD '{verifier}'")


async def let_in(connection: Connection, *roles: str) -> None:
    """Allow roles to connect to this database, and nobody who is not named."""
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    await connection.execute(
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC;"
        f"GRANT CONNECT ON DATABASE {database} TO {', '.join(roles)};"
    )


async def drop_roles(connection: Connection, municipality: MunicipalityName) -> None:
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    names = ", ".join(role_name(part, municipality) for part in PARTS)
    await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM {names}; DROP ROLE {names};")
