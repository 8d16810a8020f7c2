"""What is said to who has a mandate, on a page or in a letter: number, code, and how it goes."""

import msgspec

from pas.passes.codes import grouped, printed
from pas.passes.mandates import MadeMandate, NewMandate
from pas.web.dates import day
from pas.web.languages import say


class MandateLetter(msgspec.Struct, frozen=True):
    """In the language that is spoken; ``number`` and ``code`` stand apart, large."""

    title: str
    lines: tuple[str, ...]
    number: str
    code: str

    def __repr__(self) -> str:
        """Keep the codes out of logs and tracebacks."""
        return "MandateLetter()"


def mandate_letter(
    made: MadeMandate, new: NewMandate, *, holder: str, address: str
) -> MandateLetter:
    """Say it to the person; ``holder`` is whose pass it is, ``address`` where one signs in."""
    manages = (
        say("U mag de pas zien en er dingen voor regelen.")
        if new.may_manage
        else say("U mag de pas zien. U kunt niets veranderen.")
    )
    return MandateLetter(
        title=say("U bent gemachtigd voor een pas"),
        lines=(
            say("Dit is de pas van {holder}.", holder=holder),
            manages,
            say("Dit kan tot {day}.", day=day(new.until)),
            say("Log in op {address}.", address=address),
            say("Geef het nummer en de code aan niemand anders."),
        ),
        number=grouped(made.number),
        code=printed(made.code),
    )
