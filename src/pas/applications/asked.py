"""What an intermediary fills in, and everything that is wrong with it at once; pure.

A child is named by what was scanned, or by name, birth date and postcode; never by a citizen number.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import ClassVar, Final, Literal

import msgspec
from stdnum.nl import bsn

from pas.applications.purposes import Purpose
from pas.errors import Refusal
from pas.ids import ApplicationId, MerchantId
from pas.merchants.model import MerchantDetails
from pas.merchants.values import faults_of_details, tidy_details
from pas.money import Cents, euros
from pas.passes.residents import ADULT_AGE, age_on

AgreedHow = Literal["present", "telephone", "signed"]
POSTCODE: Final = re.compile(r"[1-9][0-9]{3} [A-Z]{2}")
LONGEST_AGREED: Final = timedelta(days=366)
NINE_DIGITS: Final = re.compile(r"(?<![0-9])[0-9](?:[ .-]?[0-9]){8}(?![0-9])")


class ApplicationIncomplete(Refusal):
    """Deze aanvraag klopt nog niet."""

    next_step: ClassVar[str] = "Verbeter wat wij noemen en stuur de aanvraag opnieuw."


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one field, for whoever filled it in."""

    field: str
    message: str


class TypedChild(msgspec.Struct, frozen=True, kw_only=True):
    """Who it is about; the postcode as 1971 AB."""

    given_name: str
    family_name: str
    birth_date: date
    postcode: str

    def __repr__(self) -> str:
        """Nobody's data reaches a log by accident."""
        return "TypedChild(…)"


class NewClub(msgspec.Struct, frozen=True, kw_only=True):
    """A club that is not in the list; how the municipality can reach it."""

    name: str
    email: str = ""
    phone: str = ""
    place: str = ""


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """Which parent agreed, how and when; ``not_own_child`` is what the intermediary declares."""

    by: str
    how: AgreedHow
    on: date
    not_own_child: bool


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An application; the id is made by whoever sends it. ``scanned`` is what a pass says.

    ``own_reference`` is how the intermediary knows it again, since the child's name is not kept.
    """

    id: ApplicationId
    scheme: str
    scanned: str | None = None
    child: TypedChild | None = None
    club: MerchantId | None = None
    new_club: NewClub | None = None
    amount_cents: Cents | None = None
    what_for: str = ""
    own_reference: str = ""
    agreement: Agreement

    def __repr__(self) -> str:
        """Nobody's data reaches a log by accident."""
        return f"Asked({self.id})"


class Choice(msgspec.Struct, frozen=True):
    """What was chosen from lists: None where it is not in them (any more)."""

    purpose: Purpose | None
    club_joins: bool
    """The club that was chosen takes part, and for this purpose."""


def faults_of(asked: Asked, choice: Choice, *, today: date) -> list[Fault]:
    """All that is wrong, field by field; tells nothing about whether the child is known."""
    faults = [*_of_child(asked, today=today), *_of_club(asked, choice)]
    if choice.purpose is None:
        faults.append(Fault("scheme", "Kies waarvoor u iets aanvraagt."))
    elif asked.amount_cents is not None and asked.amount_cents > choice.purpose.most_cents:
        most = euros(choice.purpose.most_cents)
        faults.append(Fault("amount", f"Vraag hoogstens {most} aan. Dat is het hoogste bedrag."))
    if asked.amount_cents is not None and asked.amount_cents <= 0:
        faults.append(Fault("amount", "Vul een bedrag boven nul in. Of laat het leeg."))
    return faults + _of_agreement(asked.agreement, today=today) + _of_citizen_numbers(asked)


def refuse_incomplete(faults: Sequence[Fault]) -> None:
    if faults:
        detail = " ".join(dict.fromkeys(fault.message for fault in faults))
        raise ApplicationIncomplete(detail, errors=[msgspec.to_builtins(one) for one in faults])


def _of_child(asked: Asked, *, today: date) -> list[Fault]:
    if (asked.scanned is None) == (asked.child is None):
        return [Fault("scanned", "Scan de pas van het kind. Of vul in wie het is.")]
    child = asked.child
    if child is None:
        return []
    faults: list[Fault] = []
    if not child.given_name.strip():
        faults.append(Fault("given_name", "Vul de voornaam van het kind in."))
    if not child.family_name.strip():
        faults.append(Fault("family_name", "Vul de achternaam van het kind in."))
    if child.birth_date > today:
        faults.append(Fault("birth_date", "Deze geboortedatum is nog niet geweest."))
    elif age_on(child.birth_date, today) >= ADULT_AGE:
        faults.append(
            Fault("birth_date", "U vraagt aan voor een kind tot 18 jaar, niet voor een volwassene.")
        )
    if not POSTCODE.fullmatch(child.postcode):
        faults.append(Fault("postcode", "Typ de postcode zo: 1971 AB."))
    return faults


def _of_club(asked: Asked, choice: Choice) -> list[Fault]:
    if (asked.club is None) == (asked.new_club is None):
        return [Fault("club", "Kies een club. Of vul in welke club het is.")]
    if asked.club is not None and not choice.club_joins:
        return [Fault("club", "Deze club doet hier nu niet aan mee. Kies een andere club.")]
    new = asked.new_club
    if new is None:
        return []
    faults: list[Fault] = []
    if not new.name.strip():
        faults.append(Fault("club_name", "Vul de naam van de club in."))
    if not (new.email.strip() or new.phone.strip()):
        faults.append(Fault("club_email", "Vul een e-mailadres of telefoonnummer van de club in."))
    fields = {"name": "club_name", "contactEmail": "club_email", "contactPhone": "club_phone"}
    found = faults_of_details(tidy_details(details_of(new))) if not faults else []
    return faults + [Fault(fields.get(one.field, "club_name"), one.message) for one in found]


def details_of(club: NewClub) -> MerchantDetails:
    return MerchantDetails(
        name=club.name, contact_email=club.email or None, contact_phone=club.phone or None
    )


def _of_citizen_numbers(asked: Asked) -> list[Fault]:
    """Whoever applies has no business with a citizen number, so it is not stored anywhere."""
    typed = {
        "agreed_by": asked.agreement.by,
        "what_for": asked.what_for,
        "own_reference": asked.own_reference,
    }
    if asked.child is not None:
        typed |= {"given_name": asked.child.given_name, "family_name": asked.child.family_name}
    sentence = "Schrijf hier geen burgerservicenummer."
    return [Fault(field, sentence) for field, text in typed.items() if _has_citizen_number(text)]


def _has_citizen_number(text: str) -> bool:
    return any(bsn.is_valid(re.sub(r"[ .-]", "", found)) for found in NINE_DIGITS.findall(text))


def _of_agreement(agreement: Agreement, *, today: date) -> list[Fault]:
    faults: list[Fault] = []
    if not agreement.by.strip():
        faults.append(Fault("agreed_by", "Vul in welke ouder het goed vindt."))
    if agreement.on > today:
        faults.append(Fault("agreed_on", "Deze dag is nog niet geweest."))
    elif agreement.on < today - LONGEST_AGREED:
        faults.append(
            Fault("agreed_on", "Dit is meer dan een jaar geleden. Vraag het de ouder opnieuw.")
        )
    if not agreement.not_own_child:
        faults.append(
            Fault("not_own_child", "Voor uw eigen kind vraagt u niet zelf aan. Vraag een collega.")
        )
    return faults
