"""Somebody who is signed in types their code once more, for an act that asks for it.

They get a new session, as at any sign-in, so that a copy of the old token is worth nothing. Tries are
counted as at the sign-in, and on a device that came in before by its own count.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.auth.sessions import Begun, NewSession, start_session
from pas.db import Connection, Statement
from pas.ids import CardId
from pas.passes.card_keys import activation_hash
from pas.passes.codes import read_activation_code
from pas.passes.known_devices import find_device
from pas.passes.prove_code import ActivationCodeWrong, Subject, is_same, refuse
from pas.passes.sign_in import OnDevice
from pas.passes.sign_in_tries import count_try, forget_tries

READ: Final = Statement(
    """
    SELECT id, resident_id, state, activation_hash AS code_hash, key_id FROM card WHERE id = $1
    UNION ALL
    SELECT id, resident_id, NULL, code_hash, key_id FROM mandate WHERE id = $1
    """,
    Subject,
)


async def prove_again(
    connection: Connection,
    proved_by: UUID | None,
    typed: str,
    *,
    on: OnDevice,
    actor: Actor,
    ring: KeyRing,
    now: datetime,
) -> NewSession:
    """Start a session that was proved now; ``proved_by`` is the card or mandate of this one."""
    assert not connection.is_in_transaction(), "a refusal must not undo the count of tries"
    code = read_activation_code(typed)
    found = proved_by and await READ.first(connection, proved_by)
    if found is None:
        raise ActivationCodeWrong
    known = await find_device(connection, found.id, on.cookie, ring=ring)
    if not await count_try(connection, found.id, known, now=now):
        await refuse(connection, found.id, "waiting", now=now)
    expected = activation_hash(ring, code, card=CardId(found.id), key_id=found.key_id)
    if not is_same(expected, found.code_hash):
        await refuse(connection, found.id, "code", now=now)
    await forget_tries(connection, found.id, known)
    return await start_session(
        connection,
        actor_kind="holder",
        actor_id=actor.id,
        assurance="card" if actor.on_behalf_of is None else "mandate",
        now=now,
        replaces=on.replaces,
        begun=Begun(
            device=on.kind,
            is_long=on.is_own,
            proved_by=found.id,
            on_behalf_of=actor.on_behalf_of,
        ),
    )
