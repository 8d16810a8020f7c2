"""A holder's own card: blocked, in use again, or replaced because it is lost. The budgets stay."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Literal, cast
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.authentication import Authentication
from pas.auth.state import auth_state, connected
from pas.auth.step_up import refuse_unproved
from pas.db import Connection
from pas.ids import CardId, MunicipalityName, PassId
from pas.passes.block import block_card, blocked_by_holder, unblock_card
from pas.passes.cards import Card, CardForm, LastingForm
from pas.passes.make_cards import Press
from pas.passes.pages.my_pass import HOLDER, kept, with_keep
from pas.passes.print_cards import keep_for_post
from pas.passes.replace import Replacement, replace_card
from pas.passes.show import ShownPass, show_pass
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.pages import done, page

HERE: Final = "/{municipality:str}/my-pass/{pass_id:uuid}"
BY_HOLDER: Final = "De pashouder vroeg het zelf"

ActName = Literal["block", "unblock", "replace"]
FORMS: Final[dict[CardForm, LastingForm]] = {"paper": "paper", "plastic": "plastic"}


class LastingCard(msgspec.Struct, frozen=True):
    """The card in the purse, and what its holder can do with it now."""

    id: CardId
    form: LastingForm
    state: str
    acts: Sequence[ActName]


@get(f"{HERE}/manage", opt=HOLDER, include_in_schema=False)
async def manage_page(
    municipality: FromPath[str], request: AppRequest, pass_id: FromPath[UUID]
) -> Response[str]:
    """Everything that one can arrange about a pass, a page each."""
    async with connected(request, municipality) as connection:
        shown, card = await card_of(connection, request, PassId(pass_id))
    return of_pass(
        request, f"/{municipality}/my-pass/{pass_id}", "passes/manage.html", shown=shown, card=card
    )


@get(HERE + "/card/{act:str}", opt=HOLDER, include_in_schema=False)
async def act_page(
    municipality: FromPath[str],
    request: AppRequest,
    pass_id: FromPath[UUID],
    *,
    act: FromPath[str],
) -> Response[str]:
    """What it does, and one button; a new card, which goes to a house, wants the code again."""
    if act == "replace":
        refuse_unproved(request, now=datetime.now(UTC))
    async with connected(request, municipality) as connection:
        shown, card = await card_of(connection, request, PassId(pass_id))
    template = "passes/my_card_act.html"
    return of_pass(
        request,
        f"/{municipality}/my-pass/{pass_id}",
        template,
        shown=shown,
        card=card,
        act=named(act),
    )


@post(HERE + "/card/{act:str}", opt=HOLDER, include_in_schema=False, status_code=303)
async def act_on_card(
    municipality: FromPath[str],
    request: AppRequest,
    pass_id: FromPath[UUID],
    *,
    act: FromPath[str],
) -> Redirect:
    """Set how it is to be: pressed twice it is the same."""
    wanted, now, actor = named(act), datetime.now(UTC), actor_of(request)
    if wanted == "replace":
        refuse_unproved(request, now=now)
    async with connected(request, municipality) as connection:
        _, card = await card_of(connection, request, PassId(pass_id))
        if card is None:
            raise NotFound
        match wanted:
            case "block":
                await block_card(connection, card.id, reason=BY_HOLDER, actor=actor, now=now)
            case "unblock":
                await unblock_card(connection, card.id, reason=BY_HOLDER, actor=actor, now=now)
            case "replace" if "replace" not in card.acts:
                return done(f"/{municipality}/my-pass/{pass_id}/card/{wanted}")
            case "replace":
                await replace_by_post(connection, request, municipality, card=card)
    return done(f"/{municipality}/my-pass/{pass_id}/card/{wanted}/done")


@get(HERE + "/card/{act:str}/done", opt=HOLDER, include_in_schema=False)
async def acted_page(
    municipality: FromPath[str],
    request: AppRequest,
    pass_id: FromPath[UUID],
    *,
    act: FromPath[str],
) -> Response[str]:
    """What is so now, and what to do next."""
    async with connected(request, municipality) as connection:
        shown, card = await card_of(connection, request, PassId(pass_id))
    template = "passes/my_card_acted.html"
    return of_pass(
        request,
        f"/{municipality}/my-pass/{pass_id}",
        template,
        shown=shown,
        card=card,
        act=named(act),
    )


async def replace_by_post(
    connection: Connection, request: AppRequest, municipality: str, *, card: LastingCard
) -> None:
    """The new card and the code for it go by post, in two letters; nobody sees them here."""
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    replacement = Replacement(
        form=card.form,
        reason=BY_HOLDER,
        asked_in=cast("Authentication", request.auth).session_hash,
    )
    async with connection.transaction():
        made = await replace_card(
            connection,
            card.id,
            replacement,
            press=Press(ring=ring),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
        await keep_for_post(connection, made, ring=ring)


async def card_of(
    connection: Connection, request: AppRequest, pass_id: PassId
) -> tuple[ShownPass, LastingCard | None]:
    """The pass, where it is theirs; and the newest card that lasts, where there is one."""
    actor, now = actor_of(request), datetime.now(UTC)
    shown = await show_pass(connection, pass_id, actor=actor, now=now)
    lasting = next((one for one in shown.cards if one.form in FORMS and is_left(one)), None)
    if lasting is None:
        return shown, None
    is_own_block = await blocked_by_holder(connection, lasting.id)
    return shown, LastingCard(
        id=lasting.id,
        form=FORMS[lasting.form],
        state=lasting.state,
        acts=() if actor.only_sees else acts_for(lasting, is_own_block=is_own_block),
    )


def is_left(card: Card) -> bool:
    return card.state not in {"replaced", "ended"}


def acts_for(card: Card, *, is_own_block: bool) -> Sequence[ActName]:
    match card.state:
        case "active":
            return ("block", "replace")
        case "blocked":
            return ("unblock", "replace") if is_own_block else ("replace",)
        case _:
            return ()


def named(act: str) -> ActName:
    match act:
        case "block" | "unblock" | "replace":
            return act
        case _:
            raise NotFound


def of_pass(request: AppRequest, here: str, template: str, **context: object) -> Response[str]:
    """``here`` is the address of the pass."""
    name = MunicipalityName(cast("str", request.path_params["municipality"]))
    around = kept(request, name)
    actor = actor_of(request)
    answer = page(request, template, here=here, home=f"/{name}", actor=actor, **around, **context)
    return with_keep(request, answer)


routes: list[ControllerRouterHandler] = [manage_page, act_page, act_on_card, acted_page]
