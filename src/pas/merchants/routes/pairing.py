"""Endpoints: make a till with a code, renew the code, and pair a device with it."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.ids import MerchantId, MunicipalityName, TillId
from pas.merchants.create_till import InvitedTill, NewTill, create_till, renew_pairing_code
from pas.merchants.model import Algorithm, Till
from pas.merchants.pair_till import Device, PairedTill, pair_till
from pas.merchants.pairing import DeviceKeyWrong, PairingProofWrong, address_of, grouped
from pas.problems.bodies import AppRequest
from pas.qr import draw_svg

PAIR: Final = {"permission": Permission.TILLS_PAIR}
PAIR_SCOPED: Final = {"permission": Permission.TILLS_PAIR, "scoped": True}
PUBLIC: Final = {"public": True}


class Invitation(msgspec.Struct, frozen=True, rename="camel"):
    """A till that waits for its device. Code and drawing are shown once."""

    till: Till
    pairing_code: str
    pairing_qr_svg: str
    valid_until: datetime


class Pairing(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"
):
    """What a device sends, in base64: its public key (SubjectPublicKeyInfo, or raw for Ed25519) and
    its signature over the challenge ``pas till pairing 1``, municipality and code, a line each.
    """

    code: Annotated[str, Meta(min_length=1, max_length=500)]
    algorithm: Algorithm
    public_key: Annotated[str, Meta(min_length=40, max_length=400)]
    signature: Annotated[str, Meta(min_length=80, max_length=100)]


@post("/v1/{municipality:str}/merchants/{merchant_id:uuid}/tills", opt=PAIR)
async def create_merchant_till(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[NewTill],
) -> Invitation:
    """Maak een kassa, met een QR-code om één apparaat te koppelen.

    De code werkt een kwartier, en één keer.
    """
    async with connected(request, municipality) as connection:
        invited = await create_till(
            connection,
            MerchantId(merchant_id),
            data,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return invitation(request, municipality, invited)


@post("/v1/{municipality:str}/tills/{till_id:uuid}/pairing-codes", opt=PAIR_SCOPED)
async def renew_till_pairing_code(
    municipality: FromPath[str], till_id: FromPath[UUID], request: AppRequest
) -> Invitation:
    """Maak een nieuwe code voor een kassa die nog niet is gekoppeld. De oude werkt niet meer."""
    async with connected(request, municipality) as connection:
        invited = await renew_pairing_code(
            connection, TillId(till_id), actor=actor_of(request), now=datetime.now(UTC)
        )
    return invitation(request, municipality, invited)


@post("/v1/{municipality:str}/pairings", opt=PUBLIC)
async def pair_device(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[Pairing]
) -> PairedTill:
    """Koppel een apparaat aan een kassa.

    Het apparaat toont de code, zijn eigen publieke sleutel, en een handtekening daarmee.
    """
    device = Device(
        code=data.code,
        algorithm=data.algorithm,
        public_key=unpacked(data.public_key) or refuse_key(),
        signature=unpacked(data.signature) or refuse_proof(),
    )
    async with connected(request, municipality) as connection:
        return await pair_till(
            connection,
            device,
            municipality=MunicipalityName(municipality),
            now=datetime.now(UTC),
        )


def invitation(request: AppRequest, municipality: str, invited: InvitedTill) -> Invitation:
    origin = auth_state(request.app.state).origin
    address = address_of(origin, MunicipalityName(municipality), invited.code)
    return Invitation(
        till=invited.till,
        pairing_code=grouped(invited.code),
        pairing_qr_svg=draw_svg(address, title="QR-code om een kassa te koppelen"),
        valid_until=invited.until,
    )


def unpacked(text: str) -> bytes:
    """Read base64, standard or for addresses, padded or not; nothing when it is neither."""
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        return b""


def refuse_key() -> bytes:
    raise DeviceKeyWrong


def refuse_proof() -> bytes:
    raise PairingProofWrong


handlers: list[ControllerRouterHandler] = [
    create_merchant_till,
    renew_till_pairing_code,
    pair_device,
]
