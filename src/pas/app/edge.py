"""Around every request: trace id, Host check, security headers, one log line, one count.

One plain ASGI wrapper outside Litestar, so that answers Litestar makes before it has found a route
(404, 405) get the same headers, and so that a scan pays for it once.
"""

import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Final, cast

from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars

from pas.app.access_log import AccessLine, Tell
from pas.app.metrics import count
from pas.app.refusal_answers import Answer, is_api
from pas.errors import Refusal
from pas.problems.refusals import MalformedPath, WrongHost
from pas.web.languages import DUTCH, speak

API_VERSION: Final = "1.0.0"
UNKNOWN_ROUTE: Final = "unknown"

TRACE_PARENT: Final = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
NO_TRACE: Final = "0" * 32
# The server has decoded the path already; the query string still holds its escapes.
NUL_IN_QUERY: Final = b"%00"

CONTENT_POLICY: Final = (
    b"default-src 'self'; base-uri 'none'; object-src 'none'; "
    b"form-action 'self'; frame-ancestors 'none'"
)
# A worker has the policy of its own script. Only the reader of QR codes compiles WebAssembly, so
# only its script says this; it loads modules and the binary beside it, and can do nothing else.
DECODER: Final = "till/decoder-worker.js"
DECODER_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=(), payment=()"),
)
# What a handler may choose otherwise: a worker its policy, a static file its caching.
UNLESS_SET: Final = (
    (b"content-security-policy", CONTENT_POLICY),
    (b"cache-control", b"no-store"),
)
OF_THE_API: Final = ((b"api-version", API_VERSION.encode()),)
OVER_TLS: Final = ((b"strict-transport-security", b"max-age=31536000; includeSubDomains"),)

AnswerRefusal = Callable[[Scope, Refusal], Answer]


def wrap(
    app: ASGIApp, *, hosts: frozenset[str], over_tls: bool, refuse: AnswerRefusal, tell: Tell
) -> ASGIApp:
    """Put the edge around an application that answers for ``hosts``."""
    always = ALWAYS + (OVER_TLS if over_tls else ())

    async def edge(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = dict(scope["headers"])
        trace_id = trace_id_of(headers)
        state = scope.setdefault("state", {})
        state["trace_id"] = trace_id
        extra = always + (OF_THE_API if is_api(scope["path"]) else ())
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = complete(message["headers"], extra)
            await send(message)

        clear_contextvars()
        speak(DUTCH)
        bind_contextvars(trace_id=trace_id)
        try:
            if refusal := refused(scope, headers, hosts):
                await refuse(scope, refusal).send(send_with_headers)
            else:
                await app(scope, receive, send_with_headers)
        finally:
            seconds = time.perf_counter() - started
            route = route_of(scope)
            count(scope["method"], route, status=status, seconds=seconds)
            tell(
                AccessLine(
                    method=scope["method"],
                    route=route,
                    status=status,
                    milliseconds=round(seconds * 1000, 1),
                    trace_id=trace_id,
                )
            )

    return edge


def refused(scope: Scope, headers: dict[bytes, bytes], hosts: frozenset[str]) -> Refusal | None:
    """What may not come in at all."""
    if host_of(headers.get(b"host", b"")) not in hosts:
        return WrongHost()
    if "\x00" in scope["path"] or NUL_IN_QUERY in scope["query_string"]:
        return MalformedPath()
    return None


def host_of(header: bytes) -> str:
    """The name in a Host header, without its port; an IPv6 address without its brackets."""
    name = header.decode("latin-1").lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0].rstrip(".")


def trace_id_of(headers: dict[bytes, bytes]) -> str:
    """The caller's trace id (W3C Trace Context) where there is one, else a new one."""
    given = TRACE_PARENT.fullmatch(headers.get(b"traceparent", b""))
    trace_id = given[1].decode() if given else NO_TRACE
    return trace_id if trace_id != NO_TRACE else secrets.token_hex(16)


def route_of(scope: Scope) -> str:
    """The template of the path, never the path: that may hold an id, or be any text at all."""
    template = cast("dict[str, object]", scope).get("path_template")
    return str(template or UNKNOWN_ROUTE)


def complete(
    headers: Iterable[tuple[bytes, bytes]], always: tuple[tuple[bytes, bytes], ...]
) -> list[tuple[bytes, bytes]]:
    """Add our headers to those of the answer."""
    given = list(headers)
    names = {name for name, _ in given}
    given += [header for header in UNLESS_SET if header[0] not in names]
    given += always
    return given
