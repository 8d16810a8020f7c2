"""The conformance kit for tills: plays the server for a till, and judges what the till does.

    python3 conformance.py -- python3 till.py
    python3 conformance.py --live https://pas.example.nl/proef -- python3 till.py

Without --live it answers as a real server did when the cases were recorded. With --live it stands
between the till and a sandbox: the answers are those of now. README.md says how a till is driven.
"""

import argparse
import base64
import hmac
import json
import re
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

from sources import HERE, Adapter, Failed, Json, Live, StandIn
from stage import Stage, opened

SECRET = bytes(range(32))
OTHER_SECRET = bytes(32)
OLD_SECONDS = 3_600
PHONE = "{phone}"


class Run:
    """One till that goes through the cases, with the server that it meets."""

    def __init__(self, stage: Stage, command: list[str], address: str) -> None:
        self.stage, self.command, self.address = stage, command, address
        self.till: Adapter | None = None
        self.hook = ""
        self.messages: dict[str, str] = {}

    def failure(self, case: Json) -> str:
        """Play one case; gives what the till did wrong first, or nothing.

        After a failure the till is started anew: each case is judged for itself.
        """
        try:
            if self.till is None:
                self.till = Adapter(self.command)
                if case["name"] != "pair":
                    self.steps(self.stage.recorded["cases"][0])
            self.steps(case)
        except Failed as error:
            self.close()
            return next(iter(self.stage.wrong), str(error))
        return ""

    def steps(self, case: Json) -> None:
        """What a case learned of ids is of that case alone; who the till is stays."""
        kept = {name: one for name, one in self.stage.known.items() if name == "till"}
        self.stage.known = {"city": self.stage.source.municipality, **kept}
        self.messages = {}
        for step in case["steps"]:
            if "message" in step:
                self.deliver(step)
            else:
                self.play(step)

    def close(self) -> None:
        if self.till is not None:
            self.till.close()
        self.till = None

    def play(self, step: Json) -> None:
        """Let the cashier do something: the till sends what it should, shows it, says how it ended."""
        assert self.till is not None
        self.stage.expect(step.get("exchanges", []))
        answer = self.till.do(self.told(step["do"]))
        self.hook = answer.get("url", self.hook)
        shown = "\n".join(answer["shown"])
        reasons = [
            *self.stage.wrong,
            *(f"{told(one)} was not sent" for one in self.stage.exchanges),
            *(f"the till did not show: {one}" for one in step.get("shows", []) if one not in shown),
        ]
        if reasons:
            raise Failed(reasons[0])
        if answer["outcome"] != step["outcome"]:
            raise Failed(f"the till says {answer['outcome']}, and it is {step['outcome']}")
        wanted = [self.messages[name] for name in step.get("heard", [])]
        heard = [one for one in answer.get("messages", []) if one in self.messages.values()]
        if heard != wanted:
            raise Failed(f"the till acted on {len(heard)} messages, and should on {len(wanted)}")

    def told(self, do: Json) -> Json:
        """Say to the till what the cashier does, and what it cannot know yet."""
        source = self.stage.source
        match do["do"]:
            case "pair":
                code = self.stage.known["code"] = source.new_code()
                return {
                    **do,
                    "server": self.address,
                    "municipality": source.municipality,
                    "code": code,
                }
            case "sell" if do["scanned"] == PHONE:
                code = self.stage.known["phone"] = source.new_phone_code()
                return {**do, "scanned": code}
            case "listen":
                return {**do, "secret": "whsec_" + base64.b64encode(SECRET).decode()}
            case _:
                return do

    def deliver(self, step: Json) -> None:
        """Send a message to the till, honest or not, and see whether it takes it."""
        name, sign = step["message"], step["signed"]
        known = self.messages.setdefault(name, str(uuid.uuid4()))
        content = json.dumps({**self.stage.recorded["message"], "id": known}).encode()
        sent = str(int(time.time()) - (OLD_SECONDS if sign == "old" else 0))
        signed = f"{known}.{sent}.".encode() + content
        mine, other = (
            f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}"
            for key in (SECRET, OTHER_SECRET)
        )
        headers = {
            "content-type": "application/json",
            "webhook-id": known,
            "webhook-timestamp": sent,
            "webhook-signature": {"other": other, "both": f"{other} {mine}"}.get(sign, mine),
        }
        if sign == "changed":
            content = content.replace(b"till.paused", b"till.active")
        try:
            with urllib.request.urlopen(
                urllib.request.Request(self.hook, content, headers), timeout=10
            ) as answer:
                taken = 200 <= answer.status < 300
        except urllib.error.HTTPError:
            taken = False
        except OSError as error:
            raise Failed(f"the till takes no messages at {self.hook}: {error}") from None
        if taken != step["taken"]:
            raise Failed(f"a message that is {sign} was {'taken' if taken else 'refused'}")


def told(exchange: Json) -> str:
    return f"{exchange['request']['method']} {exchange['request']['path']}"


def main() -> int:
    asked = arguments()
    recorded: Json = json.loads(asked.cases.read_text(encoding="utf-8"))
    stage = Stage(Live(asked.live) if asked.live else StandIn(), recorded)
    server = opened(stage)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    run = Run(stage, asked.till, f"http://127.0.0.1:{server.server_port}")
    failed = 0
    try:
        for case in recorded["cases"]:
            if asked.only in {None, case["name"]} or case["name"] == "pair":
                reason = run.failure(case)
                failed += bool(reason)
                print(f"✗ {case['name']}: {reason}" if reason else f"✓ {case['name']}", flush=True)
    finally:
        run.close()
        stage.source.close()
        server.shutdown()
        server.server_close()
    if asked.record:
        asked.record.write_text(written(recorded), encoding="utf-8")
    return 1 if failed else 0


def written(recorded: Json) -> str:
    """Write an exchange per line, so that a difference is one line too."""
    text = json.dumps(recorded, indent=1, ensure_ascii=False)
    return re.sub(r"\n {7,}|\n {6}(?=[}\]])", " ", text) + "\n"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--live", metavar="ADDRESS", help="of a sandbox, with its name: https://…/proef"
    )
    parser.add_argument("--only", metavar="CASE", help="this case, after pairing")
    parser.add_argument("--cases", type=Path, default=HERE / "cases.json", help="other cases")
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="write what a sandbox answers now"
    )
    parser.add_argument("till", nargs="+", help="the command that starts your till, after --")
    asked = parser.parse_args()
    if asked.record and not asked.live:
        parser.error("only a sandbox can be recorded: --live")
    return asked


if __name__ == "__main__":
    sys.exit(main())
