"""What a merchant says about itself, from a form, a file or the API; checked in ``rules``."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pas.ids import AgreementId, LocationId, LoginId, MerchantId, PayoutAccountId, TillId
from pas.money import Cents

MerchantKind = Literal["regular", "one_off"]
MerchantState = Literal["requested", "approved", "suspended", "ended"]
TillKind = Literal["merchant", "intermediary", "counter"]
TillState = Literal["invited", "active", "paused", "revoked"]
PausedBy = Literal["merchant", "municipality", "program"]
PayeeCheck = Literal["not_done", "match", "close_match", "no_match", "impossible"]
Algorithm = Literal["Ed25519", "ES256"]

Name = Annotated[str, Meta(min_length=1, max_length=140)]
TillName = Annotated[str, Meta(min_length=1, max_length=80)]
Place = Annotated[str, Meta(max_length=80)]
CategoryCode = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,40}$", max_length=41)]
VisitPrice = Annotated[Cents, Meta(ge=1, le=10_000_000)]
SaleLimit = Annotated[Cents, Meta(ge=1, le=100_000_000)]


class MerchantDetails(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"
):
    """Who it is and how to reach it."""

    name: Name
    kvk_number: Annotated[str, Meta(max_length=20)] | None = None
    contact_email: Annotated[str, Meta(max_length=320)] | None = None
    contact_phone: Annotated[str, Meta(max_length=40)] | None = None


class LocationDetails(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"
):
    """Where people come to spend."""

    name: Name
    address: Annotated[str, Meta(max_length=200)] | None = None
    postcode: Annotated[str, Meta(max_length=12)] | None = None
    city: Place | None = None
    area: Place | None = None


class AgreementTerms(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"
):
    """For which category it may take passes, from and up to (not including) a day; and at which
    price per visit, where schemes pay in visits.
    """

    category: CategoryCode
    valid_from: date
    valid_until: date | None = None
    visit_price_cents: VisitPrice | None = None


class PayoutDetails(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"
):
    """Where its money goes."""

    iban: Annotated[str, Meta(min_length=1, max_length=50)]
    holder: Annotated[str, Meta(min_length=1, max_length=70)]


class Registration(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"
):
    """Everything at once, as a form asks it."""

    details: MerchantDetails
    locations: Annotated[tuple[LocationDetails, ...], Meta(max_length=50)] = ()
    agreements: Annotated[tuple[AgreementTerms, ...], Meta(max_length=50)] = ()
    payout_account: PayoutDetails | None = None


class Merchant(msgspec.Struct, frozen=True, rename="camel"):
    """A merchant as stored."""

    id: MerchantId
    name: str
    kvk_number: str | None
    contact_email: str | None
    contact_phone: str | None
    state: MerchantState
    state_since: datetime
    kind: MerchantKind = "regular"
    """A one-off payee is owed money by invoice, and never sells."""


class Location(msgspec.Struct, frozen=True, rename="camel"):
    """A location as stored; closed from ``ended_on`` on."""

    id: LocationId
    name: str
    address: str | None
    postcode: str | None
    city: str | None
    area: str | None
    ended_on: date | None


class Agreement(msgspec.Struct, frozen=True, rename="camel"):
    """An agreement as stored."""

    id: AgreementId
    category: str
    visit_price_cents: Cents | None
    valid_from: date
    valid_until: date | None


class PayoutAccount(msgspec.Struct, frozen=True, rename="camel"):
    """One version of where a merchant's money goes; the newest usable one counts."""

    id: PayoutAccountId
    merchant_id: MerchantId
    iban: str
    holder: str
    payee_check: PayeeCheck
    proposed_at: datetime
    proposed_by: LoginId
    approved_at: datetime | None
    approved_by: LoginId | None
    rejected_at: datetime | None
    rejected_by: LoginId | None
    rejected_because: str | None
    usable_from: datetime | None


class Till(msgspec.Struct, frozen=True, rename="camel"):
    """A device or login that may scan."""

    id: TillId
    kind: TillKind
    merchant_id: MerchantId | None
    location_id: LocationId | None
    login_id: LoginId | None
    name: str
    state: TillState
    state_since: datetime
    paused_by: PausedBy | None
    pairing_until: datetime | None
    paired_at: datetime | None
    sale_limit_cents: Cents | None
    paused_because: str | None = None
    """In words for the cashier, by whoever paused it."""
