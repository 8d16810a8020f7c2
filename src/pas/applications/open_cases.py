"""Applications that are not decided yet: read one to decide on it with nobody else deciding meanwhile."""

from datetime import date, datetime
from typing import ClassVar, Final, Literal
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ApplicationId, LoginId, MerchantId, ResidentId, SchemeId
from pas.money import Cents

State = Literal["received", "with_officer", "waiting_club", "awarded", "refused", "withdrawn"]


class ChildApplicationNotFound(Refusal):
    """Deze aanvraag is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een aanvraag uit de lijst."


class ApplicationDecided(Refusal):
    """Over deze aanvraag is al beslist."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Bekijk de aanvraag opnieuw. Daar staat wat er is beslist."


class OpenCase(msgspec.Struct, frozen=True):
    """What is decided on; the typed child is gone as soon as the child is found."""

    id: ApplicationId
    scheme_id: SchemeId
    applied_by: LoginId
    received_at: datetime
    resident_id: ResidentId | None
    scanned_token: bytes | None
    scanned_numbers: list[bytes] | None
    given_name: str | None
    family_name: str | None
    birth_date: date | None
    postcode: str | None
    merchant_id: MerchantId | None
    club_name: str | None
    club_email: str | None
    club_phone: str | None
    asked_cents: Cents | None
    state: State
    is_paused: bool

    def __repr__(self) -> str:
        """Nobody's data reaches a log by accident."""
        return f"OpenCase({self.id})"


class OpenId(msgspec.Struct, frozen=True):
    id: ApplicationId


LOCK: Final = Statement("SELECT FROM child_application WHERE id = $1 FOR UPDATE", None)
READ: Final = Statement(
    """
    SELECT a.id, a.scheme_id, a.applied_by, a.received_at, a.resident_id, a.scanned_token, a.scanned_numbers,
        a.given_name, a.family_name, a.birth_date, a.postcode, a.merchant_id, a.club_name, a.club_email, a.club_phone,
        a.asked_cents, a.state,
        EXISTS (SELECT 1 FROM child_application_pause p WHERE p.application_id = a.id AND p.until_on IS NULL) AS is_paused
    FROM child_application a WHERE a.id = $1
    """,
    OpenCase,
)
LIST_OPEN: Final = Statement(
    """
    SELECT a.id FROM child_application a
    WHERE a.decided_at IS NULL AND a.id > $1
        AND NOT EXISTS (SELECT 1 FROM child_application_pause p WHERE p.application_id = a.id AND p.until_on IS NULL)
    ORDER BY a.id LIMIT $2
    """,
    OpenId,
)
FIND_CHILD: Final = Statement(
    """
    UPDATE child_application SET resident_id = $2, period_key = $3, scanned_token = NULL, scanned_numbers = NULL,
        given_name = NULL, family_name = NULL, birth_date = NULL, postcode = NULL
    WHERE id = $1 AND decided_at IS NULL
    """,
    None,
)
SET_CLUB: Final = Statement("UPDATE child_application SET merchant_id = $2 WHERE id = $1", None)
SET_STATE: Final = Statement(
    "UPDATE child_application SET state = $2, questions = $3 WHERE id = $1 AND decided_at IS NULL",
    None,
)
END_PAUSE: Final = Statement(
    """
    UPDATE child_application_pause SET until_on = greatest(from_on, $2::date)
    WHERE application_id = $1 AND until_on IS NULL
    """,
    None,
)
NOBODY: Final = ApplicationId(UUID(int=0))


async def held_case(connection: Connection, application_id: ApplicationId) -> OpenCase:
    """Hold an application until the end of the transaction; raises ApplicationDecided."""
    await LOCK.run(connection, application_id)
    found = await READ.first(connection, application_id)
    if found is None:
        raise ChildApplicationNotFound
    if found.state in {"awarded", "refused", "withdrawn"}:
        raise ApplicationDecided
    return found


async def open_ids(connection: Connection, after: ApplicationId, limit: int) -> list[ApplicationId]:
    """Those whose clock runs, by id."""
    return [row.id for row in await LIST_OPEN.all(connection, after, limit)]
