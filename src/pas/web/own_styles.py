"""The styles of one page inside it: the rules of the stylesheets that it uses, and no others.

For the page that a holder opens at a till: on a slow line a stylesheet of its own would come a second
later. The rules are taken from the stylesheets themselves, so there is one place where they stand.
The policy of the page names the hash of what is inside it (Content Security Policy, ``style-src``).
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

import msgspec

from pas.web.statics import static_files

SHEETS: Final = ("tokens.css", "pas.css")
POLICY: Final = (
    "default-src 'self'; style-src 'self' {hashes}; base-uri 'none'; object-src 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
CLASS: Final = re.compile(r"\.([a-z][a-zA-Z0-9_-]*)")
USED: Final = re.compile(r'class="([^"]*)"')
SPACE: Final = re.compile(r"\s+")
INSIDE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class Rule(msgspec.Struct, frozen=True):
    """A rule as it is written; ``around`` is the medium that it is for, or nothing."""

    selector: str
    body: str
    around: str = ""

    def fits(self, classes: frozenset[str]) -> bool:
        """Whether one of its selectors may match: each class in it is used, outside ``:not``."""
        return any(
            set(CLASS.findall(re.sub(r":not\([^)]*\)", "", one))) <= classes
            for one in self.selector.split(",")
        )


def with_own_styles(html: str) -> str:
    """Put what the page uses in place of the links to the stylesheets.

    Also a class that a script will set: it stands in a ``data-class`` of the page.
    """
    classes = frozenset(name for found in USED.findall(html) for name in found.split())
    head, _, rest = html.partition('<link rel="stylesheet"')
    _, _, rest = rest.partition(">\n")
    _, _, rest = rest.partition(">\n")
    return f"{head}<style>{styles_for(classes)}</style>\n{rest}"


def policy_for(html: str) -> str:
    """Allow the styles that stand in this page, by their hash."""
    hashes = (hashlib.sha256(text.encode()).digest() for text in INSIDE.findall(html))
    told = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in hashes)
    return POLICY.format(hashes=told)


@lru_cache(maxsize=64)
def styles_for(classes: frozenset[str]) -> str:
    written: list[str] = []
    for rule in all_rules():
        if rule.fits(classes):
            text = f"{tight(rule.selector)}{{{tight(rule.body)}}}"
            written.append(f"{rule.around}{{{text}}}" if rule.around else text)
    return "".join(written)


@cache
def all_rules() -> tuple[Rule, ...]:
    texts = (static_files()[name].content.decode("utf-8") for name in SHEETS)
    return tuple(rule for text in texts for rule in rules_in(COMMENT.sub("", text)))


def rules_in(text: str, around: str = "") -> Iterator[Rule]:
    """Read rules, and those inside a medium; no other nesting is in our stylesheets."""
    at = 0
    while (opens := text.find("{", at)) >= 0:
        selector, closes = text[at:opens].strip(), closing(text, opens)
        inside = text[opens + 1 : closes]
        if selector.startswith("@"):
            yield from rules_in(inside, SPACE.sub(" ", selector))
        else:
            yield Rule(selector, inside, around)
        at = closes + 1


def closing(text: str, opens: int) -> int:
    """Where the brace that opens here closes."""
    depth = 0
    for at in range(opens, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    raise AssertionError("a stylesheet of ours has a brace too many")


def tight(text: str) -> str:
    """Leave the spaces out that say nothing; before a colon of a selector one does."""
    plain = SPACE.sub(" ", text).strip().rstrip(";")
    return re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r":\s+", ":", plain))
