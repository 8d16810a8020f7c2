"""Money: whole cents from JSON to database; nothing else in the program formats or parses euros."""

from typing import NewType

Cents = NewType("Cents", int)
