"""Logs: one JSON object a line, in UTC, with personal data and secrets masked on the way out.

Masking goes by the name of a field and by what text looks like: a citizen number (nine digits that
pass the eleven-test), a card number (twelve digits), an IBAN. It is the last net, not the first:
what need not be logged is not handed to the log.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Literal, cast

import structlog
from structlog.typing import Processor

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
        case bytes() | bytearray():
            return MASK
        case _:
            return value


def mask_text(text: str) -> str:
    text = IBAN.sub(rf"\1{MASK}", text)
    text = TWELVE_DIGITS.sub(MASK, text)
    return NINE_DIGITS.sub(lambda found: MASK if passes_eleven_test(found[0]) else found[0], text)


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
        structlog.processors.format_exc_info,
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
