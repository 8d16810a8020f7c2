"""What a message says, in the language of whoever reads it.

The amount, where, for what, and what is left: no name but a child's first one, and that only in an
e-mail, for a text message shows on a locked telephone that lies on a table. Never a link: who learns
to follow one from a message of the pass follows the one of a swindler too.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from pas.messages.model import Channel, Language, Letter, Reason
from pas.money import Cents, euros
from pas.web.dates import day
from pas.web.languages import left_to_right, say, say_count, speaking

LONGEST_NAME = 40
TurnedBack = Literal["void", "refund"]


class Sender(msgspec.Struct, frozen=True):
    """Of which pass it is, and whom to call."""

    product: str
    telephone: str


class Line(msgspec.Struct, frozen=True):
    """One budget: what went off it or came back, and what is left; visits where it counts those."""

    title: str
    cents: Cents
    visits: int
    left_cents: Cents
    left_visits: int | None


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """One sale, or one that was taken back, as far as it is of one pass."""

    channel: Channel
    language: Language
    child: str | None
    merchant: str
    on: date
    turned_back: TurnedBack | None
    lines: Sequence[Line]


class Lapsing(msgspec.Struct, frozen=True):
    title: str
    left_cents: Cents
    left_visits: int | None
    until: date


def code_letter(code: str, *, language: Language) -> Letter:
    """The one message to an address that nobody proved yet: it says nothing about anybody."""
    with speaking(language):
        body = [
            say("Uw code is {code}.", code=left_to_right(code)),
            say("De code werkt een kwartier."),
            say("Vroeg u geen code? Dan hoeft u niets te doen."),
        ]
        return Letter(say("Uw code"), "\n".join(body), language)


def sold_letter(sold: Sold, sender: Sender) -> Letter:
    with speaking(sold.language):
        if sold.channel == "text":
            return Letter("", _sold_in_short(sold, sender), sold.language)
        body = [
            *_whose(sold.child),
            _what(sold),
            say("Wanneer: {day}", day=day(sold.on)),
            *[left_over(line) for line in sold.lines],
            "",
            *closing(sender),
        ]
        return Letter(_what(sold), "\n".join(body), sold.language)


def lapse_letter(
    lapsing: Sequence[Lapsing],
    sender: Sender,
    *,
    channel: Channel,
    language: Language,
    child: str | None,
) -> Letter:
    with speaking(language):
        subject = say("Vergeet uw tegoed niet")
        lines = [
            say(
                "Voor {purpose}: nog {amount}, tot en met {day}.",
                purpose=one.title,
                amount=how_much(one.left_cents, one.left_visits),
                day=day(one.until),
            )
            for one in lapsing
        ]
        if channel == "text":
            whose = _of_child() if child else []
            text = [f"{sender.product}:", *whose, say("U heeft nog tegoed."), *lines]
            return Letter("", " ".join(text), language)
        body = [
            *_whose(child),
            say("Er staat nog tegoed op de pas."),
            *lines,
            say("Daarna vervalt het."),
            say("U hoeft het niet op te maken. Dat kiest u zelf."),
            "",
            *closing(sender),
        ]
        return Letter(subject, "\n".join(body), language)


def left_over(line: Line) -> str:
    return say(
        "Nog over voor {purpose}: {amount}",
        purpose=line.title,
        amount=how_much(line.left_cents, line.left_visits),
    )


def how_much(cents: Cents, visits: int | None) -> str:
    """An amount, or so many times where a budget counts visits."""
    if visits is None:
        return left_to_right(euros(cents))
    return say_count("1 keer", "{count} keer", visits)


def closing(sender: Sender) -> list[str]:
    return [
        say("Klopt dit niet? Bel {telephone}.", telephone=left_to_right(sender.telephone)),
        say("Dit bericht gaat over uw {product}.", product=sender.product),
        say("Wij sturen u nooit een link om in te loggen."),
        say("Geen berichten meer? Kies dat in Mijn pas, bij Berichten."),
    ]


def _sold_in_short(sold: Sold, sender: Sender) -> str:
    whose = _of_child() if sold.child else []
    left = [left_over(line) + "." for line in sold.lines]
    call = say("Klopt dit niet? Bel {telephone}.", telephone=left_to_right(sender.telephone))
    return " ".join([f"{sender.product}:", *whose, _what(sold), *left, call])


def _what(sold: Sold) -> str:
    amount, merchant = _moved(sold.lines), sold.merchant[:LONGEST_NAME]
    match sold.turned_back:
        case None:
            return say("Betaald: {amount} bij {merchant}.", amount=amount, merchant=merchant)
        case "void":
            return say(
                "Ongedaan gemaakt: {amount} bij {merchant}.", amount=amount, merchant=merchant
            )
        case "refund":
            return say(
                "Terug op de pas: {amount} van {merchant}.", amount=amount, merchant=merchant
            )


def _moved(lines: Sequence[Line]) -> str:
    visits = sum(line.visits for line in lines)
    cents = Cents(sum(line.cents for line in lines if not line.visits))
    both = [how_much(cents, None)] if cents or not visits else []
    return " + ".join([*([how_much(cents, visits)] if visits else []), *both])


def _whose(child: str | None) -> list[str]:
    return [say("Dit gaat over de pas van {name}.", name=child)] if child else []


def _of_child() -> list[str]:
    return [say("Pas van uw kind.")]


def subject_of(reason: Reason) -> str:
    """What a message was about, for whoever looks at which were sent."""
    match reason:
        case "spending":
            return "Een betaling"
        case "given-back":
            return "Iets dat terugkwam"
        case "lapse":
            return "Tegoed dat bijna vervalt"
        case "code":
            return "Een code voor een adres"
