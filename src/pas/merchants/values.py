"""How the values of a merchant look: read in one tidy form, and every fault told at once.

Pure; the same checks serve forms, files and the API.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Final

import msgspec
from stdnum import iban as ibans
from stdnum.exceptions import ValidationError

from pas.errors import Refusal
from pas.merchants.model import AgreementTerms, LocationDetails, MerchantDetails, PayoutDetails

# Countries whose accounts can be paid by SEPA credit transfer (European Payments Council, EPC409-09).
SEPA: Final = (
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT "
    "NL NO PL PT RO RS SE SI SK SM VA"
)
EMAIL: Final = re.compile(r"[^\s@<>\"(),;:\\]{1,64}@[^\s@<>\"(),;:\\.]+(?:\.[^\s@<>\"(),;:\\.]+)+")
PHONE: Final = re.compile(r"\+?[0-9][0-9 ()-]*")
LEAST_DIGITS_OF_A_PHONE: Final = 10
POSTCODE: Final = re.compile(r"([1-9][0-9]{3}) ?([A-Za-z]{2})")
SHOWN: Final = 4
FURTHEST_YEAR: Final = 2200
UNREADABLE: Final = "In de naam staat een onleesbaar teken. Haal het weg."


class MerchantDetailsWrong(Refusal):
    """Deze gegevens van een aanbieder kloppen niet."""

    next_step: ClassVar[str] = "Verbeter wat wij noemen en stuur het opnieuw."


class ValueFault(msgspec.Struct, frozen=True):
    """What is wrong with one field, for whoever filled it in."""

    field: str
    message: str


def refuse_faults(faults: Sequence[ValueFault]) -> None:
    """Refuse with everything that is wrong, if anything is."""
    if faults:
        detail = " ".join(dict.fromkeys(fault.message for fault in faults))
        raise MerchantDetailsWrong(detail, errors=[msgspec.to_builtins(one) for one in faults])


def tidy(text: str | None) -> str | None:
    """One normal form: NFC, single spaces; empty is nothing."""
    return " ".join(unicodedata.normalize("NFC", text or "").split()) or None


def tidy_details(details: MerchantDetails) -> MerchantDetails:
    return MerchantDetails(
        name=tidy(details.name) or "",
        kvk_number=re.sub(r"[ .]", "", details.kvk_number or "") or None,
        contact_email=tidy(details.contact_email),
        contact_phone=tidy(details.contact_phone),
    )


def tidy_location(location: LocationDetails) -> LocationDetails:
    postcode = tidy(location.postcode)
    if postcode and (found := POSTCODE.fullmatch(postcode)):
        postcode = f"{found[1]} {found[2].upper()}"
    return LocationDetails(
        name=tidy(location.name) or "",
        address=tidy(location.address),
        postcode=postcode,
        city=tidy(location.city),
        area=tidy(location.area),
    )


def tidy_account(account: PayoutDetails) -> PayoutDetails:
    iban = re.sub(r"[\s.\-]", "", account.iban).upper()
    return PayoutDetails(iban=iban, holder=tidy(account.holder) or "")


def faults_of_details(details: MerchantDetails) -> list[ValueFault]:
    """Of tidy details."""
    kvk, email, phone = details.kvk_number, details.contact_email, details.contact_phone
    return wrong(
        (not details.name, "name", "Vul de naam van de aanbieder in."),
        (not details.name.isprintable(), "name", UNREADABLE),
        (
            kvk is not None and not is_kvk_number(kvk),
            "kvkNumber",
            "Een KvK-nummer heeft 8 cijfers.",
        ),
        (
            email is not None and not EMAIL.fullmatch(email),
            "contactEmail",
            "Dit is geen e-mailadres. Schrijf het als naam@club.nl.",
        ),
        (
            phone is not None and not is_phone_number(phone),
            "contactPhone",
            "Dit is geen telefoonnummer. Gebruik minstens 10 cijfers.",
        ),
    )


def faults_of_location(location: LocationDetails) -> list[ValueFault]:
    """Of a tidy location."""
    postcode = location.postcode
    return wrong(
        (not location.name, "name", "Vul de naam van de locatie in."),
        (not location.name.isprintable(), "name", UNREADABLE),
        (
            postcode is not None and not POSTCODE.fullmatch(postcode),
            "postcode",
            "Schrijf een postcode als 1971 AB.",
        ),
    )


def faults_of_account(account: PayoutDetails) -> list[ValueFault]:
    """Of a tidy account; the message never repeats the number."""
    return wrong(
        (bool(said := iban_fault(account.iban)), "iban", said),
        (not account.holder, "holder", "Vul in op wiens naam de rekening staat."),
        (not account.holder.isprintable(), "holder", UNREADABLE),
    )


def faults_of_agreement(terms: AgreementTerms) -> list[ValueFault]:
    until = terms.valid_until
    return wrong(
        (
            until is not None and until <= terms.valid_from,
            "validUntil",
            "De afspraak eindigt niet later dan hij begint.",
        ),
        (
            terms.valid_from.year >= FURTHEST_YEAR or (until or date.min).year >= FURTHEST_YEAR,
            "validFrom",
            f"Kies een datum vóór het jaar {FURTHEST_YEAR}.",
        ),
    )


def is_kvk_number(text: str) -> bool:
    """Eight digits; the Chamber of Commerce publishes no check digit."""
    return bool(re.fullmatch(r"[0-9]{8}", text)) and text != "00000000"


def is_phone_number(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return bool(PHONE.fullmatch(text)) and digits >= LEAST_DIGITS_OF_A_PHONE


def iban_fault(iban: str) -> str:
    """Why an account number (capitals, no spaces) cannot be paid; empty when it can."""
    try:
        ibans.validate(iban)
    except ValidationError:
        return "Dit rekeningnummer klopt niet. Kijk het na op een bankafschrift."
    if iban[:2] not in SEPA:
        return "Naar een rekening in dit land kunnen wij niet betalen. Kies een SEPA-rekening."
    return ""


def masked_iban(iban: str) -> str:
    """Enough to recognise an account in a list: ``NL91 •••• 4300``."""
    return f"{iban[:SHOWN]} •••• {iban[-SHOWN:]}"


def wrong(*checks: tuple[bool, str, str]) -> list[ValueFault]:
    """Of checks (is it wrong, in which field, what to do) those that went wrong."""
    return [ValueFault(field, message) for is_wrong, field, message in checks if is_wrong]
