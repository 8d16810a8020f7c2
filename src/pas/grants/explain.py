"""Why somebody gets a scheme or not, so that a resident can read it (B1), in their own language."""

from datetime import date, timedelta
from typing import Final

from pas.grants.facts import Decision, Granted, Outcome, Reason, Verdict
from pas.money import BasisPoints, euros, percent
from pas.web.dates import day
from pas.web.languages import left_to_right, mark, said, say, say_count

_ONE_DAY: Final = timedelta(days=1)
_SENTENCES: Final[dict[Reason, str]] = {
    "already-granted": mark("Dit tegoed is al toegekend. Het blijft staan."),
    "on-another-pass": mark("Uw huishouden heeft dit al. Het staat op de pas van een huisgenoot."),
    "holder-is-gone": mark(
        "Dit stond op de pas van iemand die overleden of verhuisd is. Bel ons voor een uitzondering."
    ),
    "pot-empty": mark("Het geld voor deze regeling is op."),
    "refused-by-deviation": mark("Wij wijken hier af van de regel. Bel ons voor de reden."),
    "income-unknown": mark("Wij kennen het inkomen niet. U kunt de pas zelf aanvragen."),
    "limit-unknown": mark("De inkomensgrens van deze regeling is nog niet bekend."),
    "school-type-unknown": mark("Wij weten niet welke school het is. Geef dit aan ons door."),
    "not-a-child": mark("Deze regeling is voor kinderen tot 18 jaar."),
    "other-school": mark("Deze regeling is voor een andere soort school."),
    "for-another-member": mark(
        "Deze regeling is voor het hele huishouden. Kijk bij de oudste volwassene."
    ),
    "no-such-member": mark("In dit huishouden woont niemand voor wie deze regeling is."),
    "no-adult": mark("Deze regeling staat op de pas van een volwassene. Die woont hier niet."),
    "has-diploma": mark("Het zwemdiploma is al gehaald."),
    "via-intermediary": mark("Een leraar of andere hulpverlener vraagt dit aan voor het kind."),
    "via-team": mark("Het wijkteam beslist over deze regeling."),
    "moved-away": mark("Deze persoon is verhuisd naar een andere gemeente."),
    "too-young": mark("De leeftijd is nog te laag: {age} jaar."),
    "too-old": mark("De leeftijd is te hoog: {age} jaar."),
    "excluded-by-another": mark("Dit gaat niet samen met ‘{other}’."),
    "another-provision-first": mark("‘{other}’ is er al voor hetzelfde doel."),
    "other-provision-unknown": mark("Misschien krijgt u ‘{other}’. Die regeling gaat voor."),
    "deceased": mark("Deze persoon is overleden."),
    "not-here-yet": mark("Deze persoon woont op deze dag nog niet in de gemeente."),
}
REASONS: Final[dict[Reason, str]] = {
    "within-limit": "het inkomen is niet te hoog",
    "on-condition": "toegekend, maar de voorwaarde is niet nagekeken",
    "granted-by-deviation": "afwijking van de regel",
    "awarded-on-application": "aangevraagd door een intermediair",
    "awarded-by-team": "door het wijkteam toegekend",
    "taken-over": "overgenomen van een eerdere leverancier",
    "already-granted": "had het al",
    "on-another-pass": "staat op de pas van iemand anders in het huishouden",
    "holder-is-gone": "stond op de pas van iemand die er niet meer is",
    "income-above-limit": "het inkomen is te hoog",
    "excluded-by-another": "gaat niet samen met een andere regeling",
    "another-provision-first": "er is al iets anders voor dit doel",
    "pot-empty": "het geld is op",
    "refused-by-deviation": "afwijking van de regel",
    "income-unknown": "het inkomen is onbekend",
    "limit-unknown": "de grens is onbekend",
    "school-type-unknown": "de school is onbekend",
    "other-provision-unknown": "eerst een andere regeling uitzoeken",
}
"""The same in a few words, beside how many people it is about."""
_CONDITIONS: Final[dict[str, str]] = {
    "adult": mark("Er moet een volwassene mee."),
    "diploma": mark("Een zwemdiploma is nodig."),
    "adult_or_diploma": mark("Een zwemdiploma is nodig, of een volwassene die meegaat."),
}
_HEADINGS: Final[tuple[tuple[Outcome, str], ...]] = (
    ("granted", mark("Dit krijgt u")),
    ("held", mark("Dit had u al")),
    ("unknown", mark("Dit weten wij nog niet")),
    ("refused", mark("Dit krijgt u niet")),
    ("not_applicable", mark("Dit is niet voor u")),
)
HOW_TO_OBJECT: Final = (
    "Bent u het er niet mee eens? U kunt bezwaar maken. "
    "Doe dat binnen zes weken. Bel ons als u daar hulp bij wilt."
)


