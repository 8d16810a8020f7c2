"""A sample for the audit: what to draw, and what came, with all that is needed to draw it again."""

from typing import Annotated, Final
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from pas.money import euros
from pas.problems.bodies import AppRequest
from pas.tables import CSV
from pas.web.counts import count
from pas.web.forms import Form
from pas.web.pages import page
from pas.years.routes.fields import READ, csv_file
from pas.years.routes.samples import EntryKind, SampleSize, SealSize, Seed, drawn
from pas.years.sample import Ask, Method, Sample, sample_table

SAMPLE: Final = "/{municipality:str}/years/{year:int}/sample"
METHODS: Final = [("random", "Willekeurig"), ("amount", "Naar bedrag")]
OptionalSeed = Annotated[str, QueryParameter(max_length=100)]


@get(SAMPLE, opt=READ, include_in_schema=False)
async def sample_page(
    municipality: FromPath[str],
    year: FromPath[int],
    request: AppRequest,
    *,
    seed: OptionalSeed = "",
    size: SampleSize = 60,
    method: FromQuery[Method] = "random",
    kind: EntryKind = None,
    seal: SealSize = 0,
) -> Response[str]:
    """Which entries does the auditor look at?"""
    ask = Ask(seed, size, method, kind or None, seal or None)
    found = await drawn(request, municipality, year=year, ask=ask) if seed else None
    address = f"/{municipality}/years/{year}/sample"
    return page(
        request,
        "years/sample.html",
        home=f"/{municipality}",
        year=year,
        address=address,
        form=Form({"seed": seed, "size": str(size), "method": method}),
        methods=METHODS,
        found=found,
        facts=[] if found is None else facts_of(found),
        rows=[] if found is None else rows_of(found),
        file="" if found is None else f"{address}.csv?{urlencode(asked(found))}",
    )


@get(f"{SAMPLE}.csv", opt=READ, include_in_schema=False, media_type=CSV)
async def sample_csv_file(
    municipality: FromPath[str],
    year: FromPath[int],
    request: AppRequest,
    *,
    seed: Seed,
    size: SampleSize = 60,
    method: FromQuery[Method] = "random",
    kind: EntryKind = None,
    seal: SealSize = 0,
) -> Stream:
    ask = Ask(seed, size, method, kind or None, seal or None)
    found = await drawn(request, municipality, year=year, ask=ask)
    return csv_file(sample_table(found), f"steekproef-{municipality}-{year}.csv")


def asked(found: Sample) -> dict[str, str]:
    """Name the seal as well, so that the same address gives the same sample for ever."""
    given = {"seed": found.seed, "size": str(found.size), "method": found.method}
    kind = {} if found.kind is None else {"kind": found.kind}
    return {**given, **kind, "seal": str(found.seal_size)}


def facts_of(found: Sample) -> list[tuple[str, str]]:
    population = found.population
    facts = [
        ("Getrokken uit", f"{count(population.entries)} boekingen"),
        ("Samen", euros(population.amount_cents)),
        ("Zegel over", f"{count(found.seal_size)} regels"),
    ]
    if found.interval_cents is not None and found.start_cents is not None:
        facts += [("Stap", euros(found.interval_cents)), ("Eerste", euros(found.start_cents))]
    return facts


def rows_of(found: Sample) -> list[list[str]]:
    return [
        [count(one.position), one.kind, euros(one.amount_cents), str(one.entry_id)]
        for one in found.entries
    ]


routes: list[ControllerRouterHandler] = [sample_page, sample_csv_file]
