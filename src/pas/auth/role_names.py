"""Which roles there are, and what they are called on the pages."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A bundle of permissions that an administrator gives to a login."""

    ADMINISTRATOR = "administrator"
    POLICY = "policy"
    OFFICER = "officer"
    COUNTER = "counter"
    VOLUNTEER = "volunteer"
    REGISTRAR = "registrar"
    FINANCE = "finance"
    APPROVER = "approver"
    TREASURER = "treasurer"
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
    Role.VOLUNTEER: "Vrijwilliger",
    Role.REGISTRAR: "Medewerker aanbieders",
    Role.FINANCE: "Medewerker financiën",
    Role.APPROVER: "Tweede beoordelaar",
    Role.TREASURER: "Hoofd financiën",
    Role.ANALYST: "Onderzoeker",
    Role.AUDITOR: "Controleur",
    Role.OPERATOR: "Technisch beheerder",
    Role.MERCHANT_MANAGER: "Beheerder van een aanbieder",
    Role.INTERMEDIARY: "Intermediair",
    Role.TEAM_MEMBER: "Lid van het wijkteam",
}
