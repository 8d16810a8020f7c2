"""What serving rests on: a role that cannot write the books past the ledger, keys, and the server's clock
of transactions, which may not stand before what is in the books.
"""

import msgspec

from pas.auth.keys import KeysMissing, KeyStore, KeysUnsafe, refuse_demo_keys
from pas.auth.providers import LOOPBACK
from pas.db import Connection, Database, Statement
from pas.installation import CREATED_BY, DEMO, facts
from pas.ledger.walls import RIGHTS
from pas.settings import Settings


class Held(msgspec.Struct, frozen=True):
    """A right that our role has and must not have."""

    what: str


TOO_MUCH = Statement(
    """
    SELECT format('%s is superuser', r.rolname) AS what
    FROM pg_roles r
    WHERE r.rolname = current_user AND r.rolsuper
    UNION ALL
    SELECT format('%s may become %s, which owns tables here', current_user, o.rolname)
    FROM pg_roles o
    WHERE pg_has_role(current_user, o.oid, 'MEMBER')
        AND EXISTS (
            SELECT 1 FROM pg_class c
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relowner = o.oid
        )
    ORDER BY 1
    """,
    Held,
)


class Behind(msgspec.Struct, frozen=True):
    """The next transaction of this server, where the books of the current epoch are further."""

    next_xid: int


BEHIND = Statement(
    """
    SELECT s.next_xid
    FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_xid) s,
        (SELECT number, first_xid FROM epoch ORDER BY number DESC LIMIT 1) e
    WHERE e.first_xid >= s.next_xid OR EXISTS (SELECT 1 FROM entry t WHERE t.xid >= s.next_xid AND t.epoch = e.number)
    """,
    Behind,
)


async def is_behind(connection: Connection) -> bool:
    """Whether this server counts its transactions from before what is in the books already."""
    return await BEHIND.first(connection) is not None


async def held_rights(connection: Connection) -> list[str]:
    """Every right on this municipality's books that the role of ``connection`` must not have."""
    held = [found.what for found in await TOO_MUCH.all(connection)]
    return held + [found.detail for found in await RIGHTS.all(connection)]


async def unsafe_keys(database: Database, settings: Settings) -> list[str]:
    """Keys of the demonstration where they do not belong, or keys that others can read.

    Missing keys are no danger: see ``missing_keys``.
    """
    store = KeyStore(settings.keys)
    sentences: list[str] = []
    for municipality in await database.municipalities():
        try:
            ring = store.ring(municipality.name)
            refuse_demo_keys(ring, demo=municipality.demo, loopback=settings.host in LOOPBACK)
        except KeysUnsafe as error:
            sentences.append(str(error))
        except KeysMissing:
            continue
    return sentences


async def missing_keys(database: Database, settings: Settings) -> list[str]:
    """What cannot be done until somebody makes a key, such as after an update; the rest can."""
    store = KeyStore(settings.keys)
    sentences: list[str] = []
    for municipality in await database.municipalities():
        try:
            ring = store.ring(municipality.name)
            sentences += [ring.lacking(purpose) for purpose in ring.missing]
        except KeysMissing as error:
            sentences.append(str(error))
    return sentences


async def unsafe_demo(database: Database, settings: Settings) -> list[str]:
    """A database of the demonstration, where one click makes anybody anyone, in sight of others."""
    async with database.registry() as connection:
        if (await facts(connection)).get(CREATED_BY) != DEMO:
            return []
    sentences: list[str] = []
    if settings.host not in LOOPBACK:
        sentences.append(f"PAS_HOST is {settings.host}; leave it at 127.0.0.1.")
    if settings.public_url is not None:
        sentences.append(f"PAS_PUBLIC_URL is {settings.public_url}; leave it out.")
    return sentences


async def behind_their_books(database: Database) -> list[str]:
    """The municipalities whose books came from another server, and what to do about each."""
    sentences: list[str] = []
    for municipality in await database.municipalities():
        async with database.connection(municipality.name) as connection:
            if await is_behind(connection):
                sentences.append(
                    f"{municipality.name}: first say why, with: "
                    f'pas ledger raise-epoch {municipality.name} --reason "restored"'
                )
    return sentences


async def unsafe(database: Database) -> list[str]:
    """The same over all municipalities, with their names; serving starts only when it is empty."""
    sentences: list[str] = []
    for municipality in await database.municipalities():
        async with database.connection(municipality.name) as connection:
            found = await held_rights(connection)
        sentences += [f"{municipality.name}: {what}" for what in found]
    return sentences
