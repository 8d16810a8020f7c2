"""Draw a sample from the sealed entries of a year that anybody can draw again from the export.

At random: the entries with the smallest SHA-256 of seed, line feed and entry id. By amount: monetary-unit
sampling at a fixed interval from a random start, the value-weighted systematic selection of ISA 530
(appendix 4) and of the AICPA audit guide on sampling: each cent has the same chance, so an entry above the
interval is always in. docs/audit-sample.md has both to the letter.
"""

import hashlib
from typing import ClassVar, Final, Literal
from uuid import UUID

import msgspec

from pas.db import Connection, Statement, take_long
from pas.errors import Refusal
from pas.money import Cents
from pas.seals.checkpoints import StoredCheckpoint, last_checkpoint
from pas.spreadsheet import Amount
from pas.tables import Table
from pas.years.span import span_of_year
from pas.years.stored import READ_CHECKPOINT, read_last_closing
from pas.years.year_file import YearNotSealed

Method = Literal["random", "amount"]
METHODS: Final[dict[str, Method]] = {"random": "random", "amount": "amount"}
MOST: Final = 2_000
LONGEST_SEED: Final = 100
COLUMNS: Final = ("position", "entry", "kind", "amount", "hits")


class SampleWrong(Refusal):
    """Deze steekproef kunnen we niet trekken."""

    next_step: ClassVar[str] = "Kies een ander aantal, soort of zegel."


class Population(msgspec.Struct, frozen=True, rename="camel"):
    """All that can be drawn: how many entries, and the cents that they moved."""

    entries: int
    amount_cents: Cents


class Drawn(msgspec.Struct, frozen=True, rename="camel"):
    """One entry: its place in the tree of seals, and how many of the chosen cents it holds."""

    position: int
    entry_id: UUID
    kind: str
    amount_cents: Cents
    hits: int


class Sample(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What was asked, from what it was drawn, and what came; ``interval`` and ``start`` only by amount."""

    year: int
    seed: str
    size: int
    method: Method
    kind: str | None
    seal_size: int
    population: Population
    interval_cents: Cents | None
    start_cents: Cents | None
    entries: list[Drawn]


class Ask(msgspec.Struct, frozen=True):
    """A drawing; ``seal_size`` names an earlier seal, ``kind`` draws from entries of one kind."""

    seed: str
    size: int
    method: Method = "random"
    kind: str | None = None
    seal_size: int | None = None


READ_POPULATION: Final = Statement(
    """
    SELECT count(DISTINCT e.id) AS entries, coalesce(sum(t.amount), 0)::bigint AS amount_cents
    FROM entry e JOIN seal_leaf l ON l.kind = 4 AND l.key = uuid_send(e.id) AND l.number < $3
    JOIN transfer t ON t.entry_id = e.id JOIN account d ON d.id = t.debit AND d.unit = 'cents'
    WHERE e.period >= $1 AND e.period < $2 AND ($4::text IS NULL OR e.kind = $4)
    """,
    Population,
)
DRAW_AT_RANDOM: Final = Statement(
    """
    SELECT l.number AS position, e.id AS entry_id, e.kind, sum(t.amount)::bigint AS amount_cents, 1 AS hits
    FROM entry e JOIN seal_leaf l ON l.kind = 4 AND l.key = uuid_send(e.id) AND l.number < $3
    JOIN transfer t ON t.entry_id = e.id JOIN account d ON d.id = t.debit AND d.unit = 'cents'
    WHERE e.period >= $1 AND e.period < $2 AND ($4::text IS NULL OR e.kind = $4)
    GROUP BY l.number, e.id, e.kind
    ORDER BY sha256(convert_to($5 || chr(10) || e.id::text, 'UTF8')), e.id LIMIT $6
    """,
    Drawn,
)
DRAW_BY_AMOUNT: Final = Statement(
    """
    WITH population AS (
        SELECT l.number, e.id, e.kind, sum(t.amount)::bigint AS cents
        FROM entry e JOIN seal_leaf l ON l.kind = 4 AND l.key = uuid_send(e.id) AND l.number < $3
        JOIN transfer t ON t.entry_id = e.id JOIN account d ON d.id = t.debit AND d.unit = 'cents'
        WHERE e.period >= $1 AND e.period < $2 AND ($4::text IS NULL OR e.kind = $4)
        GROUP BY l.number, e.id, e.kind
    ), running AS (
        SELECT p.*, sum(p.cents) OVER (ORDER BY p.number)::bigint AS until FROM population p
    ), points AS (
        -- How many of start, start + interval, … are at most so many cents.
        SELECT r.*, least($7::bigint, greatest(0, (r.until - $5 + $6) / $6)) AS upto,
            least($7::bigint, greatest(0, (r.until - r.cents - $5 + $6) / $6)) AS before
        FROM running r
    )
    SELECT number AS position, id AS entry_id, kind, cents AS amount_cents, (upto - before)::int AS hits
    FROM points WHERE upto > before ORDER BY number
    """,
    Drawn,
)


async def draw(connection: Connection, year: int, ask: Ask) -> Sample:
    """Draw it under the seal that is asked for, else that of the year's closing, else the last one."""
    if not (
        1 <= ask.size <= MOST and 1 <= len(ask.seed) <= LONGEST_SEED and ask.seed.isprintable()
    ):
        raise SampleWrong(
            f"Kies 1 tot en met {MOST} boekingen, en een begin van hoogstens 100 tekens."
        )
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await take_long(connection)
        span = await span_of_year(connection, year)
        seal = await _seal_of(connection, year, ask.seal_size)
        whole = (span.starts_on, span.ends_on, seal.size, ask.kind)
        population = await READ_POPULATION.one(connection, *whole)
        interval = start = None
        if ask.method == "random":
            entries = await DRAW_AT_RANDOM.all(connection, *whole, ask.seed, ask.size)
        else:
            interval = Cents(max(1, population.amount_cents // ask.size))
            start = first_cent(ask.seed, interval)
            entries = await DRAW_BY_AMOUNT.all(connection, *whole, start, interval, ask.size)
    return Sample(
        year=year,
        seed=ask.seed,
        size=ask.size,
        method=ask.method,
        kind=ask.kind,
        seal_size=seal.size,
        population=population,
        interval_cents=interval,
        start_cents=start,
        entries=entries,
    )


def first_cent(seed: str, interval: Cents) -> Cents:
    """Where the first chosen cent lies: from 1 up to the interval, by the SHA-256 of the seed as one number."""
    digest = hashlib.sha256(seed.encode()).digest()
    return Cents(int.from_bytes(digest) % interval + 1)


def sample_table(sample: Sample) -> Table:
    rows = [
        (one.position, str(one.entry_id), one.kind, Amount(one.amount_cents), one.hits)
        for one in sample.entries
    ]
    return Table(f"steekproef {sample.year}", COLUMNS, rows)


async def _seal_of(connection: Connection, year: int, size: int | None) -> StoredCheckpoint:
    closing = await read_last_closing(connection, year)
    if size is None and closing is not None and closing.is_closed:
        size = closing.checkpoint_size
    if size is None:
        found = await last_checkpoint(connection)
    else:
        found = await READ_CHECKPOINT.first(connection, size)
        if found is None:
            raise SampleWrong(f"Er is geen zegel over {size} regels.")
    if found is None:
        raise YearNotSealed
    return found
