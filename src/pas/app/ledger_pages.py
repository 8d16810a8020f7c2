"""The last proof of the books, as a page and for a program, and a way to prove them anew."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.app.proving import (
    NotProvedYet,
    last_proof,
    proof_waits,
    prove_soon,
    queue_proof,
)
from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import JobId, MunicipalityName
from pas.ledger.prove import MerchantEquation, Proof, SchemeEquation
from pas.money import NO_BREAK_SPACE, Cents, euros
from pas.problems.bodies import AppRequest
from pas.schemes.show import list_schemes
from pas.web.counts import count
from pas.web.pages import done, page

PROVE: Final = {"permission": Permission.LEDGER_PROVE}
MOST_SHOWN: Final = 50
REFRESH_SECONDS: Final = "3"


class QueuedProof(msgspec.Struct, frozen=True, rename="camel"):
    """The job that proves the books."""

    job_id: JobId


class _Name(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class EquationShown(msgspec.Struct, frozen=True):
    """One scheme and year in words; ``terms`` add up to what came in."""

    title: str
    closes: bool
    difference: str
    terms: list[tuple[str, str]]


READ_NAMES: Final = Statement("SELECT id, name FROM merchant", _Name)


@get("/v1/{municipality:str}/ledger/proof", opt=PROVE)
async def read_proof(municipality: FromPath[str], request: AppRequest) -> Proof:
    """Lees het laatste bewijs van de boeken.

    Per regeling en jaar: gekregen is besteed, plus vastgezet, vervallen en open. Per aanbieder wat
    hij nog krijgt. Klopt er iets niet, dan staat er waar. Elke nacht is er een nieuw bewijs.
    """
    async with connected(request, municipality) as connection:
        proof = await last_proof(connection)
    if proof is None:
        raise NotProvedYet
    return proof


@post("/v1/{municipality:str}/ledger/proofs", opt=PROVE, status_code=202)
async def prove_ledger(municipality: FromPath[str], request: AppRequest) -> QueuedProof:
    """Bewijs de boeken opnieuw. Dit leest alles: het duurt even."""
    async with connected(request, municipality) as connection:
        return QueuedProof(await queue_proof(connection, actor=actor_of(request)))


@post("/{municipality:str}/ledger", opt=PROVE, include_in_schema=False)
async def prove_on_page(municipality: FromPath[str], request: AppRequest) -> Redirect:
    """Prove the books while somebody waits, or as a job where that takes too long."""
    async with connected(request, municipality) as connection:
        name = MunicipalityName(municipality)
        await prove_soon(connection, name, actor=actor_of(request))
    return done(f"/{municipality}/ledger")


@get("/{municipality:str}/ledger", opt=PROVE, include_in_schema=False)
async def ledger_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Do the books close to the cent, and if not: where do they break?"""
    async with connected(request, municipality) as connection:
        proof, waits = await last_proof(connection), await proof_waits(connection)
        titles = await scheme_titles(connection, on=day_of(datetime.now(UTC)))
        names = {one.id: one.name for one in await READ_NAMES.all(connection)}
    about = {} if proof is None else shown_proof(proof, titles, names)
    place = {
        "home": f"/{municipality}",
        "proved": proof is not None,
        "waits": waits,
        "may_read": actor_of(request).may(Permission.LEDGER_READ),
        "may_see_offline": actor_of(request).may(Permission.REDEMPTIONS_READ),
    }
    answer = page(request, "app/ledger.html", **place, **about)
    if waits:
        answer.headers["Refresh"] = REFRESH_SECONDS
    return answer


def shown_proof(
    proof: Proof, titles: Mapping[UUID, str], names: Mapping[UUID, str]
) -> dict[str, object]:
    owed = sorted(proof.merchants, key=lambda one: (one.difference == 0, -one.owed))
    return {
        "closes": proof.closes,
        "proved_at": proof.proved_at,
        "breaks": breaks_of(proof),
        "equations": [shown(one, titles) for one in broken_first(proof.schemes, titles)],
        "owed": [merchant_cells(one, names) for one in owed[:MOST_SHOWN]],
        "merchants": len(owed),
        "shown": min(len(owed), MOST_SHOWN),
        "total_cents": sum(one.owed for one in owed),
        "spent_cents": sum(
            one.spent - one.reversed for one in proof.schemes if one.unit == "cents"
        ),
        "open_cents": sum(one.open for one in proof.schemes if one.unit == "cents"),
    }


async def scheme_titles(connection: Connection, *, on: date) -> dict[UUID, str]:
    schemes = await list_schemes(connection, on=on)
    return {one.id: one.shown.version.title for one in schemes}


def broken_first(
    equations: list[SchemeEquation], titles: Mapping[UUID, str]
) -> list[SchemeEquation]:
    """Give those that do not close first; then the newest year, by title."""
    return sorted(
        equations,
        key=lambda one: (one.difference == 0, -one.budget_year, titles.get(one.scheme_id, "")),
    )


def breaks_of(proof: Proof) -> list[str]:
    """Everything that is not right, in the words of the checks."""
    walls = [f"{one.wall}: {one.detail}" for one in proof.missing_walls]
    return [*(f"{one.check}: {one.detail}" for one in proof.findings[:MOST_SHOWN]), *walls]


def shown(one: SchemeEquation, titles: Mapping[UUID, str]) -> EquationShown:
    amounts = [
        ("Toegekend", one.granted),
        ("Daarvan meegenomen van een eerdere leverancier", one.opening),
        ("Tekort van toen de lijn weg was", one.shortfall),
        ("Besteed", one.spent),
        ("Teruggedraaid", -one.reversed),
        ("Vastgezet", one.held),
        ("Vervallen", one.lapsed),
        ("Nog te besteden", one.open),
    ]
    always = {"Toegekend", "Besteed", "Nog te besteden"}
    title = titles.get(one.scheme_id, str(one.scheme_id))
    unit = ", in bezoeken" if one.unit == "visits" else ""
    return EquationShown(
        title=f"{title}, {one.budget_year}{unit}",
        closes=one.difference == 0,
        difference=written(one.difference, one.unit),
        terms=[
            (name, written(amount, one.unit))
            for name, amount in amounts
            if amount or name in always
        ],
    )


def merchant_cells(one: MerchantEquation, names: Mapping[UUID, str]) -> list[str]:
    amounts = (one.redeemed, one.reversed, one.paid, one.owed)
    verdict = "ja" if one.difference == 0 else f"nee: {written(one.difference, 'cents')}"
    name = names.get(one.merchant_id, "Eenmalige ontvanger")
    return [name, *(written(amount, "cents") for amount in amounts), verdict]


def written(amount: int, unit: str) -> str:
    return (
        euros(Cents(amount))
        if unit == "cents"
        else f"{count(amount)}{NO_BREAK_SPACE}{'bezoek' if amount == 1 else 'bezoeken'}"
    )


routes: list[ControllerRouterHandler] = [read_proof, prove_ledger, prove_on_page, ledger_page]
