"""Merchants from a CSV file; the columns are described in docs/files.md.

A row is a merchant at a location: a merchant with three locations has three rows, which agree
about the merchant itself. A merchant is known by KvK number and name, a location by its name.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, Final

import msgspec

from pas import cells
from pas.cells import Draft, Fault
from pas.csvfile import Row, read_rows
from pas.merchants.model import AgreementTerms, LocationDetails, MerchantDetails, PayoutDetails
from pas.merchants.values import (
    ValueFault,
    faults_of_account,
    faults_of_details,
    tidy_account,
    tidy_details,
)
from pas.money import Cents

MOST_ROWS: Final = 20_000
MOST_AGREEMENTS: Final = 20
MOST_VISIT_PRICE: Final = 10_000_000
COLUMNS: Final = (
    "name",
    "kvk_number",
    "contact_email",
    "contact_phone",
    "location",
    "address",
    "postcode",
    "city",
    "area",
    "agreements",
    "valid_from",
    "iban",
    "account_holder",
)
AGREEMENT: Final = re.compile(r"([a-z][a-z0-9_]{1,40})(?:=([0-9]{1,8}))?")
COLUMN_OF: Final = {
    "kvkNumber": "kvk_number",
    "contactEmail": "contact_email",
    "contactPhone": "contact_phone",
    "holder": "account_holder",
}


class MerchantRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one row says."""

    details: MerchantDetails
    location: LocationDetails | None
    agreements: tuple[AgreementTerms, ...]
    account: PayoutDetails | None

    def of_merchant(self) -> tuple[object, ...]:
        """What all rows of one merchant agree about."""
        return self.details, self.agreements, self.account


class ReadMerchant(msgspec.Struct, frozen=True):
    """A row and what it says, or None and why not."""

    row: Row
    key: str
    said: MerchantRow | None
    faults: tuple[Fault, ...] = ()


def read_merchants(source: BinaryIO, *, today: date) -> Iterator[ReadMerchant]:
    """Read every row; agreements without a date hold from ``today``."""
    for row in read_rows(source, COLUMNS, most_rows=MOST_ROWS):
        if row.fault:
            yield ReadMerchant(row, "", None, (Fault("", row.fault),))
            continue
        draft = Draft(row)
        said = _row(draft, today)
        yield ReadMerchant(row, key_of(row), None if draft.faults else said, tuple(draft.faults))


def key_of(row: Row) -> str:
    parts = (row.cells["name"], row.cells["kvk_number"], row.cells["location"])
    return " · ".join(part.strip()[:60] for part in parts if part.strip())


def merchant_key(details: MerchantDetails) -> tuple[str, str]:
    return details.kvk_number or "", details.name


def _row(draft: Draft, today: date) -> MerchantRow:
    details = tidy_details(
        MerchantDetails(
            name=cells.text(draft, "name", longest=140),
            kvk_number=cells.optional_text(draft, "kvk_number", longest=20),
            contact_email=cells.optional_text(draft, "contact_email", longest=320),
            contact_phone=cells.optional_text(draft, "contact_phone", longest=40),
        )
    )
    if details.name:
        _note(draft, faults_of_details(details))
    return MerchantRow(
        details=details,
        location=_location(draft),
        agreements=_agreements(draft, cells.optional_day(draft, "valid_from") or today),
        account=_account(draft),
    )


def _location(draft: Draft) -> LocationDetails | None:
    name = cells.optional_text(draft, "location", longest=140)
    address = cells.optional_text(draft, "address", longest=200)
    postcode = cells.postcode(draft, "postcode")
    city = cells.optional_text(draft, "city", longest=80)
    area = cells.optional_text(draft, "area", longest=80)
    if not name:
        if address or postcode or city or area:
            draft.refuse("location", "Geef de locatie een naam. Of laat het adres leeg.")
        return None
    return LocationDetails(
        name=name,
        address=address or None,
        postcode=postcode or None,
        city=city or None,
        area=area or None,
    )


def _agreements(draft: Draft, valid_from: date) -> tuple[AgreementTerms, ...]:
    """Categories separated by commas; with a price per visit in cents as ``swimming=450``."""
    parts = [part.strip() for part in draft.row.cells["agreements"].split(",") if part.strip()]
    found = [AGREEMENT.fullmatch(part) for part in parts]
    if len(parts) > MOST_AGREEMENTS or not all(found):
        draft.refuse(
            "agreements",
            f"Kolom agreements: hoogstens {MOST_AGREEMENTS} doelen, als sport,zwemmen=450.",
        )
        return ()
    prices = {one[1]: None if one[2] is None else int(one[2]) for one in found if one}
    if len(prices) < len(parts):
        draft.refuse("agreements", "Kolom agreements: een doel staat er dubbel.")
    if any(price is not None and not 1 <= price <= MOST_VISIT_PRICE for price in prices.values()):
        draft.refuse("agreements", "Kolom agreements: deze prijs per bezoek kan niet.")
        return ()
    return tuple(
        AgreementTerms(
            category=category,
            valid_from=valid_from,
            visit_price_cents=None if price is None else Cents(price),
        )
        for category, price in prices.items()
    )


def _account(draft: Draft) -> PayoutDetails | None:
    iban = cells.optional_text(draft, "iban", longest=50)
    holder = cells.optional_text(draft, "account_holder", longest=70)
    if not iban and not holder:
        return None
    if not iban or not holder:
        draft.refuse("iban", "Vul rekeningnummer en naam samen in. Of laat ze allebei leeg.")
        return None
    account = tidy_account(PayoutDetails(iban=iban, holder=holder))
    _note(draft, faults_of_account(account))
    return account


def _note(draft: Draft, faults: list[ValueFault]) -> None:
    for fault in faults:
        draft.refuse(COLUMN_OF.get(fault.field, fault.field), fault.message)
