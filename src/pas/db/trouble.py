"""Which errors mean that the connection, not the request, was at fault.

After one of these it is unknown whether a transaction was committed: send the same ids again.
"""

import asyncpg

CONNECTION_LOST: tuple[type[Exception], ...] = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # seen when the server died between two messages of one statement
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
)
