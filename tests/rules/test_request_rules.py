"""When we answer at the latest, and what the number on a receipt proves."""

import hashlib
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest

from pas.ids import RequestId, ResidentId
from pas.requests.model import Asked, Kind
from pas.requests.rules import (
    answer_by,
    content_hash,
    content_of,
    extended,
    last_day_to_object,
    months_later,
    number_of,
)

ID = RequestId(UUID(int=7))
ASKED = Asked(
    id=ID, kind="complaint", resident_id=ResidentId(UUID(int=1)), words="Nee.", channel="page"
)
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "until", "answer", "longer"),
    [
        ("objection", date(2026, 7, 1), date(2026, 8, 12), date(2026, 9, 23)),
        ("objection", date(2026, 5, 1), date(2026, 7, 13), date(2026, 8, 24)),
        ("complaint", None, date(2026, 7, 13), date(2026, 8, 10)),
        ("correction", None, date(2026, 7, 1), date(2026, 9, 1)),
        ("erasure", None, date(2026, 7, 1), date(2026, 9, 1)),
    ],
)
def test_the_law_says_when_we_answer_and_how_much_longer_it_may_take(
    kind: Kind, until: date | None, answer: date, longer: date
) -> None:
    """Received on 1 June 2026; an objection after its last day counts from when it came."""
    by = answer_by(kind, date(2026, 6, 1), object_until=until)
    assert (by, extended(kind, by)) == (answer, longer)


def test_a_month_after_a_day_that_the_next_month_lacks_is_its_last() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 12, 31), 2) == date(2027, 2, 28)


def test_one_objects_for_six_weeks_after_the_day_of_the_decision() -> None:
    assert last_day_to_object(date(2026, 6, 1), weeks=6) == date(2026, 7, 13)


def test_whoever_has_the_content_can_repeat_the_hash_and_each_change_is_another_one() -> None:
    content = content_of(ASKED, AT)
    assert content_hash(content) == hashlib.sha256(content.encode()).digest()
    others = [
        content_of(msgspec.structs.replace(ASKED, words="Ja."), AT),
        content_of(msgspec.structs.replace(ASKED, channel="letter"), AT),
        content_of(ASKED, AT.replace(minute=1)),
    ]
    assert len({content_hash(one) for one in (content, *others)}) == 4
    assert number_of(ID) in content
