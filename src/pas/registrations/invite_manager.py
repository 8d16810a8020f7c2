"""The link of an approved registration invites the first manager: once, and not for ever.

Each invitation is a new code that makes the one before it worthless. As soon as somebody has come in
by one, or a month after the approval, the link invites nobody any more.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from pas.auth.events import record_event
from pas.auth.logins import Invited, invitation_hash, lock_login, new_invitation
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.registrations.links import Secret
from pas.registrations.stored import RegistrationNotFound, by_link, the_club

LINK_INVITES_FOR: Final = timedelta(days=30)


class NotApprovedYet(Refusal):
    """Uw aanmelding is nog niet goedgekeurd."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kijk op uw link hoe het staat. Duurt het lang? Bel ons."


class ManagerCameIn(Refusal):
    """Er is al iemand binnengekomen met deze link."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Log in. Wilt u nog iemand toegang geven? Dat doet uw beheerder."


class LinkInvitesNoMore(Refusal):
    """Met deze link kunt u geen toegang meer maken."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Bel ons. Wij sturen u een nieuwe uitnodiging."


RENEW: Final = Statement(
    """
    UPDATE login SET invitation_hash = $2, invitation_until = $3
    WHERE id = $1 AND state = 'invited'
    """,
    None,
)


async def invite_manager(connection: Connection, secret: Secret, *, now: datetime) -> Invited:
    """Make an invitation for the first manager; it is shown once, and stored as a hash."""
    async with connection.transaction():
        stored = await by_link(connection, secret)
        if stored is None:
            raise RegistrationNotFound
        if stored.login_id is None:
            raise NotApprovedYet
        login = await lock_login(connection, stored.login_id)
        if login.state == "active":
            raise ManagerCameIn
        if login.state == "ended" or now > stored.state_since + LINK_INVITES_FOR:
            raise LinkInvitesNoMore
        invited = new_invitation(stored.login_id, now=now, by_link=True)
        assert invited.code is not None, "made with a link"
        await RENEW.run(connection, login.id, invitation_hash(invited.code), invited.until)
        await record_event(
            connection,
            kind="login.invited",
            subject_kind="login",
            subject_id=login.id,
            actor=the_club(stored.id),
            after={"name": login.name, "merchantId": str(login.merchant_id)},
        )
    return invited
