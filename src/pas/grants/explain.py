"""Why somebody gets a scheme or not, in Dutch that a resident can read (B1)."""

from datetime import date, timedelta
from typing import Final

from pas.grants.facts import Decision, Granted, Outcome, Reason, Verdict
from pas.money import BasisPoints, euros, percent
from pas.web.dates import day

_ONE_DAY: Final = timedelta(days=1)
_SENTENCES: Final[dict[Reason, str]] = {
    "already-granted": "Dit tegoed is al toegekend. Het blijft staan.",
    "on-another-pass": "Uw huishouden heeft dit al. Het staat op de pas van een huisgenoot.",
    "holder-is-gone": "Dit stond op de pas van iemand die overleden of verhuisd is. Bel ons voor een uitzondering.",
    "pot-empty": "Het geld voor deze regeling is op.",
    "refused-by-deviation": "Wij wijken hier af van de regel. Bel ons voor de reden.",
    "income-unknown": "Wij kennen het inkomen niet. U kunt de pas zelf aanvragen.",
    "limit-unknown": "De inkomensgrens van deze regeling is nog niet bekend.",
    "school-type-unknown": "Wij weten niet welke school het is. Geef dit aan ons door.",
    "not-a-child": "Deze regeling is voor kinderen tot 18 jaar.",
    "other-school": "Deze regeling is voor een andere soort school.",
    "for-another-member": "Deze regeling is voor het hele huishouden. Kijk bij de oudste volwassene.",
    "no-such-member": "In dit huishouden woont niemand voor wie deze regeling is.",
    "no-adult": "Deze regeling staat op de pas van een volwassene. Die woont hier niet.",
    "has-diploma": "Het zwemdiploma is al gehaald.",
    "via-intermediary": "Een leraar of andere hulpverlener vraagt dit aan voor het kind.",
    "via-team": "Het wijkteam beslist over deze regeling.",
    "moved-away": "Deze persoon is verhuisd naar een andere gemeente.",
    "too-young": "De leeftijd is nog te laag: {age} jaar.",
    "too-old": "De leeftijd is te hoog: {age} jaar.",
    "excluded-by-another": "Dit gaat niet samen met ‘{other}’.",
    "another-provision-first": "‘{other}’ is er al voor hetzelfde doel.",
    "other-provision-unknown": "Misschien krijgt u ‘{other}’. Die regeling gaat voor.",
    "deceased": "Deze persoon is overleden.",
    "not-here-yet": "Deze persoon woont op deze dag nog niet in de gemeente.",
}
REASONS: Final[dict[Reason, str]] = {
    "within-limit": "het inkomen is niet te hoog",
    "on-condition": "toegekend, maar de voorwaarde is niet nagekeken",
    "granted-by-deviation": "afwijking van de regel",
    "awarded-on-application": "aangevraagd door een intermediair",
    "awarded-by-team": "door het wijkteam toegekend",
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
    "adult": "Er moet een volwassene mee.",
    "diploma": "Een zwemdiploma is nodig.",
    "adult_or_diploma": "Een zwemdiploma is nodig, of een volwassene die meegaat.",
}
_HEADINGS: Final[tuple[tuple[Outcome, str], ...]] = (
    ("granted", "Dit krijgt u"),
    ("held", "Dit had u al"),
    ("unknown", "Dit weten wij nog niet"),
    ("refused", "Dit krijgt u niet"),
    ("not_applicable", "Dit is niet voor u"),
)
HOW_TO_OBJECT: Final = (
    "Bent u het er niet mee eens? U kunt bezwaar maken. "
    "Doe dat binnen zes weken. Bel ons als u daar hulp bij wilt."
)


def how_to_object(until: date) -> str:
    """Say until which day somebody can object; the day itself included."""
    return (
        "Bent u het er niet mee eens? U kunt bezwaar maken. "
        f"Dat kan tot en met {day(until)}. Bel ons als u daar hulp bij wilt."
    )


def sentence(verdict: Verdict) -> str:
    """Say what was decided and which fact decided it."""
    match verdict.reason:
        case "within-limit" | "on-condition":
            return f"{_incomes(verdict)} Dat is niet te hoog. {_given(verdict)}".rstrip()
        case "granted-by-deviation":
            return f"Wij maken voor u een uitzondering. {_given(verdict)}".rstrip()
        case "awarded-on-application" | "awarded-by-team":
            return f"Dit is voor u aangevraagd. {_given(verdict)}".rstrip()
        case "income-above-limit":
            return f"{_incomes(verdict)} Dat is te hoog."
        case "already-granted" if verdict.granted is not None:
            return _granted_before(verdict.granted)
        case reason:
            return _SENTENCES[reason].format(age=verdict.age, other=verdict.other)


def explain(decision: Decision) -> list[tuple[str, list[tuple[str, str]]]]:
    """Group a decision for a page or a letter: heading, then scheme and sentence."""
    groups = [
        (
            heading,
            [(one.title, sentence(one)) for one in decision.verdicts if one.outcome == outcome],
        )
        for outcome, heading in _HEADINGS
    ]
    return [(heading, lines) for heading, lines in groups if lines]


def _granted_before(granted: Granted) -> str:
    return (
        f"Dit is al toegekend op {day(granted.decided_on)}. Het blijft staan. "
        f"{sentence(granted.verdict)} "
        f"Dat ging volgens versie {granted.version} van de regeling, vanaf {day(granted.valid_from)}."
    )


def _incomes(verdict: Verdict) -> str:
    return (
        f"Het inkomen is {_percent(verdict.income)} van het sociaal minimum. "
        f"De grens is {_percent(verdict.limit)}."
    )


def _percent(value: BasisPoints | None) -> str:
    assert value is not None, "an income decided, so it is known"
    return percent(value)


def _given(verdict: Verdict) -> str:
    award = verdict.award
    if award is None:
        return ""
    last = award.ends_on - _ONE_DAY
    until = f"tot en met {last.day}-{last.month}-{last.year}"
    if award.in_kind:
        given = f"U krijgt dit {award.visits} keer, {until}."
    elif award.visits is not None:
        given = f"U krijgt {award.visits} bezoeken, {until}."
    else:
        given = f"U krijgt {euros(award.amount_cents)}, {until}."
    return f"{given} {_condition(verdict)}".rstrip()


def _condition(verdict: Verdict) -> str:
    """Say what the holder needs; that we do not know of it is no reason to come for nothing."""
    if not verdict.condition:
        return ""
    needed = _CONDITIONS.get(verdict.condition, f"Dit is nodig: {verdict.condition}.")
    return (
        needed
        if verdict.reason != "on-condition"
        else f"Let op. {needed} Wij weten niet of dat zo is."
    )
