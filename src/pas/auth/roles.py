"""Roles: bundles of permissions that an administrator gives to a login."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from pas.auth.permissions import Permission


class Role(StrEnum):
    """A bundle of permissions that an administrator gives to a login."""

    ADMINISTRATOR = "administrator"
    POLICY = "policy"
    OFFICER = "officer"
    COUNTER = "counter"
    REGISTRAR = "registrar"
    FINANCE = "finance"
    APPROVER = "approver"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    MERCHANT_MANAGER = "merchant_manager"
    INTERMEDIARY = "intermediary"
    TEAM_MEMBER = "team_member"


ROLE_TITLES: Final[Mapping[Role, str]] = {
    Role.ADMINISTRATOR: "Beheerder",
    Role.POLICY: "Beleidsmedewerker",
    Role.OFFICER: "Medewerker toekenning",
    Role.COUNTER: "Baliemedewerker",
    Role.REGISTRAR: "Medewerker aanbieders",
    Role.FINANCE: "Medewerker financiën",
    Role.APPROVER: "Tweede beoordelaar",
    Role.ANALYST: "Onderzoeker",
    Role.AUDITOR: "Controleur",
    Role.OPERATOR: "Technisch beheerder",
    Role.MERCHANT_MANAGER: "Beheerder van een aanbieder",
    Role.INTERMEDIARY: "Intermediair",
    Role.TEAM_MEMBER: "Lid van het wijkteam",
}

ROLE_TASKS: Final[Mapping[Role, str]] = {
    Role.ADMINISTRATOR: "Nodigt collega’s uit, geeft rollen en kiest de instellingen.",
    Role.POLICY: "Ziet regelingen, geld en afwijkingen.",
    Role.OFFICER: "Kent toe, legt uit en zoekt inkomens uit.",
    Role.COUNTER: "Helpt aan de balie, ook met een kaart die kwijt is.",
    Role.REGISTRAR: "Zorgt voor aanbieders en hun kassa’s.",
    Role.FINANCE: "Betaalt aanbieders uit en kijkt de boeken na.",
    Role.APPROVER: "Beoordeelt wat een collega voorstelt.",
    Role.ANALYST: "Ziet wie de pas bereikt: aantallen, geen mensen.",
    Role.AUDITOR: "Kijkt alles na, en verandert niets.",
    Role.OPERATOR: "Houdt het programma draaiend, en ziet geen mensen.",
    Role.MERCHANT_MANAGER: "Beheert één club of winkel: plekken, mensen, aanbod en kassa’s.",
    Role.INTERMEDIARY: "Vraagt iets aan voor een kind, en betaalt een club.",
    Role.TEAM_MEMBER: "Geeft met een collega een bon aan een gezin.",
}
"""What somebody with a role does, said to who has to choose one."""

ROLES: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.LOGINS_READ,
            Permission.LOGINS_MANAGE,
            Permission.ROLES_MANAGE,
            Permission.API_TOKENS_MANAGE,
            Permission.SETTINGS_READ,
            Permission.SETTINGS_WRITE,
            Permission.EVENTS_READ,
            Permission.JOBS_READ,
            Permission.SCHEMES_READ,
            Permission.MERCHANTS_READ,
            Permission.TILLS_READ,
        }
    ),
    Role.POLICY: frozenset(
        {
            Permission.APPLICATIONS_COUNT,
            Permission.SCHEMES_READ,
            Permission.SCHEMES_WRITE,
            Permission.APPROPRIATIONS_READ,
            Permission.ASSESSMENTS_READ,
            Permission.DEVIATIONS_READ,
            Permission.MERCHANTS_READ,
            Permission.REACH_READ,
            Permission.JOBS_READ,
        }
    ),
    Role.OFFICER: frozenset(
        {
            Permission.APPLICATIONS_COUNT,
            Permission.APPLICATIONS_DECIDE,
            Permission.INTERMEDIARIES_READ,
            Permission.SCHEMES_READ,
            Permission.APPROPRIATIONS_READ,
            Permission.RESIDENTS_READ,
            Permission.RESIDENTS_IMPORT,
            Permission.ASSESSMENTS_READ,
            Permission.ASSESSMENTS_RUN,
            Permission.DECISIONS_READ,
            Permission.INCOME_VERDICTS_RECORD,
            Permission.DEVIATIONS_READ,
            Permission.DEVIATIONS_PROPOSE,
            Permission.APPLICATIONS_READ,
            Permission.APPLICATIONS_SUBMIT,
            Permission.PASSES_READ,
            Permission.PASSES_END,
            Permission.PASSES_REOPEN,
            Permission.CARDS_READ,
            Permission.CARDS_ISSUE,
            Permission.CARDS_PRINT,
            Permission.LETTERS_PRINT,
            Permission.CARDS_ACTIVATE,
            Permission.CARDS_BLOCK,
            Permission.CARDS_REPLACE,
            Permission.MERCHANTS_READ,
            Permission.REDEMPTIONS_READ,
            Permission.SIGNALS_READ,
            Permission.SIGNALS_JUDGE,
            Permission.REQUESTS_READ,
            Permission.REQUESTS_FILE,
            Permission.REQUESTS_ANSWER,
            Permission.JOBS_READ,
        }
    ),
    Role.COUNTER: frozenset(
        {
            Permission.SCHEMES_READ,
            Permission.RESIDENTS_READ,
            Permission.DECISIONS_READ,
            Permission.APPLICATIONS_READ,
            Permission.APPLICATIONS_SUBMIT,
            Permission.PASSES_READ,
            Permission.CARDS_READ,
            Permission.CARDS_ISSUE,
            Permission.CARDS_ACTIVATE,
            Permission.CARDS_BLOCK,
            Permission.CARDS_REPLACE,
            Permission.MERCHANTS_READ,
            Permission.REDEMPTIONS_MAKE,
            Permission.COUPONS_ENTER,
            Permission.REDEMPTIONS_READ,
            Permission.REDEMPTIONS_REFUND,
            Permission.REQUESTS_READ,
            Permission.REQUESTS_FILE,
        }
    ),
    Role.REGISTRAR: frozenset(
        {
            Permission.INTERMEDIARIES_READ,
            Permission.INTERMEDIARIES_RECOGNISE,
            Permission.SCHEMES_READ,
            Permission.MERCHANTS_READ,
            Permission.MERCHANTS_WRITE,
            Permission.LOCATIONS_MANAGE,
            Permission.REGISTRATIONS_READ,
            Permission.REGISTRATIONS_JUDGE,
            Permission.PAYOUT_ACCOUNTS_READ,
            Permission.PAYOUT_ACCOUNTS_PROPOSE,
            Permission.TILLS_READ,
            Permission.TILLS_PAIR,
            Permission.TILLS_PAUSE,
            Permission.TILLS_REVOKE,
            Permission.WEBHOOKS_READ,
            Permission.WEBHOOKS_MANAGE,
            Permission.SIGNALS_READ,
            Permission.SIGNALS_JUDGE,
            Permission.JOBS_READ,
        }
    ),
    Role.FINANCE: frozenset(
        {
            Permission.APPLICATIONS_COUNT,
            Permission.SCHEMES_READ,
            Permission.APPROPRIATIONS_READ,
            Permission.APPROPRIATIONS_WRITE,
            Permission.MERCHANTS_READ,
            Permission.PAYOUT_ACCOUNTS_READ,
            Permission.PAYOUT_ACCOUNTS_PROPOSE,
            Permission.REDEMPTIONS_READ,
            Permission.SETTLEMENTS_READ,
            Permission.SETTLEMENTS_PROPOSE,
            Permission.SETTLEMENTS_EXPORT,
            Permission.SETTLEMENTS_BOOK,
            Permission.PAYOUTS_READ,
            Permission.LEDGER_READ,
            Permission.LEDGER_PROVE,
            Permission.REACH_READ,
            Permission.JOBS_READ,
        }
    ),
    Role.APPROVER: frozenset(
        {
            Permission.PAYEE_INVOICES_CONFIRM,
            Permission.SCHEMES_READ,
            Permission.DECISIONS_READ,
            Permission.DEVIATIONS_READ,
            Permission.DEVIATIONS_CONFIRM,
            Permission.MERCHANTS_READ,
            Permission.MERCHANTS_APPROVE,
            Permission.REGISTRATIONS_READ,
            Permission.PAYOUT_ACCOUNTS_READ,
            Permission.PAYOUT_ACCOUNTS_APPROVE,
            Permission.TILLS_READ,
            Permission.TILLS_PAUSE,
            Permission.SETTLEMENTS_READ,
            Permission.SETTLEMENTS_APPROVE,
            Permission.PAYOUTS_READ,
            Permission.LEDGER_READ,
        }
    ),
    Role.ANALYST: frozenset(
        {
            Permission.APPLICATIONS_COUNT,
            Permission.SCHEMES_READ,
            Permission.APPROPRIATIONS_READ,
            Permission.ASSESSMENTS_READ,
            Permission.REACH_READ,
            Permission.REACH_FREEZE,
            Permission.TARGET_GROUPS_IMPORT,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.APPLICATIONS_COUNT,
            Permission.INTERMEDIARIES_READ,
            Permission.VOUCHERS_READ,
            Permission.SCHEMES_READ,
            Permission.APPROPRIATIONS_READ,
            Permission.ASSESSMENTS_READ,
            Permission.DECISIONS_READ,
            Permission.DEVIATIONS_READ,
            Permission.MERCHANTS_READ,
            Permission.REGISTRATIONS_READ,
            Permission.PAYOUT_ACCOUNTS_READ,
            Permission.TILLS_READ,
            Permission.WEBHOOKS_READ,
            Permission.REDEMPTIONS_READ,
            Permission.SIGNALS_READ,
            Permission.SETTLEMENTS_READ,
            Permission.PAYOUTS_READ,
            Permission.LEDGER_READ,
            Permission.LEDGER_PROVE,
            Permission.REACH_READ,
            Permission.EVENTS_READ,
            Permission.SETTINGS_READ,
            Permission.LOGINS_READ,
            Permission.JOBS_READ,
        }
    ),
    Role.OPERATOR: frozenset(
        {
            Permission.SETTINGS_READ,
            Permission.JOBS_READ,
            Permission.KEYS_ROTATE,
            Permission.LEDGER_PROVE,
        }
    ),
    Role.MERCHANT_MANAGER: frozenset(
        {
            Permission.MERCHANTS_READ,
            Permission.LOCATIONS_MANAGE,
            Permission.OFFERS_MANAGE,
            Permission.STAFF_MANAGE,
            Permission.PAYOUT_ACCOUNTS_READ,
            Permission.PAYOUT_ACCOUNTS_PROPOSE,
            Permission.TILLS_READ,
            Permission.TILLS_PAIR,
            Permission.TILLS_PAUSE,
            Permission.TILLS_REVOKE,
            Permission.WEBHOOKS_READ,
            Permission.WEBHOOKS_MANAGE,
            Permission.REDEMPTIONS_READ,
            Permission.REDEMPTIONS_REFUND,
            Permission.PAYOUTS_READ,
            Permission.AWARDS_CONFIRM,
            Permission.COUPONS_ENTER,
        }
    ),
    Role.INTERMEDIARY: frozenset(
        {Permission.APPLICATIONS_HELP, Permission.APPLICATIONS_MAKE, Permission.REDEMPTIONS_MAKE}
    ),
    Role.TEAM_MEMBER: frozenset(
        {
            Permission.APPLICATIONS_HELP,
            Permission.APPLICATIONS_MAKE,
            Permission.VOUCHERS_READ,
            Permission.VOUCHERS_DECIDE,
        }
    ),
}


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Give the permissions of roles; a role that this version does not know gives nothing."""
    known = (ROLES[Role(role)] for role in roles if role in ROLE_TITLES)
    return frozenset[Permission]().union(*known)
