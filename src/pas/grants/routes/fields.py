"""What several bodies and queries of grants have in common."""

from typing import Annotated

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from pas.ids import JobId

Year = Annotated[int, Meta(ge=2000, le=2199)]
Number = Annotated[str, Meta(min_length=1, max_length=40)]
SchemeCode = Annotated[str, Meta(min_length=2, max_length=61)]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]
YearAsked = Annotated[int, QueryParameter(ge=0, le=2199)]
"""Zero is every year, or the current one where there can be only one."""


class QueuedJob(msgspec.Struct, frozen=True, rename="camel"):
    """The job that does it; ask for it to see how far it is."""

    job_id: JobId
