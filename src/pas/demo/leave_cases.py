"""Leaves an application in every state, an invoice and a voucher, for whoever a visitor becomes.

All of it by the functions that people use. What is old enough to be overdue was received weeks ago.
"""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import uuid5

import msgspec

from pas.applications.apply import apply_for_child
from pas.applications.asked import Asked, NewClub, TypedChild
from pas.applications.confirm import Stated
from pas.applications.decide import withdraw
from pas.applications.decide_voucher import Proposal, confirm_voucher, propose_voucher
from pas.applications.judge import judge_one, todays_ground
from pas.applications.pause import pause
from pas.applications.payee_invoices import propose_invoice
from pas.applications.payees import register_payee
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.days import day_of
from pas.db import Connection, Statement
from pas.demo.cast import Cast
from pas.demo.grants import NAMESPACE
from pas.demo.help_children import (
    READ_CHILDREN,
    READ_CLUBS,
    WHAT_FOR,
    Child,
    ClubRow,
    agreed,
    reference_for,
)
from pas.demo.staff import colleague, helper, persona
from pas.ids import ApplicationId, EntryId, MerchantId, VoucherId
from pas.merchants.judge import approve_merchant
from pas.merchants.model import PayoutDetails
from pas.merchants.payout_accounts import approve_account, read_accounts
from pas.money import Cents

GRANTED: Final = (False, 400)
TOO_RICH: Final = (True, 400)
"""Whether the income is above the limit, and how many are looked at."""
SPORT: Final = "jeugdfonds_sport"
CULTURE: Final = "jeugdfonds_cultuur"
UNKNOWN: Final = Child("Milan", "Oosterhof", date(2017, 3, 8), "1976 CD")
"""Whom the register does not know."""
NEW_CLUB: Final = NewClub(
    name="Roeivereniging De Sluisgasten", email="bestuur@sluisgasten.example", place="IJmuiden"
)
TRAINER: Final = PayoutDetails(iban="NL12PASX7000090002", holder="Trommelles Bram")
QUESTION: Final = "In welke groep traint het kind? De club vraagt het."
PAUSED_AFTER: Final = timedelta(days=3)
TEAM_POT: Final = "wijkteam_kinderbudget"
VOUCHERS: Final = (
    ("clothing", "winterjas en laarzen", 15_000),
    ("school_costs", "rekenmachine", 7_500),
)
"""The first is ready to be spent; the second waits for a colleague."""


class Unclear(msgspec.Struct, frozen=True):
    """What one application is about, and how many days ago it came in."""

    name: str
    child: Child
    days: int
    scheme: str = SPORT
    club: MerchantId | None = None


READ_UNKNOWN_INCOME: Final = Statement(
    """
    SELECT v.given_name, v.family_name, v.birth_date, v.postcode
    FROM resident_version v JOIN resident r ON r.id = v.resident_id
    WHERE v.birth_date > $1::date - interval '15 years' AND v.birth_date <= $1::date - interval '7 years'
        AND v.postcode IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM resident_version o WHERE o.household_number = v.household_number AND o.income IS NOT NULL)
    ORDER BY md5(r.person_number) LIMIT 3
    """,
    Child,
)
READ_OWN_CLUBS: Final = Statement(
    """
    SELECT DISTINCT t.merchant_id AS id FROM till t JOIN agreement a ON a.merchant_id = t.merchant_id
    WHERE t.id = ANY ($1::uuid[]) AND a.category = $2 ORDER BY 1
    """,
    ClubRow,
)


