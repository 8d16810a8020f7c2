"""Every example of the page for makers of tills is run as it stands, and answers what stands under it."""

import os
import re
import subprocess
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from uuid import UUID

import httpx

from pas.sandbox.cards import CARDS, UNKNOWN
from pas.webhooks.model import MessageId
from pas.webhooks.signing import shown, signed
from serving import Served

CUT: Final = "echo '===='"


class Examples(HTMLParser):
    """What stands in the blocks of the page: what is run, and what is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[str, str]] = []
        self._in = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "pre" and "data-example" in names:
            self.blocks.append(("example", ""))
            self._in = "pre"
        elif tag == "pre" and "data-answer" in names:
            self.blocks.append(("answer", ""))
            self._in = "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag == self._in:
            self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in:
            kind, text = self.blocks[-1]
            self.blocks[-1] = (kind, text + data)


def test_every_example_answers_what_stands_under_it(as_new: Served, tmp_path: Path) -> None:
    page = Examples()
    page.feed(httpx.get(f"{as_new.url}/docs/tills").text)
    assert httpx.post(f"{as_new.url}/v1/velsen/sandbox/cards").is_success
    examples = [text.strip() for kind, text in page.blocks if kind == "example"]
    script = f"\n{CUT}\n".join(examples).replace("CITY=proef", "CITY=velsen")

    run = subprocess.run(
        ["/bin/sh", "-u", "-c", script],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert run.stderr == ""
    came = [text.strip() for text in run.stdout.split("====")]
    told: list[str] = []
    for kind, text in page.blocks:
        told = [*told, ""] if kind == "example" else [*told[:-1], text.strip()]
    assert len(examples) > 10
    for example, answer, shown_answer in zip(examples, came, told, strict=True):
        assert answer == shown_answer, example


def test_the_page_names_every_test_card_and_a_signature_that_we_make(as_new: Served) -> None:
    text = httpx.get(f"{as_new.url}/docs/tills").text
    for card in (*CARDS, UNKNOWN):
        assert f"<span>{card.number()}</span>" in text
        assert f"<span>{card.name}</span>" in text
    page = Examples()
    page.feed(text)
    [webhook] = [example for _, example in page.blocks if "SECRET=" in example]
    known = dict(
        re.findall(r"^([A-Z]+)='?([^'\n]+?)'?$", webhook.replace(" TIME", "\nTIME"), re.MULTILINE)
    )
    made = signed(
        [bytes(range(32))],
        MessageId(UUID(known["ID"])),
        known["BODY"],
        now=datetime.fromtimestamp(int(known["TIMESTAMP"]), UTC),
    )
    assert made["webhook-signature"] == known["SIGNATURE"]
    assert known["SECRET"] == shown(bytes(range(32)))
