"""The till's own page reads and writes amounts as the program does, to the cent."""

import json
import random
from pathlib import Path

from node_tools import run_node
from pas.errors import Refusal
from pas.money import Cents, euros, parse_euros
from pas.web.statics import FOLDER

ALPHABET = (
    "0",
    "1",
    "2",
    "5",
    "9",
    "12",
    "000",
    ",",
    ".",
    "-",
    ",-",
    " ",
    "\u00a0",
    "€",
    "euro",
    "EUR",
    "x",
)
SCRIPT = """
import { readFileSync } from "node:fs";
import { centsIn, euros } from %s;
const { typed, cents } = JSON.parse(readFileSync(%s, "utf-8"));
console.log(JSON.stringify({ read: typed.map(centsIn), written: cents.map(euros) }));
"""


def test_amounts_are_read_and_written_as_the_program_does(tmp_path: Path) -> None:
    chance = random.Random(4)
    typed = ["".join(chance.choices(ALPHABET, k=chance.randint(1, 7))) for _ in range(20_000)]
    typed += ["1.234,50", "12,-", "€ 12,40", "12,40 euro", "999999999999999", "1" * 41, ""]
    cents = [Cents(chance.randint(-10_000_000, 100_000_000_000)) for _ in range(2_000)]
    said = in_browser(tmp_path, typed, cents)

    ours = [read(one) for one in typed]
    assert [one for one, a, b in zip(typed, ours, said["read"], strict=True) if a != b] == []
    assert said["written"] == [euros(one) for one in cents]
    assert sum(one is not None for one in ours) > 1_000, "enough of them are amounts"


def read(text: str) -> int | None:
    try:
        return parse_euros(text)
    except Refusal:
        return None


def in_browser(
    folder: Path, typed: list[str], cents: list[Cents]
) -> dict[str, list[int | str | None]]:
    module = json.dumps((FOLDER / "till" / "money.js").as_uri())
    asked = folder / "asked.json"
    asked.write_text(json.dumps({"typed": typed, "cents": cents}), encoding="utf-8")
    script = folder / "read.mjs"
    script.write_text(SCRIPT % (module, json.dumps(str(asked))), encoding="utf-8")
    done = run_node(script)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
