"""A till in one file: Python's standard library, and the openssl command for its key.

It reads what a cashier does from standard input, a line of JSON each, and answers with what it shows:
so the conformance kit plays the cashier. Copy from it what you need. It keeps its key and its sales in
the folder where it is started; a till that can lose its power writes a sale down before it sends it.
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
import http.server
import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

TRIES = 5
NO_HINT_SECONDS = 1.0
WEBHOOK_MAY_DIFFER = 300
Json = dict[str, Any]
BUSY = (429, 503)
CREATED = 201
OK = 200
KEY = Path("till.pem")


def openssl(*arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


def signature_of(text: bytes) -> str:
    """Sign with the key of this device (Ed25519)."""
    Path("base.txt").write_bytes(text)
    made = openssl("pkeyutl", "-sign", "-rawin", "-inkey", str(KEY), "-in", "base.txt")
    return base64.b64encode(made).decode()


class Till:
    """One device: what it sells, what it shows, and what it heard."""

    def __init__(self) -> None:
        self.server = self.city = self.id = ""
        self.sales: list[list[str]] = []
        self.shown: list[str] = []
        self.heard: list[str] = []
        self.secret = b""

    def pair(self, server: str, municipality: str, code: str) -> Json:
        """Make a key, show the public half, and prove to have the other."""
        self.server, self.city = server, municipality
        openssl("genpkey", "-algorithm", "ed25519", "-out", str(KEY))
        public = openssl("pkey", "-in", str(KEY), "-pubout", "-outform", "DER")
        plain = code.replace("-", "")
        proof = f"pas till pairing 1\n{municipality}\n{plain}".encode()
        body = {
            "code": plain,
            "algorithm": "Ed25519",
            "publicKey": base64.b64encode(public).decode(),
            "signature": signature_of(proof),
        }
        status, answer = self.request("POST", "/pairings", body, signed=False)
        if status != CREATED:
            return {"outcome": "refused"}
        self.id = answer["tillId"]
        self.shown.append(self.request("GET", "/till")[1]["merchant"])
        self.shown += [one["title"] for one in self.request("GET", "/offers")[1]["items"]]
        return {"outcome": "paired"}

    def sell(self, cashier: Json) -> Json:
        """Ask, ask the holder, take. The ids stay the same until it is known how it ended."""
        wanted = {
            key: cashier[key] for key in ("scanned", "priceCents", "visits") if key in cashier
        }
        items = [wanted]
        quotes = self.ask(items)
        if quotes[0]["children"] and cashier.get("children"):
            items = [{**wanted, "holder": number} for number in cashier["children"]]
            quotes = self.ask(items)
        confirmed, unmet = self.ask_conditions(quotes, cashier)
        if unmet:
            items = [{**item, "unmet": unmet} for item in items]
            quotes = self.ask(items)
        waiting = [
            (item, quote, str(uuid.uuid4())) for item, quote in zip(items, quotes, strict=True)
        ]
        booked: list[str] = []
        while waiting and self.all_agree([quote for _, quote, _ in waiting], cashier):
            answers = self.take(waiting, confirmed)
            booked += [one["id"] for one in answers if one["outcome"] == "booked"]
            for one in answers:
                if one["outcome"] != "moved":
                    self.show(one)
            waiting = [
                (item, new, one)
                for (item, _, one), new in zip(waiting, answers, strict=True)
                if new["outcome"] == "moved"
            ]
        self.sales.append(booked)
        if len(booked) == len(items):
            return {"outcome": "sold"}
        # A family pays together or not at all.
        self.undo("void", -1)
        self.sales.pop()
        return {"outcome": "not-sold"}

    def ask(self, items: list[Json]) -> list[Json]:
        quotes = self.answers("/quotes", {"items": items})
        for item, quote in zip(items, quotes, strict=True):
            # A code on a telephone is over before the holder has found the rest.
            item["scanned"] = quote["ticket"] or item["scanned"]
        return quotes

    def answers(self, path: str, body: Json) -> list[Json]:
        items: list[Json] = self.request("POST", path, body)[1]["items"]
        return items

    def ask_conditions(self, quotes: list[Json], cashier: Json) -> tuple[list[str], list[str]]:
        """Ask what the quotes want to know; gives what is so, and what is not."""
        confirmed: list[str] = []
        unmet: list[str] = []
        for condition in [each for one in quotes for each in one["conditions"]]:
            self.shown.append(condition["question"])
            is_so = cashier.get("conditions", {}).get(condition["code"], False)
            (confirmed if is_so else unmet).append(condition["code"])
        return confirmed, unmet

    def all_agree(self, quotes: list[Json], cashier: Json) -> bool:
        """Show what can be; where the holder pays a part or loses something, they have to agree."""
        for one in quotes:
            self.show(one)
        if any(one["refusal"] for one in quotes):
            return False
        asked = any(one["askCents"] or one["askVisits"] or one["warnings"] for one in quotes)
        return not asked or bool(cashier.get("agrees", True))

    def take(self, waiting: list[tuple[Json, Json, str]], confirmed: list[str]) -> list[Json]:
        """Book exactly what the quotes said, with what they said would be lost."""
        body: Json = {
            "items": [
                {
                    **item,
                    "id": one,
                    "takeCents": quote["takeCents"],
                    "lostCents": sum(warning["lostCents"] for warning in quote["warnings"]),
                    "lostVisits": sum(warning["lostVisits"] for warning in quote["warnings"]),
                    "confirmed": confirmed,
                }
                for item, quote, one in waiting
            ]
        }
        if len(waiting) > 1:
            body["saleId"] = str(uuid.uuid4())
        return self.answers("/redemptions", body)

    def undo(self, kind: str, sale: int, **more: int) -> Json:
        """Void a sale, or refund a part of it; -1 is the last sale, -2 the one before."""
        for one in self.sales[sale]:
            body = {"id": str(uuid.uuid4()), "reason": "asked by the holder", **more}
            status, answer = self.request("POST", f"/redemptions/{one}/{kind}s", body)
            if status != OK:
                self.shown.append(answer["cashier"])
                return {"outcome": "refused"}
        return {"outcome": "undone"}

    def show(self, answer: Json) -> None:
        """What the cashier reads, and what the holder should hear."""
        self.shown.append(answer["say"])
        self.shown += [warning["sentence"] for warning in answer["warnings"]]
        if answer["refusal"]:
            self.shown.append(answer["refusal"]["holder"])

    def request(
        self, method: str, path: str, body: Json | None = None, *, signed: bool = True
    ) -> tuple[int, Json]:
        """Send until there is an answer: the same bytes each time, so the same ids."""
        content = b"" if body is None else json.dumps(body).encode()
        address = f"/v1/{self.city}{path}"
        for _ in range(TRIES):
            headers = {"Content-Type": "application/json"}
            if signed:
                headers |= self.signature(method, address, content)
            asked = urllib.request.Request(
                self.server + address, data=content or None, headers=headers, method=method
            )
            try:
                with urllib.request.urlopen(asked, timeout=30) as answer:
                    return answer.status, json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code not in BUSY:
                    return error.code, json.load(error)
                time.sleep(float(error.headers.get("Retry-After") or NO_HINT_SECONDS))
            except (OSError, http.client.HTTPException):
                # Whether it was booked, nobody knows here: only the same id can tell.
                time.sleep(0.05)
        raise SystemExit("no answer")

    def signature(self, method: str, address: str, content: bytes) -> dict[str, str]:
        """RFC 9421 over method, path and a digest of the body."""
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"
        headers = {"Content-Digest": digest} if content else {}
        covered = {"@method": method, "@path": address}
        covered |= {name.lower(): value for name, value in headers.items()}
        parts = " ".join(f'"{part}"' for part in covered)
        signed = (
            f'({parts});created={int(time.time())};keyid="{self.id}";alg="ed25519"'
            f';nonce="{uuid.uuid4().hex}"'
        )
        lines = [f'"{part}": {value}' for part, value in covered.items()]
        base = "\n".join([*lines, f'"@signature-params": {signed}'])
        return {
            **headers,
            "Signature-Input": f"till={signed}",
            "Signature": f"till=:{signature_of(base.encode())}:",
        }

    def listen(self, secret: str) -> Json:
        """Take messages of the server (Standard Webhooks)."""
        self.secret = base64.b64decode(secret.removeprefix("whsec_"))
        till = self

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(204 if till.receive(self.headers, content) else 401)
                self.end_headers()

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Standard output is for what the till shows."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return {"outcome": "listening", "url": f"http://127.0.0.1:{server.server_port}/"}

    def receive(self, headers: Any, content: bytes) -> bool:
        """Believe what is signed and new in time; act on each message once."""
        message, sent = headers["webhook-id"], headers["webhook-timestamp"]
        signed = f"{message}.{sent}.".encode() + content
        mine = "v1," + base64.b64encode(hmac.digest(self.secret, signed, "sha256")).decode()
        given = headers["webhook-signature"].split(" ")
        if not any(hmac.compare_digest(mine, one) for one in given):
            return False
        if abs(time.time() - int(sent)) > WEBHOOK_MAY_DIFFER:
            return False
        if message not in self.heard:
            self.heard.append(message)
        return True

    def do(self, told: Json) -> Json:
        """Do what the cashier does, and answer with all that was shown meanwhile."""
        self.shown = []
        match told:
            case {"do": "pair"}:
                answer = self.pair(told["server"], told["municipality"], told["code"])
            case {"do": "sell"}:
                answer = self.sell(told)
            case {"do": "void"}:
                answer = self.undo("void", told["sale"])
            case {"do": "refund"}:
                answer = self.undo("refund", told["sale"], amountCents=told["amountCents"])
            case {"do": "listen"}:
                answer = self.listen(told["secret"])
            case _:
                answer = {"outcome": "heard", "messages": self.heard}
        return {**answer, "shown": self.shown}


def main() -> None:
    till = Till()
    with contextlib.suppress(KeyboardInterrupt):
        for line in sys.stdin:
            print(json.dumps(till.do(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
