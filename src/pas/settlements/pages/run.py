"""One run as a page: what to do with it now, what it pays, what it leaves, and its files."""

from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.demo_login import is_demo
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.db import Connection
from pas.grants.names import read_logins
from pas.ids import MerchantId, MunicipalityName, SettlementId
from pas.money import Cents, euros
from pas.problems.bodies import AppRequest
from pas.settlements.export import read_files
from pas.settlements.manifest import read_manifest_hash
from pas.settlements.model import BankFile, SettlementLine, SettlementRun
from pas.settlements.pages.review import shown_review
from pas.settlements.pages.words import RUN_STATES, outcome_of, unpaid_cells
from pas.settlements.routes.runs import EXPORT, READ, After, fetched_file
from pas.settlements.show import ListedSettlement, list_runs, read_before, read_unpaid
from pas.settlements.stored import read_lines, read_run
from pas.web.pages import page

RUN: Final = "/{municipality:str}/settlements/{run_id:uuid}"
ON_A_PAGE: Final = 100
MOST_LEFT: Final = 200


class LineShown(msgspec.Struct, frozen=True):
    """A payment in the table."""

    number: int
    merchant: str
    iban: str
    amount: str
    before: str
    returned: str
    outcome: str


class Shown(msgspec.Struct, frozen=True):
    """A run with its totals, and those of the run before it."""

    run: SettlementRun
    totals: ListedSettlement
    before: ListedSettlement | None
    files: list[BankFile]
    manifest: str | None
    """The hash of its manifest."""
    names: dict[UUID, str]
    payer: tuple[str, str] | None
    """Name and account that the municipality pays from: as approved, else as it is set now."""


@get(RUN, opt=READ, include_in_schema=False)
async def run_page(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest, *, after: After = 0
) -> Response[str]:
    """What is paid to whom, what is not, and what do I do with it?"""
    actor, wanted = actor_of(request), SettlementId(run_id)
    async with connected(request, municipality) as connection:
        shown = await read_shown(connection, wanted)
        lines = await read_lines(connection, wanted, after=after, limit=ON_A_PAGE)
        earlier = await read_before(connection, wanted, after=after, limit=ON_A_PAGE)
        unpaid = await read_unpaid(connection, wanted, limit=MOST_LEFT)
        review = await shown_review(connection, wanted) if after == 0 else None
    state, kind = RUN_STATES[shown.run.state]
    return page(
        request,
        "settlements/run.html",
        home=f"/{municipality}",
        run=shown.run,
        state=state,
        kind=kind,
        totals=shown.totals,
        facts=facts_of(shown),
        lines=[line_of(one, earlier) for one in lines],
        unpaid=[
            (name, euros(Cents(amount)), reason)
            for name, amount, reason in map(unpaid_cells, unpaid)
        ],
        files=shown.files,
        manifest=shown.manifest,
        review=review,
        has_payer=shown.payer is not None,
        after=lines[-1].number if len(lines) == ON_A_PAGE else None,
        is_first=after == 0,
        may_ask_bank=bool(shown.files)
        and actor.may(Permission.SETTLEMENTS_BOOK)
        and await is_demo(request, MunicipalityName(municipality)),
        **abilities(shown.run, actor, is_large=shown.totals.is_large),
    )


@get(f"{RUN}/files/{{number:int}}", opt=EXPORT, include_in_schema=False)
async def bank_file(
    municipality: FromPath[str],
    run_id: FromPath[UUID],
    number: FromPath[int],
    *,
    request: AppRequest,
) -> Response[bytes]:
    return await fetched_file(request, municipality, run_id, number=number)


async def read_shown(connection: Connection, run_id: SettlementId) -> Shown:
    run = await read_run(connection, run_id)
    found = await list_runs(connection, before=run.number + 1, limit=10)
    before = [one for one in found[1:] if one.state != "withdrawn"]
    people = [one for one in (run.proposed_by, run.approved_by, run.withdrawn_by) if one]
    return Shown(
        run=run,
        totals=found[0],
        before=before[0] if before else None,
        files=await read_files(connection, run_id),
        manifest=await read_manifest_hash(connection, run_id),
        names=await read_logins(connection, people),
        payer=await payer_of(connection, run),
    )


