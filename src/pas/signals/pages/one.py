"""One signal as a page: its sales, what it may be and what to do, and what an officer found."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.db import Connection
from pas.errors import Refusal
from pas.grants.names import read_logins
from pas.ids import SignalId
from pas.merchants.model import Merchant, Till
from pas.merchants.stored import read_merchant
from pas.merchants.tills import read_till
from pas.problems.bodies import AppRequest
from pas.signals.judge import judge_signal
from pas.signals.model import OFFLINE, Signal, Verdict
from pas.signals.pages.overview import LIST
from pas.signals.pages.sales_table import cells_of, table_of
from pas.signals.routes import JUDGE, READ
from pas.signals.show import (
    SignalNotFound,
    read_sales_of_week,
    read_signal,
    read_signal_sales,
    whose_card,
)
from pas.signals.words import VERDICTS, WORDS, seen, urgency
from pas.web.dates import moment
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

ONE: Final = f"{LIST}/{{signal_id:uuid}}"
TEMPLATE: Final = "signals/signal.html"
LONGEST: Final = 500
SHOWN: Final = 60
"""Sales on the page; of very many the first say enough, and the API has the rest."""
CHOICES: Final = [(verdict, title, text) for verdict, (title, text, _) in VERDICTS.items()]


@get(ONE, opt=READ, include_in_schema=False)
async def signal_page(
    municipality: FromPath[str], signal_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What was seen, what may it be, and what do I do?"""
    context = await context_of(request, municipality, signal_id)
    return page(request, TEMPLATE, form=Form(), **context)


@post(ONE, opt=JUDGE, include_in_schema=False, status_code=200)
async def judge(
    municipality: FromPath[str], signal_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    form = await read_form(request)
    options: dict[str, Verdict] = {verdict: verdict for verdict in VERDICTS}
    verdict = form.choice("verdict", "Kies wat u vond.", options)
    reason = form.text("reason", "Schrijf op waarom. Een collega leest dit later.", most=LONGEST)
    if verdict and reason:
        try:
            async with connected(request, municipality) as connection:
                await judge_signal(
                    connection,
                    SignalId(signal_id),
                    verdict,
                    reason=reason,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/signals")
        except SignalNotFound:
            raise
        except Refusal as refusal:
            form.refuse("verdict", f"{refusal.detail} {refusal.next_step}")
    context = await context_of(request, municipality, signal_id)
    return wrong_form(request, TEMPLATE, form, **context)


@get(f"{ONE}/week", opt=READ, include_in_schema=False)
async def week_page(
    municipality: FromPath[str], signal_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What else did they sell that week?"""
    async with connected(request, municipality) as connection:
        one = await read_signal(connection, SignalId(signal_id))
        sales = await read_sales_of_week(connection, one)
        ids = {sale.id for sale in await read_signal_sales(connection, one.id)}
    return page(
        request,
        "signals/week.html",
        home=f"/{municipality}",
        signal=one,
        title=WORDS[one.kind].title,
        sales=[
            [*cells_of(sale, by_till=True), "ja" if sale.id in ids else "nee"] for sale in sales
        ],
    )


@get(
    f"{ONE}/holder",
    opt={"permission": (Permission.RESIDENTS_READ,)},
    include_in_schema=False,
    status_code=303,
)
async def holder_of_card(
    municipality: FromPath[str], signal_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    """To the holder of the card, who is nowhere in the signal itself; their page notes who looked."""
    async with connected(request, municipality) as connection:
        resident = await whose_card(connection, SignalId(signal_id))
    if resident is None:
        raise SignalNotFound("Wij weten niet meer van wie deze pas was.")
    return done(f"/{municipality}/residents/{resident}")


async def context_of(request: AppRequest, municipality: str, signal_id: UUID) -> dict[str, object]:
    actor, wanted = actor_of(request), SignalId(signal_id)
    async with connected(request, municipality) as connection:
        one = await read_signal(connection, wanted)
        table = await table_of(connection, one)
        merchant = await read_merchant(connection, one.merchant_id, actor=actor)
        till = await till_of(connection, one, actor)
        names = await read_logins(connection, [one.judged_by] if one.judged_by else [])
    home = f"/{municipality}"
    badge, colour = urgency(one.weight)
    verdict = VERDICTS[one.verdict] if one.verdict else None
    return {
        "home": home,
        "signal": one,
        "words": WORDS[one.kind],
        "seen": seen(one),
        "badge": badge,
        "colour": colour,
        "facts": facts_of(one, merchant),
        "columns": table.columns,
        "sales": table.rows[:SHOWN],
        "more": max(0, one.counted - SHOWN),
        "ways": ways_of(one, till, actor, home=home),
        "verdict": verdict,
        "judged_by": names.get(one.judged_by, "een collega") if one.judged_by else "",
        "choices": [choice for choice in CHOICES if choice[0] != one.verdict],
        "may_judge": actor.may(Permission.SIGNALS_JUDGE),
    }


async def till_of(connection: Connection, one: Signal, actor: Actor) -> Till | None:
    return None if one.till_id is None else await read_till(connection, one.till_id, actor=actor)


def facts_of(one: Signal, merchant: Merchant) -> list[tuple[str, str]]:
    facts = [("Aanbieder", one.merchant)]
    if one.till:
        facts.append(("Kassa", one.till))
    if merchant.contact_phone:
        facts.append(("Telefoon", merchant.contact_phone))
    if merchant.contact_email:
        facts.append(("E-mail", merchant.contact_email))
    return [
        *facts,
        ("Wanneer", f"{moment(one.first_at)} tot en met {moment(one.last_at)}"),
        ("Gevonden", moment(one.found_at)),
    ]


def ways_of(one: Signal, till: Till | None, actor: Actor, *, home: str) -> list[tuple[str, str]]:
    """What whoever looks can do right away, each on a page that asks once more."""
    ways = list[tuple[str, str]]()
    at = f"{home}/merchants/{one.merchant_id}"
    sells = till is not None and till.merchant_id == one.merchant_id and till.state == "active"
    if sells and actor.may(Permission.TILLS_PAUSE):
        ways.append((f"Zet kassa {one.till} stil", f"{at}/tills/{one.till_id}/pause"))
    elif actor.may(Permission.TILLS_PAUSE):
        ways.append(("Zet een kassa stil", f"{at}/tills"))
    if one.kind in OFFLINE and actor.may(Permission.REDEMPTIONS_READ):
        ways.append(("Bekijk wat zonder internet is verkocht", f"{at}/offline-sales"))
    ways.append(("Bekijk alle verkopen van die week", f"{home}/signals/{one.id}/week"))
    if actor.may(Permission.REDEMPTIONS_REFUND):
        ways.append(("Boek een verkoop terug", f"{home}/till/sales?payee={one.merchant_id}"))
    if one.kind == "two_places" and actor.may(Permission.RESIDENTS_READ):
        ways.append(("Bekijk van wie de pas is", f"{home}/signals/{one.id}/holder"))
    return [*ways, ("Bekijk de aanbieder", at)]


routes: list[ControllerRouterHandler] = [signal_page, judge, week_page, holder_of_card]
