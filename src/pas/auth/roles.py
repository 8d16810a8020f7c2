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
}

ROLE_TASKS: Final[Mapping[Role, str]] = {
    Role.ADMINISTRATOR: "Nodigt collega’s uit, geeft rollen en kiest de instellingen.",
    Role.POLICY: "Ziet regelingen, geld en afwijkingen.",
    Role.OFFICER: "Kent toe, legt uit en zoekt inkomens uit.",
    Role.COUNTER: "Helpt aan de balie, ook met een kaart die kwijt is.",
    Role.REGISTRAR: "Zorgt voor aanbieders en hun kassa’s.",
    Role.FINANCE: "Ziet het geld en kijkt de boeken na.",
    Role.APPROVER: "Beoordeelt wat een collega voorstelt.",
    Role.ANALYST: "Ziet aantallen, en geen mensen.",
    Role.AUDITOR: "Kijkt alles na, en verandert niets.",
    Role.OPERATOR: "Houdt het programma draaiend, en ziet geen mensen.",
    Role.MERCHANT_MANAGER: "Beheert één club of winkel, met de kassa’s.",
    Role.INTERMEDIARY: "Vraagt een pas aan voor iemand, en betaalt een club.",
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
            Permission.SCHEMES_READ,
            Permission.SCHEMES_WRITE,
            Permission.APPROPRIATIONS_READ,
            Permission.ASSESSMENTS_READ,
            Permission.DEVIATIONS_READ,
            Permission.MERCHANTS_READ,
            Permission.JOBS_READ,
        }
    ),
    Role.OFFICER: frozenset(
        {
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
            Permission.CARDS_ACTIVATE,
            Permission.CARDS_BLOCK,
            Permission.CARDS_REPLACE,
            Permission.MERCHANTS_READ,
            Permission.REDEMPTIONS_READ,
            Permission.REDEMPTIONS_REVIEW,
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
            Permission.REDEMPTIONS_READ,
            Permission.REDEMPTIONS_REFUND,
        }
    ),
    Role.REGISTRAR: frozenset(
        {
            Permission.SCHEMES_READ,
            Permission.MERCHANTS_READ,
            Permission.MERCHANTS_WRITE,
            Permission.PAYOUT_ACCOUNTS_READ,
            Permission.PAYOUT_ACCOUNTS_PROPOSE,
            Permission.TILLS_READ,
            Permission.TILLS_PAIR,
            Permission.TILLS_PAUSE,
            Permission.TILLS_REVOKE,
            Permission.REDEMPTIONS_REVIEW,
            Permission.JOBS_READ,
        }
    ),
    Role.FINANCE: frozenset(
        {
            Permission.SCHEMES_READ,
            Permission.APPROPRIATIONS_READ,
            Permission.APPROPRIATIONS_WRITE,
            Permission.MERCHANTS_READ,
            Permission.PAYOUT_ACCOUNTS_READ,
            Permission.PAYOUT_ACCOUNTS_PROPOSE,
            Permission.REDEMPTIONS_READ,
            Permission.LEDGER_READ,
            Permission.LEDGER_PROVE,
            Permission.JOBS_READ,
        }
    ),
    Role.APPROVER: frozenset(
        {
            Permission.SCHEMES_READ,
            Permission.DECISIONS_READ,
            Permission.DEVIATIONS_READ,
            Permission.DEVIATIONS_CONFIRM,
            Permission.MERCHANTS_READ,
            Permission.MERCHANTS_APPROVE,
            Permission.PAYOUT_ACCOUNTS_READ,
            Permission.PAYOUT_ACCOUNTS_APPROVE,
            Permission.TILLS_READ,
            Permission.TILLS_PAUSE,
            Permission.LEDGER_READ,
        }
    ),
    Role.ANALYST: frozenset(
        {
            Permission.SCHEMES_READ,
            Permission.APPROPRIATIONS_READ,
            Permission.ASSESSMENTS_READ,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.SCHEMES_READ,
            Permission.APPROPRIATIONS_READ,
            Permission.ASSESSMENTS_READ,
            Permission.DECISIONS_READ,
            Permission.DEVIATIONS_READ,
            Permission.MERCHANTS_READ,
            Permission.PAYOUT_ACCOUNTS_READ,
            Permission.TILLS_READ,
            Permission.REDEMPTIONS_READ,
            Permission.LEDGER_READ,
            Permission.LEDGER_PROVE,
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
            Permission.PAYOUT_ACCOUNTS_READ,
            Permission.PAYOUT_ACCOUNTS_PROPOSE,
            Permission.TILLS_READ,
            Permission.TILLS_PAIR,
            Permission.TILLS_PAUSE,
            Permission.TILLS_REVOKE,
            Permission.REDEMPTIONS_READ,
            Permission.REDEMPTIONS_REFUND,
        }
    ),
    Role.INTERMEDIARY: frozenset(
        {
            Permission.APPLICATIONS_HELP,
            Permission.REDEMPTIONS_MAKE,
        }
    ),
}


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Give the permissions of roles; a role that this version does not know gives nothing."""
    known = (ROLES[Role(role)] for role in roles if role in ROLE_TITLES)
    return frozenset[Permission]().union(*known)
