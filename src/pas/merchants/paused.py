"""Why a till stands still and who starts it again, in words for its cashier and for its manager."""

from typing import Final

import msgspec

from pas.merchants.model import PausedBy, TillKind


class Words(msgspec.Struct, frozen=True):
    """What happened and what to do now: as the cashier hears it, and as the manager does."""

    happened: str
    cashier: str
    manager: str


CALL: Final = "Bel de gemeente. Zij zet de kassa weer aan."
OF_MERCHANT: Final[dict[PausedBy, Words]] = {
    "program": Words(
        "Er zijn op deze kassa te veel passen gescand die wij niet kennen. Daarom stopte hij vanzelf.",
        "Vraag uw beheerder. Die zet de kassa weer aan. Bel anders de gemeente.",
        "Is het apparaat nog bij u? Zet de kassa dan weer aan. Is het weg? Zet hem voorgoed uit.",
    ),
    "municipality": Words("De gemeente heeft deze kassa stilgezet.", CALL, CALL),
    "merchant": Words(
        "Uw eigen club of winkel heeft deze kassa stilgezet.",
        "Vraag uw beheerder. Die zet de kassa weer aan.",
        "U kunt de kassa weer aanzetten.",
    ),
}
NOT_THE_HOLDER: Final = "Het ligt niet aan de pas, en niet aan de pashouder."


def words_of(paused_by: PausedBy | None, kind: TillKind) -> Words:
    """A till of a person has no manager: the municipality starts it, whoever stopped it."""
    words = OF_MERCHANT[paused_by or "municipality"]
    return words if kind == "merchant" else msgspec.structs.replace(words, cashier=CALL)
