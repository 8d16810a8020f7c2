"""How a municipality writes and lays out its letters: the newest version of each part, or else ours.

A text that was changed is of its language alone: in the other languages a letter stays as we write it
until that text is changed too.
"""

from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.ids import uuid7
from pas.letters.kinds import LetterKind
from pas.letters.layout import WHOLE, Layout, layout_of_ours
from pas.letters.rules import read_text_file
from pas.web.languages import NAMES, Language

LAYOUT: Final = "layout"


class VersionRow(msgspec.Struct, frozen=True):
    kind: str
    part: str
    content: str | None
    recorded_at: datetime


class Templates(msgspec.Struct, frozen=True):
    """All that a municipality changed, by kind and part."""

    changed: dict[tuple[str, str], str]

    def texts(self, kind: LetterKind, language: Language) -> dict[str, str]:
        own = self.changed.get((kind.name, language))
        return kind.text_of_ours(language) if own is None else read_text_file(own)

    def layout(self, kind: LetterKind) -> Layout:
        return Layout(
            whole=self.changed.get((WHOLE, LAYOUT)) or layout_of_ours(WHOLE),
            kind=self.changed.get((kind.name, LAYOUT)) or layout_of_ours(kind.layout),
        )


READ_NEWEST: Final = Statement(
    """
    SELECT DISTINCT ON (kind, part) kind, part, content, recorded_at FROM letter_version
    ORDER BY kind, part, recorded_at DESC, id DESC
    """,
    VersionRow,
)
WRITE: Final = Statement(
    "INSERT INTO letter_version (id, kind, part, content, recorded_by) VALUES ($1, $2, $3, $4, $5)",
    None,
)


async def read_templates(connection: Connection) -> Templates:
    rows = await READ_NEWEST.all(connection)
    return Templates({(row.kind, row.part): row.content for row in rows if row.content is not None})


async def keep_version(
    connection: Connection, kind: str, part: str, *, content: str | None, actor: Actor
) -> None:
    """Let a text or layout count from now; None puts ours back. Check it first."""
    assert part in {LAYOUT, *NAMES}, "a part is a language or the layout"
    version_id = uuid7()
    async with connection.transaction():
        await WRITE.run(connection, version_id, kind, part, content, actor.id)
        await record_event(
            connection,
            kind="letter.changed" if content is not None else "letter.put_back",
            subject_kind="letter_version",
            subject_id=version_id,
            actor=actor,
            after={"kind": kind, "part": part, "content": content},
        )
