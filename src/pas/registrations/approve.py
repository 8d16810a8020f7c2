"""The municipality approves: the club becomes a merchant with what was agreed, and may take passes.

Its account is proposed by whoever approves, so that somebody else has to look at it before it is
paid to. The first manager is made here, with the role that goes with it, and invited by the link.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar

import msgspec

from pas.auth.actor import Actor
from pas.auth.give_role import give_role
from pas.auth.logins import Person, invite_login
from pas.auth.roles import Role
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import LoginId, MerchantId, RegistrationId
from pas.merchants.judge import approve_merchant
from pas.merchants.model import AgreementTerms, Registration
from pas.merchants.register import register_merchant
from pas.money import Cents
from pas.registrations.model import Said
from pas.registrations.rules import OwnRegistration, refuse_moved
from pas.registrations.stored import (
    ONE_AT_A_TIME,
    Step,
    newest_said,
    read_registration,
    read_steps,
    take_step,
)


class NothingAgreed(Refusal):
    """U spreekt niets af met deze club of winkel."""

    next_step: ClassVar[str] = "Kies minstens één bestedingsdoel. Of keur de aanmelding af."


class NotAskedFor(Refusal):
    """Dit bestedingsdoel vroeg de club niet."""

    next_step: ClassVar[str] = "Kies uit wat de club wil aanbieden. Of vraag het eerst aan de club."


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the municipality agrees to: for which purposes, from when, at which price per visit."""

    valid_from: date
    visit_prices: Mapping[str, Cents | None]
    """By the code of each purpose that is agreed to."""
    words: str | None = None


async def approve_registration(
    connection: Connection,
    registration_id: RegistrationId,
    terms: Terms,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> MerchantId:
    """Make it a merchant, all or nothing; nobody approves what they typed themselves."""
    async with connection.transaction():
        await ONE_AT_A_TIME.run(connection)
        stored = await read_registration(connection, registration_id)
        refuse_moved(stored, seen)
        steps = await read_steps(connection, registration_id)
        if any(one.said is not None and one.by == actor.id for one in steps):
            raise OwnRegistration
        said = newest_said(steps)
        merchant_id = await register_merchant(connection, agreed(said, terms), actor=actor, now=now)
        await approve_merchant(connection, merchant_id, actor=actor, now=now)
        person = Person(name=said.contact_name, email=said.contact_email, merchant_id=merchant_id)
        manager = (await invite_login(connection, person, actor=actor, now=now)).login_id
        await give_role(connection, manager, Role.MERCHANT_MANAGER, actor=actor, now=now)
        step = Step(
            kind="approved",
            words=terms.words,
            by=LoginId(actor.id),
            merchant_id=merchant_id,
            manager_id=manager,
        )
        await take_step(connection, stored, step, actor=actor, now=now)
    return merchant_id


def agreed(said: Said, terms: Terms) -> Registration:
    """What the club said, as far as the municipality agrees to it."""
    wanted = [one.category for one in said.purposes]
    if not terms.visit_prices:
        raise NothingAgreed
    if set(terms.visit_prices) - set(wanted):
        raise NotAskedFor
    return Registration(
        details=said.details,
        locations=said.places,
        agreements=tuple(
            AgreementTerms(
                category=category,
                valid_from=terms.valid_from,
                visit_price_cents=terms.visit_prices[category],
            )
            for category in wanted
            if category in terms.visit_prices
        ),
        payout_account=said.account,
    )
