"""Hands a text message to whoever sends those: a small agreement, so that any provider fits behind it.

``POST`` of ``{"id", "to", "text"}`` as JSON to one https address, with a bearer token. 2xx: it is taken
over. 422: this number can never be reached. Anything else: try again; the id says that it is the same.
"""

from http import HTTPStatus
from typing import Final

import msgspec

from pas.messages.model import Letter, MessageId, Went
from pas.outgoing.post import Post

MOST_CHARACTERS: Final = 600


class Provider(msgspec.Struct, frozen=True):
    """Where text messages are handed in, and what we show for it."""

    url: str
    token: str

    def __repr__(self) -> str:
        """Keep the token out of logs and tracebacks."""
        return f"Provider({self.url!r})"


class Content(msgspec.Struct, frozen=True):
    id: str
    to: str
    text: str


class TextMessages:
    def __init__(self, provider: Provider, post: Post) -> None:
        self._provider = provider
        self._post = post

    async def send(self, number: str, letter: Letter, *, message_id: MessageId) -> Went:
        """Try once; what goes wrong is told, never raised."""
        content = Content(str(message_id), number, letter.body[:MOST_CHARACTERS])
        sent = await self._post.send(
            self._provider.url,
            msgspec.json.encode(content).decode(),
            {
                "authorization": f"Bearer {self._provider.token}",
                "idempotency-key": content.id,
            },
        )
        if sent.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            return Went("address-refused", for_good=True)
        if sent.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return Went("not-signed-in")
        return Went(sent.problem)
