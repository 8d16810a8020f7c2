"""Gives the maker of a till a merchant of their own with a till to pair, and a webhook if they want one.

Each has a merchant alone, so nobody gets the messages of somebody else's sales.
"""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final

import msgspec
from msgspec import Meta

from pas.auth.keys import KeyRing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId
from pas.installation.sandbox import refuse_outside_sandbox
from pas.merchants.create_till import InvitedTill, NewTill, create_till
from pas.merchants.judge import approve_merchant
from pas.merchants.model import AgreementTerms, LocationDetails, MerchantDetails, Registration
from pas.merchants.offer_terms import OfferTerms
from pas.merchants.offers import make_offer
from pas.merchants.register import register_merchant
from pas.money import Cents
from pas.sandbox.begin import ACTOR
from pas.webhooks.make_endpoint import make_endpoint
from pas.webhooks.model import EVENT_TYPES, NewEndpoint, Url

MOST_PER_HOUR: Final = 60
AGREED: Final = ("sport", "culture", "bicycle", "swimming")
VISIT_PRICE: Final = Cents(450)
LESSON: Final = Cents(750)
"""What the one offer costs: a lesson of sport."""


class TooManyShops(Refusal):
    """Er zijn net heel veel testkassa's gemaakt."""

    status: ClassVar[int] = 429
    next_step: ClassVar[str] = "Gebruik de testkassa die u al heeft. Of wacht een uur."


class NewShop(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"
):
    """What the maker calls it, and where messages go, if anywhere."""

    name: Annotated[str, Meta(min_length=1, max_length=80)] = "Testkassa"
    webhook_url: Url | None = None


class Shop(msgspec.Struct, frozen=True):
    """The code pairs one device, within a quarter of an hour; the secret is shown this once."""

    merchant: MerchantId
    invited: InvitedTill
    webhook_secret: str | None


class Count(msgspec.Struct, frozen=True):
    count: int


TAKE_TURN: Final = Statement("SELECT pg_advisory_xact_lock(hashtext('pas.sandbox.shop'))", None)
COUNT_RECENT: Final = Statement("SELECT count(*) FROM merchant WHERE state_since > $1", Count)


async def open_shop(connection: Connection, new: NewShop, *, ring: KeyRing, now: datetime) -> Shop:
    """Make merchant, till and endpoint together; raises TooManyShops."""
    await refuse_outside_sandbox(connection)
    async with connection.transaction():
        await TAKE_TURN.run(connection)
        recent = await COUNT_RECENT.one(connection, now - timedelta(hours=1))
        if recent.count >= MOST_PER_HOUR:
            raise TooManyShops
        merchant = await register_merchant(
            connection, registration(new.name, now), actor=ACTOR, now=now
        )
        await approve_merchant(connection, merchant, actor=ACTOR, now=now)
        lesson = OfferTerms(
            title="Proefles", category="sport", price_cents=LESSON, valid_from=day_of(now)
        )
        await make_offer(connection, merchant, lesson, actor=ACTOR, now=now)
        invited = await create_till(
            connection, merchant, NewTill(name="kassa"), actor=ACTOR, now=now
        )
        secret = None
        if new.webhook_url is not None:
            asked = NewEndpoint(url=new.webhook_url, events=[*EVENT_TYPES])
            made = await make_endpoint(connection, merchant, asked, ring=ring, actor=ACTOR, now=now)
            secret = made.secret
    return Shop(merchant, invited, secret)


def registration(name: str, now: datetime) -> Registration:
    today = day_of(now)
    return Registration(
        details=MerchantDetails(name=name),
        locations=(LocationDetails(name=name),),
        agreements=tuple(
            AgreementTerms(
                category=category,
                valid_from=today,
                visit_price_cents=VISIT_PRICE if category == "swimming" else None,
            )
            for category in AGREED
        ),
    )
