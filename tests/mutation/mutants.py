"""One small mistake at a time in the SQL that guards money: flipped, removed, off by one.

A mutant is a statement that makes the mistake in a copy of the migrated database. Constraints keep
their name and lose their condition, so that no list of names gives them away.
"""

import re
from collections.abc import AsyncGenerator, Iterator

import msgspec

from pas.db import Connection

FUNCTIONS = (
    *("book", "redeem_batch", "reverse_batch", "grant_batch", "lapse_batch", "lock_pots"),
    *("open_accounts", "set_usable", "set_all_usable", "set_budget_usable", "set_budgets_usable"),
    *("appropriate", "open_appropriation"),
    *("open_merchant_account", "refuse_write", "refuse_write_unless_ledger"),
)
TABLES = (
    *("account", "balance", "entry", "transfer", "reversal", "epoch", "posting", "usable_change"),
    *("redemption", "redemption_reversal", "scheme_grant", "appropriation", "appropriation_line"),
)
COMPARED = {
    " < ": [" <= "],
    " <= ": [" < "],
    " > ": [" >= "],
    " >= ": [" > "],
    " = ": [" <> "],
    " <> ": [" = "],
    " + ": [" - "],
    " - ": [" + "],
    " AND ": [" OR "],
    " OR ": [" AND "],
    " IS NULL": [" IS NOT NULL"],
    " IS NOT NULL": [" IS NULL"],
    "NOT EXISTS": ["EXISTS"],
    "AND NOT ": ["AND "],
    "true": ["false"],
    "false": ["true"],
    "least(": ["greatest("],
    " 1024 ": [" 1025 "],
    "BETWEEN 1 AND": ["BETWEEN 0 AND", "BETWEEN 2 AND"],
    "FOR NO KEY UPDATE": [""],
    "IS NOT TRUE": ["IS NULL"],
    "+ 1": ["+ 2"],
}
UNTOUCHED = re.compile(
    r"^\s*(--|RETURNS|LANGUAGE|SET (search_path|enable|jit)|AS \$|DECLARE|HINT|FROM unnest\(.*\)$|CREATE )"
)
TEXT = re.compile(r"'[^']*'")
ASSIGNED = re.compile(r"^\s*\w+(\[\w+\])? := .*;$")
WHOLE_IF = re.compile(r"^(\s*)(IF|ELSIF) (.*) THEN$")
JOINED = re.compile(r"^\s*(AND|OR) .*$")
ORDERED = re.compile(r"^\s*ORDER BY [\w., ]+(?= FOR NO KEY UPDATE|;|$)")
LOOP = re.compile(r"\bat := at \+ 1")
"""Without it a loop never ends."""


class Mutant(msgspec.Struct, frozen=True):
    """Where, what it says now, what it said, and the statement that makes it so."""

    where: str
    change: str
    sql: str


async def all_mutants(connection: Connection) -> list[Mutant]:
    """From the catalogue of a migrated database, so that nothing is forgotten."""
    mutants = [mutant async for mutant in of_constraints(connection)]
    for name in FUNCTIONS:
        source: str = await connection.fetchval(
            "SELECT pg_get_functiondef(oid) FROM pg_proc"
            " WHERE proname = $1 AND pronamespace = 'velsen'::regnamespace",
            name,
        )
        mutants += of_function(name, source)
        if name.startswith("refuse_write"):
            body = source[source.index("AS $function$") :]
            nothing = "AS $function$ BEGIN RETURN NULL; END $function$"
            mutants.append(Mutant(name, "refuses nothing", source.replace(body, nothing)))
    return mutants


