"""An intermediary applies for a child: one receipt, whether or not the municipality knows the child.

Nobody is looked up while the intermediary waits: a job finds the child and asks the rules. So neither the
answer nor how long it takes tells who is in the register, or has a pass.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.applications.asked import Asked, Choice, Fault, faults_of, refuse_incomplete
from pas.applications.organisations import Membership, membership
from pas.applications.purposes import Purpose, purposes_on
from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.auth.permissions import Permission
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ApplicationId, MerchantId
from pas.jobs.queue import enqueue
from pas.passes.card_keys import Scanned, hashes_of_scan
from pas.passes.codes import CardForeign

KIND: Final = "applications.judge"


MOST_IN_A_DAY: Final = 40
"""A whole class fits in it; whoever tries out who is in the register does not."""


class ApplicationIdTaken(Refusal):
    """Dit nummer hoort bij een andere aanvraag."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Begin opnieuw met een nieuwe aanvraag."


class TooManyApplicationsToday(Refusal):
    """U vroeg vandaag al heel veel aan."""

    status: ClassVar[int] = 429
    next_step: ClassVar[str] = "Ga morgen verder. Heeft u haast? Bel de gemeente."


class ChildReceipt(msgspec.Struct, frozen=True, rename="camel"):
    """What the intermediary gets in hand: that it came in, and nothing about the child."""

    id: ApplicationId
    received_at: datetime
    content_hash: str


class TodayRow(msgspec.Struct, frozen=True):
    applications: int


class Joins(msgspec.Struct, frozen=True):
    joins: bool


INSERT: Final = Statement(
    """
    INSERT INTO child_application (id, scheme_id, applied_by, organisation_id, profession, received_at,
        content_hash, scanned_token, scanned_numbers, given_name, family_name, birth_date, postcode,
        merchant_id, club_name, club_email, club_phone, club_place, asked_cents, what_for, own_reference, agreed_by,
        agreed_how, agreed_on, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, $23, $24, 'received')
    ON CONFLICT DO NOTHING
    RETURNING id, received_at, encode(content_hash, 'hex') AS content_hash
    """,
    ChildReceipt,
)
READ: Final = Statement(
    """
    SELECT id, received_at, encode(content_hash, 'hex') AS content_hash
    FROM child_application WHERE id = $1 AND applied_by = $2
    """,
    ChildReceipt,
)
ONE_AT_A_TIME: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtextextended('apply:' || $1, 0))", None
)
COUNT_TODAY: Final = Statement(
    """
    SELECT count(*)::int AS applications FROM child_application
    WHERE applied_by = $1 AND received_at > $2::timestamptz - interval '1 day'
    """,
    TodayRow,
)
CLUB_JOINS: Final = Statement(
    """
    SELECT EXISTS (
        SELECT 1 FROM merchant m JOIN agreement a ON a.merchant_id = m.id
        WHERE m.id = $1 AND m.state = 'approved' AND m.kind = 'regular' AND a.category = ANY ($2::text[])
            AND a.valid_from <= $3::date AND (a.valid_until IS NULL OR a.valid_until > $3)
    ) AS joins
    """,
    Joins,
)


async def apply_for_child(
    connection: Connection, asked: Asked, *, ring: KeyRing, actor: Actor, now: datetime
) -> ChildReceipt:
    """Note it and let a job look; the same again gives the same receipt."""
    actor.require(Permission.APPLICATIONS_MAKE)
    of = await membership(connection, actor)
    scanned = None if asked.scanned is None else _scan(asked.scanned, ring)
    digest = content_hash(asked, scanned, actor=actor)
    known = await READ.first(connection, asked.id, actor.id)
    if known is not None:
        return _same(known, digest)
    purpose, faults = await check(connection, asked, now=now)
    refuse_incomplete(faults)
    assert purpose is not None, "without one there is a fault"
    async with connection.transaction():
        await ONE_AT_A_TIME.run(connection, str(actor.id))
        if (await COUNT_TODAY.one(connection, actor.id, now)).applications >= MOST_IN_A_DAY:
            raise TooManyApplicationsToday
        made = await INSERT.first(
            connection, *_row(asked, purpose, of, scanned=scanned, actor=actor, at=(now, digest))
        )
        if made is None:
            known = await READ.first(connection, asked.id, actor.id)
            return _same(known, digest)
        await enqueue(connection, kind=KIND, arguments={}, actor_kind=actor.kind, actor_id=actor.id)
    return made


async def check(
    connection: Connection, asked: Asked, *, now: datetime
) -> tuple[Purpose | None, Sequence[Fault]]:
    """What is wrong with an application, without looking for the child."""
    today = day_of(now)
    known = await purposes_on(connection, today, "intermediary")
    purpose = next((one for one in known if one.code == asked.scheme), None)
    joins = purpose is not None and (
        asked.club is None or await club_joins(connection, asked.club, purpose, now=now)
    )
    return purpose, faults_of(asked, Choice(purpose, joins or purpose is None), today=today)


async def club_joins(
    connection: Connection, club: MerchantId, purpose: Purpose, *, now: datetime
) -> bool:
    categories = sorted(purpose.stored.version.categories)
    return (await CLUB_JOINS.one(connection, club, categories, day_of(now))).joins


async def read_receipt(
    connection: Connection, application_id: ApplicationId, *, actor: Actor
) -> ChildReceipt | None:
    """The receipt, for who sent it."""
    return await READ.first(connection, application_id, actor.id)


def content_hash(asked: Asked, scanned: Scanned | None, *, actor: Actor) -> bytes:
    """Hash what was sent, by whom, as sorted JSON: who keeps the content can repeat it.

    Of a pass its hash: all its numbers can be tried out, but not without the key.
    """
    pass_ = scanned and (scanned.token_hash or scanned.number_hashes[-1]).hex()
    told = msgspec.to_builtins(msgspec.structs.replace(asked, scanned=pass_))
    content = {"asked": told, "by": f"{actor.kind}:{actor.id}"}
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).digest()


def _same(known: ChildReceipt | None, digest: bytes) -> ChildReceipt:
    if known is None or known.content_hash != digest.hex():
        raise ApplicationIdTaken
    return known


def _scan(text: str, ring: KeyRing) -> Scanned:
    scanned = hashes_of_scan(text, ring, ring.municipality)
    if scanned.is_foreign:
        raise CardForeign
    return scanned


def _row(
    asked: Asked,
    purpose: Purpose,
    of: Membership,
    *,
    scanned: Scanned | None,
    actor: Actor,
    at: tuple[datetime, bytes],
) -> Sequence[object]:
    child, club = asked.child, asked.new_club
    return (
        *(asked.id, purpose.scheme_id, actor.id, of.organisation_id, of.profession, *at),
        scanned and scanned.token_hash,
        (scanned and scanned.number_hashes) or None,
        child and child.given_name.strip(),
        child and child.family_name.strip(),
        child and child.birth_date,
        child and child.postcode,
        asked.club,
        club and club.name.strip(),
        (club and club.email.strip()) or None,
        (club and club.phone.strip()) or None,
        (club and club.place.strip()) or None,
        asked.amount_cents,
        *(asked.what_for.strip() or None, asked.own_reference.strip() or None),
        *(asked.agreement.by.strip(), asked.agreement.how, asked.agreement.on),
    )
