"""Printed percentages computed once more: a verdict for each row, and why."""

from typing import Final, Literal

import msgspec

from pas.csvfile import Row
from pas.reach.published_files import read_published, whole_number
from pas.reach.rules import Judged, Verdict, in_words, judge, parse_printed
from pas.web.counts import count

COLUMNS: Final = (
    "municipality",
    "year",
    "subject",
    "measure",
    "unit",
    "users",
    "grants",
    "target_group",
    "target_status",
    "printed_pct",
    "note",
)
PrintedStatus = Literal["printed", "approximate", "implied", "none"]
VERDICTS: Final[dict[Verdict, str]] = {
    "both": "klopt, afgerond en afgekapt",
    "rounding": "klopt, als je afrondt",
    "truncation": "klopt, als je afkapt",
    "neither": "klopt niet",
    "target_group_implied": "doelgroep afgeleid",
    "target_group_unknown": "doelgroep onbekend",
    "nothing_printed": "geen percentage gedrukt",
}


class PrintedFigure(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A row of a paper with its verdict; ``why`` is a sentence for a reader."""

    line: int
    municipality: str
    year: int
    subject: str
    unit: str
    users: int | None
    grants: int | None
    target_group: int | None
    target_status: str
    printed: str
    verdict: Verdict
    rounds: bool
    truncates: bool
    tenths: int | None
    why: str
    note: str


def judge_printed(content: bytes) -> list[PrintedFigure]:
    """Read a file of printed figures and judge every row."""
    return [_figure(row) for row in read_published(content, COLUMNS)]


def _figure(row: Row) -> PrintedFigure:
    users, target = whole_number(row, "users"), whole_number(row, "target_group")
    status = row.cells["target_status"].strip()
    printed = parse_printed(row.cells["printed_pct"])
    known = target if status != "none" else None
    judged = judge(users, known, printed, implied=status == "implied")
    return PrintedFigure(
        line=row.line,
        municipality=row.cells["municipality"],
        year=whole_number(row, "year") or 0,
        subject=row.cells["subject"],
        unit=row.cells["unit"],
        users=users,
        grants=whole_number(row, "grants"),
        target_group=target,
        target_status=status,
        printed=row.cells["printed_pct"].strip(),
        verdict=judged.verdict,
        rounds=judged.rounds,
        truncates=judged.truncates,
        tenths=judged.tenths,
        why=why(judged, users, known, printed=row.cells["printed_pct"].strip()),
        note=row.cells["note"],
    )


def why(judged: Judged, users: int | None, target: int | None, *, printed: str) -> str:
    """Say in Dutch how a verdict came about."""
    if judged.tenths is None or users is None or target is None:
        missing = "Het aantal gebruikers" if users is None and target else "De doelgroep"
        return f"{missing} staat er niet bij. Wij rekenen dan niets uit."
    ours = f"{count(users)} van {count(target)} is {in_words(judged.tenths)}."
    if judged.verdict == "nothing_printed":
        return f"{ours} Er staat geen percentage om mee te vergelijken."
    how = _how(judged, printed)
    if judged.verdict == "target_group_implied":
        return f"{ours} {how} De doelgroep staat er niet zelf: die is afgeleid."
    return f"{ours} {how}"


def _how(judged: Judged, printed: str) -> str:
    shown = printed.replace(".", ",")
    if judged.rounds and judged.truncates:
        return f"Afgerond en afgekapt is dat allebei {shown}%."
    if judged.rounds:
        return f"Gedrukt is {shown}%: zo komt het uit als je afrondt, niet als je afkapt."
    if judged.truncates:
        return f"Gedrukt is {shown}%: zo komt het uit als je afkapt, niet als je afrondt."
    return f"Gedrukt is {shown}%: zo komt het niet uit, afgerond niet en afgekapt niet."
