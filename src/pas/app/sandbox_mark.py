"""Every answer of a sandbox says in a header that it is one, whatever became of the request."""

import re
from typing import Final, cast

from litestar import Litestar
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from pas.db import CONNECTION_LOST, Database
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.installation.municipalities import OF_THE_ADDRESSES

HEADER: Final = (b"sandbox", b"?1")
"""A boolean of RFC 9651."""
MUNICIPALITY: Final = re.compile(r"/(?:v1/)?([a-z][a-z0-9_]{0,62})(?:/|\Z)")


def with_sandbox_mark(app: Litestar, inner: ASGIApp) -> ASGIApp:
    """Mark the answers of a sandbox; the registry's word is kept for half a minute."""

    async def marked(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], HEADER]
            await send(message)

        if scope["type"] == "http" and await is_of_sandbox(app, scope["path"]):
            await inner(scope, receive, send_marked)
        else:
            await inner(scope, receive, send)

    return marked


async def is_of_sandbox(app: Litestar, path: str) -> bool:
    """Whether the address is in a sandbox; where nobody can tell, the handler says what is wrong."""
    found = MUNICIPALITY.match(path)
    if found is None or found[1] in OF_THE_ADDRESSES:
        return False
    try:
        database = cast("Database", app.state["database"])
        return (await database.municipality(MunicipalityName(found[1]))).sandbox
    except (Refusal, *CONNECTION_LOST):
        return False
