"""Logs: one JSON object a line, in UTC, with personal data and secrets masked on the way out.

Masking goes by the name of a field and by what text looks like: a citizen number (nine digits that
pass the eleven-test), a card number (twelve digits), an IBAN. It is the last net, not the first:
what need not be logged is not handed to the log.

An error of the database quotes the row that it refused ("Failing row contains (…)"), names and all:
of such an error only its class, SQLSTATE and constraint are written.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Literal, cast

import asyncpg
import structlog
from structlog.typing import ExcInfo, Processor

MASK = "***"
SECRET_PARTS = (
    "bsn",
    "password",
    "passwd",
    "token",
    "secret",
    "authorization",
    "cookie",
    "credential",
    "private_key",
    "verifier",
    "card_number",
    "activation_code",
)
PERSONAL = frozenset(
    {
        "address",
        "birth_date",
        "born_on",
        "date_of_birth",
        "email",
        "first_name",
        "full_name",
        "house_number",
        "income",
        "initials",
        "last_name",
        "name",
        "phone",
        "postcode",
        "prefix",
        "scanned",
        "street",
        "telephone",
    }
)
AS_IT_IS = frozenset({"trace_id"})
"""Random hexadecimal, where a run of digits only looks like a number of somebody."""
DEEPEST = 6

NINE_DIGITS = re.compile(r"(?<![\d-])\d{9}(?![\d-])")
TWELVE_DIGITS = re.compile(r"(?<![\d-])\d{4}([ -]?)\d{4}\1\d{4}(?![\d-])")
IBAN = re.compile(r"\b([A-Z]{2}\d{2}) ?(?:[A-Z0-9]{4} ?){2,7}[A-Z0-9]{1,4}\b")
WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)

Fields = MutableMapping[str, object]


def masked(_logger: object, _method: str, fields: Fields) -> Fields:
    """Mask every field of a log event (a structlog processor)."""
    return {key: mask_field(key, value) for key, value in fields.items()}


def mask_field(key: str, value: object, depth: int = 0) -> object:
    word = key.lower().replace("-", "_")
    if word in AS_IT_IS:
        return value
    if value is not None and (word in PERSONAL or any(part in word for part in SECRET_PARTS)):
        return MASK
    return _mask_value(key, value, depth)


def _mask_value(key: str, value: object, depth: int) -> object:
    if depth > DEEPEST:
        return MASK
    match value:
        case str():
            return mask_text(value)
        case bool():
            return value
        case int() if not key.endswith("_cents"):
            text = str(value)
            return value if mask_text(text) == text else MASK
        case Mapping():
            inner = cast("Mapping[object, object]", value)
            return {str(k): mask_field(str(k), v, depth + 1) for k, v in inner.items()}
        case list() | tuple() | set() | frozenset():
            items = cast("list[object]", value)
            return [_mask_value(key, item, depth + 1) for item in items]
        case BaseException():
            return mask_text(told_error(value))
        case _:
            return MASK if isinstance(value, bytes | bytearray) else value


def mask_text(text: str) -> str:
    text = IBAN.sub(rf"\1{MASK}", text)
    text = TWELVE_DIGITS.sub(MASK, text)
    return NINE_DIGITS.sub(lambda found: MASK if passes_eleven_test(found[0]) else found[0], text)


def told_error(error: BaseException) -> str:
    """Give an error in one line; one of the database without the values that it quotes."""
    name = type(error).__qualname__
    if isinstance(error, asyncpg.PostgresError):
        constraint = cast("str | None", getattr(error, "constraint_name", None))
        return f"{name}: SQLSTATE {error.sqlstate}" + (f", {constraint}" if constraint else "")
    return f"{name}: {error}" if str(error) else name


def told_traceback(exc_info: ExcInfo) -> str:
    """Give an error with where it came from and what came before it (for structlog)."""
    return "\n".join(_told_chain(exc_info[1], frozenset()))


def _told_chain(error: BaseException, seen: frozenset[int]) -> list[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    told, seen = list[str](), seen | {id(error)}
    if before is not None and id(before) not in seen:
        told += [*_told_chain(before, seen), "", "And then:", ""]
    if error.__traceback__ is not None:
        told.append("Traceback (most recent call last):")
        told.append("".join(traceback.format_tb(error.__traceback__)).rstrip())
    told.append(told_error(error))
    if isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        for one in group.exceptions:
            told += ["", "In this group:", "", *_told_chain(one, seen)]
    return told


def passes_eleven_test(digits: str) -> bool:
    """Citizen numbers: the weighted sum of the nine digits divides by eleven."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True))
    return total % 11 == 0 and int(digits) != 0


def configure_logs(
    level: Literal["debug", "info", "warning", "error"] = "info",
    layout: Literal["json", "console"] = "json",
) -> None:
    """Send our logs and those of libraries down one road to standard error."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.ExceptionRenderer(told_traceback),
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if layout == "json"
        else structlog.dev.ConsoleRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, masked, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
