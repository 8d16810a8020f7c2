"""Who may read what an event says: whoever may read the thing itself, and nobody by the back door.

That something happened, when and by whom, is for everybody who may read events.
"""

from collections.abc import Mapping
from typing import Final

from pas.auth.actor import Actor
from pas.auth.permissions import Permission

READERS: Final[Mapping[str, Permission]] = {
    "agreement": Permission.MERCHANTS_READ,
    "api_token": Permission.LOGINS_READ,
    "application": Permission.APPLICATIONS_READ,
    "helper_application": Permission.APPLICATIONS_READ,
    "appropriation": Permission.APPROPRIATIONS_READ,
    "bank_file": Permission.SETTLEMENTS_READ,
    "bank_item": Permission.SETTLEMENTS_READ,
    "card": Permission.CARDS_READ,
    "card_run": Permission.CARDS_READ,
    "child_application": Permission.APPLICATIONS_DECIDE,
    "category": Permission.SCHEMES_READ,
    "choice": Permission.PASSES_READ,
    "contact": Permission.PASSES_READ,
    "coupon_run": Permission.CARDS_READ,
    "debit_note": Permission.SETTLEMENTS_READ,
    "deviation": Permission.DEVIATIONS_READ,
    "epoch": Permission.EVENTS_READ,
    "income_verdict": Permission.DECISIONS_READ,
    "intermediary": Permission.INTERMEDIARIES_READ,
    "journal_profile": Permission.JOURNAL_READ,
    "key": Permission.EVENTS_READ,
    "letter": Permission.CARDS_READ,
    "location": Permission.MERCHANTS_READ,
    "login": Permission.LOGINS_READ,
    "mandate": Permission.CARDS_READ,
    "managing_adult": Permission.RESIDENTS_READ,
    "merchant": Permission.MERCHANTS_READ,
    "municipality": Permission.EVENTS_READ,
    "offer": Permission.MERCHANTS_READ,
    "organisation": Permission.INTERMEDIARIES_READ,
    "pass": Permission.PASSES_READ,
    "payee_invoice": Permission.PAYOUT_ACCOUNTS_READ,
    "payout_account": Permission.PAYOUT_ACCOUNTS_READ,
    "period": Permission.JOURNAL_READ,
    "published_file": Permission.REACH_READ,
    "reach": Permission.REACH_READ,
    "registration": Permission.REGISTRATIONS_READ,
    "request": Permission.REQUESTS_READ,
    "resident": Permission.RESIDENTS_READ,
    "role": Permission.LOGINS_READ,
    "scheme": Permission.SCHEMES_READ,
    "setting": Permission.SETTINGS_READ,
    "settlement": Permission.SETTLEMENTS_READ,
    "signal": Permission.SIGNALS_READ,
    "swimming_diploma": Permission.RESIDENTS_READ,
    "takeover": Permission.TAKEOVERS_READ,
    "target_group": Permission.REACH_READ,
    "telephone": Permission.CARDS_READ,
    "till": Permission.TILLS_READ,
    "voucher": Permission.VOUCHERS_READ,
    "webhook": Permission.WEBHOOKS_READ,
    "year": Permission.YEARS_READ,
    "witness": Permission.EVENTS_READ,
}
"""By the first word of the kind; a kind that is not here cannot be recorded."""


def thing_of(kind: str) -> str:
    return kind.partition(".")[0]


def may_read_content(actor: Actor, kind: str) -> bool:
    permission = READERS.get(thing_of(kind))
    return permission is not None and actor.may(permission)
