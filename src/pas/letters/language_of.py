"""In which language somebody gets letters, and in large print or not."""

import msgspec

from pas.web.languages import DUTCH, Language


class Choice(msgspec.Struct, frozen=True):
    """What a holder chose; otherwise Dutch, in the size of the batch."""

    language: Language = DUTCH
    large: bool = False
