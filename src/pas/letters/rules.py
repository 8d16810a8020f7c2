"""The texts of letters as a person writes them in a file: fields, blank lines, lists, and names in braces."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from pas.errors import Refusal

FIELD: Final = re.compile(r"==\s*([a-z_]{1,40})\s*==")
NAME: Final = re.compile(r"\{([^{}\n]{0,60})\}")
STEP: Final = re.compile(r"\d{1,2}\.\s+(.+)")
BULLET: Final = "- "
HEADING: Final = "## "
REMARK: Final = "#"
MOST_CHARACTERS: Final = 20_000
LONGEST_FIELD: Final = 4_000
MOST_WORDS: Final = 12
SENTENCE: Final = re.compile(r"[^.!?:\n]+[.!?:]?")


class LetterTextWrong(Refusal):
    """Deze tekst klopt nog niet."""

    status = 400
    next_step = "Verbeter de tekst en probeer het opnieuw."


class Block(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paragraph by its lines, a heading, or the items of a list or of steps."""

    kind: str
    text: str = ""
    lines: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class FieldRules(msgspec.Struct, frozen=True):
    """What may stand in braces in a field, what must, and whether it is one line."""

    names: frozenset[str]
    needed: frozenset[str] = frozenset()
    one_line: bool = False


def read_text_file(content: str) -> dict[str, str]:
    """Read the fields of a file; raises LetterTextWrong with the line."""
    if len(content) > MOST_CHARACTERS:
        raise LetterTextWrong(f"Het bestand is te lang: hoogstens {MOST_CHARACTERS} tekens.")
    fields: dict[str, list[str]] = {}
    current: list[str] | None = None
    for number, line in enumerate(content.splitlines(), start=1):
        if found := FIELD.fullmatch(line.strip()):
            if found[1] in fields:
                raise LetterTextWrong(f"Regel {number}: het veld '{found[1]}' staat er twee keer.")
            current = fields[found[1]] = []
        elif current is not None:
            current.append(line.rstrip())
        elif line.strip() and not line.startswith(REMARK):
            raise LetterTextWrong(
                f"Regel {number}: begin een veld met een regel als == onderwerp ==."
            )
    return {name: "\n".join(lines).strip() for name, lines in fields.items()}


def write_text_file(fields: Mapping[str, str], remarks: Iterator[str]) -> str:
    """Write what ``read_text_file`` reads, with remarks above it."""
    head = "".join(f"{REMARK} {line}".rstrip() + "\n" for line in remarks)
    return head + "".join(f"\n== {name} ==\n{text}\n" for name, text in fields.items())


def check_fields(
    fields: Mapping[str, str], rules: Mapping[str, FieldRules]
) -> list[tuple[str, str]]:
    """Say what is wrong: the field and the sentence; nothing when a letter can be made of it."""
    wrong = [(name, "Dit veld kent deze brief niet.") for name in fields if name not in rules]
    for name, rule in rules.items():
        if not fields.get(name, "").strip():
            wrong.append((name, "Deze tekst is leeg."))
        else:
            wrong += [(name, sentence) for sentence in _faults(fields[name], rule)]
    return wrong


def _faults(text: str, rule: FieldRules) -> Iterator[str]:
    used = set(NAME.findall(text))
    if len(text) > LONGEST_FIELD:
        yield f"Deze tekst is te lang: hoogstens {LONGEST_FIELD} tekens."
    if rule.one_line and "\n" in text.strip():
        yield "Dit is één regel."
    for name in sorted(used - rule.names):
        yield f"{{{name}}} kennen wij niet. Kies uit: {' '.join(f'{{{one}}}' for one in sorted(rule.names))}."
    for name in sorted(rule.needed - used):
        yield f"Hier moet {{{name}}} in staan."
    if "{" in NAME.sub("", text) or "}" in NAME.sub("", text):
        yield "Een accolade hoort om een naam: {naam}."


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put values where names stand in braces, once: a value with braces stays as it is."""
    return NAME.sub(lambda found: values.get(found[1], found[0]), text)


def blocks(text: str) -> list[Block]:
    """Cut a text in paragraphs, headings, lists and steps."""
    made: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        made += _blocks_of([line.strip() for line in part.splitlines() if line.strip()])
    return made


def long_sentences(text: str) -> list[str]:
    """Give the sentences of more than twelve words; a name in braces is one word."""
    plain = [re.sub(r"^(## |- |\d{1,2}\.\s+)", "", line.strip()) for line in text.splitlines()]
    sentences = [found.strip() for line in plain for found in SENTENCE.findall(line)]
    return [one for one in sentences if len(one.split()) > MOST_WORDS]


def _blocks_of(lines: list[str]) -> Iterator[Block]:
    """Cut what stands between two blank lines."""
    kind, held = "", list[str]()
    for line in lines:
        line_kind, words = _line(line)
        if line_kind != kind or kind == "heading":
            yield from _closed(kind, held)
            kind, held = line_kind, []
        held.append(words)
    yield from _closed(kind, held)


def _closed(kind: str, held: list[str]) -> Iterator[Block]:
    if not held:
        return
    match kind:
        case "heading":
            yield Block("heading", text=held[0])
        case "paragraph":
            yield Block(kind, lines=tuple(held))
        case _:
            yield Block(kind, items=tuple(held))


def _line(line: str) -> tuple[str, str]:
    if line.startswith(HEADING):
        return "heading", line.removeprefix(HEADING).strip()
    if line.startswith(BULLET):
        return "list", line.removeprefix(BULLET).strip()
    if found := STEP.fullmatch(line):
        return "steps", found[1]
    return "paragraph", line
