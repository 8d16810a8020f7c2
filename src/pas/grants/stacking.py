"""How schemes bear on each other within the decision about one person.

Schemes stack unless one names the other in ``excludes``, or names in ``stacks_with`` what it goes
together with for the same purpose and leaves the other out; both work both ways. Of two that clash,
one that is held goes before one that is not; otherwise the one that gives more, then the first by
code. A subsidiary scheme gives way to every other with one of its purposes. What somebody has, own
or of the household, bears on this by the version under which it was granted, for as long as it runs.
"""

from collections.abc import Mapping, Sequence

import msgspec

from pas.grants.facts import Reason, Verdict, outcome_of
from pas.schemes.model import SchemeVersion


def without_excluded(
    verdicts: Sequence[Verdict],
    versions: Mapping[str, SchemeVersion],
    before: Sequence[SchemeVersion],
) -> list[Verdict]:
    """Turn down what clashes with another grant; ``before`` is what somebody has already."""
    granted = [one for one in verdicts if one.award]
    taken = [*before, *(versions[one.scheme] for one in verdicts if one.outcome == "held")]
    refused: dict[str, Verdict] = {}
    for one in sorted(granted, key=lambda one: _precedence(one, versions[one.scheme])):
        version = versions[one.scheme]
        rivals = [other for other in taken if clash(version, other)]
        if rivals:
            title = min(rivals, key=lambda other: other.code).title
            refused[one.scheme] = _turned(one, "excluded-by-another", title)
        else:
            taken.append(version)
    return [refused.get(one.scheme, one) for one in verdicts]


def without_needless(
    verdicts: Sequence[Verdict],
    versions: Mapping[str, SchemeVersion],
    before: Sequence[SchemeVersion],
) -> list[Verdict]:
    """Turn down subsidiary grants for which another provision exists, or may exist."""
    return [
        _beside(one, versions, (verdicts, before))
        if one.award and versions[one.scheme].subsidiary
        else one
        for one in verdicts
    ]


def clash(one: SchemeVersion, other: SchemeVersion) -> bool:
    """Whether two schemes cannot be had together."""
    return _rejects(one, other) or _rejects(other, one)


def _rejects(one: SchemeVersion, other: SchemeVersion) -> bool:
    if other.code in one.excludes:
        return True
    if not one.stacks_with or other.code in one.stacks_with or other.code == one.code:
        return False
    return not one.categories.isdisjoint(other.categories)


def _beside(
    one: Verdict,
    versions: Mapping[str, SchemeVersion],
    known: tuple[Sequence[Verdict], Sequence[SchemeVersion]],
) -> Verdict:
    verdicts, before = known

    def goes_first(other: SchemeVersion) -> bool:
        purposes = versions[one.scheme].categories
        is_other = other.code != one.scheme and not other.subsidiary
        return is_other and not purposes.isdisjoint(other.categories)

    near = [other for other in verdicts if goes_first(versions[other.scheme])]
    titles = [other.title for other in near if other.outcome in {"granted", "held"}]
    titles += [other.title for other in before if goes_first(other)]
    if titles:
        return _turned(one, "another-provision-first", titles[0])
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
