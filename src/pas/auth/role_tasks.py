"""What somebody with a role does, said to who has to choose one."""

from collections.abc import Mapping
from typing import Final

from pas.auth.roles import Role

ROLE_TASKS: Final[Mapping[Role, str]] = {
    Role.ADMINISTRATOR: "Nodigt collega’s uit, geeft rollen en kiest de instellingen.",
    Role.POLICY: "Ziet regelingen, geld en afwijkingen.",
    Role.OFFICER: "Kent toe, legt uit en zoekt inkomens uit.",
    Role.COUNTER: "Helpt aan de balie, ook met een kaart die kwijt is.",
    Role.VOLUNTEER: "Helpt mensen met hun pas, en ziet geen inkomen en geen adres.",
    Role.REGISTRAR: "Zorgt voor aanbieders en hun kassa’s.",
    Role.FINANCE: "Betaalt aanbieders uit en kijkt de boeken na.",
    Role.APPROVER: "Beoordeelt wat een collega voorstelt.",
    Role.TREASURER: "Keurt uitbetalingen goed, ook de grote.",
    Role.ANALYST: "Ziet wie de pas bereikt: aantallen, geen mensen.",
    Role.AUDITOR: "Kijkt alles na, en verandert niets.",
    Role.OPERATOR: "Houdt het programma draaiend, en ziet geen mensen.",
    Role.MERCHANT_MANAGER: "Beheert één club of winkel: plekken, mensen, aanbod en kassa’s.",
    Role.INTERMEDIARY: "Vraagt iets aan voor een kind, en betaalt een club.",
    Role.TEAM_MEMBER: "Geeft met een collega een bon aan een gezin.",
}
