"""In which language somebody gets letters, and in large print or not."""

import msgspec

from pas.web.languages import DUTCH, Language, as_language


class Choice(msgspec.Struct, frozen=True):
    """What a holder chose; otherwise Dutch, in the size of the batch."""

    language: Language = DUTCH
    large: bool = False


def choice_of(language: str | None, *, large_print: bool) -> Choice:
    """Read what is stored; who chose no language gets Dutch."""
    return Choice(as_language(language or "") or DUTCH, large_print)
