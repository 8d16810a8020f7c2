"""A merchant's tills as pages: make one, pair it by a code that is shown once, pause it, end it."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.db import Connection
from pas.ids import MerchantId, MunicipalityName, TillId
from pas.merchants.create_till import InvitedTill, NewTill, create_till, renew_pairing_code
from pas.merchants.model import Till
from pas.merchants.pages.merchants import TILL_STATES
from pas.merchants.pairing import PAGE, address_of, grouped
from pas.merchants.paused import words_of
from pas.merchants.sells_offline import read_sells_offline
from pas.merchants.stored import read_merchant
from pas.merchants.tills import (
    TillNotFound,
    list_tills,
    pause_till,
    read_till,
    resume_till,
    revoke_till,
)
from pas.problems.bodies import AppRequest
from pas.qr import draw_svg
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

TILLS: Final = "/{municipality:str}/merchants/{merchant_id:uuid}/tills"
TILL: Final = f"{TILLS}/{{till_id:uuid}}"
READ: Final = {"permission": Permission.TILLS_READ}
PAIR: Final = {"permission": Permission.TILLS_PAIR}
PAUSE: Final = {"permission": Permission.TILLS_PAUSE}
REVOKE: Final = {"permission": Permission.TILLS_REVOKE}
LONGEST_NAME: Final = 80
LONGEST_REASON: Final = 300
NO_REASON: Final = "Schrijf op waarom. Wie achter de kassa staat, leest dit."
PAUSE_PAGE: Final = "merchants/pause.html"


class TillTile(msgspec.Struct, frozen=True):
    """One till in the list, with what may be done to it."""

    id: TillId
    name: str
    state: str
    kind: str
    why: tuple[str, ...]
    may_pair: bool
    may_pause: bool
    may_resume: bool
    may_revoke: bool


KINDS: Final = {"active": "ok", "invited": "warning", "paused": "warning", "revoked": "info"}


@get(TILLS, opt=READ, include_in_schema=False)
async def show_tills(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """The tills of one merchant, and a form for another one."""
    context = await list_context(request, municipality, merchant_id)
    return page(request, "merchants/tills.html", form=Form(), **context)


@post(TILLS, opt=PAIR, include_in_schema=False, status_code=200)
async def make_till(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Make a till and show its code, this once."""
    form = await read_form(request)
    name = form.text("name", "Geef de kassa een naam. Bijvoorbeeld: bar.", most=LONGEST_NAME)
    if name is None:
        context = await list_context(request, municipality, merchant_id)
        return wrong_form(request, "merchants/tills.html", form, **context)
    async with connected(request, municipality) as connection:
        invited = await create_till(
            connection,
            MerchantId(merchant_id),
            NewTill(name=name),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return invitation(request, municipality, merchant_id, invited=invited)


@post(f"{TILL}/code", opt=PAIR, include_in_schema=False, status_code=200)
async def renew_code(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    till_id: FromPath[UUID],
) -> Response[str]:
    """A new code for a till that still waits for its device."""
    async with connected(request, municipality) as connection:
        till = await till_of(connection, merchant_id, till_id, actor=actor_of(request))
        invited = await renew_pairing_code(
            connection, till.id, actor=actor_of(request), now=datetime.now(UTC)
        )
    return invitation(request, municipality, merchant_id, invited=invited)


@get(f"{TILL}/pause", opt=PAUSE, include_in_schema=False)
async def ask_pausing(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    till_id: FromPath[UUID],
) -> Response[str]:
    """Ask why: the cashier reads it."""
    context = await pause_context(request, municipality, merchant_id, till_id=till_id)
    return page(request, PAUSE_PAGE, form=Form(), **context)


@post(f"{TILL}/pause", opt=PAUSE, include_in_schema=False, status_code=303)
async def pause(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    till_id: FromPath[UUID],
) -> Response[str] | Redirect:
    """The municipality says why; a club that stops its own till need not."""
    form, actor = await read_form(request), actor_of(request)
    of_merchant = actor.merchant_id is not None
    reason = form.text("reason", NO_REASON, most=LONGEST_REASON, optional=of_merchant)
    if not form.ok:
        context = await pause_context(request, municipality, merchant_id, till_id=till_id)
        return wrong_form(request, PAUSE_PAGE, form, **context)
    async with connected(request, municipality) as connection:
        till = await till_of(connection, merchant_id, till_id, actor=actor)
        await pause_till(connection, till.id, actor=actor, now=datetime.now(UTC), reason=reason)
    return done(tills_at(municipality, merchant_id))


@post(f"{TILL}/resume", opt=PAUSE, include_in_schema=False, status_code=303)
async def resume(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    till_id: FromPath[UUID],
) -> Redirect:
    async with connected(request, municipality) as connection:
        till = await till_of(connection, merchant_id, till_id, actor=actor_of(request))
        await resume_till(connection, till.id, actor=actor_of(request), now=datetime.now(UTC))
    return done(tills_at(municipality, merchant_id))


@get(f"{TILL}/revoke", opt=REVOKE, include_in_schema=False)
async def ask_revoking(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    till_id: FromPath[UUID],
) -> Response[str]:
    """Ask once more: what is revoked stays off."""
    async with connected(request, municipality) as connection:
        till = await till_of(connection, merchant_id, till_id, actor=actor_of(request))
    return page(
        request,
        "merchants/revoke.html",
        till=till,
        back=tills_at(municipality, merchant_id),
        home=f"/{municipality}",
    )


@post(f"{TILL}/revoke", opt=REVOKE, include_in_schema=False, status_code=303)
async def revoke(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    till_id: FromPath[UUID],
) -> Redirect:
    async with connected(request, municipality) as connection:
        till = await till_of(connection, merchant_id, till_id, actor=actor_of(request))
        await revoke_till(connection, till.id, actor=actor_of(request), now=datetime.now(UTC))
    return done(tills_at(municipality, merchant_id))


def tills_at(municipality: str, merchant_id: UUID) -> str:
    return f"/{municipality}/merchants/{merchant_id}/tills"


async def till_of(
    connection: Connection, merchant_id: UUID, till_id: UUID, *, actor: Actor
) -> Till:
    """Find a till under the merchant that the address names; another's is not there."""
    till = await read_till(connection, TillId(till_id), actor=actor)
    if till.merchant_id != merchant_id:
        raise TillNotFound
    return till


async def pause_context(
    request: AppRequest, municipality: str, merchant_id: UUID, *, till_id: UUID
) -> dict[str, object]:
    actor = actor_of(request)
    async with connected(request, municipality) as connection:
        till = await till_of(connection, merchant_id, till_id, actor=actor)
    return {
        "till": till,
        "optional": actor.merchant_id is not None,
        "back": tills_at(municipality, merchant_id),
        "home": f"/{municipality}",
    }


async def list_context(request: AppRequest, municipality: str, of: UUID) -> dict[str, object]:
    actor, wanted = actor_of(request), MerchantId(of)
    async with connected(request, municipality) as connection:
        merchant = await read_merchant(connection, wanted, actor=actor)
        tills = await list_tills(connection, wanted, actor=actor)
        choice = await read_sells_offline(connection, wanted, actor=actor)
        limits = await read_municipality_settings(connection)
    return {
        "merchant": merchant,
        "tills": [tile_of(till, actor) for till in tills],
        "may_pair": actor.may(Permission.TILLS_PAIR),
        "sells_offline": choice.sells_offline,
        "limits": limits,
        "may_see_offline": actor.may(Permission.REDEMPTIONS_READ),
        "here": tills_at(municipality, of),
        "home": f"/{municipality}",
    }


def tile_of(till: Till, actor: Actor) -> TillTile:
    of_merchant = actor.merchant_id is not None
    held = till.state == "paused" and of_merchant and till.paused_by == "municipality"
    state = "stilgezet door de gemeente" if held else TILL_STATES[till.state]
    may_pause = actor.may(Permission.TILLS_PAUSE)
    return TillTile(
        id=till.id,
        name=till.name,
        state=state,
        kind=KINDS[till.state],
        why=why_paused(till, actor) if till.state == "paused" else (),
        may_pair=till.state == "invited" and actor.may(Permission.TILLS_PAIR),
        may_pause=till.state == "active" and may_pause,
        may_resume=till.state == "paused" and may_pause and not held,
        may_revoke=till.state != "revoked" and actor.may(Permission.TILLS_REVOKE),
    )


def why_paused(till: Till, actor: Actor) -> tuple[str, ...]:
    """What happened, the reason of whoever did it, and what its manager does."""
    words = words_of(till.paused_by, till.kind)
    said = till.paused_because if till.paused_by != "program" else None
    reason = [f"De reden: “{said}”"] if said else []
    return (words.happened, *reason, *([words.manager] if actor.merchant_id else []))


def invitation(
    request: AppRequest, municipality: str, merchant_id: UUID, *, invited: InvitedTill
) -> Response[str]:
    """Show the code; it is stored nowhere, so it is never shown again."""
    origin = auth_state(request.app.state).origin
    address = address_of(origin, MunicipalityName(municipality), invited.code)
    return page(
        request,
        "merchants/invitation.html",
        till=invited.till,
        qr=draw_svg(address, title="QR-code om een kassa te koppelen"),
        address=address,
        code=grouped(invited.code),
        typed_at=f"{origin}/{municipality}/{PAGE}",
        until=invited.until,
        back=tills_at(municipality, merchant_id),
        home=f"/{municipality}",
    )


routes: list[ControllerRouterHandler] = [
    show_tills,
    make_till,
    renew_code,
    ask_pausing,
    pause,
    resume,
    ask_revoking,
    revoke,
]
