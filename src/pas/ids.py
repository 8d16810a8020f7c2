"""One type per kind of id, so that the type checker refuses a till where a card is meant."""

import secrets
import time
from typing import NewType
from uuid import UUID

MunicipalityName = NewType("MunicipalityName", str)
HouseholdNumber = NewType("HouseholdNumber", str)

AccountId = NewType("AccountId", int)

EntryId = NewType("EntryId", UUID)
SaleId = NewType("SaleId", UUID)
ResidentId = NewType("ResidentId", UUID)
SchemeId = NewType("SchemeId", UUID)
SchemeVersionId = NewType("SchemeVersionId", UUID)
AppropriationId = NewType("AppropriationId", UUID)
AssessmentId = NewType("AssessmentId", UUID)
DecisionId = NewType("DecisionId", UUID)
GrantId = NewType("GrantId", UUID)
DeviationId = NewType("DeviationId", UUID)
BudgetId = NewType("BudgetId", UUID)
MandateId = NewType("MandateId", UUID)
PassId = NewType("PassId", UUID)
CardId = NewType("CardId", UUID)
CardRunId = NewType("CardRunId", UUID)
LetterRunId = NewType("LetterRunId", UUID)
MerchantId = NewType("MerchantId", UUID)
RegistrationId = NewType("RegistrationId", UUID)
RequestId = NewType("RequestId", UUID)
OfferId = NewType("OfferId", UUID)
LocationId = NewType("LocationId", UUID)
AgreementId = NewType("AgreementId", UUID)
PayoutAccountId = NewType("PayoutAccountId", UUID)
CouponId = NewType("CouponId", UUID)
CouponRunId = NewType("CouponRunId", UUID)
CouponListId = NewType("CouponListId", UUID)
SettlementId = NewType("SettlementId", UUID)
DebitNoteId = NewType("DebitNoteId", UUID)
BankFileId = NewType("BankFileId", UUID)
BankItemId = NewType("BankItemId", UUID)
ClosingId = NewType("ClosingId", UUID)
JournalProfileId = NewType("JournalProfileId", UUID)
YearClosingId = NewType("YearClosingId", UUID)
TillId = NewType("TillId", UUID)
SignalId = NewType("SignalId", UUID)
OrganisationId = NewType("OrganisationId", UUID)
VoucherId = NewType("VoucherId", UUID)
ApplicationId = NewType("ApplicationId", UUID)
TakeoverId = NewType("TakeoverId", UUID)
LoginId = NewType("LoginId", UUID)
SessionId = NewType("SessionId", UUID)
KeyId = NewType("KeyId", UUID)
EventId = NewType("EventId", UUID)
JobId = NewType("JobId", UUID)
ImportId = NewType("ImportId", UUID)
UploadId = NewType("UploadId", UUID)


def uuid7() -> UUID:
    """Make a time-ordered id (RFC 9562, version 7); two of one process may share a 250 ns step.

    The 12 bits after the milliseconds hold their fraction (method 3 of section 6.2), so ids of
    one device sort in the order they were made. Python has this from 3.14 on.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = nanoseconds * 4096 // 1_000_000
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76
    value |= fraction << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return UUID(int=value)
