"""Until when the budgets of passes can be spent, made up from what the register and officers say."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from pas.db import Connection, Statement
from pas.ids import PassId

SET_BUDGETS: Final = Statement(
    """
    SELECT set_budgets_usable(array_agg(u.account_id), array_agg(u.usable_from),
        array_agg(greatest(u.usable_from, u.until::timestamp AT TIME ZONE 'Europe/Amsterdam')))
    FROM (
        SELECT b.account_id, a.usable_from, least(
            b.lapses_on + v.run_out_days,
            e.until,
            CASE WHEN v.period = 'once_per_child' AND 'zwemdiploma' = ANY (v.categories)
                AND coalesce(v.precondition, '') NOT IN ('diploma', 'adult_or_diploma')
                THEN d.ends_on + v.run_out_days END) AS until
        FROM unnest($1::uuid[], $2::date[]) AS e (pass_id, until)
        JOIN pass p ON p.id = e.pass_id
        JOIN budget b ON b.pass_id = p.id
        JOIN balance a ON a.account_id = b.account_id
        JOIN scheme_version v ON v.id = b.scheme_version_id
        LEFT JOIN swimming_diploma d ON d.resident_id = p.resident_id
    ) u
    HAVING count(*) > 0
    """,
    None,
)


async def set_budgets(
    connection: Connection, passes: Sequence[PassId], ends: Sequence[date | None]
) -> None:
    """Let the budgets of each pass end on its day, if it has one, and at the swimming diploma.

    Once in a transaction: the accounts of one call are locked in key order, those of two are not.
    """
    await SET_BUDGETS.run(connection, passes, ends)
