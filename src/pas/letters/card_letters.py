"""What stands in the letters of a run of cards: the cards in one, the codes in another, never both."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from pas.auth.keys import KeyRing
from pas.db import Connection, Statement
from pas.ids import CardId, CardRunId, ResidentId
from pas.letters.letter import Content, House
from pas.letters.recipients import Person, Recipient, ResidentRow
from pas.passes.card_keys import open_codes
from pas.passes.codes import grouped, printed
from pas.passes.print_cards import CardRun, open_code, read_card_run
from pas.passes.print_files import PrintFilesGone
from pas.qr import draw_bare_svg
from pas.web.languages import say

CardLetterKind = Literal["pass_letter", "activation_letter", "replacement"]
FAST_MASK: Final = 3
"""Any of the eight masks is a valid code; the best one costs six times as long to find."""
OF_A_FAMILY: Final = {"tekst": "tekst_gezin"}


class CardRow(msgspec.Struct, frozen=True):
    resident_id: ResidentId
    card_id: CardId
    codes_encrypted: bytes | None
    code_encrypted: bytes | None


LIST_RESIDENTS: Final = Statement(
    """
    SELECT DISTINCT c.resident_id FROM card_print p JOIN card c ON c.id = p.card_id
    WHERE p.run_id = $1 AND CASE $2 WHEN 'pass_letter' THEN c.replaces IS NULL
        WHEN 'replacement' THEN c.replaces IS NOT NULL ELSE true END
    """,
    ResidentRow,
)
READ_CARDS: Final = Statement(
    """
    SELECT c.resident_id, c.id AS card_id, c.codes_encrypted, p.code_encrypted
    FROM card_print p JOIN card c ON c.id = p.card_id
    WHERE p.run_id = $1 AND c.resident_id = ANY ($3::uuid[]) AND (c.state = 'inactive' OR c.unconfirmed_cents IS NOT NULL)
        AND CASE $2 WHEN 'pass_letter' THEN c.replaces IS NULL
            WHEN 'replacement' THEN c.replaces IS NOT NULL ELSE true END
    ORDER BY c.id
    """,
    CardRow,
)


async def run_to_print(connection: Connection, run_id: CardRunId, *, now: datetime) -> CardRun:
    """Read a run of which the codes are still there; raises PrintFilesGone."""
    run = await read_card_run(connection, run_id)
    if run.files_until <= now:
        raise PrintFilesGone
    return run


class CardLetters(msgspec.Struct, frozen=True):
    """The letters of one kind with the cards of a run that nobody activated yet."""

    run_id: CardRunId
    kind: CardLetterKind
    ring: KeyRing
    house: House

    async def residents(self, connection: Connection) -> list[ResidentId]:
        rows = await LIST_RESIDENTS.all(connection, self.run_id, self.kind)
        return [row.resident_id for row in rows]

    async def gather(
        self, connection: Connection, residents: Sequence[ResidentId]
    ) -> Callable[[Recipient], list[Content]]:
        cards: dict[ResidentId, list[CardRow]] = {}
        for row in await READ_CARDS.all(connection, self.run_id, self.kind, residents):
            cards.setdefault(row.resident_id, []).append(row)

        def content(recipient: Recipient) -> list[Content]:
            held = [
                (one, card) for one in recipient.people for card in cards.get(one.resident_id, ())
            ]
            if not held:
                return []
            return [self._codes(held) if self.kind == "activation_letter" else self._cards(held)]

        return content

    def _cards(self, held: Sequence[tuple[Person, CardRow]]) -> Content:
        drawn = [_card(person, row, ring=self.ring, house=self.house) for person, row in held]
        several = len(held) > 1 and self.kind == "pass_letter"
        return Content(instead=OF_A_FAMILY if several else {}, lists={"cards": drawn})

    def _codes(self, held: Sequence[tuple[Person, CardRow]]) -> Content:
        lines = [{"name": person.name, "code": self._code(row)} for person, row in held]
        lists: dict[str, object] = {"codes": lines, "columns": [say("Kaart van"), say("Code")]}
        return Content(instead=OF_A_FAMILY if len(held) > 1 else {}, lists=lists)

    def _code(self, row: CardRow) -> str:
        code = row.code_encrypted and open_code(self.ring, row.code_encrypted, card=row.card_id)
        return printed(code) if code else say("Bel ons voor de code.")


def _card(person: Person, row: CardRow, *, ring: KeyRing, house: House) -> dict[str, str]:
    """A card is the same in every letter: in Dutch, for the cashier."""
    assert row.codes_encrypted is not None, "we made this card ourselves"
    codes = open_codes(ring, row.codes_encrypted, card=row.card_id)
    number = grouped(codes.number)
    return {
        "name": person.name,
        "number": number,
        "number_title": "Nummer",
        "help": f"Kwijt? Bel {house.telephone}",
        "code": draw_bare_svg(codes.token.text(), mask=FAST_MASK),
        "alt": f"QR-code van de kaart met nummer {number}",
    }
