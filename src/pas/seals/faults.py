"""What can be wrong with seals, by name; docs/seals.md says what each means."""

from typing import Literal, TypeAlias

import msgspec

What: TypeAlias = Literal[
    "changed",
    "removed",
    "inserted",
    "moved",
    "root",
    "signature",
    "origin",
    "position",
    "copy",
    "balances",
]


class Fault(msgspec.Struct, frozen=True, rename="camel"):
    """What is wrong at which place of the tree; ``kind`` and ``key`` name the row, where it is about one."""

    what: What
    number: int
    kind: str | None = None
    key: str | None = None
