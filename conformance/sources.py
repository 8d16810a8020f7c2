"""Where answers come from: from what was recorded, or from a sandbox; and the till that is driven."""

import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

from patterns import Known, filled, generalised

HERE = Path(__file__).parent
PATIENCE_SECONDS = 30
PASSED_ON = ("content-type", "content-digest", "signature-input", "signature")

Json = dict[str, Any]
Answer = tuple[int, dict[str, str], Json]


class Failed(Exception):
    """A case is failed, and why."""


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.target}"


class Adapter:
    """The till under test: a program that is told what a cashier does, a line of JSON each."""

    def __init__(self, command: list[str], folder: str | None = None) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=folder)

    def do(self, told: Json) -> Json:
        """Let the till do it, and give what it says of that."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        late = threading.Timer(PATIENCE_SECONDS, self._process.kill)
        late.start()
        try:
            self._process.stdin.write(json.dumps(told) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            late.cancel()
        if not line:
            raise Failed(f"the till ended, or said nothing for {PATIENCE_SECONDS} seconds")
        try:
            answer: Json = json.loads(line)
            return {**answer, "outcome": answer["outcome"], "shown": answer["shown"]}
        except (ValueError, KeyError, TypeError):
            raise Failed(f"the till answered {line.strip()!r}, without outcome and shown") from None

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class StandIn:
    """Answers what was recorded."""

    municipality = "proef"

    def new_code(self) -> str:
        return "4X7K94X7K94X7K94X7K94X7K94"

    def new_phone_code(self) -> str:
        return "SP1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE$VK G2EP4J0BTMD"

    def answer(self, exchange: Json, _asked: Asked, known: Known) -> Answer:
        recorded = exchange["answer"]
        known.setdefault("till", str(uuid.uuid4()))
        if "phone" in known:
            known.setdefault("ticket", "SP1:NCFOXN%TSLH3HEN AQ5XHTV8T9")
        return recorded["status"], {}, filled(recorded["body"], known)

    def lose(self, _asked: Asked) -> None:
        """What is booked while the connection is cut stands in the next answer already."""

    def meanwhile(self, _told: Json) -> None:
        """What others did is in the recorded answers already."""

    def close(self) -> None:
        """Nothing was opened."""


class Live:
    """Passes on to a sandbox, and notes in the exchanges what it answers now."""

    def __init__(self, address: str) -> None:
        self._origin, _, self.municipality = address.rstrip("/").rpartition("/")
        status, headers, _ = self._call("/sandbox/cards", {})
        if status == 429:
            time.sleep(int(headers["retry-after"]))
            self._call("/sandbox/cards", {})
        self._other: Adapter | None = None

    def new_code(self) -> str:
        """Give what pairs a new till, of a merchant alone."""
        status, _, made = self._call("/sandbox/tills", {"name": "Conformance"})
        if status != 201:
            raise SystemExit(f"{self._origin} gives no till: {made}")
        return str(made["pairingCode"]).replace("-", "")

    def new_phone_code(self) -> str:
        """Give what a telephone would show now, for the test card with enough on it."""
        _, _, made = self._call("/sandbox/phone-codes", {"number": "100000000190"})
        return str(made["code"])

    def answer(self, exchange: Json, asked: Asked, known: Known) -> Answer:
        status, headers, body = self._send(asked)
        for ticket in [one["ticket"] for one in body.get("items", []) if one.get("ticket")]:
            known["ticket"] = ticket
        if "tillId" in body:
            known["till"] = body["tillId"]
        exchange["answer"] = {"status": status, "body": generalised(body, known)}
        passed = {"Retry-After": headers["retry-after"]} if "retry-after" in headers else {}
        return status, passed, body

    def lose(self, asked: Asked) -> None:
        """Let it be booked; the till hears nothing of that."""
        self._send(asked)

    def meanwhile(self, told: Json) -> None:
        """Let another till do something: the sample till of the kit."""
        if self._other is None:
            self._other = Adapter([sys.executable, str(HERE / "till.py")], tempfile.mkdtemp())
            pair = {"server": self._origin, "municipality": self.municipality}
            self._other.do({"do": "pair", "code": self.new_code(), **pair})
        if self._other.do(told)["outcome"] != "sold":
            raise Failed("the other till could not do its part")

    def close(self) -> None:
        if self._other is not None:
            self._other.close()

    def _call(self, path: str, body: Json) -> Answer:
        target = f"/v1/{self.municipality}{path}"
        headers = {"content-type": "application/json"}
        return self._send(Asked("POST", target, headers, json.dumps(body).encode()))

    def _send(self, asked: Asked) -> Answer:
        kept = {name: asked.headers[name] for name in PASSED_ON if name in asked.headers}
        request = urllib.request.Request(
            self._origin + asked.target, asked.body or None, kept, method=asked.method
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return answer.status, _lowered(answer.headers), json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, _lowered(error.headers), json.load(error)


def _lowered(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


Source = StandIn | Live
