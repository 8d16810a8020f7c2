"""Everything that is held about somebody as one file (AVG 15 and 20): parts with a title each, in JSON.

It is read at one moment. An event says that it was taken, and by whom; never what was in it.
"""

from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.db import Connection, Statement
from pas.grants.explain import explain
from pas.grants.show_decision import MOST_SHOWN, WrittenDecision, all_decisions
from pas.ids import DecisionId, ResidentId
from pas.messages.model import Channel
from pas.messages.sealed import Unreadable, open_address
from pas.passes.own_balances import prove_own_balances
from pas.requests.file import refuse_stranger
from pas.requests.sections import MOST, SECTIONS
from pas.seals.prove_balances import BalanceProof

FORMAT: Final = "pas-my-data-1"


class Described(msgspec.Struct, frozen=True, rename="camel"):
    """One part of the file, with what it is in words; ``is_complete`` false: there is more."""

    about: str
    is_complete: bool
    items: msgspec.Raw


class Everything(msgspec.Struct, frozen=True, rename="camel"):
    """The file; each part stands under its name."""

    format: str
    about: str
    made_at: datetime
    resident_id: ResidentId
    parts: dict[str, Described]


class ToldDecision(msgspec.Struct, frozen=True, rename="camel"):
    """A decision as its letter has it."""

    id: DecisionId
    decided_at: datetime
    told: dict[str, dict[str, str]]
    """Under each heading the schemes, each with its sentence."""


class ContactRow(msgspec.Struct, frozen=True):
    channel: Channel
    address_encrypted: bytes
    verified_at: datetime


class Contact(msgspec.Struct, frozen=True, rename="camel"):
    """Where messages go; ``address`` None could not be opened."""

    channel: Channel
    address: str | None
    verified_at: datetime


READ_CONTACTS: Final = Statement(
    """
    SELECT channel, address_encrypted, verified_at FROM holder_contact
    WHERE resident_id = $1 ORDER BY channel
    """,
    ContactRow,
)
ABOUT: Final = (
    "Alles wat de gemeente over deze persoon bewaart voor de pas. Bedragen zijn in centen, "
    "tijden in UTC, percentages in honderdsten van een procent."
)


async def everything_about(
    connection: Connection,
    resident_id: ResidentId,
    *,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
) -> bytes:
    """For the person and who manages them; to others they are not there."""
    await refuse_stranger(connection, resident_id, actor=actor, now=now)
    is_self = actor.id == resident_id
    parts: dict[str, Described] = {}
    async with connection.transaction(isolation="repeatable_read"):
        for section in SECTIONS:
            part = await section.read.one(connection, resident_id, MOST)
            items = msgspec.Raw(part.content.encode())
            parts[section.name] = Described(section.about, part.found < MOST, items)
        decided = await all_decisions(connection, resident_id)
        sealed = await READ_CONTACTS.all(connection, resident_id) if is_self else []
    parts["balanceProofs"] = proved(await prove_own_balances(connection, resident_id))
    parts["decisionsInWords"] = in_words(decided)
    parts["contacts"] = contacts_of(sealed, resident_id, ring=ring)
    await record_event(
        connection,
        kind="resident.downloaded",
        subject_kind="resident",
        subject_id=resident_id,
        actor=actor,
    )
    made = Everything(FORMAT, ABOUT, now, resident_id, parts)
    return msgspec.json.format(msgspec.json.encode(made), indent=1)


def in_words(decided: list[WrittenDecision]) -> Described:
    """The newest decisions with their reasons in sentences, in the language of whoever asks."""
    told = [
        ToldDecision(
            one.id,
            one.decided_at,
            {heading: dict(lines) for heading, lines in explain(one.decision)},
        )
        for one in decided
    ]
    items = msgspec.Raw(msgspec.json.encode(told))
    return Described("De nieuwste beslissingen, in gewone zinnen.", len(told) < MOST_SHOWN, items)


def proved(proofs: list[BalanceProof]) -> Described:
    """What anybody can check who has the public key of the seals."""
    about = "Bewijs van wat er vannacht op elk tegoed stond. Zie docs/seals.md van het programma."
    return Described(about, is_complete=True, items=msgspec.Raw(msgspec.json.encode(proofs)))


def contacts_of(sealed: list[ContactRow], resident_id: ResidentId, *, ring: KeyRing) -> Described:
    """Addresses are told to the person alone: who manages a pass is not told where a child reads."""
    found: list[Contact] = []
    for row in sealed:
        try:
            address = open_address(
                ring, row.address_encrypted, resident=resident_id, channel=row.channel
            )
        except Unreadable:
            address = None
        found.append(Contact(row.channel, address, row.verified_at))
    about = "Waar wij berichten naartoe sturen. Dit ziet u alleen van uzelf."
    return Described(about, is_complete=True, items=msgspec.Raw(msgspec.json.encode(found)))
