"""A refusal is what the world may not do; its class carries the code, the title and the status."""

import re
from collections.abc import Mapping
from typing import ClassVar


class Refusal(Exception):
    """Geweigerd.

    Each refusal is a subclass in the file that raises it: the name of the class is the code,
    the first line of its docstring the title, the message a sentence for the person who asked.
    """

    status: ClassVar[int] = 400
    next_step: ClassVar[str] = "Probeer het opnieuw. Lukt het niet? Bel ons dan."
    spoken: ClassVar[bool] = False
    """A holder may read it: its title and next step stand in the catalogues of all languages."""

    def __init__(
        self,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        """Keep the sentence, what the answer's body adds to it, and headers such as Retry-After."""
        super().__init__(detail or self.title())
        self.detail = detail or self.title()
        self.headers: dict[str, str] = dict(headers or {})
        self.extra: dict[str, object] = extra

    @classmethod
    def code(cls) -> str:
        """``CardBlocked`` is ``card-blocked``: the code in answers, logs and docs/problems.md."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]


class TillRefusal(Refusal):
    """Aan de kassa geweigerd.

    A volunteer reads ``cashier`` while a queue waits: it says what to do now. ``holder`` is what
    the holder hears or reads; neither shames, nor tells about income or another budget.
    """

    cashier: ClassVar[str]
    holder: ClassVar[str]
    sticky: ClassVar[bool] = True
    """Stored as the outcome of the id; when false, the same id may be tried again."""

    def __init__(
        self,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        """Speak to the cashier, unless there is something more precise to say."""
        super().__init__(detail or self.cashier, headers=headers, **extra)
