"""One holder at the counter: what is left, why a till said no, and what can be done now."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.counter.pages.frame import HELP, PERSON, Desk, desk_of, frame
from pas.days import day_of
from pas.db import Connection
from pas.ids import CardId, PassId
from pas.money import euros
from pas.passes.cards import Card
from pas.passes.mandates import list_mandates
from pas.passes.my_refusals import lately_refused
from pas.passes.pages.card import CARD_FORMS, CARD_STATES
from pas.passes.pages.mandates import KIND_WORDS, counts
from pas.passes.show import ShownPass, list_passes, show_pass
from pas.passes.sign_in_tries import refused_tries, waits_until
from pas.problems.bodies import AppRequest
from pas.web.dates import day
from pas.web.pages import page

IN_USE: Final = frozenset({"inactive", "active", "blocked"})
LASTING: Final = frozenset({"paper", "plastic"})


class CardShown(msgspec.Struct, frozen=True):
    """One card that is or can be in use, and what can be done with it."""

    id: CardId
    title: str
    state: str
    note: str
    acts: list[tuple[str, str]]


@get(PERSON, opt=HELP, include_in_schema=False)
async def helped_page(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What stands in the way, and what can I do?"""
    desk = await desk_of(request, municipality, resident_id)
    async with connected(request, municipality) as connection:
        shown = await newest_pass(connection, desk)
        cards = [one for one in (shown.cards if shown else []) if one.state in IN_USE]
        refused = await lately_refused(connection, desk.who.id, now=desk.now)
        tried = await refused_tries(connection, [one.id for one in cards], now=desk.now)
        waiting = [await waits_until(connection, one.id, now=desk.now) for one in cards]
        mandates = await list_mandates(connection, desk.who.id, now=desk.now)
    return page(
        request,
        "counter/person.html",
        **frame(municipality, desk),
        year=shown.pass_.year if shown else None,
        ended=shown.pass_.ended_on if shown else None,
        budgets=budget_lines(shown),
        cards=[card_shown(one, desk.actor) for one in cards if one.form != "phone"],
        telephones=sum(one.form == "phone" for one in cards),
        refused=[(row.refused_at, row.merchant_name, reason) for row, reason in refused],
        tried=sum(one.refused for one in tried),
        waits_until=max((one for one in waiting if one), default=None),
        mandates=[one for one in mandates if counts(one, day_of(desk.now))],
        kinds=KIND_WORDS,
        may_mandate=desk.actor.may(Permission.MANDATES_MANAGE),
    )


async def newest_pass(connection: Connection, desk: Desk) -> ShownPass | None:
    passes = await list_passes(connection, desk.who.id, actor=desk.actor, now=desk.now)
    if not passes:
        return None
    return await show_pass(connection, PassId(passes[0].id), actor=desk.actor, now=desk.now)


def budget_lines(shown: ShownPass | None) -> list[list[str]]:
    return [
        [
            one.title,
            euros(one.balance_cents) if one.visits is None else f"{one.visits} keer",
            day(day_of(one.usable_until - timedelta(seconds=1))),
        ]
        for one in (shown.budgets if shown else [])
    ]


def card_shown(card: Card, actor: Actor) -> CardShown:
    limit = card.unconfirmed_cents
    note = "" if limit is None else f"Nog niet bevestigd: hoogstens {euros(limit)} per keer."
    return CardShown(
        id=card.id,
        title=CARD_FORMS[card.form],
        state=CARD_STATES[card.state],
        note=note,
        acts=[(words, act) for act, words, permission in acts_of(card) if actor.may(permission)],
    )


def acts_of(card: Card) -> list[tuple[str, str, Permission]]:
    """In the order in which people need them."""
    acts: list[tuple[str, str, Permission]] = []
    if card.state == "inactive" or card.unconfirmed_cents is not None:
        acts.append(("here", "Zet aan: de persoon staat hier", Permission.CARDS_ACTIVATE))
        acts.append(("caller", "Zet aan: de persoon belt", Permission.CARDS_ACTIVATE))
    if card.state == "blocked":
        acts.append(("unblock", "Haal de blokkade eraf", Permission.CARDS_BLOCK))
    else:
        acts.append(("block", "Blokkeer de kaart", Permission.CARDS_BLOCK))
    if card.form in LASTING:
        acts.append(("replace", "Kwijt: vervang de kaart", Permission.CARDS_REPLACE))
        if card.state != "blocked":
            acts.append(("code", "Maak een nieuwe code", Permission.CARDS_ISSUE))
    return acts


routes: list[ControllerRouterHandler] = [helped_page]
