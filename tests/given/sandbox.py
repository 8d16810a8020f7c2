"""A sandbox, where the municipality of a test was, and a till that its maker got there."""

import base64
from datetime import UTC, datetime
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric import ed25519

from given.city import Merchant, Till
from given.merchants import a_device
from pas.auth.keys import KeyRing
from pas.db import Connection, role_name
from pas.ids import AccountId, LocationId, MerchantId, MunicipalityName, TillId
from pas.installation.municipalities import MARK_SANDBOX, REGISTER, UNREGISTER
from pas.sandbox.begin import begin
from signing import SigningTill


async def become_sandbox(migrator: Connection, name: str = "velsen") -> None:
    """Have had it made as a sandbox: nobody lives in it yet. The connection is the migrator's."""
    municipality = MunicipalityName(name)
    async with migrator.transaction():
        await UNREGISTER.run(migrator, municipality)
        demo, sandbox = False, True
        await REGISTER.run(migrator, municipality, "Testomgeving", demo, sandbox)
        await migrator.execute(f"SET LOCAL ROLE {role_name('owner', municipality)}")
        await migrator.execute(f"SET LOCAL search_path = {municipality}, pg_temp")
        await migrator.execute(MARK_SANDBOX)


async def a_sandbox(migrator: Connection, connection: Connection, ring: KeyRing) -> None:
    """A sandbox with its schemes and cards, as of now."""
    await become_sandbox(migrator)
    await begin(connection, ring, title="Testomgeving", now=datetime.now(UTC))


async def a_makers_till(client: httpx.AsyncClient) -> SigningTill:
    """Get a till as a maker does, and pair with it."""
    given = (await client.post("/v1/velsen/sandbox/tills", json={})).json()
    key = ed25519.Ed25519PrivateKey.generate()
    device = a_device(given["pairingCode"], key=key)
    body = {
        "code": device.code,
        "algorithm": device.algorithm,
        "publicKey": base64.b64encode(device.public_key).decode(),
        "signature": base64.b64encode(device.signature).decode(),
    }
    paired = (await client.post("/v1/velsen/pairings", json=body)).json()
    merchant = MerchantId(UUID(given["merchantId"]))
    of = Merchant(merchant, AccountId(0), LocationId(merchant))
    return SigningTill(client, Till(TillId(UUID(paired["tillId"])), of), key)
