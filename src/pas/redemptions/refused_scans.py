"""Keeps what was refused of a pass, also when only asked, so that its holder can read what to do.

One row per pass, merchant and reason. Not kept is what the holder cannot do anything about: a till that
stands still, a typing mistake of the cashier.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from pas.db import Connection, Statement
from pas.ids import MerchantId, ResidentId
from pas.redemptions import amount_refusals as amounts
from pas.redemptions import refusals
from pas.redemptions.judge import Judged
from pas.redemptions.read import FactsRow

NOT_THE_PASS: Final = frozenset(
    {
        refusals.TillUnknown,
        refusals.TillPaused,
        refusals.TillRevoked,
        refusals.TillNotAllowed,
        refusals.PayeeMissing,
        refusals.MerchantNotApproved,
        refusals.MerchantSuspended,
        refusals.CategoryNotAgreed,
        refusals.TillLimitReached,
        refusals.MerchantLimitReached,
        refusals.SaleIdReused,
        refusals.Busy,
        amounts.AmountOrVisitsMissing,
        amounts.AmountNotPositive,
        amounts.AmountTooLarge,
        amounts.ConditionNotConfirmed,
        amounts.VisitsNotAmount,
        amounts.AmountNotVisits,
        amounts.VisitPriceNotAgreed,
    }
)

KEEP: Final = Statement(
    """
    INSERT INTO refused_scan (resident_id, merchant_id, refusal, refused_at)
    SELECT DISTINCT u.resident_id, u.merchant_id, u.refusal, $4::timestamptz
    FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS u (resident_id, merchant_id, refusal)
    ORDER BY 1, 2, 3
    ON CONFLICT (resident_id, merchant_id, refusal) DO UPDATE SET refused_at = EXCLUDED.refused_at
    """,
    None,
)


async def keep_refused(
    connection: Connection, judged: Iterable[tuple[Judged, FactsRow]], *, now: datetime
) -> None:
    """Write down what was refused of passes that are known; nothing where nothing was."""
    found = [told for verdict, row in judged if (told := told_of(verdict, row)) is not None]
    if found:
        residents, merchants, codes = zip(*found, strict=True)
        await KEEP.run(connection, residents, merchants, codes, now)


def told_of(verdict: Judged, row: FactsRow) -> tuple[ResidentId, MerchantId, str] | None:
    reason = verdict.answer.reason
    if reason is None or reason in NOT_THE_PASS or row.known is not None:
        return None
    if row.subject is None or row.merchant is None or verdict.answer.children:
        return None
    return row.subject.resident_id, row.merchant.id, reason.code()