async def of_constraints(connection: Connection) -> AsyncGenerator[Mutant]:
    tables = [f"velsen.{table}" for table in TABLES]
    for table, name, is_check in await connection.fetch(
        "SELECT conrelid::regclass::text, conname, contype = 'c' FROM pg_constraint"
        " WHERE conrelid = ANY ($1::text[]::regclass[]) AND contype IN ('c', 'p', 'u') ORDER BY 1, 2",
        tables,
    ):
        lost = f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE;"
        if is_check:
            lost += f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (true)"
        yield Mutant(f"constraint {name}", "always true" if is_check else "gone", lost)
    for name, definition in await connection.fetch(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indisunique"
        " AND indrelid = ANY ($1::text[]::regclass[])"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1",
        tables,
    ):
        plain = definition.replace("CREATE UNIQUE INDEX", "CREATE INDEX").replace(
            " NULLS NOT DISTINCT", ""
        )
        yield Mutant(f"index {name}", "not unique", f"DROP INDEX {name}; {plain}")
    for table, name in await connection.fetch(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
        " AND tgrelid = ANY ($1::text[]::regclass[]) ORDER BY 1, 2",
        tables,
    ):
        where = f"trigger {name} on {table}"
        yield Mutant(where, "gone", f"DROP TRIGGER {name} ON {table}")
        yield Mutant(where, "not always", f"ALTER TABLE {table} ENABLE TRIGGER {name}")


def of_function(name: str, source: str) -> Iterator[Mutant]:
    lines = source.split("\n")
    begins = next(
        at
        for at, line in enumerate(lines)
        if line.strip() == "AS $function$" or "AS $function$" in line
    )
    in_message = False
    for at in range(begins + 1, len(lines)):
        line = lines[at]
        in_message = "MESSAGE = " in line or (in_message and "HINT" in line)
        if UNTOUCHED.match(line) or in_message or not line.strip():
            continue
        for changed, how in dict.fromkeys(changes_of(line)):
            mutated = [*lines[:at], changed, *lines[at + 1 :]]
            where = f"{name}: {line.strip()[:150]}"
            yield Mutant(where, how, "\n".join(mutated))


def changes_of(line: str) -> Iterator[tuple[str, str]]:
    """Every small mistake in one line; texts in quotes are left alone."""
    hidden = TEXT.sub(lambda text: "\0" * len(text[0]), line)
    if not LOOP.search(hidden):
        yield from flipped(line, hidden)
        yield from not_assigned(line)
    yield from not_asked(line, hidden)
    if ORDERED.match(hidden):
        yield ORDERED.sub("", line), "order removed"
    if "DO NOTHING" in hidden and "ON CONFLICT" in hidden:
        end = ";" if ";" in hidden else ""
        yield line[: line.index("ON CONFLICT")] + end, "conflict not handled"


def flipped(line: str, hidden: str) -> Iterator[tuple[str, str]]:
    for old, news in COMPARED.items():
        for found in re.finditer(re.escape(old), hidden):
            if old == " = " and is_assignment(hidden, found.start()):
                continue
            for new in news:
                changed = line[: found.start()] + new + line[found.end() :]
                yield changed, f"{old.strip()} -> {new.strip() or 'nothing'} at {found.start()}"


def not_assigned(line: str) -> Iterator[tuple[str, str]]:
    if ASSIGNED.match(line):
        yield "NULL;", "not assigned"


def not_asked(line: str, hidden: str) -> Iterator[tuple[str, str]]:
    """A condition that is always or never true, or is not there."""
    if found := WHOLE_IF.match(line):
        for condition in ("false", "true"):
            yield f"{found[1]}{found[2]} {condition} THEN", f"if {condition}"
    if JOINED.match(hidden) and hidden.count("(") == hidden.count(")"):
        ends = [end for end in (" THEN", ";") if hidden.rstrip().endswith(end)]
        yield "".join(ends), "condition removed"


def is_assignment(hidden: str, place: int) -> bool:
    """``SET a = …`` and ``USING ERRCODE = …`` compare nothing."""
    before = hidden[:place]
    return "ERRCODE" in before or bool(re.search(r"\bSET\b(?!.*\b(WHERE|FROM)\b)", before))
