"""The endpoint of what stood on a pass, proved."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.ids import PassId
from pas.passes.own_balances import prove_balances_of_pass
from pas.problems.bodies import AppRequest
from pas.seals.prove_balances import BalanceProof

OWN: Final = {"holder": True, "mandate": True}


class BalanceProofs(msgspec.Struct, frozen=True):
    items: list[BalanceProof]


@get("/v1/{municipality:str}/passes/{pass_id:uuid}/balance-proofs", opt=OWN)
async def read_balance_proofs(
    municipality: FromPath[str], pass_id: FromPath[UUID], request: AppRequest
) -> BalanceProofs:
    """Lees het bewijs van wat er vannacht op uw pas stond. Bewaar het buiten de gemeente.

    Wie de openbare sleutel van de zegels heeft, kan het nakijken met ``pas_verify.py --balance``.
    """
    async with connected(request, municipality) as connection:
        found = await prove_balances_of_pass(
            connection, PassId(pass_id), actor=actor_of(request), now=datetime.now(UTC)
        )
    return BalanceProofs(found)


handlers: list[ControllerRouterHandler] = [read_balance_proofs]
