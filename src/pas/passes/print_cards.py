"""Makes the cards of a year for everybody who has a pass and no card, and keeps what is to be printed.

Each chunk is one transaction: the cards, and the codes of their letters, encrypted. So a run that was
broken off goes on with who has no card yet, and what was made before is still in its files. Replaced
cards that wait for the post go along. Files can be made again until the clock of the run; then the
codes are gone.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing, Purpose
from pas.auth.municipality_settings import read_municipality_settings
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.errors import Refusal
from pas.ids import CardId, CardRunId, MunicipalityName, ResidentId, uuid7
from pas.installation.sandbox import refuse_in_sandbox
from pas.passes.cards import LastingForm
from pas.passes.codes import ActivationCode
from pas.passes.issue import issue_cards
from pas.passes.make_cards import IssuedCard, Press

CHUNK: Final = 500
NONCE_BYTES: Final = 12
KEY_ID_ENDS: Final = b"\n"
Told = Callable[[int, int | None], None]


class CardRunNotFound(Refusal):
    """Deze ronde van kaarten is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Begin een nieuwe ronde. Wie een kaart heeft, krijgt er geen bij."


class CardRun(msgspec.Struct, frozen=True, rename="camel"):
    """A run; ``files_until`` is when what can be printed is gone."""

    id: CardRunId
    year: int
    form: LastingForm
    started_at: datetime
    ended_at: datetime | None
    files_until: datetime


class CardRunReport(msgspec.Struct, frozen=True, rename="camel"):
    """How many cards stand in the files of a run."""

    id: CardRunId
    cards: int
    files_until: datetime


class WithoutCard(msgspec.Struct, frozen=True):
    id: ResidentId


class CountRow(msgspec.Struct, frozen=True):
    cards: int


INSERT_RUN: Final = Statement(
    """
    INSERT INTO card_run (id, year, form, started_at, started_by, files_until)
    VALUES ($1, $2, $3, $4, $5, $6)
    """,
    None,
)
READ_RUN: Final = Statement(
    """
    SELECT id, year::int AS year, form, started_at, ended_at, files_until
    FROM card_run WHERE id = $1
    """,
    CardRun,
)
READ_OPEN_RUN: Final = Statement(
    """
    SELECT id, year::int AS year, form, started_at, ended_at, files_until
    FROM card_run WHERE year = $1 AND form = $2 AND ended_at IS NULL AND files_until > $3
    ORDER BY started_at LIMIT 1
    """,
    CardRun,
)
END_RUN: Final = Statement("UPDATE card_run SET ended_at = $2 WHERE id = $1", None)
COUNT_WITHOUT: Final = Statement(
    """
    SELECT count(*) AS cards FROM pass p
    WHERE p.year = $1 AND p.ends_on > $2::date AND (p.ended_on IS NULL OR p.ended_on > $2)
        AND NOT EXISTS (SELECT 1 FROM card c WHERE c.resident_id = p.resident_id
            AND c.form IN ('paper', 'plastic') AND c.state IN ('inactive', 'active', 'blocked'))
        AND EXISTS (SELECT 1 FROM resident_version v WHERE v.resident_id = p.resident_id)
    """,
    CountRow,
)
READ_WITHOUT: Final = Statement(
    """
    SELECT p.resident_id AS id FROM pass p
    WHERE p.year = $1 AND p.ends_on > $2::date AND (p.ended_on IS NULL OR p.ended_on > $2)
        AND NOT EXISTS (SELECT 1 FROM card c WHERE c.resident_id = p.resident_id
            AND c.form IN ('paper', 'plastic') AND c.state IN ('inactive', 'active', 'blocked'))
        AND EXISTS (SELECT 1 FROM resident_version v WHERE v.resident_id = p.resident_id)
    ORDER BY p.resident_id LIMIT $3
    """,
    WithoutCard,
)
KEEP_PRINTS: Final = Statement(
    """
    INSERT INTO card_print (card_id, run_id, code_encrypted)
    SELECT w.card_id, $2, w.code FROM unnest($1::uuid[], $3::bytea[]) AS w (card_id, code)
    """,
    None,
)
TAKE_ALONG: Final = Statement("UPDATE card_print SET run_id = $1 WHERE run_id IS NULL", None)
COUNT_PRINTS: Final = Statement(
    "SELECT count(*) AS cards FROM card_print WHERE run_id = $1", CountRow
)
FORGET_CODES: Final = Statement(
    """
    UPDATE card_print p SET code_encrypted = NULL FROM card_run r
    WHERE r.id = p.run_id AND r.files_until <= $1 AND p.code_encrypted IS NOT NULL
    """,
    None,
)


