"""Refusals that belong to no slice: wrong before anybody has looked at the content."""

from typing import ClassVar

from pas.errors import Refusal


class InvalidInput(Refusal):
    """De gegevens kloppen niet."""

    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Verbeter de velden die wij noemen. Stuur het daarna opnieuw."


class MalformedJson(Refusal):
    """De gegevens zijn geen geldige JSON."""

    next_step: ClassVar[str] = "Controleer de haakjes, komma's en aanhalingstekens."


class IncompleteJson(Refusal):
    """De gegevens zijn niet compleet aangekomen."""

    next_step: ClassVar[str] = "Stuur de gegevens opnieuw, in hun geheel."


class MissingBody(Refusal):
    """Er zijn geen gegevens meegestuurd."""

    next_step: ClassVar[str] = "Stuur de gegevens mee als JSON."


class WrongContentType(Refusal):
    """Dit soort gegevens nemen wij hier niet aan."""

    status: ClassVar[int] = 415
    next_step: ClassVar[str] = "Stuur JSON, met Content-Type: application/json."


class BodyTooLarge(Refusal):
    """Er zijn te veel gegevens in één keer gestuurd."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 413
    next_step: ClassVar[str] = "Stuur minder gegevens in één keer."


class WrongHost(Refusal):
    """Dit adres hoort niet bij deze dienst."""

    next_step: ClassVar[str] = "Gebruik het webadres dat u van uw gemeente kreeg."


class NotFound(Refusal):
    """Deze pagina bestaat niet."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Controleer het adres. Of begin opnieuw bij de eerste pagina."


class MethodNotAllowed(Refusal):
    """Dit kan niet op dit adres."""

    status: ClassVar[int] = 405
    next_step: ClassVar[str] = "Gebruik een van de methoden die in Allow staan."


class NotSignedIn(Refusal):
    """U bent niet ingelogd."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 401
    next_step: ClassVar[str] = "Log in en probeer het dan opnieuw."


class NotAllowed(Refusal):
    """U mag dit niet doen."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega die dit wel mag. Of bel ons."


class TooManyRequests(Refusal):
    """U probeert het te vaak achter elkaar."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 429
    next_step: ClassVar[str] = "Wacht een minuut en probeer het dan opnieuw."


class TemporarilyBusy(Refusal):
    """Het is nu te druk, of er is een korte storing."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 503
    next_step: ClassVar[str] = "Probeer het over een paar tellen opnieuw, met hetzelfde id."


class UnexpectedError(Refusal):
    """Er ging bij ons iets mis."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 500
    next_step: ClassVar[str] = "Probeer het later opnieuw. Bel ons als het niet lukt."


class MalformedPath(Refusal):
    """Dit adres klopt niet."""

    next_step: ClassVar[str] = "Controleer het adres. Of begin opnieuw bij de eerste pagina."
