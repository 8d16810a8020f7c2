"""By which ways this installation can send; what is not set up is not offered."""

import msgspec

from pas.messages.mail import Mail, MailServer
from pas.messages.model import Channel
from pas.messages.text_message import Provider, TextMessages
from pas.outgoing.post import Post
from pas.settings import Settings


class Carriers(msgspec.Struct, frozen=True):
    """Who sends; None where that is not set up."""

    mail: Mail | None = None
    texts: TextMessages | None = None


def offered(settings: Settings, *, demo: bool) -> frozenset[Channel]:
    """Which ways a holder can choose; a demonstration shows them all, and keeps what it would send."""
    if demo:
        return frozenset(("email", "text"))
    email: set[Channel] = {"email"} if settings.mail_server else set()
    text: set[Channel] = {"text"} if settings.text_url else set()
    return frozenset(email | text)


def carriers(settings: Settings, post: Post) -> Carriers:
    return Carriers(mail=_mail(settings), texts=_texts(settings, post))


def _mail(settings: Settings) -> Mail | None:
    if settings.mail_server is None or settings.mail_from is None:
        return None
    host, _, port = settings.mail_server.rpartition(":")
    return Mail(
        MailServer(
            host=host,
            port=int(port),
            security=settings.mail_security,
            sender=settings.mail_from,
            user=settings.mail_user,
            password=settings.mail_password,
        )
    )


def _texts(settings: Settings, post: Post) -> TextMessages | None:
    if settings.text_url is None or settings.text_token is None:
        return None
    return TextMessages(Provider(settings.text_url, settings.text_token), post)