async def leave_cases(connection: Connection, ring: KeyRing, cast: Cast, *, now: datetime) -> None:
    """Give the officer, the intermediary, the team and the shown clubs something to decide."""
    today = day_of(now)
    sport = (await READ_OWN_CLUBS.all(connection, list(cast.tills), "sport"))[0].id
    culture = (await READ_CLUBS.all(connection, "culture"))[0].id
    known = (await READ_CHILDREN.all(connection, today, *GRANTED, list(cast.holders)))[::-1]
    rich = (await READ_CHILDREN.all(connection, today, *TOO_RICH, list(cast.holders)))[::-1]
    late, asked, _ = await READ_UNKNOWN_INCOME.all(connection, today)
    for one in (
        Unclear("unknown", UNKNOWN, 5, club=sport),
        Unclear("late", late, 24, club=sport),
        Unclear("paused", asked, 12, club=sport),
        Unclear("new-club", known[0], 3),
        Unclear("with-club", known[1], 4, club=sport),
        Unclear("also-with-club", known[2], 2, club=sport),
        Unclear("once-more", known[1], 1, club=sport),
        Unclear("refused", rich[0], 9, club=sport),
        Unclear("withdrawn", late, 20, CULTURE, culture),
        Unclear("one-off", known[3], 16, CULTURE, culture),
    ):
        await leave_case(connection, ring, one, now=now)
    await leave_invoice(connection, case_id("one-off"), now=now)
    await leave_vouchers(connection, ring, now=now)


async def leave_case(connection: Connection, ring: KeyRing, one: Unclear, *, now: datetime) -> None:
    received = now - timedelta(days=one.days)
    asked = Asked(
        id=case_id(one.name),
        scheme=one.scheme,
        child=msgspec.convert(msgspec.structs.asdict(one.child), TypedChild),
        club=one.club,
        new_club=NEW_CLUB if one.club is None else None,
        what_for=WHAT_FOR,
        own_reference=reference_for(one.child, on=day_of(received)),
        agreement=agreed(one.child, on=day_of(received)),
    )
    who = await persona(connection, Role.INTERMEDIARY)
    await apply_for_child(connection, asked, ring=ring, actor=who, now=received)
    ground = await todays_ground(connection, received)
    await judge_one(connection, asked.id, ground=ground, now=received)
    if one.name == "paused":
        officer = await colleague(connection, Role.OFFICER, "Farah de Wit (demonstratie)")
        await pause(connection, asked.id, QUESTION, actor=officer, now=received + PAUSED_AFTER)
    elif one.name == "withdrawn":
        await withdraw(connection, asked.id, actor=who, now=received + PAUSED_AFTER)


async def leave_invoice(connection: Connection, case: ApplicationId, *, now: datetime) -> None:
    """A teacher with no club behind him: his invoice waits for a second person."""
    registered = now - timedelta(days=15)
    registrar = await colleague(connection, Role.REGISTRAR, "Ineke Prins (demonstratie)")
    approver = await persona(connection, Role.APPROVER)
    officer = await colleague(connection, Role.OFFICER, "Farah de Wit (demonstratie)")
    payee = await register_payee(
        connection, "Trommelles Bram", TRAINER, actor=registrar, now=registered
    )
    await approve_merchant(connection, payee, actor=approver, now=registered)
    (account,) = await read_accounts(connection, payee, actor=approver)
    await approve_account(connection, payee, account.id, actor=approver, now=registered)
    stated = Stated(
        id=EntryId(uuid5(NAMESPACE, f"invoice/{case}")),
        application=case,
        merchant=payee,
        amount_cents=Cents(18_000),
        invoice="2026-017",
    )
    reason = "De muziekschool had geen plaats. Bram geeft les aan huis."
    await propose_invoice(connection, stated, reason=reason, actor=officer, now=now)


async def leave_vouchers(connection: Connection, ring: KeyRing, *, now: datetime) -> None:
    colleague_, visitor = (
        await helper(connection, Role.TEAM_MEMBER),
        await persona(connection, Role.TEAM_MEMBER),
    )
    for number, (category, what_for, cents) in enumerate(VOUCHERS):
        proposal = Proposal(
            id=VoucherId(uuid5(NAMESPACE, f"voucher/{number}")),
            scheme=TEAM_POT,
            category=category,
            amount_cents=Cents(cents),
            what_for=what_for,
            no_other_provision=True,
        )
        await propose_voucher(connection, proposal, actor=colleague_, now=now)
        if number == 0:
            await confirm_voucher(connection, proposal.id, ring=ring, actor=visitor, now=now)


def case_id(name: str) -> ApplicationId:
    return ApplicationId(uuid5(NAMESPACE, f"case/{name}"))
