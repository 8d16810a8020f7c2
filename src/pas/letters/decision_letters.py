"""Decisions as letters: one for each person, in the words of the holder's own page."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection, Statement
from pas.grants.explain import explain
from pas.grants.facts import Decision
from pas.grants.pages.my_decision import told
from pas.grants.show_decision import WrittenDecision, all_decisions
from pas.ids import ResidentId
from pas.letters.letter import Content
from pas.letters.recipients import Person, Recipient, ResidentRow

LIST_DECIDED: Final = Statement(
    "SELECT DISTINCT resident_id FROM decision WHERE decided_at >= $1 AND decided_at < $2",
    ResidentRow,
)


class Decisions(msgspec.Struct, frozen=True):
    """The last decision about each person that was taken in a time."""

    since: datetime
    until: datetime

    async def residents(self, connection: Connection) -> list[ResidentId]:
        rows = await LIST_DECIDED.all(connection, self.since, self.until)
        return [row.resident_id for row in rows]

    async def gather(
        self, connection: Connection, residents: Sequence[ResidentId]
    ) -> Callable[[Recipient], list[Content]]:
        weeks = (await read_municipality_settings(connection)).objection_weeks
        newest: dict[ResidentId, WrittenDecision] = {}
        for resident in residents:
            for one in await all_decisions(connection, resident):
                if self.since <= one.decided_at < self.until:
                    newest[resident] = one
                    break

        def content(recipient: Recipient) -> list[Content]:
            return [
                _content(person, newest[person.resident_id], weeks=weeks)
                for person in recipient.people
                if person.resident_id in newest
            ]

        return content


def _content(person: Person, written: WrittenDecision, *, weeks: int) -> Content:
    shown = told(written, weeks=weeks)
    values = {
        "persoon": person.name,
        "jaar": str(shown.year),
        "besluit": shown.written,
        "bezwaar": shown.how_to_object,
    }
    groups = [
        {"heading": heading, "lines": [{"title": title, "text": text} for title, text in lines]}
        for heading, lines in explain(_about_this_person(written.decision))
    ]
    return Content(values=values, lists={"groups": groups}, person=person)


def _about_this_person(decision: Decision) -> Decision:
    """Leave out what is for others, such as schemes for children: the page has all of it."""
    verdicts = tuple(one for one in decision.verdicts if one.outcome != "not_applicable")
    return msgspec.structs.replace(decision, verdicts=verdicts)
