"""What keeps My pass on a holder's own telephone, for when there is no internet."""

from typing import Final

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.web.statics import static_files

PUBLIC: Final = {"public": True}
SCRIPT: Final = "pass-worker.js"


@get("/{municipality:str}/my-pass/worker.js", opt=PUBLIC, include_in_schema=False)
async def pass_worker(municipality: FromPath[str]) -> Response[bytes]:
    """The worker, for the holders' pages of this municipality alone.

    They have no slash at their end, so the worker asks for one address more than its own folder.
    """
    home = f"/{municipality}/my-pass"
    head = f"const HOME = {msgspec.json.encode(home).decode()};\n"
    return Response(
        head.encode() + static_files()[SCRIPT].content,
        media_type="text/javascript",
        headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": home},
    )


routes: list[ControllerRouterHandler] = [pass_worker]
