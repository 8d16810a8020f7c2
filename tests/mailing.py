"""A mail server of the tests: a real one, with TLS, that keeps what is handed in."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import SimpleNamespace
from typing import cast

import msgspec
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from pas.messages.mail import Mail, MailServer
from receiving import client_trust, server_trust

HOST = "localhost"
SENDER = "stadspas@mail.velsen.example"
ACCEPTED = "250 OK"


class Received(msgspec.Struct, frozen=True):
    """One e-mail as it came in, with its envelope."""

    sender: str
    recipients: list[str]
    message: EmailMessage

    @property
    def body(self) -> str:
        return self.message.get_content()


class MailBox:
    """Takes in what comes, or answers what it was told to."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.to_recipient = ACCEPTED
        self.to_content: list[str] = []
        self.over_tls = True

    async def recipient(
        self, _server: SMTP, _session: Session, envelope: Envelope, *address: object
    ) -> str:
        if self.to_recipient == ACCEPTED:
            envelope.rcpt_tos.append(str(address[0]))
        return self.to_recipient

    async def content(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.to_content.pop(0) if self.to_content else ACCEPTED
        if answer == ACCEPTED:
            parsed = message_from_bytes(cast("bytes", envelope.content), policy=policy.default)
            self.received.append(Received(envelope.mail_from or "", envelope.rcpt_tos, parsed))
        self.over_tls = self.over_tls and session.ssl is not None
        return answer


@asynccontextmanager
async def mail_server(
    name: str = HOST, *, trust: ssl.SSLContext | None = None
) -> AsyncGenerator[tuple[MailBox, Mail]]:
    """A server that listens, and who hands in mail there."""
    box, loop, context = MailBox(), asyncio.get_running_loop(), server_trust(name)
    told = SimpleNamespace(handle_RCPT=box.recipient, handle_DATA=box.content)

    def session() -> SMTP:
        return SMTP(
            told,
            hostname=name,
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=known,
            loop=loop,
        )

    listening = await loop.create_server(session, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    server = MailServer(HOST, port, "starttls", SENDER, user="pas", password="geheim")
    try:
        yield box, Mail(server, trust=trust or client_trust())
    finally:
        listening.close()


def known(*arguments: object) -> AuthResult:
    given = cast("LoginPassword", arguments[-1])
    right = (given.login, given.password) == (b"pas", b"geheim")
    return AuthResult(success=right, handled=False)
