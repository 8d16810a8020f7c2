"""A refusal as an answer: problem+json for programs, a page with a next step for people."""

from http import HTTPStatus
from typing import Final, cast
from urllib.parse import quote

import msgspec
import structlog
from litestar import Response
from litestar.types import Scope, Send

from pas.auth.keys import ForOperator
from pas.errors import Refusal
from pas.problems.answers import MEDIA_TYPE, as_problem, as_refusal
from pas.problems.bodies import AppRequest, Fault
from pas.web.languages import said
from pas.web.pages import tongues_of
from pas.web.places import place_of
from pas.web.templates import render

HTML: Final = "text/html"
PLAIN_IN_PATH: Final = "/:@!$&'()*+,;="

log = structlog.get_logger("pas.http")


class Answer(msgspec.Struct, frozen=True):
    """An answer that has been made, to be sent with or without Litestar."""

    status: int
    media_type: str
    headers: dict[str, str]
    body: bytes

    async def send(self, send: Send) -> None:
        charset = "; charset=utf-8" if self.media_type.startswith("text/") else ""
        headers = {**self.headers, "content-type": self.media_type + charset}
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        raw.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def answer_error(request: AppRequest, error: Exception) -> Response[bytes]:
    """Litestar's handler for everything that was raised."""
    refusal = as_refusal(error)
    if refusal.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("unexpected-error", exc_info=error)
    elif refusal.status > HTTPStatus.INTERNAL_SERVER_ERROR:
        reason = str(error) if isinstance(error, ForOperator) else type(error).__name__
        log.warning("unavailable", code=refusal.code(), reason=reason)
    answer = answer_refusal(request.scope, refusal)
    return Response(
        answer.body,
        status_code=answer.status,
        media_type=answer.media_type,
        headers=answer.headers,
    )


def answer_refusal(scope: Scope, refusal: Refusal) -> Answer:
    """Say no in the form that whoever asked can read."""
    trace_id = cast("str", scope["state"]["trace_id"])
    if wants_page(scope):
        body = refusal_page(scope, refusal, trace_id).encode()
        # A refusal that says where to go, such as to sign in, sends a browser there.
        status = HTTPStatus.SEE_OTHER if "Location" in refusal.headers else refusal.status
        return Answer(status, HTML, refusal.headers, body)
    # A URI reference (RFC 9457): the path with its escapes, as the server has decoded them.
    instance = quote(scope["path"], safe=PLAIN_IN_PATH, errors="replace")
    problem = as_problem(refusal, instance=instance, trace_id=trace_id)
    return Answer(refusal.status, MEDIA_TYPE, refusal.headers, msgspec.json.encode(problem))


def refusal_page(scope: Scope, refusal: Refusal, trace_id: str) -> str:
    """The same refusal for a person: what it is, what to do now, whom to call."""
    found = refusal.extra.get("errors")
    faults = cast("list[object]", found) if isinstance(found, list) else []
    return render(
        "web/refusal.html",
        place_of(scope["state"]),
        {
            "tongues": tongues_of(scope["path"], scope["state"]),
            "title": said(refusal.title()).rstrip("."),
            "detail": said(refusal.detail) if refusal.detail != refusal.title() else "",
            "errors": [fault.message for fault in faults if isinstance(fault, Fault)],
            "next_step": said(refusal.next_step),
            "trace_id": trace_id,
        },
    )


def wants_page(scope: Scope) -> bool:
    """Browsers ask for HTML; under /v1 everybody gets JSON."""
    if is_api(scope["path"]):
        return False
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def is_api(path: str) -> bool:
    return path == "/v1" or path.startswith("/v1/")
