"""The README of an export: what each file is, for whoever opens the folder without this program."""

from typing import Final

from pas.leaving.manifest import MANIFEST, SIGNATURE, Manifest
from pas.seals.export import CHECKPOINTS, LOG

README: Final = "README.md"
TEXT: Final = """\
# Everything of {title}

All that this municipality had in pas, as it was at {made_at} (UTC): {rows} rows in {tables} tables, and its
sealed books. **It holds names, dates of birth and account numbers of people. Keep it as you keep those.**

| file | what it is |
|---|---|
| `{manifest}` | what is in which file: columns, types, rows, hashes; what the books add up to; which program made it |
| `{signature}` | the hash of the manifest, signed with the key that seals the books (C2SP signed note) |
| `tables/NAME.csv.gz` | the rows of one table |
| `{log}`, `{checkpoints}` | the sealed books, to be verified without this program: `python3 pas_verify.py FOLDER --key …` |
| `README.md` | this page |

## Reading a table

CSV as in RFC 4180, packed with gzip, in UTF-8, the first line with the names of the columns. A value always
stands in quotes; **nothing between two commas is NULL, `""` is an empty text**. Times are in UTC, `infinity`
and `-infinity` are their ends, days are `2026-11-30`, bytes are `\\x` and hexadecimal digits, arrays are
`{{a,b}}`, and amounts are whole cents. Rows stand in the order of the key (`order` in the manifest), so the same
rows give the same bytes. Tables stand in the manifest so that a table comes after those it refers to.

## Bringing it elsewhere

    pas keys import KEYS-FILE
    pas import FOLDER

with a pas of version {program}. The keys are **not** in this folder: they come from `pas keys export`, and without
them no card pays, no citizen number can be read and no seal can be set. docs/leaving.md of the program says more.

## What stayed behind

| table | why |
|---|---|
{left_behind}

## What is in which table

| table | rows | what |
|---|---|---|
{rows_of_tables}
"""


def readme(manifest: Manifest) -> str:
    """Write the page that goes with an export."""
    return TEXT.format(
        title=manifest.title,
        made_at=f"{manifest.made_at:%Y-%m-%d %H:%M}",
        rows=manifest.rows,
        tables=len(manifest.tables),
        manifest=MANIFEST,
        signature=SIGNATURE,
        log=LOG,
        checkpoints=CHECKPOINTS,
        program=manifest.program,
        left_behind="\n".join(f"| {one.table} | {one.reason} |" for one in manifest.left_behind),
        rows_of_tables="\n".join(
            f"| {one.table} | {one.rows} | {one.what} |"
            for one in sorted(manifest.tables, key=lambda one: one.table)
        ),
    )
