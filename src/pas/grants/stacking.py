"""How schemes bear on each other within the decision about one person.

Schemes stack unless one names the other in ``excludes``, which works both ways. Of two that
exclude each other, one that is held goes before one that is not; otherwise the one that gives
more, then the first by code. A subsidiary scheme gives way to every other with one of its purposes.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from pas.grants.facts import Reason, Verdict, outcome_of
from pas.schemes.model import SchemeVersion

Rivals = Mapping[str, frozenset[str]]


def rivals(versions: Iterable[SchemeVersion]) -> Rivals:
    """Who excludes whom, both ways."""
    pairs = [(one.code, other) for one in versions for other in one.excludes]
    pairs += [(other, code) for code, other in pairs]
    return {
        code: frozenset(other for one, other in pairs if one == code)
        for code in {one for one, _ in pairs}
    }


def without_excluded(
    verdicts: Sequence[Verdict],
    versions: Mapping[str, SchemeVersion],
    known: tuple[Rivals, frozenset[str]],
) -> list[Verdict]:
    """Turn down what another grant excludes; ``known`` is who excludes whom, and what is held."""
    excluding, before = known
    granted = [one for one in verdicts if one.award]
    if not any(one.scheme in excluding for one in granted):
        return list(verdicts)
    taken = set(before) | {one.scheme for one in verdicts if one.outcome == "held"}
    refused: dict[str, Verdict] = {}
    for one in sorted(granted, key=lambda one: _precedence(one, versions[one.scheme])):
        rival = min(excluding.get(one.scheme, frozenset[str]()) & taken, default="")
        if rival:
            title = versions[rival].title if rival in versions else rival
            refused[one.scheme] = _turned(one, "excluded-by-another", title)
        else:
            taken.add(one.scheme)
    return [refused.get(one.scheme, one) for one in verdicts]


def without_needless(
    verdicts: Sequence[Verdict], versions: Mapping[str, SchemeVersion]
) -> list[Verdict]:
    """Turn down subsidiary grants for which another provision exists, or may exist."""
    others = [one for one in verdicts if not versions[one.scheme].subsidiary]
    return [
        _beside(one, versions, others) if one.award and versions[one.scheme].subsidiary else one
        for one in verdicts
    ]


def _beside(
    one: Verdict, versions: Mapping[str, SchemeVersion], others: Sequence[Verdict]
) -> Verdict:
    purposes = versions[one.scheme].categories
    near = [other for other in others if versions[other.scheme].categories & purposes]
    for other in near:
        if other.outcome in {"granted", "held"}:
            return _turned(one, "another-provision-first", other.title)
    for other in near:
        if other.outcome == "unknown":
            return _turned(one, "other-provision-unknown", other.title)
    return one


def _precedence(verdict: Verdict, version: SchemeVersion) -> tuple[bool, int, str]:
    worth = verdict.award.amount_cents if verdict.award else 0
    return version.subsidiary, -worth, verdict.scheme


def _turned(verdict: Verdict, reason: Reason, other: str) -> Verdict:
    return msgspec.structs.replace(
        verdict, outcome=outcome_of(reason), reason=reason, other=other, award=None
    )
