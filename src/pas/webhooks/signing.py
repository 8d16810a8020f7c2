"""The secret of an endpoint and the signature of a message (Standard Webhooks, v1).

A secret is derived from a key of the municipality, which lies outside the database: so no backup,
export or reader of the tables has it, and it can be shown once because nothing keeps it.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from pas.auth.keys import Key
from pas.webhooks.model import EndpointId, MessageId

PREFIX = "whsec_"


def derived(key: Key, endpoint_id: EndpointId, number: int) -> bytes:
    """Give the secret of this number; 32 bytes, other ones for every endpoint and rotation."""
    told = f"pas webhook secret 1\n{endpoint_id}\n{number}".encode("ascii")
    return hmac.digest(key.secret, told, hashlib.sha256)


def shown(secret: bytes) -> str:
    """Write a secret as libraries of Standard Webhooks read it."""
    return PREFIX + base64.b64encode(secret).decode("ascii")


def signed(
    secrets: Sequence[bytes], message_id: MessageId, content: str, *, now: datetime
) -> dict[str, str]:
    """Give the headers that go with a message, signed with each secret that is valid now."""
    seconds = str(int(now.timestamp()))
    told = f"{message_id}.{seconds}.{content}".encode()
    signatures = (hmac.digest(secret, told, hashlib.sha256) for secret in secrets)
    return {
        "webhook-id": str(message_id),
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(
            f"v1,{base64.b64encode(signature).decode('ascii')}" for signature in signatures
        ),
    }
