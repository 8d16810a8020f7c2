"""One line per request, in the shape of every other line of the log (see ``pas.logs``).

It goes past structlog on purpose: measured, structlog costs more than answering a bare request
(95 µs against 84 µs), this 3 µs. Nothing in it needs masking: no address, no query, no name.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import msgspec

from pas.settings import Settings

STANDARD_ERROR: Final = 2


class AccessLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of one request."""

    method: str
    route: str
    status: int
    milliseconds: float
    event: str = "request"
    trace_id: str
    level: str = "info"
    logger: str = "pas.http"
    timestamp: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))


Tell = Callable[[AccessLine], None]


def access_log(settings: Settings) -> Tell:
    """How this installation tells of its requests."""
    if settings.log_level in {"warning", "error"}:
        return tell_nobody
    return tell_in_json if settings.log_format == "json" else tell_in_words


def tell_nobody(_line: AccessLine) -> None: ...


def tell_in_json(line: AccessLine) -> None:
    # One write call per line, so that the lines of several workers do not mix.
    os.write(STANDARD_ERROR, _encoder.encode(line) + b"\n")


def tell_in_words(line: AccessLine) -> None:
    text = f"{line.timestamp:%H:%M:%S} {line.method} {line.route} {line.status}"
    os.write(STANDARD_ERROR, f"{text} {line.milliseconds} ms {line.trace_id[:8]}\n".encode())


_encoder = msgspec.json.Encoder()
