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


def stacked(
    verdicts: Sequence[Verdict],
    versions: Mapping[str, SchemeVersion],
    before: Sequence[SchemeVersion],
) -> list[Verdict]:
    """Turn down what clashes with what is really granted, and subsidiary schemes that are not needed.

    ``before`` is what somebody has already. What is not subsidiary goes first, so a subsidiary scheme
    is weighed when all that it gives way to is settled.
    """
    settled = {one.scheme: one for one in verdicts}
    taken = list(before)
    granted = [one for one in verdicts if one.award]
    for one in sorted(granted, key=lambda one: _precedence(one, versions[one.scheme])):
        version = versions[one.scheme]
        rivals = [other for other in taken if clash(version, other)]
        if rivals:
            title = min(rivals, key=lambda other: other.code).title
            settled[one.scheme] = _turned(one, "excluded-by-another", title)
        elif version.subsidiary:
            settled[one.scheme] = _beside(one, versions, (list(settled.values()), before))
        if settled[one.scheme].award:
            taken.append(version)
    return list(settled.values())


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
    # What is held is in ``before``, by its own version.
    there = [(other.scheme, other.title) for other in near if other.outcome == "granted"]
    there += [(other.code, other.title) for other in before if goes_first(other)]
    if there:
        _, title = min(there)
        return _turned(one, "another-provision-first", title)
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
