"""The first page: of the installation, and of a municipality for whoever is signed in there."""

from datetime import UTC, datetime
from typing import Final, cast

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.app import (
    entry_page,
    equation_pages,
    equation_routes,
    ledger_pages,
    merchant_page,
)
from pas.app.demo_page import demo_page
from pas.app.waiting import waiting_for
from pas.auth.actor import Actor
from pas.auth.demo_login import is_demo
from pas.auth.permissions import Permission
from pas.auth.spoken import speak_to
from pas.auth.state import auth_state
from pas.ids import MunicipalityName
from pas.problems.bodies import AppRequest
from pas.web.pages import done, page

PUBLIC: Final = {"public": True}


class Way(msgspec.Struct, frozen=True):
    """Where somebody can go from here, and what they need for it."""

    permission: Permission
    title: str
    text: str
    address: str


WAYS: Final = (
    Way(Permission.ASSESSMENTS_READ, "Toekennen", "Wie krijgt wat, en waarom.", "assessments"),
    Way(
        Permission.HOLDERS_HELP,
        "Iemand helpen aan de balie",
        "Zoek iemand, en help meteen.",
        "counter",
    ),
    Way(Permission.RESIDENTS_READ, "Inwoners", "Zoek iemand op en leg uit.", "residents"),
    Way(
        Permission.REQUESTS_READ,
        "Vragen en bezwaren",
        "Wat inwoners ons vragen, en wanneer wij antwoorden.",
        "requests",
    ),
    Way(
        Permission.APPLICATIONS_READ,
        "Aanvragen van helpers",
        "Zoek uit om wie het gaat.",
        "helper-applications",
    ),
    Way(
        Permission.APPLICATIONS_HELP,
        "Iemand helpen",
        "Vraag een pas voor iemand aan.",
        "help-apply",
    ),
    Way(
        Permission.APPLICATIONS_HELP,
        "Een kaart geven",
        "Zet een kaart aan die u overhandigt.",
        "hand-over-card",
    ),
    Way(
        Permission.APPLICATIONS_MAKE,
        "Aanvragen voor kinderen",
        "Vraag iets aan, en zie hoe het staat.",
        "child-applications",
    ),
    Way(
        Permission.APPLICATIONS_DECIDE,
        "Aanvragen beslissen",
        "Welke aanvragen voor kinderen wachten op u.",
        "child-application-queue",
    ),
    Way(Permission.VOUCHERS_DECIDE, "Bonnen", "De pot van het wijkteam, samen.", "vouchers"),
    Way(
        Permission.PAYEE_INVOICES_CONFIRM,
        "Losse facturen",
        "Facturen die op een tweede persoon wachten.",
        "payee-invoices",
    ),
    Way(
        Permission.MERCHANTS_WRITE,
        "Eenmalige leveranciers",
        "Wie zonder kassa betaald wordt, na een factuur.",
        "one-off-payees",
    ),
    Way(
        Permission.INTERMEDIARIES_READ,
        "Aanvragers",
        "Wie mag aanvragen, en voor wie.",
        "organisations",
    ),
    Way(
        Permission.APPLICATIONS_COUNT,
        "Verslag van aanvragen",
        "Hoeveel kinderen, hoeveel euro.",
        "child-applications-report",
    ),
    Way(Permission.CARDS_PRINT, "Kaarten drukken", "De kaarten van een jaar.", "card-runs"),
    Way(Permission.LETTERS_PRINT, "Brieven", "Herinneringen, overzichten en besluiten.", "letters"),
    Way(
        Permission.CARDS_PRINT,
        "Bonnen op papier",
        "Voor de dag dat niets werkt.",
        "coupon-runs",
    ),
    Way(Permission.SCHEMES_READ, "Regelingen", "Wat er is, voor wie en sinds wanneer.", "schemes"),
    Way(Permission.APPROPRIATIONS_READ, "Geld", "Is er genoeg, en waar niet?", "appropriations"),
    Way(
        Permission.TAKEOVERS_READ,
        "Oude kaarten",
        "Kaarten en tegoeden van een eerdere leverancier.",
        "takeovers",
    ),
    Way(Permission.DEVIATIONS_READ, "Afwijkingen", "Maatwerk, met zijn tweeën.", "deviations"),
    Way(Permission.MERCHANTS_READ, "Aanbieders", "Wie de pas aanneemt, en waarvoor.", "merchants"),
    Way(
        Permission.REGISTRATIONS_READ,
        "Aanmeldingen",
        "Clubs en winkels die mee willen doen.",
        "merchants/registrations",
    ),
    Way(
        Permission.SIGNALS_READ,
        "Opvallende verkopen",
        "Wat u bij aanbieders eens kunt nakijken.",
        "signals",
    ),
    Way(Permission.REDEMPTIONS_MAKE, "Kassa", "Scan een pas, voor een club of winkel.", "till"),
    Way(Permission.REDEMPTIONS_REFUND, "Verkopen", "Zoek een verkoop, boek terug.", "till/sales"),
    Way(
        Permission.SETTLEMENTS_READ,
        "Uitbetalen",
        "Wat aanbieders krijgen, en wat er op u wacht.",
        "settlements",
    ),
    Way(
        Permission.JOURNAL_READ,
        "Maanden en journaal",
        "Sluit een maand af, en haal het journaal.",
        "periods",
    ),
    Way(Permission.YEARS_READ, "Jaren", "Hoe eindigt dit jaar, en wat kan eerst?", "years"),
    Way(Permission.REACH_READ, "Bereik", "Wie bereikt de pas, en wie niet?", "reach"),
    Way(Permission.LEDGER_PROVE, "De boeken", "Kijk na of alles klopt op de cent.", "ledger"),
    Way(Permission.LOGINS_READ, "Collega’s en rollen", "Wie komt erin, en wat mag wie?", "logins"),
    Way(Permission.SETTINGS_READ, "Instellingen", "Wat de gemeente zelf kiest.", "settings"),
    Way(Permission.SETTINGS_READ, "Teksten van brieven", "Hoe uw brieven klinken.", "letter-texts"),
    Way(Permission.API_TOKENS_MANAGE, "Programma’s", "Laat een ander programma toe.", "programs"),
    Way(Permission.EVENTS_READ, "Wat is er veranderd?", "Wie deed wat, en wanneer.", "events"),
    Way(Permission.SETTINGS_READ, "Taken", "Wat er op de achtergrond liep.", "jobs"),
)

