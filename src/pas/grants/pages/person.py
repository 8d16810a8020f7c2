"""One resident on one page: who it is, what is on the pass, what was decided and why."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from markupsafe import Markup

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.days import day_of
from pas.db import Connection
from pas.grants.applications import open_application
from pas.grants.decide import Cause
from pas.grants.explain import HOW_TO_OBJECT, explain
from pas.grants.ground import current_year
from pas.grants.record_diploma import read_diploma
from pas.grants.routes.fields import YearAsked
from pas.grants.show_decision import (
    Today,
    WrittenDecision,
    decision_of_today,
    newest_decision,
    years_decided,
)
from pas.ids import HouseholdNumber, MunicipalityName, PassId, ResidentId, uuid7
from pas.money import BasisPoints, Cents, percent
from pas.passes.cards import Card
from pas.passes.pages.card import CARD_FORMS, CARD_STATES
from pas.passes.reopen import BY_REGISTER
from pas.passes.residents import Resident, age_on, newest_state
from pas.passes.show import ShownBudget, ShownPass, list_passes, show_pass
from pas.problems.bodies import AppRequest
from pas.residents.look_up import FoundResident, Look, Search, search_residents, show_resident
from pas.residents.pages.search import look_of
from pas.residents.words import HOUSEHOLDS, SCHOOLS, SOURCES
from pas.web.dates import day
from pas.web.languages import mark
from pas.web.pages import page

READ: Final = {"permission": Permission.RESIDENTS_READ}
MOST_CARDS: Final = 5

CAUSES: Final[dict[Cause, str]] = {
    "assessment": mark("de jaarlijkse toekenning"),
    "application": mark("een aanvraag"),
    "deviation": mark("een afwijking van de regel"),
    "birth": mark("een geboorte"),
    "arrival": mark("een verhuizing naar deze gemeente"),
    "income": mark("een inkomen dat bekend werd"),
    "objection": mark("een bezwaar"),
    "award": mark("een aanvraag van een hulpverlener"),
}


class BudgetShown(msgspec.Struct, frozen=True):
    """One budget as a bar."""

    title: str
    balance_cents: Cents
    total_cents: Cents
    until: date
    note: str | None


class PassShown(msgspec.Struct, frozen=True):
    """The newest pass with its cards and budgets."""

    year: int
    ended: str
    reopen_at: str
    cards: list[list[str]]
    budgets: list[BudgetShown]


class DecisionShown(msgspec.Struct, frozen=True):
    """Every scheme with its sentence, under headings; ``written`` says when and why."""

    year: int
    written: str
    groups: list[tuple[str, list[tuple[str, str]]]]


@get("/{municipality:str}/residents/{resident_id:uuid}", opt=READ, include_in_schema=False)
async def person_page(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    year: YearAsked = 0,
) -> Response[str]:
    """Who is this, and why does this person get this, in this year or another one?"""
    actor, look = actor_of(request), look_of(request)
    today, who = day_of(look.now), ResidentId(resident_id)
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    async with connected(request, municipality) as connection:
        shown = await show_resident(connection, who, look=look)
        state = newest_state(shown.states, today)
        this_year = await current_year(connection, look.now)
        members = await search_residents(
            connection,
            Search(household_number=state.household_number),
            ring=ring,
            look=look,
            today=today,
        )
        now = await decision_of_today(
            connection, who, state.household_number, year=this_year, on=today
        )
        written = await newest_decision(connection, who, year=year or this_year)
        years = await years_decided(connection, who)
        applied = await open_application(connection, state.household_number, year=this_year)
        diploma = await read_diploma(connection, who)
        newest = await newest_pass(connection, who, actor=actor, look=look)
    return page(
        request,
        "grants/person.html",
        home=f"/{municipality}",
        id=resident_id,
        name=f"{state.given_name} {state.family_name}",
        facts=facts_of(state, now.income, diploma.obtained_on, today=today),
        members=household_lines(members, state.household_number, but=who, today=today),
        pass_=None if newest is None else pass_shown(newest, actor, home=f"/{municipality}"),
        income_unknown=now.income is None,
        decision=decision_shown(
            written, now if year in {0, this_year} else None, year=year or this_year
        )
        if actor.may(Permission.DECISIONS_READ)
        else None,
        other_years=other_years({*years, this_year}, year or this_year)
        if actor.may(Permission.DECISIONS_READ)
        else [],
        how_to_object=HOW_TO_OBJECT,
        applied_at=None if applied is None else applied.received_at,
        application_id=uuid7(),
        may_apply=actor.may(Permission.APPLICATIONS_SUBMIT) and not has_pass(newest, today),
        may_deviate=actor.may(Permission.DEVIATIONS_PROPOSE),
        may_file=actor.may(Permission.REQUESTS_FILE),
        may_correct=actor.may(Permission.RESIDENTS_IMPORT),
        may_record=actor.may(Permission.INCOME_VERDICTS_RECORD),
    )


async def newest_pass(
    connection: Connection, who: ResidentId, *, actor: Actor, look: Look
) -> ShownPass | None:
    if not actor.may(Permission.PASSES_READ):
        return None
    passes = await list_passes(connection, who, actor=actor, now=look.now)
    if not passes:
        return None
    return await show_pass(
        connection, PassId(passes[0].id), actor=actor, now=look.now, trace_id=look.trace_id
    )


def has_pass(newest: ShownPass | None, today: date) -> bool:
    """Whether there is nothing to apply for: doing it again would only decide the same again."""
    if newest is None or newest.pass_.ended_on is not None:
        return False
    return newest.pass_.starts_on <= today < newest.pass_.ends_on


def facts_of(
    state: Resident, income: BasisPoints | None, diploma: date | None, *, today: date
) -> list[tuple[str, str]]:
    """Who it is; a fact that nobody told is said to be unknown."""
    where = ", ".join(part for part in (state.address, f"{state.postcode} {state.city}") if part)
    source = "" if state.income_source is None else f" ({SOURCES[state.income_source]})"
    facts = [
        ("Geboren", f"{day(state.birth_date)}, {age_on(state.birth_date, today)} jaar"),
        ("Adres", where.strip() or "onbekend"),
        ("Huishouden", HOUSEHOLDS[state.household_type]),
        ("Inkomen", "onbekend" if income is None else income_words(income) + source),
        ("School", "onbekend" if state.school_type is None else SCHOOLS[state.school_type]),
        ("Persoonsnummer", state.person_number),
    ]
    if diploma is not None:
        facts.append(("Zwemdiploma", f"gehaald op {day(diploma)}"))
    if state.left_on is not None:
        facts.append(("Verhuisd", f"op {day(state.left_on)}, naar een andere gemeente"))
    if state.died_on is not None:
        facts.append(("Overleden", f"op {day(state.died_on)}"))
    return facts


def income_words(income: BasisPoints) -> str:
    return f"{percent(income)} van het sociaal minimum"


def household_lines(
    members: list[FoundResident], household: HouseholdNumber, *, but: ResidentId, today: date
) -> list[tuple[ResidentId, str, str]]:
    """Give the others who live in this household now."""
    return [
        (one.id, f"{one.given_name} {one.family_name}", f"{age_on(one.birth_date, today)} jaar")
        for one in members
        if one.household_number == household
        and one.id != but
        and one.left_on is None
        and one.died_on is None
    ]


def pass_shown(shown: ShownPass, actor: Actor, *, home: str) -> PassShown:
    ended = shown.pass_.ended_on
    by_officer = ended is not None and shown.pass_.ended_because not in BY_REGISTER
    may_reopen = by_officer and actor.may(Permission.PASSES_END)
    return PassShown(
        year=shown.pass_.year,
        ended="" if ended is None else f"Deze pas is gestopt op {day(ended)}.",
        reopen_at=f"{home}/passes/{shown.pass_.id}/reopening" if may_reopen else "",
        cards=[card_cells(card, home=home) for card in shown.cards[:MOST_CARDS]],
        budgets=[budget_shown(budget) for budget in shown.budgets],
    )


def card_cells(card: Card, *, home: str) -> list[str]:
    link = Markup('<a class="utrecht-link" href="{}/cards/{}">{}</a>')
    return [
        link.format(home, card.id, CARD_FORMS[card.form]),
        CARD_STATES[card.state],
        day(day_of(card.state_since)),
    ]


def budget_shown(budget: ShownBudget) -> BudgetShown:
    """Give what came on it, without what only came back."""
    came = sum(
        line.amount_cents
        for line in budget.history
        if line.amount_cents > 0 and line.kind not in {"void", "refund"}
    )
    return BudgetShown(
        title=budget.title,
        balance_cents=budget.balance_cents,
        total_cents=Cents(came),
        until=day_of(budget.usable_until - timedelta(seconds=1)),
        note=None if budget.visits is None else f"Nog {budget.visits} keer.",
    )


def other_years(years: set[int], shown: int) -> list[int]:
    return sorted(years - {shown}, reverse=True)


def decision_shown(
    written: WrittenDecision | None, now: Today | None, *, year: int
) -> DecisionShown | None:
    """Show what was written down, else what the rules say at this moment of this year."""
    if written is not None:
        when = day(day_of(written.decided_at))
        sentence = f"Beslist op {when}, na {CAUSES[written.cause]}. Zo staat het ook in de brief."
        return DecisionShown(year, sentence, explain(written.decision))
    if now is None:
        return DecisionShown(year, "Over dit jaar is niets beslist.", [])
    if now.decision is None:
        return None
    sentence = "Er is nog niets beslist. Dit zeggen de regels vandaag."
    return DecisionShown(year, sentence, explain(now.decision))


routes: list[ControllerRouterHandler] = [person_page]
