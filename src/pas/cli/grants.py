"""``pas grants``: money set aside, the yearly assessment, and what returns."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from pas.auth.actor import SYSTEM
from pas.auth.keys import KeyStore
from pas.cli.connected import with_database
from pas.cli.explained import Explained, explain_person
from pas.cli.rows import bar
from pas.cli.screen import done, out, refused, say
from pas.db import Database
from pas.grants.appropriations import Appropriation, CoverLine, read_appropriations, set_aside
from pas.grants.assess import Task, assess_dry, assess_year
from pas.grants.explain import REASONS
from pas.grants.facts import outcome_of
from pas.grants.lapse import LapseReport, lapse_year
from pas.grants.report import AssessmentReport
from pas.ids import EntryId, MunicipalityName, uuid7
from pas.money import Cents, euros, parse_euros, percent
from pas.residents.look_up import Look
from pas.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="Money set aside, the yearly assessment, and lapsing.")

Place = Annotated[str, typer.Argument(help="Which municipality; see pas municipality list.")]
Year = Annotated[int, typer.Option(min=2000, max=2199, help="The pass year.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, write nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="The report, for a program.")]


@app.callback()
def grants() -> None:
    """Grant what residents are entitled to."""


def a_task(municipality: str, year: int) -> Task:
    return Task(
        municipality=MunicipalityName(municipality),
        year=year,
        actor=SYSTEM,
        now=datetime.now(UTC),
    )


@app.command()
def assess(
    municipality: Place, *, year: Year, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Assess everybody for a year and grant what they qualify for. Again grants nothing twice.

    A run that stopped half-way goes on where it was on the same day. One of an earlier day ends as
    broken off, and a new one starts. Unknown incomes are counted, and neither granted nor refused.
    Over-spending is reported and blocks nobody; a closed pot grants what is in it.

    Examples: pas grants assess velsen --year 2026 --dry-run
              pas grants assess velsen --year 2026
    """
    task = a_task(municipality, year)
    work = assess_dry if dry_run else assess_year
    with bar("Assessing households") as told:
        report = with_database(lambda database: work(database, task, told=told))
    if as_json:
        out.print_json(msgspec.json.encode(report).decode())
    else:
        show_assessment(report)
    said = "would be granted" if dry_run else "granted"
    done(
        f"{report.persons_granted} of {report.persons} persons {said} "
        f"{euros(report.granted_cents)}; {report.passes} new passes; "
        f"the income of {report.unknown_households} households is unknown."
    )


def show_assessment(report: AssessmentReport) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("scheme", "granted", "held", "refused", "unknown", "euros", "left"):
        table.add_column(column, justify="left" if column == "scheme" else "right")
    for one in report.schemes:
        table.add_row(
            one.scheme,
            *map(str, (one.granted, one.held, one.refused, one.unknown)),
            euros(one.granted_cents),
            euros(one.left_cents),
        )
    out.print(table)
    show_refusals(report)
    for one in report.limits:
        say(
            f"Just above {percent(one.income_limit)}, {one.persons} persons would lose "
            f"{euros(one.each_cents)} each, on average."
        )
    for one in report.schemes:
        if one.overspent_cents:
            refused(f"{one.scheme} is overspent by {euros(one.overspent_cents)}.")


def show_refusals(report: AssessmentReport) -> None:
    """Say why people got nothing of what is for them, the most frequent reason first."""
    table = Table(box=None, pad_edge=False)
    for column in ("scheme", "why not", "persons"):
        table.add_column(column, justify="right" if column == "persons" else "left")
    for one in report.schemes:
        for reason, persons in sorted(one.reasons.items(), key=lambda pair: -pair[1]):
            if outcome_of(reason) in {"refused", "unknown"}:
                table.add_row(one.scheme, REASONS[reason], str(persons))
    if table.row_count:
        out.print()
        out.print(table)