WAYS_OF_MERCHANT: Final = (
    Way(
        Permission.AWARDS_CONFIRM,
        "Kinderen die bij u komen",
        "Zeg wie meedoet, en wat het kost.",
        "merchants/{merchant}/awards",
    ),
    Way(
        Permission.TILLS_READ,
        "Kassa’s",
        "Koppel een telefoon, of zet een kassa uit.",
        "merchants/{merchant}/tills",
    ),
    Way(Permission.REDEMPTIONS_REFUND, "Verkopen", "Zoek een verkoop, boek terug.", "till/sales"),
    Way(
        Permission.PAYOUTS_READ,
        "Uitbetalingen",
        "Wat u kreeg, en wat er nog komt.",
        "merchants/{merchant}/payouts",
    ),
    Way(
        Permission.OFFERS_MANAGE,
        "Aanbod",
        "Wat aan de kassa één tik is.",
        "merchants/{merchant}/offers",
    ),
    Way(
        Permission.MERCHANTS_READ,
        "Uw club of winkel",
        "Alles bij elkaar: ook plekken, mensen, afspraken en rekening.",
        "merchants/{merchant}",
    ),
    Way(
        Permission.WEBHOOKS_READ,
        "Berichten aan uw programma",
        "Uw eigen programma hoort wat er gebeurt.",
        "merchants/{merchant}/webhooks",
    ),
)
"""What somebody of a club or shop can do, for their own alone."""


@get("/", opt=PUBLIC, include_in_schema=False)
async def front(request: AppRequest) -> Response[str] | Redirect:
    """Go to the only municipality, or let people choose theirs; a sandbox is nobody's."""
    registered = await auth_state(request.app.state).database.municipalities()
    real = [one for one in registered if not one.sandbox]
    if len(real) == 1:
        return done(f"/{real[0].name}")
    return page(request, "app/front.html", municipalities=registered)


@get("/{municipality:str}", opt=PUBLIC, include_in_schema=False)
async def home(municipality: FromPath[str], request: AppRequest) -> Response[str] | Redirect:
    """What can I do here? For a visitor of the demonstration: who can I be?"""
    name = MunicipalityName(municipality)
    actor = cast("Actor | None", request.user)
    match actor:
        case Actor(kind="holder"):
            return done(f"/{name}/my-pass")
        case Actor(kind="till"):
            return done(f"/{name}/till")
        case Actor():
            return await work_page(request, name, actor)
        case None if await is_demo(request, name):
            return await demo_page(request, name)
        case None:
            speak_to(request)
            return page(
                request,
                "app/welcome.html",
                sign_in=f"/{name}/sign-in",
                by_card=f"/{name}/sign-in/card",
                where=f"/{name}/where",
                register=f"/{name}/merchants/register",
            )


async def work_page(request: AppRequest, name: MunicipalityName, actor: Actor) -> Response[str]:
    """What waits for whoever is signed in, and then what else they can do."""
    async with auth_state(request.app.state).database.connection(name) as connection:
        waiting = await waiting_for(connection, actor, now=datetime.now(UTC))
    own = str(actor.merchant_id)
    ways = [
        (way.title, way.text, f"/{name}/{way.address.format(merchant=own)}")
        for way in (WAYS if actor.merchant_id is None else WAYS_OF_MERCHANT)
        if actor.may(way.permission)
    ]
    return page(
        request,
        "app/home.html",
        base=f"/{name}",
        waiting=waiting,
        ways=ways,
        sign_out=f"/{name}/sign-out",
    )


routes: list[ControllerRouterHandler] = [
    front,
    home,
    *ledger_pages.routes,
    *equation_pages.routes,
    *equation_routes.routes,
    *entry_page.routes,
    *merchant_page.routes,
]
