"""What holds for merchants, said once: which state follows which, who may judge, what is paid.

Pure: facts in, a decision or a refusal out.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from pas.errors import Refusal
from pas.merchants.model import (
    Agreement,
    AgreementTerms,
    MerchantState,
    PausedBy,
    PayoutAccount,
    TillState,
)


class MerchantHasEnded(Refusal):
    """Deze aanbieder doet niet meer mee."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Doet de aanbieder weer mee? Schrijf de aanbieder opnieuw in."


class MerchantNotYetApproved(Refusal):
    """Deze aanbieder is nog niet goedgekeurd."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Keur de aanbieder eerst goed. Of beëindig de inschrijving."


class AgreementOverlaps(Refusal):
    """Voor dit bestedingsdoel is er al een afspraak in deze tijd."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Beëindig eerst de oude afspraak. Of kies een latere begindatum."


class OwnProposal(Refusal):
    """U stelde deze rekening zelf voor."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega om de rekening goed te keuren."


class PayoutAccountJudged(Refusal):
    """Over deze rekening is al besloten."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Is er een andere rekening nodig? Stel die dan voor."


class TillIsRevoked(Refusal):
    """Deze kassa is uitgezet en blijft uit."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Maak een nieuwe kassa en koppel het apparaat daaraan."


class TillNotPaired(Refusal):
    """Deze kassa is nog niet gekoppeld."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Koppel eerst een apparaat. Maak daarvoor een nieuwe QR-code."


class PausedByMunicipality(Refusal):
    """De gemeente heeft deze kassa stilgezet."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Bel de gemeente. Zij zet de kassa weer aan."


class StoppedTooOften(Refusal):
    """Deze kassa stopte vandaag te vaak door onbekende passen."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Bel de gemeente. Zij kijkt mee en zet de kassa weer aan."


MOST_STOPS: Final = 2
"""As often in a day a merchant starts a till again that the program stopped: five wrong scans each."""


def changes_state(now: MerchantState, wanted: MerchantState) -> bool:
    """Whether setting this state changes anything; refuses a step that does not exist."""
    if now == wanted:
        return False
    if now == "ended":
        raise MerchantHasEnded
    if now == "requested" and wanted == "suspended":
        raise MerchantNotYetApproved
    return True


def refuse_overlap(terms: AgreementTerms, stored: Iterable[Agreement]) -> None:
    """One agreement per category and day, so that there is one price."""
    for other in stored:
        starts_before = other.valid_until is None or terms.valid_from < other.valid_until
        ends_after = terms.valid_until is None or other.valid_from < terms.valid_until
        if other.category == terms.category and starts_before and ends_after:
            raise AgreementOverlaps(agreementId=str(other.id))


def refuse_judging(account: PayoutAccount) -> None:
    if account.approved_at is not None or account.rejected_at is not None:
        raise PayoutAccountJudged


def refuse_own_proposal(account: PayoutAccount, approver: UUID) -> None:
    """A second person looks at every account: a changed account is how money is stolen."""
    if account.proposed_by == approver:
        raise OwnProposal


def usable_from(approved_at: datetime, cooling_days: int) -> datetime:
    """During the cooling period the old account is paid, and a warned merchant can object."""
    return approved_at + timedelta(days=cooling_days)


def is_overtaken(version: PayoutAccount, versions: Iterable[PayoutAccount]) -> bool:
    """Whether another account was approved while this one cooled: so an objection stops it for good."""
    approved, usable = version.approved_at, version.usable_from
    return any(
        approved is not None
        and usable is not None
        and one.approved_at is not None
        and approved < one.approved_at < usable
        for one in versions
    )


def account_in_use(versions: Sequence[PayoutAccount], at: datetime) -> PayoutAccount | None:
    """The newest version that may be paid to at a moment."""
    usable = [
        one for one in coming(versions) if one.usable_from is not None and one.usable_from <= at
    ]
    return max(usable, key=lambda one: (one.usable_from, one.proposed_at), default=None)


def coming(versions: Sequence[PayoutAccount]) -> list[PayoutAccount]:
    """Leave out what never comes into use."""
    return [one for one in versions if not is_overtaken(one, versions)]


def cooling_account(versions: Sequence[PayoutAccount], at: datetime) -> PayoutAccount | None:
    """The version that will be paid to next, if there is one."""
    later = [
        one for one in coming(versions) if one.usable_from is not None and one.usable_from > at
    ]
    return min(later, key=lambda one: (one.usable_from, one.proposed_at), default=None)


def replaced_at(version: PayoutAccount, versions: Sequence[PayoutAccount]) -> datetime | None:
    """From when on another version is paid instead of this one, as far as is known."""
    if version.usable_from is None or is_overtaken(version, versions):
        return version.usable_from
    own = (version.usable_from, version.proposed_at)
    begun = [
        (one.usable_from, one.proposed_at)
        for one in coming(versions)
        if one.usable_from is not None
    ]
    return min([one for one in begun if one > own], default=(None,))[0]


def waiting_account(versions: Iterable[PayoutAccount]) -> PayoutAccount | None:
    """The one that waits for a second person; there is one at most."""
    for version in versions:
        if version.approved_at is None and version.rejected_at is None:
            return version
    return None


def pauser_after(paused_by: PausedBy | None, pauser: PausedBy) -> PausedBy:
    """Who holds a pause: the municipality takes over any, a merchant nobody's."""
    if paused_by is None or paused_by == "merchant" or pauser == "municipality":
        return pauser
    return paused_by


def refuse_pausing(state: TillState) -> None:
    if state == "revoked":
        raise TillIsRevoked
    if state == "invited":
        raise TillNotPaired


def refuse_resuming(
    state: TillState, paused_by: PausedBy | None, resumer: PausedBy, *, stops: int = 0
) -> None:
    """A merchant starts again what a merchant stopped, or the program for unknown cards.

    The latter not over and over, or whoever has the device could go on trying; ``stops`` is how
    often the program stopped it in a day. The municipality starts anything.
    """
    refuse_pausing(state)
    if state != "paused" or resumer != "merchant":
        return
    if paused_by == "municipality":
        raise PausedByMunicipality
    if paused_by == "program" and stops > MOST_STOPS:
        raise StoppedTooOften
