"""Roles: bundles of permissions that an administrator gives to a login."""

from collections.abc import Iterable, Mapping
from typing import Final

from pas.auth.permissions import Permission
from pas.auth.role_names import ROLE_TITLES, Role

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
            Permission.YEARS_READ,
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
            Permission.HOLDERS_HELP,
            Permission.MANDATES_MANAGE,
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
            Permission.TAKEOVERS_READ,
            Permission.TAKEOVERS_PROPOSE,
        }
    ),
    Role.COUNTER: frozenset(
        {
            Permission.SCHEMES_READ,
            Permission.RESIDENTS_READ,
            Permission.DECISIONS_READ,
            Permission.APPLICATIONS_READ,
            Permission.APPLICATIONS_SUBMIT,
            Permission.HOLDERS_HELP,
            Permission.MANDATES_MANAGE,
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
    Role.VOLUNTEER: frozenset(
        {
            Permission.HOLDERS_HELP,
            Permission.PASSES_READ,
            Permission.CARDS_READ,
            Permission.CARDS_ACTIVATE,
            Permission.CARDS_BLOCK,
            Permission.CARDS_REPLACE,
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
            Permission.JOURNAL_READ,
            Permission.JOURNAL_CONFIGURE,
            Permission.PERIODS_CLOSE,
            Permission.YEARS_READ,
            Permission.YEARS_CLOSE,
            Permission.LEDGER_READ,
            Permission.LEDGER_PROVE,
            Permission.REACH_READ,
            Permission.JOBS_READ,
            Permission.TAKEOVERS_READ,
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
            Permission.JOURNAL_READ,
            Permission.PERIODS_REOPEN,
            Permission.YEARS_READ,
            Permission.YEARS_DECIDE,
            Permission.LEDGER_READ,
            Permission.TAKEOVERS_READ,
            Permission.TAKEOVERS_APPROVE,
        }
    ),
    Role.TREASURER: frozenset(
        {
            Permission.SCHEMES_READ,
            Permission.APPROPRIATIONS_READ,
            Permission.MERCHANTS_READ,
            Permission.PAYOUT_ACCOUNTS_READ,
            Permission.SETTLEMENTS_READ,
            Permission.SETTLEMENTS_APPROVE,
            Permission.SETTLEMENTS_APPROVE_LARGE,
            Permission.PAYOUTS_READ,
            Permission.JOURNAL_READ,
            Permission.LEDGER_READ,
            Permission.REACH_READ,
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
            Permission.JOURNAL_READ,
            Permission.YEARS_READ,
            Permission.LEDGER_READ,
            Permission.LEDGER_PROVE,
            Permission.REACH_READ,
            Permission.EVENTS_READ,
            Permission.SETTINGS_READ,
            Permission.LOGINS_READ,
            Permission.JOBS_READ,
            Permission.TAKEOVERS_READ,
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