@app.command()
def explain(
    municipality: Place,
    person: Annotated[str, typer.Argument(help="The person number; see pas residents.")],
    *,
    year: Annotated[int, typer.Option(min=0, max=2199, help="The pass year; 0 is this one.")] = 0,
) -> None:
    """Say what somebody gets and why, in the words of the letter: as decided, or by today's rules.

    Writes nothing but who looked. Example: pas grants explain velsen 1001 --year 2026
    """
    ring = KeyStore(read_settings().keys).ring(MunicipalityName(municipality))
    look = Look(actor=SYSTEM, purpose="question", trace_id="", now=datetime.now(UTC))

    async def work(database: Database) -> Explained:
        async with database.connection(MunicipalityName(municipality)) as connection:
            return await explain_person(connection, person, look=look, ring=ring, year=year)

    told = with_database(work)
    out.print(told.about, markup=False)
    for heading, lines in told.groups:
        out.print(f"\n{heading}", style="bold", markup=False)
        for title, sentence in lines:
            out.print(f"  {title}: {sentence}", markup=False, soft_wrap=True)


@app.command()
def lapse(
    municipality: Place, *, year: Year, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Return what is left of the year's budgets that can no longer be spent. Again returns nothing.

    Work does this daily for all years. Example: pas grants lapse velsen --year 2026 --dry-run
    """
    task = a_task(municipality, year)
    with bar("Looking at budgets") as told:
        report: LapseReport = with_database(
            lambda database: lapse_year(database, task, dry_run=dry_run, told=told)
        )
    if as_json:
        out.print_json(msgspec.json.encode(report).decode())
    else:
        table = Table(box=None, pad_edge=False)
        for column in ("scheme", "budgets", "euros", "visits"):
            table.add_column(column, justify="left" if column == "scheme" else "right")
        for one in report.schemes:
            table.add_row(one.scheme, str(one.budgets), euros(one.amount_cents), str(one.visits))
        out.print(table)
    done(f"{euros(report.amount_cents)} {'would return' if dry_run else 'returned'}.")


@app.command()
def appropriate(
    municipality: Place,
    scheme: Annotated[str, typer.Argument(help="The code of the scheme; see pas schemes list.")],
    amount: Annotated[str, typer.Argument(help="Euros, as people write them: 12500 or 12.500,00.")],
    *,
    year: Year,
    cover: Annotated[str, typer.Option(help="The source of cover.")],
) -> None:
    """Set money aside for a scheme and a year; each time is another amount.

    Example: pas grants appropriate velsen sport_kinderen 12500 --year 2026 --cover minimabeleid
    """
    line = CoverLine(
        id=EntryId(uuid7()),
        scheme=scheme,
        year=year,
        cover_line=cover,
        amount_cents=parse_euros(amount),
    )

    async def work(database: Database) -> Appropriation:
        async with database.connection(MunicipalityName(municipality)) as connection:
            return await set_aside(connection, line, actor=SYSTEM, now=datetime.now(UTC))

    after = with_database(work)
    done(f"{euros(line.amount_cents)} set aside; {euros(after.left_cents)} is left.")


@app.command()
def appropriations(municipality: Place, *, year: Year, as_json: AsJson = False) -> None:
    """List the money of a year by scheme: set aside, granted, left or overspent.

    Example: pas grants appropriations velsen --year 2026
    """

    async def work(database: Database) -> list[Appropriation]:
        async with database.connection(MunicipalityName(municipality)) as connection:
            return await read_appropriations(connection, year=year)

    found = with_database(work)
    if as_json:
        out.print_json(msgspec.json.encode(found).decode())
        return
    table = Table(box=None, pad_edge=False)
    for column in ("scheme", "set aside", "granted", "returned", "left"):
        table.add_column(column, justify="left" if column == "scheme" else "right")
    for one in found:
        cents: tuple[Cents, ...] = (
            one.appropriated_cents,
            one.granted_cents,
            one.returned_cents,
            one.left_cents,
        )
        table.add_row(one.scheme, *map(euros, cents))
    out.print(table)
