"""A till that signs its requests, as a paired device does."""

from datetime import UTC, datetime

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from given.city import Till
from pas.auth.till_signature import PrivateKey, sign_request
from pas.db import Connection


class SigningTill:
    """Sends requests as a paired till does: each signed by its own key."""

    def __init__(self, client: httpx.AsyncClient, till: Till, key: PrivateKey) -> None:
        self.client, self.till, self.key = client, till, key

    async def send(
        self, method: str, target: str, body: object = None, raw: bytes | None = None
    ) -> httpx.Response:
        content = raw if raw is not None else b"" if body is None else msgspec.json.encode(body)
        headers = sign_request(
            self.key,
            till_id=self.till.id,
            method=method,
            target=target,
            body=content,
            now=datetime.now(UTC),
        )
        if content:
            headers["content-type"] = "application/json"
        return await self.client.request(method, target, content=content, headers=headers)

    async def post(self, target: str, body: object) -> httpx.Response:
        return await self.send("POST", target, body)


async def paired(client: httpx.AsyncClient, connection: Connection, till: Till) -> SigningTill:
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    await connection.execute("UPDATE till SET public_key = $2 WHERE id = $1", till.id, public)
    return SigningTill(client, till, key)
