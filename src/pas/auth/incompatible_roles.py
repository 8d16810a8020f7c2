"""Which roles nobody may have together, and why.

Two permissions that together would let one person take money unseen are kept apart: no role has
both, and nobody gets two roles that have both. The database refuses the same pairs once more.
"""

from collections.abc import Iterable, Mapping
from itertools import chain, combinations
from typing import ClassVar, Final

import msgspec

from pas.auth.permissions import Permission
from pas.auth.roles import ROLE_TITLES, ROLES, Role
from pas.errors import Refusal


class KeptApart(msgspec.Struct, frozen=True):
    """Nobody has ``one`` together with any of ``others``; ``because`` is said to a person."""

    one: Permission
    others: frozenset[Permission]
    because: str


AWARDING: Final = frozenset(
    {
        Permission.ASSESSMENTS_RUN,
        Permission.INCOME_VERDICTS_RECORD,
        Permission.DEVIATIONS_PROPOSE,
        Permission.DEVIATIONS_CONFIRM,
        Permission.APPLICATIONS_DECIDE,
        Permission.VOUCHERS_DECIDE,
        Permission.TAKEOVERS_PROPOSE,
        Permission.TAKEOVERS_APPROVE,
    }
)

KEPT_APART: Final = (
    KeptApart(
        Permission.DEVIATIONS_PROPOSE,
        frozenset({Permission.DEVIATIONS_CONFIRM}),
        "Wie een afwijking voorstelt, mag haar niet zelf bevestigen.",
    ),
    KeptApart(
        Permission.TAKEOVERS_PROPOSE,
        frozenset({Permission.TAKEOVERS_APPROVE}),
        "Wie een lijst van een eerdere leverancier aanbiedt, keurt haar niet zelf goed.",
    ),
    KeptApart(
        Permission.PAYOUT_ACCOUNTS_PROPOSE,
        frozenset({Permission.PAYOUT_ACCOUNTS_APPROVE}),
        "Wie een rekeningnummer voorstelt, mag het niet zelf goedkeuren.",
    ),
    KeptApart(
        Permission.SETTLEMENTS_APPROVE,
        frozenset(
            {
                Permission.SETTLEMENTS_PROPOSE,
                Permission.SETTLEMENTS_EXPORT,
                Permission.SETTLEMENTS_BOOK,
            }
        ),
        "Wie een uitbetaling klaarzet of boekt, mag haar niet zelf goedkeuren.",
    ),
    KeptApart(
        Permission.SETTLEMENTS_APPROVE_LARGE,
        frozenset(
            {
                Permission.ASSESSMENTS_RUN,
                Permission.MERCHANTS_WRITE,
                Permission.PAYOUT_ACCOUNTS_PROPOSE,
                Permission.REDEMPTIONS_MAKE,
                Permission.SETTINGS_WRITE,
            }
        ),
        "Wie grote uitbetalingen goedkeurt, werkt niet aan wat er wordt betaald.",
    ),
    KeptApart(
        Permission.PERIODS_REOPEN,
        frozenset({Permission.PERIODS_CLOSE}),
        "Wie een maand afsluit, opent haar niet alleen.",
    ),
    KeptApart(
        Permission.YEARS_DECIDE,
        frozenset({Permission.YEARS_CLOSE}),
        "Wie voorstelt om een jaar te sluiten, sluit het niet zelf.",
    ),
    KeptApart(
        Permission.MERCHANTS_WRITE,
        frozenset({Permission.MERCHANTS_APPROVE}),
        "Wie een aanbieder inschrijft, mag hem niet zelf goedkeuren.",
    ),
    KeptApart(
        Permission.REGISTRATIONS_JUDGE,
        frozenset({Permission.PAYOUT_ACCOUNTS_APPROVE}),
        "Wie een aanmelding goedkeurt, stelt ook het rekeningnummer voor. Een ander keurt dat goed.",
    ),
    KeptApart(
        Permission.MERCHANTS_WRITE,
        AWARDING,
        "Wie aanbieders inschrijft, kent geen tegoed toe.",
    ),
    KeptApart(
        Permission.MERCHANTS_WRITE,
        frozenset({Permission.REDEMPTIONS_MAKE}),
        "Wie aanbieders inschrijft, boekt niet zelf tegoed van een pas af.",
    ),
    KeptApart(
        Permission.APPROPRIATIONS_WRITE,
        AWARDING,
        "Wie geld in de begroting klaarzet, kent het niet zelf toe.",
    ),
    KeptApart(
        Permission.APPLICATIONS_DECIDE,
        frozenset(
            {
                Permission.APPLICATIONS_MAKE,
                Permission.AWARDS_CONFIRM,
                Permission.INTERMEDIARIES_RECOGNISE,
                Permission.PAYEE_INVOICES_CONFIRM,
            }
        ),
        "Wie over aanvragen beslist, vraagt zelf niets aan, erkent geen aanvragers en betaalt niet alleen.",
    ),
    KeptApart(
        Permission.ROLES_MANAGE,
        AWARDING
        | {
            Permission.APPROPRIATIONS_WRITE,
            Permission.MERCHANTS_WRITE,
            Permission.MERCHANTS_APPROVE,
            Permission.REGISTRATIONS_JUDGE,
            Permission.PAYOUT_ACCOUNTS_PROPOSE,
            Permission.PAYOUT_ACCOUNTS_APPROVE,
            Permission.REDEMPTIONS_MAKE,
            Permission.REDEMPTIONS_REFUND,
            Permission.SETTLEMENTS_PROPOSE,
            Permission.SETTLEMENTS_APPROVE,
            Permission.SETTLEMENTS_EXPORT,
            Permission.SETTLEMENTS_BOOK,
            Permission.PERIODS_CLOSE,
            Permission.PERIODS_REOPEN,
            Permission.YEARS_CLOSE,
            Permission.YEARS_DECIDE,
        },
        "Wie rollen uitdeelt, werkt niet zelf met tegoed of geld.",
    ),
)

