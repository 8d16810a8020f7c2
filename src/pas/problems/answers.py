"""The one mapping from whatever was raised to the refusal a person sees, and from that to JSON."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, cast

import asyncpg
import msgspec
from litestar.exceptions import (
    HTTPException,
    ImproperlyConfiguredException,
    MethodNotAllowedException,
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
    SerializationException,
    ServiceUnavailableException,
    TooManyRequestsException,
    ValidationException,
)
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from pas.errors import Refusal, TillRefusal
from pas.problems.bodies import MISSING, Fault, invalid
from pas.problems.refusals import (
    BodyTooLarge,
    InvalidInput,
    MalformedJson,
    MethodNotAllowed,
    MissingBody,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TemporarilyBusy,
    TooManyRequests,
    UnexpectedError,
)
from pas.problems.sentences import in_dutch

MISSING_PARAMETER: Final = re.compile(r"\AMissing required \w+ parameter '([^']+)'")
MEDIA_TYPE: Final = "application/problem+json"
RETRY_SOON: Final = {"Retry-After": "2"}

# Litestar's exceptions that need nothing but a Dutch sentence of ours.
PLAIN: Final[Mapping[type[Exception], type[Refusal]]] = {
    NotFoundException: NotFound,
    MethodNotAllowedException: MethodNotAllowed,
    NotAuthorizedException: NotSignedIn,
    PermissionDeniedException: NotAllowed,
    RequestEntityTooLarge: BodyTooLarge,
    SerializationException: MalformedJson,
    TooManyRequestsException: TooManyRequests,
    ServiceUnavailableException: TemporarilyBusy,
}

# The database is away, too busy, or gave up on us; the same request may succeed in a moment.
PASSING: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    ConnectionError,
    TimeoutError,
)


def as_refusal(error: Exception) -> Refusal:
    """Turn anything that was raised into a refusal; what we did not foresee tells nothing."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, ValidationException):
        return _invalid(error)
    if isinstance(error, msgspec.ValidationError):
        return InvalidInput(in_dutch(str(error)))
    if isinstance(error, HTTPException) and not isinstance(error, ImproperlyConfiguredException):
        return _from_framework(error)
    if isinstance(error, PASSING):
        return TemporarilyBusy(headers=RETRY_SOON)
    return UnexpectedError()


def as_problem(refusal: Refusal, *, instance: str, trace_id: str) -> dict[str, object]:
    """Make the body of the answer; ``instance`` is the path without its query."""
    code = refusal.code()
    problem: dict[str, object] = {
        "type": f"/problems/{code}",
        "title": refusal.title(),
        "status": refusal.status,
        "detail": refusal.detail,
        "instance": instance,
        "code": code,
        "nextStep": refusal.next_step,
        "traceId": trace_id,
    }
    if isinstance(refusal, TillRefusal):
        problem |= {"cashier": refusal.cashier, "holder": refusal.holder}
    taken = problem.keys() & refusal.extra.keys()
    assert not taken, f"{code} would overwrite {taken}"
    return problem | refusal.extra


def _from_framework(error: HTTPException) -> Refusal:
    headers = dict(error.headers or {})
    for kind, refusal in PLAIN.items():
        if isinstance(error, kind):
            return refusal(headers=headers)
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnexpectedError()
    return InvalidInput(headers=headers)


def _invalid(error: ValidationException) -> Refusal:
    """Query, path, header and form values; JSON bodies are refused by their own reader."""
    reported = error.extra
    messages = cast("list[dict[str, str]]", reported) if isinstance(reported, list) else []
    faults = [
        Fault(field=said.get("key", ""), message=in_dutch(said["message"], said.get("key", "")))
        for said in messages
    ]
    if any(fault.field == "data" for fault in faults):
        return MissingBody()
    if missing := MISSING_PARAMETER.search(error.detail):
        faults.append(Fault(field=missing[1], message=in_dutch(MISSING)))
    return invalid(faults) if faults else InvalidInput()
