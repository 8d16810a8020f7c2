"""The kit for makers of tills: its answers are ours, its till passes, and a till that forgets something fails."""

import json
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from litestar import get
from litestar.params import FromPath

from browsing import browsing
from pas.db import Database
from pas.ids import MerchantId, MunicipalityName, TillId
from pas.installation import Access
from pas.webhooks.contents import TillChanged, told
from serving import Served

KIT: Final = Path(__file__).parents[2] / "conformance"
CASES: Final[dict[str, Any]] = json.loads((KIT / "cases.json").read_text(encoding="utf-8"))
NAMES: Final = [case["name"] for case in CASES["cases"]]
AT_ONCE: Final = 6
"""Kits that run beside each other: a part of the time they wait."""
SAMPLE: Final = (KIT / "till.py").read_text(encoding="utf-8")

FORGETS: Final = {
    "part-pay": (
        'self.shown.append(answer["say"])',
        'self.shown.append(answer["say"].replace(" Vraag nog €\\u00a07,60.", ""))',
    ),
    "own-share": ('any(one["askCents"] or one', "any(one"),
    "refused": (
        'if any(one["refusal"] for one in quotes):',
        'if any((one["refusal"] or {}).get("code") == "condition-not-met" for one in quotes):',
    ),
    "cut": (
        "                time.sleep(0.05)\n",
        '                body["items"][0]["id"] = str(uuid.uuid4()); content = json.dumps(body).encode()\n',
    ),
    "busy": ('time.sleep(float(error.headers.get("Retry-After") or NO_HINT_SECONDS))', "pass"),
    "loss": (
        'self.shown += [warning["sentence"] for warning in answer["warnings"]]',
        "pass",
    ),
    "condition": ('self.shown.append(condition["question"])', "pass"),
    "children": (
        'for number in cashier["children"]',
        'for number, _ in enumerate(cashier["children"], start=1)',
    ),
    "together": ('self.undo("void", -1)', "pass"),
    "phone": ('item["scanned"] = quote["ticket"] or item["scanned"]', "pass"),
    "moved": (
        "                (item, new, one)\n",
        "                (item, new, str(uuid.uuid4()))\n",
    ),
    "declined": (
        "if len(booked) == len(items):",
        'if len(booked) == len(items) or (len(items) == 1 and "answers" in locals()):',
    ),
    "void": ("for one in self.sales[sale]:", "for one in self.sales[-1]:"),
    "webhook-forged": (
        "            return False\n        if abs",
        "            pass\n        if abs",
    ),
    "webhook-old": ("if abs(time.time() - int(sent)) > WEBHOOK_MAY_DIFFER:", "if False:"),
    "webhook-again": ("if message not in self.heard:", "if True:"),
}
"""The case that finds it, and what its maker wrote instead of what."""


def run_kit(folder: Path, *arguments: str, till: Path = KIT / "till.py") -> dict[str, str]:
    """Run the kit on a till; gives each case with why it failed, or nothing."""
    done = subprocess.run(
        [sys.executable, KIT / "conformance.py", *arguments, "--", sys.executable, till],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [line.partition(" ")[2].partition(": ") for line in done.stdout.splitlines()]
    answers = {name: reason for name, _, reason in lines}
    assert done.returncode == any(answers.values()), done.stderr
    return answers


def test_what_was_recorded_is_what_the_server_answers(as_new: Served, tmp_path: Path) -> None:
    """Where that is meant to differ, ``--record conformance/cases.json`` writes it anew."""
    recorded = tmp_path / "cases.json"
    live = run_kit(tmp_path, "--live", f"{as_new.url}/velsen", "--record", str(recorded))
    assert live == dict.fromkeys(NAMES, "")
    assert json.loads(recorded.read_text(encoding="utf-8")) == CASES


async def test_busy_is_what_the_server_says_then(access: Access) -> None:
    full = Database(access.address, process_connections=1, patience_seconds=0.01)
    name = MunicipalityName("velsen")
    await full.municipality(name)

    @get("/v1/{municipality:str}/full", opt={"public": True})
    async def ask(municipality: FromPath[str]) -> None:
        del municipality
        async with full.connection(name), full.connection(name):
            """There is one connection, and two are asked for."""

    async with browsing(access.address, [ask]) as client:
        answer = await client.get("/v1/velsen/full")
    await full.close()

    recorded = CASES["busy"]
    came = {key: one for key, one in answer.json().items() if key not in {"traceId", "instance"}}
    assert answer.status_code == recorded["status"]
    assert recorded["headers"].items() == {("Retry-After", answer.headers["retry-after"])}
    assert came == {key: one for key, one in recorded["body"].items() if key != "instance"}


def test_the_message_of_the_kit_is_one_of_ours() -> None:
    message, at = CASES["message"], datetime(2026, 12, 1, tzinfo=UTC)
    ids = message["data"]
    paused = TillChanged(MerchantId(UUID(ids["merchantId"])), TillId(UUID(ids["tillId"])))
    ours = json.loads(told(UUID(int=1), "till.paused", paused, at=at))
    assert ours == {**message, "id": str(UUID(int=1))}


@pytest.fixture(scope="module")
def forgetful(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Future[dict[str, str]]]:
    """Run the kit on each till that forgets something, some at a time; and on the sample, first."""
    folder = tmp_path_factory.mktemp("forgetful")
    tills = {"nothing": SAMPLE}
    for forgotten, (right, wrong) in FORGETS.items():
        assert SAMPLE.count(right) == 1, forgotten
        tills[forgotten] = SAMPLE.replace(right, wrong)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return {name: pool.submit(run_one, folder / name, text) for name, text in tills.items()}


def run_one(folder: Path, text: str) -> dict[str, str]:
    folder.mkdir()
    (folder / "till.py").write_text(text, encoding="utf-8")
    return run_kit(folder, till=folder / "till.py")


def test_the_till_of_the_kit_passes(forgetful: dict[str, Future[dict[str, str]]]) -> None:
    assert forgetful["nothing"].result() == dict.fromkeys(NAMES, "")


def test_a_till_that_talks_nonsense_is_told_so(tmp_path: Path) -> None:
    till = tmp_path / "till.py"
    till.write_text("import sys\nfor line in sys.stdin: print('yes', flush=True)")
    answers = run_kit(tmp_path, "--only", "plain", till=till)
    assert answers == dict.fromkeys(
        ["pair", "plain"], "the till answered 'yes', without outcome and shown"
    )


@pytest.mark.parametrize(
    ("right", "wrong", "case", "reason"),
    [
        ("pas till pairing 1", "pas till pairing 2", "pair", "does not fit"),
        (
            "for name, value in headers.items()}",
            "for name, value in ()}",
            "plain",
            "does not cover",
        ),
    ],
)
def test_a_till_that_signs_wrong_is_told_so(
    tmp_path: Path, right: str, wrong: str, case: str, reason: str
) -> None:
    assert SAMPLE.count(right) == 1
    (tmp_path / "till.py").write_text(SAMPLE.replace(right, wrong), encoding="utf-8")
    assert reason in run_kit(tmp_path, "--only", "plain", till=tmp_path / "till.py")[case]


@pytest.mark.parametrize("forgotten", FORGETS)
def test_a_till_that_forgets_something_fails_the_case_for_it(
    forgetful: dict[str, Future[dict[str, str]]], forgotten: str
) -> None:
    answers = forgetful[forgotten].result()
    assert [name for name, reason in answers.items() if reason] == [forgotten]
