"""What a registration's states and steps are called, for the club and for the municipality."""

from collections.abc import Mapping
from typing import Final

from pas.registrations.model import State

STATES: Final[Mapping[State, tuple[str, str]]] = {
    "received": ("Wacht op de gemeente", "warning"),
    "asked": ("Wacht op de club of winkel", "info"),
    "answered": ("Wacht op de gemeente", "warning"),
    "approved": ("Goedgekeurd", "ok"),
    "refused": ("Afgewezen", "error"),
}
STEPS: Final[Mapping[State, str]] = {
    "received": "Aanmelding verstuurd",
    "asked": "Vraag van de gemeente",
    "answered": "Aanmelding aangevuld",
    "approved": "Goedgekeurd door de gemeente",
    "refused": "Afgewezen door de gemeente",
}
