"""Taking down walls of a test's own database, as only a superuser can."""

import pytest

import servers
from pas.db import Connection

GUARDS = ("pas_refuse_ddl", "pas_refuse_drop")


async def without_ddl_guard(superuser: Connection) -> None:
    for guard in GUARDS:
        await superuser.execute(f"ALTER EVENT TRIGGER {guard} DISABLE")


async def with_ddl_guard(superuser: Connection) -> None:
    for guard in GUARDS:
        await superuser.execute(f"ALTER EVENT TRIGGER {guard} ENABLE ALWAYS")


async def rewrite(superuser: Connection, function: str, *changes: tuple[str, str]) -> None:
    """Replace pieces of a function's source; each occurs exactly once, but in a mutant."""
    source: str = await superuser.fetchval(
        "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = $1 AND pronamespace = 'velsen'::regnamespace",
        function,
    )
    for old, new in changes:
        if source.count(old) != 1 and servers.is_mutant():
            pytest.skip("the line is not there in this mutant")
        assert source.count(old) == 1, f"{source.count(old)} times in {function}: {old}"
        source = source.replace(old, new)
    await superuser.execute(source)


async def by_hand(superuser: Connection, table: str, change: str) -> None:
    """Change a table past its triggers, and put everything back but what was written."""
    triggers = await superuser.fetch(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = $1::text::regclass AND NOT tgisinternal",
        table,
    )
    async with superuser.transaction():
        await without_ddl_guard(superuser)
        await superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        await superuser.execute(change)
        for (trigger,) in triggers:
            await superuser.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")
        await with_ddl_guard(superuser)
