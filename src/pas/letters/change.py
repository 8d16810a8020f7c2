"""A municipality changes how a letter is written or laid out: checked, tried on an invented letter, and kept.

A text is fields in a file, a layout is typst. Whoever changes one sees it first; what no letter can be
made of is refused with what is wrong, and nothing is kept.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.db import Connection
from pas.errors import Refusal
from pas.letters.kinds import FIELD_TITLES, KINDS, LetterKind
from pas.letters.layout import WHOLE, set_letters
from pas.letters.letter import House, write
from pas.letters.rules import LetterTextWrong, check_fields, read_text_file
from pas.letters.samples import sample_content, sample_recipient
from pas.letters.versions import LAYOUT, Templates, keep_version, read_templates
from pas.press.press import Press
from pas.web.languages import BY_CODE, DUTCH, Language, speaking

MOST_LAYOUT: Final = 100_000
SAMPLE_DAY: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class LetterKindNotFound(Refusal):
    """Deze soort brief kennen wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een brief uit de lijst."


class Part(msgspec.Struct, frozen=True):
    """A text in a language, or a layout; the kind ``letter`` has the layout around all of them."""

    kind: str
    part: str

    def file_name(self) -> str:
        return f"{self.kind}.typ" if self.part == LAYOUT else f"{self.kind}.{self.part}.txt"


def kind_of(name: str) -> LetterKind:
    if name not in KINDS:
        raise LetterKindNotFound
    return KINDS[name]


def part_of_file(name: str) -> Part | None:
    """Which part a file of a folder is; None is not one of ours."""
    pieces = name.split(".")
    match pieces:
        case [kind, "typ"] if kind in KINDS or kind == WHOLE:
            return Part(kind, LAYOUT)
        case [kind, language, "txt"] if kind in KINDS and language in BY_CODE:
            return Part(kind, language)
        case _:
            return None


def checked_fields(kind: LetterKind, content: str) -> dict[str, str]:
    """Read a text; raises LetterTextWrong with all that is wrong."""
    fields = read_text_file(content)
    if wrong := check_fields(fields, kind.rules()):
        told = " ".join(f"{FIELD_TITLES.get(name, name)}: {sentence}" for name, sentence in wrong)
        raise LetterTextWrong(told)
    return fields


async def sample_pdf(
    templates: Templates,
    kind: LetterKind,
    language: Language,
    *,
    house: House,
    press: Press,
    large: bool = False,
) -> bytes:
    """Set an invented letter with these texts and layouts; raises LayoutWrong."""
    layout = templates.layout(kind)
    with speaking(language):
        content = sample_content(kind, house)
        one = write(
            kind,
            sample_recipient(),
            content,
            texts=templates.texts(kind, language),
            house=house,
            on=SAMPLE_DAY.date(),
        )
    given = {
        "title": kind.title,
        "house": house.printed(),
        "letters": [{**one, "language": language}],
    }
    return await set_letters(press, layout, given, large=large, made_at=SAMPLE_DAY)


def with_changes(templates: Templates, changes: Mapping[Part, str | None]) -> Templates:
    """Read everything as it would be; None is ours again."""
    changed = dict(templates.changed)
    for part, content in changes.items():
        if content is None:
            changed.pop((part.kind, part.part), None)
        else:
            changed[part.kind, part.part] = content
    return Templates(changed)


async def change_templates(
    connection: Connection,
    changes: Mapping[Part, str | None],
    *,
    house: House,
    press: Press,
    actor: Actor,
) -> None:
    """Keep all of them or none; raises LetterTextWrong or LayoutWrong."""
    after = with_changes(await read_templates(connection), changes)
    for part, content in changes.items():
        await try_out(after, part, content, house=house, press=press)
    async with connection.transaction():
        for part, content in changes.items():
            await keep_version(connection, part.kind, part.part, content=content, actor=actor)


async def try_out(
    after: Templates, part: Part, content: str | None, *, house: House, press: Press
) -> None:
    """Make an invented letter of everything that the change is in, in small and in large print."""
    if content is not None and len(content) > MOST_LAYOUT:
        raise LetterTextWrong(f"Dit is te lang: hoogstens {MOST_LAYOUT} tekens.")
    kinds = list(KINDS.values()) if part.kind == WHOLE else [kind_of(part.kind)]
    language = BY_CODE.get(part.part, DUTCH)
    if part.part != LAYOUT and content is not None:
        checked_fields(kinds[0], content)
    for kind in kinds:
        for large in (False, True):
            await sample_pdf(after, kind, language, house=house, press=press, large=large)
