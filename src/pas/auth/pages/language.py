"""Choosing the language of one's pages: a link at the top of each, which works without a script."""

from typing import Annotated, Final

from litestar import get
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.sign_in import local_path
from pas.auth.spoken import language_cookie
from pas.auth.state import auth_state
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.languages import as_language
from pas.web.pages import done

PUBLIC: Final = {"public": True}
ReturnTo = Annotated[str, QueryParameter(name="returnTo")]


@get("/{municipality:str}/language/{code:str}", opt=PUBLIC, include_in_schema=False)
async def choose_language_of_pages(
    municipality: FromPath[str],
    code: FromPath[str],
    request: AppRequest,
    *,
    return_to: ReturnTo = "/",
) -> Redirect:
    """Remember the language in this browser, and go back to where it was chosen."""
    chosen, back = as_language(code), local_path(return_to)
    if chosen is None:
        raise NotFound
    answer = done(f"/{municipality}" if back == "/" else back)
    over_tls = auth_state(request.app.state).over_tls
    answer.headers["set-cookie"] = language_cookie(chosen, over_tls=over_tls)
    return answer


routes: list[ControllerRouterHandler] = [choose_language_of_pages]
