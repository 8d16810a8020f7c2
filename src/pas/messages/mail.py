"""Sends an e-mail over the mail server of the installation (RFC 5321), encrypted and to nobody else.

The standard library speaks SMTP well enough, in a thread; each word of the server has ten seconds. Of
what went wrong only the kind is kept: the library's own errors hold the address.
"""

import asyncio
import smtplib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import partial
from typing import Final, Literal

import msgspec

from pas.messages.model import Letter, MessageId, Trouble, Went
from pas.tls import trusted

WORD_SECONDS: Final = 10.0
SENDING: Final = ThreadPoolExecutor(8, thread_name_prefix="mail")
Security = Literal["starttls", "tls"]
PERMANENT: Final = 500


class MailServer(msgspec.Struct, frozen=True):
    """Where mail is handed in, as whom, and from which address it comes."""

    host: str
    port: int
    security: Security
    sender: str
    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        """Keep the password out of logs and tracebacks."""
        return f"MailServer({self.host!r}, {self.port})"


class Envelope(msgspec.Struct, frozen=True):
    """Of whom it comes, where an answer goes, and where somebody says: no more."""

    name: str
    reply_to: str | None
    choices_url: str


class Mail:
    """Sends e-mails. Tests hand over whom to trust; no setting does."""

    def __init__(self, server: MailServer, *, trust: ssl.SSLContext | None = None) -> None:
        self.server = server
        self._trust = trust or trusted()

    async def send(
        self,
        address: str,
        letter: Letter,
        envelope: Envelope,
        *,
        message_id: MessageId,
        now: datetime,
    ) -> Went:
        """Try once; what goes wrong is told, never raised."""
        message = written(
            address, letter, envelope, sender=self.server.sender, message_id=message_id, now=now
        )
        hand_in = partial(self._hand_in, address, message)
        return await asyncio.get_running_loop().run_in_executor(SENDING, hand_in)

    def _hand_in(self, address: str, message: EmailMessage) -> Went:
        try:
            with self._connected() as server:
                if self.server.user is not None:
                    server.login(self.server.user, self.server.password or "")
                server.send_message(message, self.server.sender, [address])
        except (smtplib.SMTPException, OSError) as error:
            return what_went_wrong(error)
        return Went()

    def _connected(self) -> smtplib.SMTP:
        host, port = self.server.host, self.server.port
        if self.server.security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=WORD_SECONDS, context=self._trust)
        server = smtplib.SMTP(host, port, timeout=WORD_SECONDS)
        try:
            server.starttls(context=self._trust)
        except Exception:
            server.close()
            raise
        return server


WRONG: Final[tuple[tuple[type[Exception], Trouble], ...]] = (
    (smtplib.SMTPAuthenticationError, "not-signed-in"),
    (smtplib.SMTPResponseException, "not-accepted"),
    (ssl.SSLError, "certificate-wrong"),
    (socket.gaierror, "name-not-found"),
    (TimeoutError, "too-slow"),
)
"""The first that fits; anything else is no connection."""


def what_went_wrong(error: Exception) -> Went:
    """Only a server that will never know the address ends a message; the rest may be better later."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        [(code, _)] = error.recipients.values()
        return Went("address-refused", for_good=code >= PERMANENT)
    fits: list[Trouble] = [problem for kind, problem in WRONG if isinstance(error, kind)]
    return Went(fits[0] if fits else "no-connection")


def written(
    address: str,
    letter: Letter,
    envelope: Envelope,
    *,
    sender: str,
    message_id: MessageId,
    now: datetime,
) -> EmailMessage:
    """Write it as RFC 5322 has it; a program sent it (RFC 3834), and nobody's holiday reply comes back."""
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((envelope.name, sender))
    message["To"] = address
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message["List-Unsubscribe"] = f"<{envelope.choices_url}>"
    if envelope.reply_to is not None:
        message["Reply-To"] = envelope.reply_to
    message.set_content(letter.body + "\n")
    return message
