"""The applications that wait for a decision, and that they have one: known to whoever decides."""

from typing import Final

import msgspec

from pas.db import Statement
from pas.ids import ApplicationId, HouseholdNumber


class AppliedRow(msgspec.Struct, frozen=True):
    id: ApplicationId
    household_number: HouseholdNumber


READ_APPLIED: Final = Statement(
    """
    SELECT id, household_number FROM household_application
    WHERE household_number = ANY ($1::text[]) AND year = $2 AND state = 'received'
    """,
    AppliedRow,
)
ANSWER: Final = Statement(
    """
    UPDATE household_application SET state = 'decided', decided_at = $2
    WHERE id = ANY ($1::uuid[]) AND state = 'received'
    """,
    None,
)
