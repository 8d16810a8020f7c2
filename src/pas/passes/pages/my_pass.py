"""The holder's own pages: the code first, then what is left, then what happened."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.auth.state import auth_state
from pas.days import day_of
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import MunicipalityName, PassId, ResidentId
from pas.money import Cents, euros
from pas.passes.cards import Card
from pas.passes.codes import grouped
from pas.passes.household import HouseholdPass, applied_already, household_passes
from pas.passes.qr import card_svg
from pas.passes.show import HistoryLine, ShownBudget, ShownPass, show_pass
from pas.passes.show_card import read_codes
from pas.problems.bodies import AppRequest
from pas.web.dates import day
from pas.web.pages import page

HOLDER: Final = {"holder": True}
WORDS: Final[dict[str, str]] = {
    "grant": "Gekregen",
    "opening": "Meegenomen van uw oude pas",
    "redeem": "Betaald",
    "offline": "Betaald, later verwerkt",
    "confirm": "Betaald",
    "forfeit": "Vervallen, want in één keer te besteden",
    "void": "Ongedaan gemaakt",
    "refund": "Teruggekregen",
    "lapse": "Vervallen",
    "hold": "Vastgezet",
    "release": "Weer vrij",
    "correct": "Verbeterd",
}


class CardShown(msgspec.Struct, frozen=True):
    """The card that works, ready to be scanned."""

    code: str
    digits: str


class BudgetShown(msgspec.Struct, frozen=True):
    title: str
    balance_cents: Cents
    total_cents: Cents
    until: date
    note: str | None


class PassShown(msgspec.Struct, frozen=True):
    name: str
    pass_: object
    budgets: list[BudgetShown]
    has_cards: bool


@get("/{municipality:str}/my-pass", opt=HOLDER, include_in_schema=False)
async def my_pass(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """My own pass, or that of the first child when I have none myself."""
    name = MunicipalityName(municipality)
    async with auth_state(request.app.state).database.connection(name) as connection:
        others = await household_passes(connection, holder_of(request), today=today())
        waits = not others and await applied_already(connection, holder_of(request), today=today())
    if not others:
        return page(request, "passes/no_pass.html", home=f"/{name}", waits=waits)
    return await one_pass(request, name, pass_id=others[0].pass_id, others=others)


@get("/{municipality:str}/my-pass/{pass_id:uuid}", opt=HOLDER, include_in_schema=False)
async def some_pass(
    municipality: FromPath[str], request: AppRequest, pass_id: FromPath[UUID]
) -> Response[str]:
    """The pass of a child, or of an earlier year."""
    name = MunicipalityName(municipality)
    async with auth_state(request.app.state).database.connection(name) as connection:
        others = await household_passes(connection, holder_of(request), today=today())
    return await one_pass(request, name, pass_id=PassId(pass_id), others=others)


async def one_pass(
    request: AppRequest,
    name: MunicipalityName,
    *,
    pass_id: PassId,
    others: list[HouseholdPass],
) -> Response[str]:
    state, actor, now = auth_state(request.app.state), actor_of(request), datetime.now(UTC)
    ring = await state.ring(name)
    async with state.database.connection(name) as connection:
        shown = await show_pass(connection, pass_id, actor=actor, now=now)
        card = await working_card(connection, shown, actor, ring=ring, now=now)
    return page(
        request,
        "passes/my_pass.html",
        shown=PassShown(
            name=shown.name,
            pass_=shown.pass_,
            budgets=[budget_shown(one) for one in shown.budgets],
            has_cards=bool(shown.cards),
        ),
        card=card,
        waiting=any(one.state == "inactive" for one in shown.cards),
        others=others if len(others) > 1 else [],
        lines=history_lines(shown),
        left=Cents(sum(budget.balance_cents for budget in shown.budgets)),
        home=f"/{name}",
    )


async def working_card(
    connection: Connection, shown: ShownPass, actor: Actor, *, ring: KeyRing, now: datetime
) -> CardShown | None:
    """Draw the card in use; one whose codes are not kept is not drawn."""
    active = next((card for card in shown.cards if works(card, now)), None)
    if active is None:
        return None
    try:
        codes = await read_codes(connection, active.id, ring=ring, actor=actor, now=now)
    except Refusal:
        return None
    return CardShown(
        code=card_svg(codes.token),
        digits=grouped(codes.number),
    )


def works(card: Card, now: datetime) -> bool:
    return card.state == "active" and (card.expires_at is None or card.expires_at > now)


def budget_shown(budget: ShownBudget) -> BudgetShown:
    """Say what is left in words too; the total is what came on it."""
    granted = sum(line.amount_cents for line in budget.history if line.amount_cents > 0)
    given_back = sum(
        line.amount_cents for line in budget.history if line.kind in {"void", "refund"}
    )
    notes: list[str] = []
    if budget.visits is not None:
        notes.append(f"Nog {budget.visits} keer.")
    if budget.only_at:
        notes.append(f"Alleen bij {budget.only_at}.")
    return BudgetShown(
        title=budget.title,
        balance_cents=budget.balance_cents,
        total_cents=Cents(granted - given_back),
        until=day_of(budget.usable_until - timedelta(seconds=1)),
        note=" ".join(notes) or None,
    )


def history_lines(shown: ShownPass) -> list[list[str]]:
    """Put every line of every budget in one list, the newest first."""
    lines = [(line, budget.title) for budget in shown.budgets for line in budget.history]
    lines.sort(key=lambda pair: (pair[0].occurred_at, pair[0].entry_id), reverse=True)
    return [
        [day(day_of(line.occurred_at)), what(line), title, amount(line)] for line, title in lines
    ]


def what(line: HistoryLine) -> str:
    words = WORDS[line.kind]
    return f"{words} bij {line.merchant_name}" if line.merchant_name else words


def amount(line: HistoryLine) -> str:
    sign = "+ " if line.amount_cents > 0 else "- " if line.amount_cents < 0 else ""
    return sign + euros(Cents(abs(line.amount_cents)))


def holder_of(request: AppRequest) -> ResidentId:
    return ResidentId(actor_of(request).id)


def today() -> date:
    return day_of(datetime.now(UTC))


routes: list[ControllerRouterHandler] = [my_pass, some_pass]
