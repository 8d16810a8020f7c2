"""Makes the letters of a batch, file by file: at most so many letters each, whenever it is asked for.

Who gets a letter together, and in which file it stands, follows from all whom the batch is about; so a
file that is made again holds the same letters, but for what no longer holds, such as a card that was
activated meanwhile. The bytes are the same as long as what is stored is.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import date, datetime
from typing import Final, Protocol

import msgspec

from pas.auth.actor import Actor
from pas.auth.processing import note_processing
from pas.days import day_of
from pas.db import Connection, Database
from pas.ids import MunicipalityName, ResidentId
from pas.letters.kinds import LetterKind
from pas.letters.layout import set_letters
from pas.letters.letter import Content, House, write
from pas.letters.recipients import Recipient, Why, grouped_residents, read_recipients
from pas.letters.versions import Templates, read_templates
from pas.press.press import Press
from pas.web.languages import Language, speaking

PEOPLE_PER_LETTER: Final = 3
"""On average, at most, so that a file of large families stays as small as others."""
ACTIVITY: Final = "letter.made"
ContentOf = Callable[[Recipient], list[Content]]


class Source(Protocol):
    """Whom letters of a kind are about, and what is in them; read in one go for a file."""

    async def residents(self, connection: Connection) -> list[ResidentId]: ...

    async def gather(
        self, connection: Connection, residents: Sequence[ResidentId]
    ) -> ContentOf: ...


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Letters of one kind; ``made_at`` is the day that stands on them and in the files."""

    kind: LetterKind
    source: Source
    house: House
    made_at: datetime
    large: bool = False


class LeftOut(msgspec.Struct, frozen=True):
    """Who gets no letter, and why."""

    resident_id: ResidentId
    names: str
    why: Why


class File(msgspec.Struct, frozen=True):
    """One PDF; without letters there is none."""

    number: int
    name: str
    letters: int
    left_out: list[LeftOut]
    pdf: bytes


def file_name(kind: LetterKind, number: int) -> str:
    """Say that it is confidential where everybody sees it: a PDF has no other place for that."""
    return f"vertrouwelijk-{kind.file_name}-{number:03d}.pdf"


async def parts_of(
    connection: Connection, batch: Batch, *, now: datetime
) -> list[list[ResidentId]]:
    """Whom each file is about."""
    everybody = await batch.source.residents(connection)
    parts: list[list[ResidentId]] = []
    groups = room = 0
    most = batch.kind.most
    most_people = most if batch.kind.is_per_person else most * PEOPLE_PER_LETTER
    for group in await grouped_residents(connection, everybody, on=day_of(now)):
        people = len(group)
        if not parts or groups == most or (groups and room + people > most_people):
            parts.append([])
            groups = room = 0
        parts[-1] += group
        groups, room = groups + 1, room + people
    return parts


async def left_out_of(
    connection: Connection, parts: Sequence[Sequence[ResidentId]], *, on: date
) -> list[LeftOut]:
    """Which households cannot get a letter, and why."""
    return [
        LeftOut(recipient.first().resident_id, ", ".join(recipient.names()), why)
        for part in parts
        for recipient in await read_recipients(connection, part, on=on)
        if (why := recipient.why_not()) is not None
    ]


async def counted(connection: Connection, batch: Batch, *, now: datetime) -> tuple[int, int]:
    """Count the letters, and the households that get none, without setting any."""
    letters = left_out = 0
    for part in await parts_of(connection, batch, now=now):
        content_of = await batch.source.gather(connection, part)
        for recipient in await read_recipients(connection, part, on=day_of(now)):
            if contents := len(content_of(recipient)):
                sent = recipient.why_not() is None
                letters, left_out = letters + contents * sent, left_out + (not sent)
    return letters, left_out


async def make_files(
    database: Database,
    municipality: MunicipalityName,
    batch: Batch,
    *,
    press: Press,
    actor: Actor,
    now: datetime,
) -> AsyncGenerator[tuple[File, int]]:
    """Make every file, and say how many there will be; what is made is noted in the same go."""
    async with database.connection(municipality) as connection:
        parts = await parts_of(connection, batch, now=now)
    for number, part in enumerate(parts, start=1):
        async with database.connection(municipality) as connection:
            file = await make_file(
                connection, batch, part, number=number, press=press, actor=actor, now=now
            )
        yield file, len(parts)


async def make_file(
    connection: Connection,
    batch: Batch,
    residents: Sequence[ResidentId],
    *,
    number: int,
    press: Press,
    actor: Actor,
    now: datetime,
) -> File:
    async with connection.transaction(isolation="repeatable_read"):
        templates = await read_templates(connection)
        recipients = await read_recipients(connection, residents, on=day_of(now))
        content_of = await batch.source.gather(connection, residents)
        letters, about, left_out = written(
            batch, recipients, templates=templates, content_of=content_of
        )
        await note_processing(connection, about, ACTIVITY, actor=actor, now=now)
    pdf = b""
    if letters:
        given = {
            "title": f"{batch.kind.title} {number}",
            "house": batch.house.printed(),
            "letters": letters,
        }
        pdf = await set_letters(
            press,
            templates.layout(batch.kind),
            given,
            large=batch.large,
            made_at=batch.made_at,
        )
    return File(number, file_name(batch.kind, number), len(letters), left_out, pdf)


def written(
    batch: Batch, recipients: Sequence[Recipient], *, templates: Templates, content_of: ContentOf
) -> tuple[list[dict[str, object]], list[ResidentId], list[LeftOut]]:
    """Write the letters; who has none is left out or has nothing to be told."""
    letters: list[dict[str, object]] = []
    about: list[ResidentId] = []
    left_out: list[LeftOut] = []
    texts: dict[Language, dict[str, str]] = {}
    on = day_of(batch.made_at)
    for recipient in recipients:
        language = recipient.choice().language
        with speaking(language):
            contents = content_of(recipient)
            if not contents:
                continue
            if why := recipient.why_not():
                names = ", ".join(recipient.names())
                left_out.append(LeftOut(recipient.first().resident_id, names, why))
                continue
            if language not in texts:
                texts[language] = templates.texts(batch.kind, language)
            letters += [
                write(batch.kind, recipient, one, texts=texts[language], house=batch.house, on=on)
                for one in contents
            ]
        about += [one.resident_id for one in recipient.people]
    return letters, about, left_out
