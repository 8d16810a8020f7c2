"""The paper of a debit note (PDF): why, how much, until when, to which account and with which reference.

All of it was fixed at the approval, so the paper is the same bytes however often it is made.
"""

from pas.days import day_of
from pas.db import Connection
from pas.ids import DebitNoteId
from pas.money import euros
from pas.press.document import Document, Facts, House, Sentence, set_document
from pas.press.press import Press
from pas.settlements.debit_notes.model import DebitNote
from pas.settlements.debit_notes.reference import in_groups
from pas.settlements.debit_notes.rules import DebitNoteInOtherState
from pas.settlements.debit_notes.stored import read_note
from pas.web.dates import day


async def debit_note_pdf(
    connection: Connection, note_id: DebitNoteId, *, house: House, press: Press
) -> bytes:
    """Set a note that was approved; raises DebitNoteInOtherState of one that is not, or was withdrawn."""
    note = await read_note(connection, note_id)
    if note.approved_at is None or note.withdrawn_at is not None:
        raise DebitNoteInOtherState("Er is alleen een PDF van een goedgekeurde debetnota.")
    return await set_document(press, document_of(note, house), made_at=note.approved_at)


def document_of(note: DebitNote, house: House) -> Document:
    assert note.approved_at is not None, "it is approved"
    assert note.due_on is not None, "the approval says until when"
    return Document(
        house=house,
        title=f"Debetnota {note.number}",
        about=note.merchant,
        blocks=[
            Sentence(
                f"U kreeg van ons geld voor bestedingen met de {house.product}. "
                "Daarna zijn bestedingen teruggedraaid. Nu is er meer teruggedraaid dan besteed."
            ),
            Sentence(
                f"Sinds {day(note.negative_since)} kreeg u dus te veel. "
                "Uw nieuwe bestedingen hebben dat niet ingehaald. Wij vragen u dit terug te betalen."
            ),
            Facts(
                [
                    ("Bedrag", euros(note.amount_cents)),
                    ("Betalen voor of op", day(note.due_on)),
                    ("Op rekening", note.payee_iban or ""),
                    ("Op naam van", note.payee_name or ""),
                    ("Kenmerk van de betaling", in_groups(note.reference)),
                    ("Datum van deze debetnota", day(day_of(note.approved_at))),
                ]
            ),
            Sentence(
                "Vul bij uw betaling het kenmerk in. Dan weten wij dat het van u is. "
                "U mag ook in delen betalen."
            ),
            Sentence(
                "Komen er nog bestedingen bij? Die gaan van dit bedrag af. "
                "Bel ons dan voordat u betaalt. Wij zeggen u wat er nog open staat."
            ),
            Sentence("Klopt het bedrag niet, of kunt u niet op tijd betalen? Bel ons."),
        ],
    )
