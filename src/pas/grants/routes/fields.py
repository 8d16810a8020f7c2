"""What several bodies and queries of grants have in common."""

from typing import Annotated

import msgspec
from msgspec import Meta

from pas.ids import JobId

Year = Annotated[int, Meta(ge=2000, le=2199)]
Number = Annotated[str, Meta(min_length=1, max_length=40)]
SchemeCode = Annotated[str, Meta(min_length=2, max_length=61)]
Limit = Annotated[int, Meta(ge=1, le=200)]


class QueuedJob(msgspec.Struct, frozen=True, rename="camel"):
    """The job that does it; ask for it to see how far it is."""

    job_id: JobId
