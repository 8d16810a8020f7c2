"""What must be right in a registration, told all at once, by the name of the field in the form.

Pure: what was said in, what is wrong out.
"""

from typing import ClassVar, Final

from pas.errors import Refusal
from pas.merchants.model import LocationDetails
from pas.merchants.values import (
    EMAIL,
    POSTCODE,
    ValueFault,
    faults_of_account,
    is_kvk_number,
    is_phone_number,
    tidy,
    tidy_account,
    tidy_details,
    tidy_location,
    wrong,
)
from pas.registrations.model import (
    CONDITIONS_VERSION,
    LONGEST_OFFER,
    MOST_PLACES,
    Registration,
    Said,
    Wanted,
)

UNREADABLE: Final = "Hier staat een onleesbaar teken in. Haal het weg."


class RegistrationDecided(Refusal):
    """Over deze aanmelding is al besloten."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open de aanmelding opnieuw. Daar staat het besluit."


class RegistrationMoved(Refusal):
    """Er is intussen iets veranderd aan deze aanmelding."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open de aanmelding opnieuw en lees wat er nu staat."


class OwnRegistration(Refusal):
    """U typte deze aanmelding zelf."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega om haar te beoordelen."


def refuse_moved(stored: Registration, seen: int) -> None:
    """Who acts on a registration has seen its last step, or looks again first."""
    if not stored.is_open:
        raise RegistrationDecided
    if stored.steps != seen:
        raise RegistrationMoved


def tidy_said(said: Said) -> Said:
    """One normal form; a place without a name is called as the club."""
    details = tidy_details(said.details)
    return Said(
        name=details.name,
        kvk_number=details.kvk_number or "",
        places=tuple(tidy_place(one, details.name) for one in said.places),
        purposes=tuple(
            Wanted(category=one.category, words=tidy(one.words) or "") for one in said.purposes
        ),
        contact_name=tidy(said.contact_name) or "",
        contact_email=details.contact_email or "",
        contact_phone=details.contact_phone or "",
        account=tidy_account(said.account),
        conditions=said.conditions,
    )


def tidy_place(place: LocationDetails, club: str) -> LocationDetails:
    named = LocationDetails(
        name=tidy(place.name) or club,
        address=place.address,
        postcode=place.postcode,
        city=place.city,
    )
    return tidy_location(named)


def faults_of_said(said: Said) -> list[ValueFault]:
    """Of what is tidy; the fields are called as in the form."""
    places = [fault for n, one in enumerate(said.places) for fault in faults_of_place(one, n)]
    purposes = [fault for one in said.purposes for fault in faults_of_purpose(one)]
    twice = len({one.category for one in said.purposes}) < len(said.purposes)
    return [
        *faults_of_club(said.name, said.kvk_number),
        *places,
        *purposes,
        *wrong(
            (not said.purposes, "purposes", "Kies minstens één doel."),
            (twice, "purposes", "Kies elk doel één keer."),
            (len(said.places) > MOST_PLACES, "places", f"Noem hoogstens {MOST_PLACES} plekken."),
            (
                said.conditions != CONDITIONS_VERSION,
                "agrees",
                "Wij kunnen u alleen aanmelden als u dit goedvindt.",
            ),
        ),
        *faults_of_contact(said),
        *faults_of_account(said.account),
        *faults_of_lengths(said),
    ]


def faults_of_club(name: str, kvk_number: str) -> list[ValueFault]:
    return wrong(
        (not name, "name", "Vul de naam van uw club of winkel in."),
        (not name.isprintable(), "name", UNREADABLE),
        (
            not is_kvk_number(kvk_number),
            "kvk_number",
            "Een KvK-nummer heeft 8 cijfers. U vindt het op een uittreksel, of op kvk.nl.",
        ),
    )


def faults_of_place(place: LocationDetails, n: int) -> list[ValueFault]:
    texts = (place.name, place.address or "", place.city or "")
    return wrong(
        (not place.address, f"address-{n}", "Vul straat en huisnummer in."),
        (
            not POSTCODE.fullmatch(place.postcode or ""),
            f"postcode-{n}",
            "Schrijf de postcode als 1971 AB.",
        ),
        (not place.city, f"city-{n}", "Vul de plaats in."),
        (not all(one.isprintable() for one in texts), f"address-{n}", UNREADABLE),
    )


def faults_of_purpose(wanted: Wanted) -> list[ValueFault]:
    return wrong(
        (
            not wanted.words,
            f"words-{wanted.category}",
            "Schrijf op wat mensen bij u kunnen doen of kopen.",
        ),
        (not wanted.words.isprintable(), f"words-{wanted.category}", UNREADABLE),
    )


def faults_of_contact(said: Said) -> list[ValueFault]:
    return wrong(
        (not said.contact_name, "contact_name", "Vul in wie wij kunnen bellen."),
        (not said.contact_name.isprintable(), "contact_name", UNREADABLE),
        (
            not EMAIL.fullmatch(said.contact_email),
            "contact_email",
            "Vul een e-mailadres in, zoals naam@club.nl.",
        ),
        (
            not is_phone_number(said.contact_phone),
            "contact_phone",
            "Vul een telefoonnummer in. Gebruik minstens 10 cijfers.",
        ),
    )


def faults_of_lengths(said: Said) -> list[ValueFault]:
    """Of whatever did not come through our own form, which stops at these lengths."""
    texts = [
        ("name", said.name, 140),
        ("contact_name", said.contact_name, 140),
        ("contact_email", said.contact_email, 320),
        ("contact_phone", said.contact_phone, 40),
        ("holder", said.account.holder, 70),
        *((f"words-{one.category}", one.words, LONGEST_OFFER) for one in said.purposes),
    ]
    for n, one in enumerate(said.places):
        texts += [
            (f"place-{n}", one.name, 140),
            (f"address-{n}", one.address or "", 200),
            (f"city-{n}", one.city or "", 80),
        ]
    return [
        ValueFault(field, f"Gebruik hoogstens {most} tekens.")
        for field, text, most in texts
        if len(text) > most
    ]
