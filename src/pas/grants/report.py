"""What an assessment did, or would do: per scheme the persons, the euros and what that leaves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from pas.db import Connection
from pas.grants.appropriations import Appropriation, read_appropriations
from pas.grants.facts import Outcome, Reason
from pas.grants.ground import Ground
from pas.grants.runs import CountRow, Tally, by_version, read_counts, read_run
from pas.ids import AssessmentId, SchemeVersionId
from pas.money import NO_CENTS, BasisPoints, Cents
from pas.schemes.stored import read_version_rows


class SchemeReport(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Persons by outcome; ``granted_cents`` is of this run, what is left and overspent of the year."""

    scheme: str
    title: str
    granted: int
    granted_cents: Cents
    held: int
    refused: int
    unknown: int
    not_applicable: int
    reasons: dict[Reason, int]
    closed_pot: bool
    appropriated_cents: Cents
    left_cents: Cents
    overspent_cents: Cents


class LimitReport(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What people get that ends at one income limit: just above it, they lose this at once."""

    income_limit: BasisPoints
    persons: int
    lost_cents: Cents

    @property
    def each_cents(self) -> Cents:
        """The average, in whole cents, rounded half up."""
        return Cents((2 * self.lost_cents + self.persons) // (2 * self.persons))


class AssessmentReport(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An assessment in figures; ``dry_run`` wrote nothing, and alone has ``limits``."""

    id: AssessmentId | None
    dry_run: bool
    year: int
    assessed_on: date
    ended_at: datetime | None
    broken_off_at: datetime | None = None
    households: int
    unknown_households: int
    persons: int
    persons_granted: int
    passes: int
    granted_cents: Cents
    overspent_cents: Cents
    schemes: list[SchemeReport]
    limits: list[LimitReport] = []


async def read_report(connection: Connection, run_id: AssessmentId) -> AssessmentReport:
    """Give the report of a run, also while it runs."""
    run = await read_run(connection, run_id)
    versions = {row.id: (row.code, row.title) for row in await read_version_rows(connection)}
    counts = by_version(await read_counts(connection, run_id))
    money = {one.scheme: one for one in await read_appropriations(connection, year=run.year)}
    schemes = [
        _scheme(versions[version_id], rows, money, is_booked=True)
        for version_id, rows in counts.items()
    ]
    return AssessmentReport(
        id=run.id,
        dry_run=False,
        year=run.year,
        assessed_on=run.assessed_on,
        ended_at=run.ended_at,
        broken_off_at=run.broken_off_at,
        households=run.households,
        unknown_households=run.unknown_households,
        persons=run.persons,
        persons_granted=run.persons_granted,
        passes=run.passes,
        granted_cents=Cents(sum(one.granted_cents for one in schemes)),
        overspent_cents=Cents(sum(one.overspent_cents for one in schemes)),
        schemes=sorted(schemes, key=lambda one: one.scheme),
    )


async def dry_report(
    connection: Connection, ground: Ground, tally: Tally, *, now: datetime
) -> AssessmentReport:
    """Make the report that the same run would have had, its grants taken off what is left."""
    plan = ground.plan
    counts = by_version(tally.rows())
    money = {one.scheme: one for one in await read_appropriations(connection, year=plan.year)}
    versions: dict[SchemeVersionId, tuple[str, str]] = {
        one.id: (one.version.code, one.version.title) for one in plan.schemes
    }
    schemes = [
        _scheme(versions[version_id], rows, money, is_booked=False)
        for version_id, rows in counts.items()
    ]
    return AssessmentReport(
        id=None,
        dry_run=True,
        year=plan.year,
        assessed_on=plan.assessed_on,
        ended_at=now,
        households=tally.households,
        unknown_households=tally.unknown_households,
        persons=tally.persons,
        persons_granted=tally.persons_granted,
        passes=tally.passes,
        granted_cents=Cents(sum(one.granted_cents for one in schemes)),
        overspent_cents=Cents(sum(one.overspent_cents for one in schemes)),
        schemes=sorted(schemes, key=lambda one: one.scheme),
        limits=[
            LimitReport(
                income_limit=limit, persons=persons, lost_cents=Cents(tally.cents_by_limit[limit])
            )
            for limit, persons in sorted(tally.persons_by_limit.items())
        ],
    )


def _scheme(
    name: tuple[str, str],
    rows: Sequence[CountRow],
    money: Mapping[str, Appropriation],
    *,
    is_booked: bool,
) -> SchemeReport:
    code, title = name
    persons: Counter[Outcome] = Counter()
    for row in rows:
        persons[row.outcome] += row.persons
    granted = Cents(sum(row.amount_cents for row in rows))
    appropriation = money.get(code)
    left = appropriation.left_cents if appropriation else NO_CENTS
    left = left if is_booked else Cents(left - granted)
    return SchemeReport(
        scheme=code,
        title=title,
        granted=persons["granted"],
        granted_cents=granted,
        held=persons["held"],
        refused=persons["refused"],
        unknown=persons["unknown"],
        not_applicable=persons["not_applicable"],
        reasons={row.reason: row.persons for row in rows},
        closed_pot=appropriation is not None and appropriation.closed_pot,
        appropriated_cents=appropriation.appropriated_cents if appropriation else NO_CENTS,
        left_cents=left,
        overspent_cents=Cents(max(0, -left)),
    )
