"""A SQLSTATE of ours is a word that the application acts on: it means one thing."""

import re
from collections import defaultdict
from pathlib import Path

SCHEMA = Path(__file__).parents[2] / "migrations" / "schema.sql"
RAISED = re.compile(r"ERRCODE = '(PA\d{3})',\s+MESSAGE = (?:format\()?'([^']*)'")
SHARED = {"PA110", "PA111", "PA112"}
"""Called wrongly, not a posting, written otherwise than decided: defects of ours, that nobody acts on."""


def test_a_sqlstate_has_one_meaning() -> None:
    source = SCHEMA.read_text()
    meanings: defaultdict[str, set[str]] = defaultdict(set)
    for code, message in RAISED.findall(source):
        meanings[code].add(message)
    assert meanings.keys() == set(re.findall(r"ERRCODE = '(PA\d{3})'", source))
    assert meanings.keys() >= SHARED
    several = {code: texts for code, texts in meanings.items() if len(texts) > 1}
    assert several.keys() <= SHARED, several
