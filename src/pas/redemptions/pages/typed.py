"""Numbers in the forms of a till, as people type them or as a page put them there."""

import re
from datetime import date
from uuid import UUID

from pas.web.forms import Form

WHOLE = re.compile(r"[0-9]{1,3}")


def visits_in(form: Form) -> int | None:
    """Read how many visits; empty is None, and so is what is refused."""
    typed = form.value("visits").strip()
    if typed and not WHOLE.fullmatch(typed):
        form.refuse("visits", "Typ een heel getal. Bijvoorbeeld 1.")
        return None
    return int(typed) if typed else None


def id_in(text: str) -> UUID | None:
    """Read an id; what is none is nothing."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def day_in(form: Form, name: str) -> date | None:
    """Read a day as a date field sends it; empty is None, and so is what is refused."""
    typed = form.value(name).strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        form.refuse(name, "Kies een dag. Bijvoorbeeld 2026-03-14.")
        return None
