"""Every statement of the program is prepared against the migrated schema."""

import ast
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import get_args, get_origin
from uuid import UUID

import asyncpg
import pytest

import pas
from pas.db import Connection, Statement

PYTHON_TYPES: dict[str, tuple[object, ...]] = {
    "bool": (bool,),
    "int2": (int,),
    "int4": (int,),
    "int8": (int,),
    "text": (str,),
    "varchar": (str,),
    "name": (str,),
    "uuid": (UUID,),
    "bytea": (bytes,),
    "date": (date,),
    "timestamptz": (datetime,),
    "interval": (timedelta,),
    "json": (str,),
    "jsonb": (str,),
}
"""What asyncpg makes of a column. numeric and float8 are missing on purpose: no money in them."""


def all_statements() -> Iterator[tuple[str, Statement[typing.Any]]]:
    for module_info in pkgutil.walk_packages(pas.__path__, "pas."):
        module = importlib.import_module(module_info.name)
        for name, value in vars(module).items():
            if isinstance(value, Statement):
                yield f"{module_info.name}.{name}", value


async def differences(connection: Connection, statement: Statement[typing.Any]) -> list[str]:
    """Say what would go wrong with this statement."""
    try:
        prepared = await connection.prepare(statement.sql)
    except asyncpg.PostgresError as error:
        return [str(error)]
    columns = prepared.get_attributes()
    if statement.row is None:
        return []
    fields = typing.get_type_hints(statement.row)
    parameters = inspect.signature(statement.row).parameters.values()
    if any(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters):
        return ["its row type takes keywords only; rows are made by position"]
    if [column.name for column in columns] != list(fields):
        return [f"columns {[column.name for column in columns]}, fields {list(fields)}"]
    return [
        f"column {column.name} is {column.type.name}, its field {kind}"
        for column, kind in zip(columns, fields.values(), strict=True)
        if not fits(column.type.name, kind)
    ]


def fits(column: str, kind: object) -> bool:
    """Compare a column's type with a field's, looking through NewType, Literal and None."""
    if get_origin(kind) in {types.UnionType, typing.Union}:
        return all(fits(column, part) for part in get_args(kind) if part is not type(None))
    if get_origin(kind) is typing.Annotated:
        return fits(column, get_args(kind)[0])
    if get_origin(kind) is typing.Literal:
        return all(fits(column, type(value)) for value in get_args(kind))
    if isinstance(kind, typing.NewType):
        return fits(column, kind.__supertype__)
    if column.endswith("[]"):
        return get_origin(kind) in {list, tuple} and fits(column[:-2], get_args(kind)[0])
    if inspect.isclass(kind) and issubclass(kind, str):
        return str in PYTHON_TYPES.get(column, ())
    return kind in PYTHON_TYPES.get(column, ())


async def test_every_statement_fits_the_schema_and_its_row_type(superuser: Connection) -> None:
    wrong = {
        name: found
        for name, statement in all_statements()
        if (found := await differences(superuser, statement))
    }
    assert wrong == {}, "\n".join(f"{name}: {found}" for name, found in wrong.items())


def test_every_statement_is_a_constant_of_its_module() -> None:
    """One made inside a function would escape the test above."""
    hidden = [
        f"{path.name}:{call.lineno}"
        for path in Path(pas.__path__[0]).rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Statement"
    ]
    assert hidden == []


@pytest.mark.parametrize(
    ("column", "kind", "expected"),
    [
        ("int8", int, True),
        ("int8", str, False),
        ("numeric", int, False),
        ("text", typing.Literal["a", "b"], True),
        ("uuid", UUID | None, True),
        ("uuid[]", list[UUID], True),
        ("uuid[]", list[str], False),
    ],
)
def test_the_comparison_of_types_knows_right_from_wrong(
    column: str, kind: object, *, expected: bool
) -> None:
    assert fits(column, kind) is expected