ALONE: Final[Mapping[Role, str]] = {
    Role.AUDITOR: "Een controleur staat los van het werk dat hij controleert.",
    Role.MERCHANT_MANAGER: "Een aanbieder heeft geen andere rol bij de gemeente.",
    Role.INTERMEDIARY: "Een intermediair heeft geen andere rol bij de gemeente.",
    Role.VOLUNTEER: "Een vrijwilliger heeft geen andere rol bij de gemeente.",
    Role.TEAM_MEMBER: "Iemand van het wijkteam heeft geen andere rol bij de gemeente.",
}


APART: Final = frozenset(chain.from_iterable({rule.one, *rule.others} for rule in KEPT_APART))

IN_PERSON: Final = frozenset(
    {
        Permission.API_TOKENS_MANAGE,
        Permission.DEVIATIONS_CONFIRM,
        Permission.LOGINS_MANAGE,
        Permission.MERCHANTS_APPROVE,
        Permission.PASSES_REOPEN,
        Permission.PAYEE_INVOICES_CONFIRM,
        Permission.PAYOUT_ACCOUNTS_APPROVE,
        Permission.PERIODS_REOPEN,
        Permission.REGISTRATIONS_JUDGE,
        Permission.ROLES_MANAGE,
        Permission.SETTLEMENTS_APPROVE,
        Permission.SETTLEMENTS_APPROVE_LARGE,
        Permission.STAFF_MANAGE,
        Permission.VOUCHERS_DECIDE,
        Permission.YEARS_DECIDE,
    }
)
"""What no token of months carries: being the second pair of eyes, and deciding who gets in."""


class RoleForPeople(Refusal):
    """Deze rol is voor mensen."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Geef de rol aan een persoon. Kies voor het programma een andere."


class RolesIncompatible(Refusal):
    """Deze rollen gaan niet samen."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Neem eerst de andere rol af. Of geef de rol aan een collega."


def why_incompatible(one: Role, other: Role) -> str | None:
    """Say why nobody has these two roles together, or None when they may."""
    if one == other:
        return None
    for role in (one, other):
        if role in ALONE:
            return ALONE[role]
    return _why_kept_apart(ROLES[one] | ROLES[other])


def refuse_incompatible(wanted: Role, held: Iterable[str]) -> None:
    """Refuse ``wanted`` beside the roles somebody has."""
    for name in held:
        if name not in ROLE_TITLES:
            continue
        role = Role(name)
        if because := why_incompatible(wanted, role):
            raise RolesIncompatible(
                f"{ROLE_TITLES[wanted]} gaat niet samen met {ROLE_TITLES[role]}. {because}",
                roles=[wanted.value, role.value],
            )


def roles_for_people() -> list[Role]:
    """All roles that no program gets: whoever makes the program would get both halves of a pair."""
    return [role for role in sorted(Role) if ROLES[role] & APART]


def refuse_for_program(wanted: Role) -> None:
    """Refuse a program what is kept apart: it is nobody, so it cannot be somebody else."""
    if wanted in roles_for_people():
        raise RoleForPeople(
            f"{ROLE_TITLES[wanted]} is een rol voor mensen. Een programma krijgt die niet.",
            role=wanted.value,
        )


def incompatible_pairs() -> list[tuple[Role, Role]]:
    """All pairs that are refused, alphabetical; the migrations hold the same list."""
    pairs = combinations(sorted(Role), 2)
    return [(one, other) for one, other in pairs if why_incompatible(one, other)]


def _why_kept_apart(together: frozenset[Permission]) -> str | None:
    for rule in KEPT_APART:
        if rule.one in together and rule.others & together:
            return rule.because
    return None
