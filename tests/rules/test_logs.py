"""Logs: what may not be in them is masked, wherever it stands."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from pas.logs import MASK, configure_logs, mask_field, mask_text, passes_eleven_test

BSN = "123456782"


@pytest.fixture
def restored() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "key",
    [
        "bsn",
        "holder_bsn",
        "password",
        "access_token",
        "Authorization",
        "Set-Cookie",
        "secret",
        "database_secret",
        "name",
        "birth_date",
        "address",
        "email",
        "activation_code",
    ],
)
def test_a_field_with_such_a_name_is_masked(key: str) -> None:
    assert mask_field(key, "whatever") == MASK


@pytest.mark.parametrize("key", ["till_id", "event", "municipality", "taken_cents", "route"])
def test_other_fields_stay(key: str) -> None:
    assert mask_field(key, "whatever") == "whatever"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"found {BSN}.", f"found {MASK}."),
        ("found 123456789.", "found 123456789."),
        ("card 1234-5678-9012", f"card {MASK}"),
        ("card 123456789012 read", f"card {MASK} read"),
        ("card 1234 5678 9012", f"card {MASK}"),
        ("paid to NL91ABNA0417164300", f"paid to NL91{MASK}"),
        ("paid to NL91 ABNA 0417 1643 00", f"paid to NL91{MASK}"),
        ("0192e4a0-7b1c-7def-8123-123456789012", "0192e4a0-7b1c-7def-8123-123456789012"),
        ("1234567890123", "1234567890123"),
    ],
)
def test_text_that_looks_like_a_person_or_an_account_is_masked(text: str, expected: str) -> None:
    assert mask_text(text) == expected


def test_masking_reaches_into_lists_and_mappings() -> None:
    assert mask_field("body", {"items": [{"bsn": 1, "note": BSN}, int(BSN)], "ok": True}) == {
        "items": [{"bsn": MASK, "note": MASK}, MASK],
        "ok": True,
    }


def test_an_amount_is_not_a_citizen_number() -> None:
    assert mask_field("total_cents", int(BSN)) == int(BSN)


@given(st.integers(min_value=1, max_value=99_999_999))
def test_one_changed_digit_never_passes_the_eleven_test(number: int) -> None:
    digits = f"{number:09}"
    if passes_eleven_test(digits):
        other = digits[:-2] + str((int(digits[-2]) + 1) % 10) + digits[-1]
        assert not passes_eleven_test(other)


@pytest.mark.usefixtures("restored")
def test_our_lines_and_those_of_libraries_are_masked_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("info", "json")
    structlog.get_logger("pas.test").info("card_read", holder={"name": "Fatma"}, note=BSN)
    logging.getLogger("library").warning("password of %s", BSN)
    try:
        int(f"unknown {BSN}")
    except ValueError:
        structlog.get_logger("pas.test").exception("failed")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["card_read", f"password of {MASK}", "failed"]
    assert lines[0]["holder"] == {"name": MASK}
    assert lines[0]["timestamp"].endswith("Z")
    assert BSN not in json.dumps(lines)
