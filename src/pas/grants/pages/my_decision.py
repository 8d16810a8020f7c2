"""What was decided about me or my child, with every reason, and until when I can object."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import holder_of
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.processing import note_processing
from pas.auth.state import connected
from pas.days import day_of
from pas.grants.explain import explain, how_to_object
from pas.grants.ground import current_year
from pas.grants.pages.person import CAUSES
from pas.grants.show_decision import WrittenDecision, newest_decision
from pas.ids import ResidentId
from pas.passes.cards import is_own
from pas.passes.household import applied_already, household_people
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.dates import day
from pas.web.languages import as_data, said, say
from pas.web.pages import page

HOLDER: Final = {"holder": True, "mandate": True}


class DecisionTold(msgspec.Struct, frozen=True):
    """The newest decision as its letter has it."""

    year: int
    written: str
    groups: list[tuple[str, list[tuple[str, str]]]]
    how_to_object: str


@get("/{municipality:str}/my-decision", opt=HOLDER, include_in_schema=False)
async def my_decision(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    return await decision_of(request, municipality, holder_of(actor_of(request)))


@get("/{municipality:str}/my-decision/{resident_id:uuid}", opt=HOLDER, include_in_schema=False)
async def decision_of_child(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Of somebody whose pass I manage."""
    return await decision_of(request, municipality, ResidentId(resident_id))


async def decision_of(request: AppRequest, municipality: str, who: ResidentId) -> Response[str]:
    now, actor = datetime.now(UTC), actor_of(request)
    async with connected(request, municipality) as connection:
        if not await is_own(connection, who, actor=actor, now=now):
            raise NotFound
        if actor.is_noted:
            await note_processing(connection, [who], "decision.shown", actor=actor, now=now)
        people = await household_people(connection, holder_of(actor), today=day_of(now))
        year = await current_year(connection, now)
        written = await newest_decision(connection, who, year=year)
        waits = await applied_already(connection, who, today=day_of(now))
        weeks = (await read_municipality_settings(connection)).objection_weeks
    return page(
        request,
        "grants/my_decision.html",
        home=f"/{municipality}",
        who=who,
        name=next((one.name for one in people if one.id == who), ""),
        people=people if len(people) > 1 else [],
        year=year,
        waits=waits,
        is_holder=actor.on_behalf_of is None,
        decision=None if written is None else told(written, weeks=weeks),
    )


def told(written: WrittenDecision, *, weeks: int) -> DecisionTold:
    decided_on = day_of(written.decided_at)
    return DecisionTold(
        year=written.decision.year,
        written=say(
            "Wij beslisten op {day}, na {cause}.",
            day=day(decided_on),
            cause=said(CAUSES[written.cause]),
        ),
        groups=[
            (heading, [(as_data(title), why) for title, why in lines])
            for heading, lines in explain(written.decision)
        ],
        how_to_object=how_to_object(last_day(decided_on, weeks=weeks)),
    )


def last_day(decided_on: date, *, weeks: int) -> date:
    """The last day to object: so many weeks after the day of the decision (Awb 6:7, 6:8)."""
    return decided_on + timedelta(weeks=weeks)


routes: list[ControllerRouterHandler] = [my_decision, decision_of_child]
