"""What a club says about itself, and the steps that its registration takes."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from pas.ids import LoginId, MerchantId, RegistrationId
from pas.merchants.model import CategoryCode, LocationDetails, MerchantDetails, Name, PayoutDetails

State = Literal["received", "asked", "answered", "approved", "refused"]

MOST_PLACES: Final = 10
MOST_PURPOSES: Final = 50
LONGEST_OFFER: Final = 300
LONGEST_WORDS: Final = 1000

Words = Annotated[str, Meta(min_length=1, max_length=LONGEST_WORDS)]


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A purpose that it wants to take passes for, and what it offers there in its own words."""

    category: CategoryCode
    words: Annotated[str, Meta(min_length=1, max_length=LONGEST_OFFER)]


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """All that a club says; ``conditions`` is the version of what it agreed to."""

    name: Name
    kvk_number: Annotated[str, Meta(max_length=20)]
    places: Annotated[tuple[LocationDetails, ...], Meta(min_length=1, max_length=MOST_PLACES)]
    purposes: Annotated[tuple[Wanted, ...], Meta(min_length=1, max_length=MOST_PURPOSES)]
    contact_name: Name
    contact_email: Annotated[str, Meta(max_length=320)]
    contact_phone: Annotated[str, Meta(max_length=40)]
    account: PayoutDetails
    conditions: Annotated[str, Meta(min_length=1, max_length=20)]

    @property
    def details(self) -> MerchantDetails:
        return MerchantDetails(
            name=self.name,
            kvk_number=self.kvk_number,
            contact_email=self.contact_email,
            contact_phone=self.contact_phone,
        )


class Registration(msgspec.Struct, frozen=True):
    """A registration as it stands after its last step."""

    id: RegistrationId
    number: str
    name: str
    kvk_number: str
    received_at: datetime
    state: State
    state_since: datetime
    steps: int
    merchant_id: MerchantId | None
    login_id: LoginId | None

    @property
    def is_open(self) -> bool:
        return self.state not in {"approved", "refused"}


class StepRow(msgspec.Struct, frozen=True):
    """One step; without ``by`` it was the club itself, by its link."""

    number: int
    kind: State
    taken_at: datetime
    by: LoginId | None
    by_name: str | None
    words: str | None
    said: str | None


CONDITIONS_VERSION: Final = "2026-1"
CONDITIONS: Final = (
    "U neemt de pas alleen aan voor wat u met de gemeente afspreekt.",
    "U vraagt niet meer dan aan andere mensen.",
    "U geeft geen geld terug in de hand.",
    "U behandelt iedereen met een pas als elke andere gast.",
    "Wat u van een pas ziet, vertelt u aan niemand.",
    "Wij betalen op de rekening van uw club of winkel.",
    "Stopt u ermee, of verandert er iets? Dan laat u het ons weten.",
)
"""What a club agrees to; another text is another version."""