def how_to_object(until: date) -> str:
    """Say until which day somebody can object; the day itself included."""
    return say(
        "Bent u het er niet mee eens? U kunt bezwaar maken. "
        "Dat kan tot en met {day}. Bel ons als u daar hulp bij wilt.",
        day=day(until),
    )


def sentence(verdict: Verdict) -> str:
    """Say what was decided and which fact decided it."""
    match verdict.reason:
        case "within-limit" | "on-condition":
            return " ".join(
                filter(None, (_incomes(verdict), say("Dat is niet te hoog."), _given(verdict)))
            )
        case "granted-by-deviation":
            exception = say("Wij maken voor u een uitzondering.")
            return f"{exception} {_given(verdict)}".rstrip()
        case "awarded-on-application" | "awarded-by-team":
            asked = say("Dit is voor u aangevraagd.")
            return f"{asked} {_given(verdict)}".rstrip()
        case "taken-over":
            brought = say("Meegenomen van uw oude pas")
            return f"{brought}. {_given(verdict)}".rstrip()
        case "income-above-limit":
            too_high = say("Dat is te hoog.")
            return f"{_incomes(verdict)} {too_high}"
        case "already-granted" if verdict.granted is not None:
            return _granted_before(verdict.granted)
        case reason:
            return said(_SENTENCES[reason]).format(age=verdict.age, other=verdict.other)


def explain(decision: Decision) -> list[tuple[str, list[tuple[str, str]]]]:
    """Group a decision for a page or a letter: heading, then scheme and sentence."""
    groups = [
        (
            said(heading),
            [(one.title, sentence(one)) for one in decision.verdicts if one.outcome == outcome],
        )
        for outcome, heading in _HEADINGS
    ]
    return [(heading, lines) for heading, lines in groups if lines]


def _granted_before(granted: Granted) -> str:
    return say(
        "Dit is al toegekend op {day}. Het blijft staan. {why} "
        "Dat ging volgens versie {version} van de regeling, vanaf {since}.",
        day=day(granted.decided_on),
        why=sentence(granted.verdict),
        version=granted.version,
        since=day(granted.valid_from),
    )


def _incomes(verdict: Verdict) -> str:
    return say(
        "Het inkomen is {income} van het sociaal minimum. De grens is {limit}.",
        income=_percent(verdict.income),
        limit=_percent(verdict.limit),
    )


def _percent(value: BasisPoints | None) -> str:
    assert value is not None, "an income decided, so it is known"
    return left_to_right(percent(value))


def _given(verdict: Verdict) -> str:
    award = verdict.award
    if award is None:
        return ""
    until = day(award.ends_on - _ONE_DAY)
    if award.in_kind:
        given = say_count(
            "U krijgt dit één keer, tot en met {day}.",
            "U krijgt dit {count} keer, tot en met {day}.",
            award.visits or 0,
            day=until,
        )
    elif award.visits is not None:
        given = say_count(
            "U krijgt één bezoek, tot en met {day}.",
            "U krijgt {count} bezoeken, tot en met {day}.",
            award.visits,
            day=until,
        )
    else:
        amount = left_to_right(euros(award.amount_cents))
        given = say("U krijgt {amount}, tot en met {day}.", amount=amount, day=until)
    return f"{given} {_condition(verdict)}".rstrip()


def _condition(verdict: Verdict) -> str:
    """Say what the holder needs; that we do not know of it is no reason to come for nothing."""
    if not verdict.condition:
        return ""
    known = _CONDITIONS.get(verdict.condition)
    needed = (
        said(known) if known else say("Dit is nodig: {condition}.", condition=verdict.condition)
    )
    return (
        needed
        if verdict.reason != "on-condition"
        else say("Let op. {needed} Wij weten niet of dat zo is.", needed=needed)
    )
