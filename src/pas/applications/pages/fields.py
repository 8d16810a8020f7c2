"""What the forms of several pages have in common."""

from uuid import UUID

from pas.ids import ApplicationId
from pas.problems.refusals import NotFound
from pas.web.forms import Form


def parse_uuid(text: str) -> UUID:
    """Read an id that our own page put in a form."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def id_in(form: Form, name: str = "id") -> UUID:
    """The id that our own page put in a form; without it, it is no form of ours."""
    return parse_uuid(form.value(name))


def application_in(form: Form) -> ApplicationId:
    return ApplicationId(id_in(form))