async def begin_card_run(
    connection: Connection, *, year: int, form: LastingForm, actor: Actor, now: datetime
) -> CardRunId:
    """Note a run, or give the one that was broken off; codes past their clock go on the way."""
    await refuse_in_sandbox(connection)
    if open_run := await READ_OPEN_RUN.first(connection, year, form, now):
        return open_run.id
    run_id = CardRunId(uuid7())
    days = (await read_municipality_settings(connection)).print_days
    async with connection.transaction():
        await forget_codes(connection, now=now)
        until = now + timedelta(days=days)
        await INSERT_RUN.run(connection, run_id, year, form, now, actor.id, until)
        await record_event(
            connection,
            kind="card_run.started",
            subject_kind="card_run",
            subject_id=run_id,
            actor=actor,
            after={"year": year, "form": form},
        )
    return run_id


async def do_card_run(
    database: Database,
    municipality: MunicipalityName,
    run_id: CardRunId,
    *,
    press: Press,
    actor: Actor,
    now: datetime,
    told: Told = lambda _done, _total: None,
) -> CardRunReport:
    """Make cards until everybody has one; begun again it goes on."""
    async with database.connection(municipality) as connection:
        run = await read_card_run(connection, run_id)
        total = (await COUNT_WITHOUT.one(connection, run.year, day_of(now))).cards
    made = 0
    while True:
        async with database.connection(municipality) as connection:
            some = await READ_WITHOUT.all(connection, run.year, day_of(now), CHUNK)
            if not some:
                break
            made += await _make(
                connection, run, [row.id for row in some], press=press, actor=actor, now=now
            )
        told(min(made, total), total)
    async with database.connection(municipality) as connection, connection.transaction():
        await TAKE_ALONG.run(connection, run_id)
        await END_RUN.run(connection, run_id, now)
        cards = (await COUNT_PRINTS.one(connection, run_id)).cards
    return CardRunReport(run_id, cards, run.files_until)


async def read_card_run(connection: Connection, run_id: CardRunId) -> CardRun:
    found = await READ_RUN.first(connection, run_id)
    if found is None:
        raise CardRunNotFound
    return found


async def keep_for_post(connection: Connection, card: IssuedCard, *, ring: KeyRing) -> None:
    """Let a replacement go with the files of the next run; in the transaction that made it."""
    await _keep(connection, None, [card], ring=ring)


async def forget_codes(connection: Connection, *, now: datetime) -> None:
    await FORGET_CODES.run(connection, now)


async def _make(
    connection: Connection,
    run: CardRun,
    residents: Sequence[ResidentId],
    *,
    press: Press,
    actor: Actor,
    now: datetime,
) -> int:
    async with connection.transaction():
        made = await issue_cards(
            connection, residents, form=run.form, press=press, actor=actor, now=now
        )
        await _keep(connection, run.id, made, ring=press.ring)
    return len(made)


async def _keep(
    connection: Connection,
    run_id: CardRunId | None,
    cards: Sequence[IssuedCard],
    *,
    ring: KeyRing,
) -> None:
    sealed = [
        None if one.activation_code is None else _seal(ring, one.activation_code, one.card_id)
        for one in cards
    ]
    await KEEP_PRINTS.run(connection, [one.card_id for one in cards], run_id, sealed)


def _seal(ring: KeyRing, code: ActivationCode, card: CardId) -> bytes:
    key, nonce = ring.current(Purpose.CARD_ENCRYPTION), secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key.secret).encrypt(nonce, code.encode("ascii"), _bound_to(ring, card))
    return key.key_id.encode("ascii") + KEY_ID_ENDS + nonce + sealed


def open_code(ring: KeyRing, sealed: bytes, *, card: CardId) -> ActivationCode | None:
    """None when the key is gone, or this is the code of another card."""
    key_id, _, rest = sealed.partition(KEY_ID_ENDS)
    key = ring.find(Purpose.CARD_ENCRYPTION, key_id.decode("ascii", "replace"))
    if key is None:
        return None
    try:
        plain = AESGCM(key.secret).decrypt(
            rest[:NONCE_BYTES], rest[NONCE_BYTES:], _bound_to(ring, card)
        )
    except InvalidTag:
        return None
    return ActivationCode(plain.decode("ascii"))


def _bound_to(ring: KeyRing, card: CardId) -> bytes:
    return f"activation code\n{ring.municipality}\n{card}".encode()