async def payer_of(connection: Connection, run: SettlementRun) -> tuple[str, str] | None:
    if run.payer_name is not None and run.payer_iban is not None:
        return run.payer_name, run.payer_iban
    settings = await read_municipality_settings(connection)
    if settings.payer_name is None or settings.payer_iban is None:
        return None
    return settings.payer_name, settings.payer_iban


def facts_of(shown: Shown) -> list[tuple[str, str]]:
    """Give what stands on top: how much, how many, and the difference with the time before."""
    run, totals = shown.run, shown.totals
    facts = [
        ("Bedrag", euros(totals.amount_cents)),
        ("Betalingen", str(totals.lines)),
        ("Vorige keer", "dit is de eerste" if shown.before is None else earlier_of(shown.before)),
        ("Voorgesteld door", who(shown, run.proposed_by)),
    ]
    if shown.payer is not None:
        name, iban = shown.payer
        facts.append(("Van rekening", f"{iban} van {name}"))
    if run.large_cents is not None:
        facts.append(("Groot vanaf meer dan", euros(run.large_cents)))
    if run.approved_by is not None:
        facts.append(("Goedgekeurd door", who(shown, run.approved_by)))
    if totals.again_cents:
        facts.append(("Kwam eerder terug, nu opnieuw", euros(totals.again_cents)))
    if totals.returned_lines:
        facts.append(("Kwam terug", f"{totals.returned_lines}, {euros(totals.returned_cents)}"))
    if run.withdrawn_by is not None:
        facts.append(("Ingetrokken door", who(shown, run.withdrawn_by)))
        facts.append(("Reden", run.withdrawn_because or ""))
    return facts


def earlier_of(one: ListedSettlement) -> str:
    payments = "betaling" if one.lines == 1 else "betalingen"
    return f"{euros(one.amount_cents)}, {one.lines} {payments}"


def who(shown: Shown, person: UUID) -> str:
    if person == shown.run.proposed_by and shown.run.proposed_by_kind == "system":
        return "het programma, op de vaste dag"
    return shown.names.get(person, "een collega")


def line_of(one: SettlementLine, earlier: dict[MerchantId, Cents]) -> LineShown:
    before = earlier.get(one.merchant_id)
    return LineShown(
        number=one.number,
        merchant=one.merchant,
        iban=one.iban,
        amount=euros(one.amount_cents),
        before="nieuw" if before is None else euros(before),
        returned=euros(one.returned_cents) if one.returned_cents else "",
        outcome=outcome_of(one),
    )


def abilities(run: SettlementRun, actor: Actor, *, is_large: bool) -> dict[str, bool]:
    """What whoever looks can do with the run as it is now."""
    own = run.proposed_by == actor.id
    before_file = run.state in {"proposed", "approved"}
    may_withdraw = actor.may(Permission.SETTLEMENTS_PROPOSE) or actor.may(
        Permission.SETTLEMENTS_APPROVE
    )
    may_approve = run.state == "proposed" and not own and actor.may(Permission.SETTLEMENTS_APPROVE)
    too_large = is_large and not actor.may(Permission.SETTLEMENTS_APPROVE_LARGE)
    return {
        "may_approve": may_approve and not too_large,
        "is_too_large": may_approve and too_large,
        "may_withdraw": before_file and may_withdraw,
        "may_export": run.state == "approved" and actor.may(Permission.SETTLEMENTS_EXPORT),
        "may_fetch": run.exported_at is not None and actor.may(Permission.SETTLEMENTS_EXPORT),
        "may_book": run.state == "exported" and actor.may(Permission.SETTLEMENTS_BOOK),
    }


routes: list[ControllerRouterHandler] = [run_page, bank_file]
