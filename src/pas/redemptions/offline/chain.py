"""When a till sold, and whether its sales hang together: its word for it, held against what we know.

A clock can be wrong by hours, and a queue can be cut, copied or edited. Neither loses a sale by
itself; what does not fit is written down beside it, for who looks at it later.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

Clock = Literal["fits", "before", "ahead", "back"]
"""It said to be earlier than its permit, later than now, or earlier than the sale before it."""
Chain = Literal["whole", "hole", "fork"]
"""The sale before it was there, was not, or was another one than it names."""

CLOCK_MAY_DIFFER: Final = timedelta(minutes=5)


def moment_of(
    said: datetime, issued_at: datetime | None, *, before: datetime | None, now: datetime
) -> tuple[datetime, Clock]:
    """Take the till's word for when it sold, between its permit and now; and say if that was off.

    ``before`` is what the till said of the sale before this one.
    """
    moment, clock = min(said, now), "fits"
    if issued_at is not None:
        moment = max(moment, issued_at)
    if said > now + CLOCK_MAY_DIFFER:
        clock = "ahead"
    elif issued_at is not None and said < issued_at - CLOCK_MAY_DIFFER:
        clock = "before"
    elif before is not None and said < before - CLOCK_MAY_DIFFER:
        clock = "back"
    return moment, clock


def chain_of(sequence: int, *, is_first: bool, number_taken: bool, before: Sequence[bool]) -> Chain:
    """Say whether an item hangs on the sale before it.

    ``before`` says of each text that came in under the number before whether it is the one named;
    ``is_first`` that none is named.
    """
    if number_taken or is_first != (sequence == 1):
        return "fork"
    if is_first or any(before):
        return "whole"
    return "fork" if before else "hole"
