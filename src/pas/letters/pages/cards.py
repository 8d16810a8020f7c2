"""The letters of a run of cards as PDF: which files there are, who gets none, and one file."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.days import day_of
from pas.ids import CardRunId, MunicipalityName
from pas.letters.batch import LeftOut, left_out_of, parts_of
from pas.letters.card_letters import CardLetterKind, run_to_print
from pas.letters.fetch import card_printing, fetch_letters
from pas.letters.kinds import KINDS
from pas.letters.pages.answer import WHY, house_of, pdf_answer
from pas.press.press import a_press
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.pages import page

PRINT: Final = {"permission": Permission.CARDS_PRINT}
RUN: Final = "/{municipality:str}/card-runs/{run_id:uuid}/pdf"
OF_CARDS: Final[dict[str, CardLetterKind]] = {
    "pass_letter": "pass_letter",
    "activation_letter": "activation_letter",
    "replacement": "replacement",
}
Large = Annotated[bool, QueryParameter()]


class KindShown(msgspec.Struct, frozen=True):
    name: str
    title: str
    why: str
    files: int


@get(RUN, opt=PRINT, include_in_schema=False)
async def card_letters_page(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    now = datetime.now(UTC)
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    kinds: list[KindShown] = []
    left_out: list[LeftOut] = []
    async with connected(request, municipality) as connection:
        run = await run_to_print(connection, CardRunId(run_id), now=now)
        house = await house_of(request, connection, municipality)
        for kind in OF_CARDS.values():
            printing = await card_printing(
                connection, run.id, kind, ring=ring, house=house, large=False, now=now
            )
            parts = await parts_of(connection, printing.batch, now=now)
            about = KINDS[kind]
            kinds.append(KindShown(kind, about.title, about.why, len(parts)))
            if kind != "activation_letter":
                left_out += await left_out_of(connection, parts, on=day_of(now))
    return page(
        request,
        "letters/card_letters.html",
        home=f"/{municipality}",
        run=run,
        kinds=[one for one in kinds if one.files],
        left_out=[(one.names, WHY[one.why], one.resident_id) for one in left_out],
    )


@get(f"{RUN}/{{kind:str}}/{{number:int}}", opt=PRINT, include_in_schema=False)
async def card_letters_file(
    municipality: FromPath[str],
    run_id: FromPath[UUID],
    kind: FromPath[str],
    *,
    number: FromPath[int],
    request: AppRequest,
    large: Large = False,
) -> Response[bytes]:
    """Made now, and noted: who took it, and whose letters are in it."""
    if kind not in OF_CARDS:
        raise NotFound
    now = datetime.now(UTC)
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    async with a_press() as press, connected(request, municipality) as connection:
        house = await house_of(request, connection, municipality)
        printing = await card_printing(
            connection,
            CardRunId(run_id),
            OF_CARDS[kind],
            ring=ring,
            house=house,
            large=large,
            now=now,
        )
        file = await fetch_letters(
            connection, printing, number=number, press=press, actor=actor_of(request), now=now
        )
    return pdf_answer(file.pdf, name=file.name)


routes: list[ControllerRouterHandler] = [card_letters_page, card_letters_file]
