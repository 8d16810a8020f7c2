"""``pas letters templates``: how letters are written and laid out, as files to change and try."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from pas.auth.actor import SYSTEM
from pas.cli.screen import done, say
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.installation import Access, fit_name, opened
from pas.letters.change import (
    Part,
    change_templates,
    checked_fields,
    kind_of,
    part_of_file,
    sample_pdf,
    with_changes,
)
from pas.letters.house import read_house
from pas.letters.kinds import KINDS
from pas.letters.letter import House
from pas.letters.template_folder import README, folder_of
from pas.letters.versions import LAYOUT, Templates, read_templates
from pas.press.press import a_press
from pas.settings import Settings, read_settings
from pas.web.languages import DUTCH, as_language


def templates(
    municipality: Annotated[str, typer.Argument(help="Which municipality.")],
    *,
    export: Annotated[
        Path | None, typer.Option(help="Write the texts and layouts to this folder.")
    ] = None,
    preview: Annotated[
        Path | None, typer.Option(help="Make an invented letter of each kind from this folder.")
    ] = None,
    import_: Annotated[
        Path | None, typer.Option("--import", help="Let what changed in this folder count.")
    ] = None,
) -> None:
    """Change how letters are written, without a programmer: export, edit, preview, import.

    Example: pas letters templates velsen --export texts; then edit; then
             pas letters templates velsen --preview texts, and --import texts
    """
    chosen = [folder for folder in (export, preview, import_) if folder is not None]
    if len(chosen) != 1:
        raise typer.BadParameter("choose one of --export, --preview and --import.")
    settings, name = read_settings(), fit_name(municipality)
    with opened(settings, say) as access:
        told = asyncio.run(
            _do(access, name, settings, export=export, preview=preview, import_=import_)
        )
    done(told)


async def _do(
    access: Access,
    name: MunicipalityName,
    settings: Settings,
    *,
    export: Path | None,
    preview: Path | None,
    import_: Path | None,
) -> str:
    async with _municipality(access, name, settings) as (connection, house):
        now = await read_templates(connection)
        if export is not None:
            return _export(now, export)
        if preview is not None:
            return await _preview(now, preview, house=house)
        assert import_ is not None, "one of the three was chosen"
        return await _import(connection, now, import_, house=house)


@asynccontextmanager
async def _municipality(
    access: Access, name: MunicipalityName, settings: Settings
) -> AsyncGenerator[tuple[Connection, House]]:
    database = Database(access.address)
    try:
        registered = await database.municipality(name)
        async with database.connection(name) as connection:
            yield connection, await read_house(connection, registered, origin=settings.origin)
    finally:
        await database.close()


def _export(now: Templates, folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    files = {part.file_name(): content for part, content in folder_of(now).items()}
    for name, content in {**files, "LEESMIJ.txt": README}.items():
        (folder / name).write_text(content, "utf-8")
    return f"{len(files)} texts and layouts are in {folder.absolute()}."


def _changes(now: Templates, folder: Path) -> dict[Part, str]:
    """What a folder says otherwise than it is; files of another name are left alone."""
    before, changes = folder_of(now), dict[Part, str]()
    for path in sorted(folder.iterdir()):
        part = part_of_file(path.name)
        if part is not None and (content := path.read_text("utf-8")) != before.get(part):
            changes[part] = content
    return changes


async def _preview(now: Templates, folder: Path, *, house: House) -> str:
    after = with_changes(now, _changes(now, folder))
    for part, content in _changes(now, folder).items():
        if part.part != LAYOUT:
            checked_fields(kind_of(part.kind), content)
    async with a_press() as press:
        for kind in KINDS.values():
            pdf = await sample_pdf(after, kind, DUTCH, house=house, press=press)
            (folder / f"voorbeeld-{kind.name}.pdf").write_bytes(pdf)
        for part in _changes(now, folder):
            language = as_language(part.part)
            if language not in {None, DUTCH}:
                assert language is not None, "a text has a language"
                pdf = await sample_pdf(
                    after, kind_of(part.kind), language, house=house, press=press
                )
                (folder / f"voorbeeld-{part.kind}.{language}.pdf").write_bytes(pdf)
    return f"Invented letters are in {folder}; nothing was kept."


async def _import(connection: Connection, now: Templates, folder: Path, *, house: House) -> str:
    changes = _changes(now, folder)
    async with a_press() as press:
        await change_templates(connection, dict(changes), house=house, press=press, actor=SYSTEM)
    names = ", ".join(part.file_name() for part in changes) or "nothing"
    return f"Kept: {names}."
