"""What holders read, gathered from the source, and kept beside its translations: ``make languages``.

A sentence is a literal in ``say``, ``say_count`` or ``mark``, in Python or in a template; or it belongs
to a refusal that a holder may read. The catalogues keep no line numbers and no dates, so that they
change only when a sentence does.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from pas.app.catalogue import by_code
from pas.errors import Refusal, TillRefusal
from pas.web.languages import CATALOGUES, DUTCH, NAMES, Language

SOURCE = Path(__file__).parent.parent / "src" / "pas"
KEYWORDS = {"say": None, "say_count": (1, 2), "mark": None}
OTHERS: tuple[Language, ...] = tuple(one for one in NAMES if one != DUTCH)

Sentence = str | tuple[str, str]
"""A sentence, or one for one and one for more."""


def sentences() -> list[Sentence]:
    """Everything a holder reads, each once, in the order of the alphabet."""
    found = {*in_source(), *in_refusals()}
    return sorted(found, key=lambda one: one if isinstance(one, str) else one[0])


def in_source() -> Iterator[Sentence]:
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix == ".py" and "pas.web.languages" in path.read_text("utf-8"):
            yield from in_file(path, "python")
        if path.suffix in {".html", ".txt"}:
            yield from in_file(path, "jinja2")


def in_file(path: Path, method: str) -> Iterator[Sentence]:
    with path.open("rb") as file:
        for _line, found, _comments, _context in extract(method, file, keywords=KEYWORDS):
            yield found if isinstance(found, str) else (found[0], found[1])


def in_refusals() -> Iterator[Sentence]:
    for refusal in by_code().values():
        yield from said_by(refusal)


def said_by(refusal: type[Refusal]) -> Iterator[str]:
    if issubclass(refusal, TillRefusal):
        yield from (refusal.title(), refusal.holder, refusal.next_step)
    elif refusal.spoken:
        yield from (refusal.title(), refusal.next_step)


def parts(sentence: Sentence) -> tuple[str, ...]:
    return (sentence,) if isinstance(sentence, str) else sentence


def read(language: Language) -> Catalog:
    path = CATALOGUES / f"{language}.po"
    return read_po(io.BytesIO(path.read_bytes()), locale=language, abort_invalid=True)


def brought_up_to_date(language: Language) -> Catalog:
    """The catalogue with what is new and without what is gone; what was said stays said."""
    known = read(language) if (CATALOGUES / f"{language}.po").exists() else None
    made = Catalog(locale=language, fuzzy=False)
    for sentence in sentences():
        before = (
            known.get(sentence if isinstance(sentence, str) else sentence[0]) if known else None
        )
        made.add(sentence, string=before.string if before else "")
    return made


def text_of(catalogue: Catalog) -> bytes:
    """The file, with a head that says only what counts."""
    file = io.BytesIO()
    write_po(file, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)
    head = (
        'msgid ""\nmsgstr ""\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return head.encode() + file.getvalue()


def main() -> int:
    for language in OTHERS:
        made = brought_up_to_date(language)
        (CATALOGUES / f"{language}.po").write_bytes(text_of(made))
        missing = sum(1 for one in made if one.id and not all(translated(one)))
        sys.stdout.write(f"{language}: {len(made)} sentences, {missing} to translate\n")
    return 0


def translated(message: Message) -> tuple[str, ...]:
    """What a catalogue says for a sentence, in each of the forms that the language counts with."""
    said = message.string or ""
    return (said,) if isinstance(said, str) else tuple(said)


if __name__ == "__main__":
    sys.exit(main())
