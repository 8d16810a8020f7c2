"""The server that the till meets: it knows what should come, judges what comes, and answers."""

import base64
import http.server
import json
import time
from dataclasses import dataclass, field

from patterns import Known, faults, filled
from signatures import fault_in, fits
from sources import Answer, Asked, Failed, Json, Source

EARLY_SECONDS = 0.1
"""How much sooner than it was told a till may come back: clocks and lines differ."""


@dataclass
class Stage:
    """What the till is to send now, what is wrong with what it sent, and what is known of it."""

    source: Source
    recorded: Json
    known: Known = field(default_factory=dict)
    exchanges: list[Json] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    _public: bytes = b""
    _not_before: float = 0.0

    def expect(self, exchanges: list[Json]) -> None:
        """Wait for these requests, in this order, and for none beside them."""
        self.exchanges, self.wrong, self._not_before = [*exchanges], [], 0.0

    def take(self, asked: Asked) -> Answer | None:
        """Judge a request and answer it; None is a connection that is cut."""
        try:
            return self._judged(asked)
        except (ValueError, KeyError, TypeError, Failed) as error:
            return self._refused(f"{asked} cannot be read: {error}")

    def _judged(self, asked: Asked) -> Answer | None:
        pairs = asked.target.endswith("/pairings")
        if not pairs and (fault := self._signature_fault(asked)):
            return self._refused(f"{asked}: {fault}")
        what = asked.target.rpartition("/")[2]
        if asked.method == "GET" and what in self.recorded["reads"]:
            return self.source.answer(self.recorded["reads"][what], asked, self.known)
        if not self.exchanges:
            return self._refused(f"{asked} was sent, and nothing should be")
        exchange = self.exchanges.pop(0)
        request = exchange["request"]
        expected = f"{request['method']} {filled(request['path'], self.known)}"
        if expected != str(asked):
            return self._refused(f"{asked} was sent, and should be {expected}")
        body = json.loads(asked.body or b"null")
        if found := faults(request["body"], body, self.known):
            return self._refused(f"{asked}: " + "; ".join(found))
        if time.monotonic() < self._not_before - EARLY_SECONDS:
            self.wrong.append(f"{asked} came sooner than Retry-After said")
        if pairs:
            self._pair(body)
        return self._play(exchange, asked)

    def _signature_fault(self, asked: Asked) -> str:
        return fault_in(
            self._public,
            self.known.get("till", ""),
            (asked.method, asked.target, asked.headers, asked.body),
            now=time.time(),
        )

    def _pair(self, body: Json) -> None:
        self._public = base64.b64decode(body["publicKey"])
        proof = f"pas till pairing 1\n{self.source.municipality}\n{self.known['code']}"
        if not fits(self._public, base64.b64decode(body["signature"]), proof.encode()):
            self.wrong.append("the proof that the key is the till's does not fit")

    def _play(self, exchange: Json, asked: Asked) -> Answer | None:
        """Answer as a server does; or be busy, or be gone before anybody hears the answer."""
        if "meanwhile" in exchange:
            self.source.meanwhile(exchange["meanwhile"])
        match exchange.get("fault"):
            case "busy":
                busy = self.recorded["busy"]
                self._not_before = time.monotonic() + int(busy["headers"]["Retry-After"])
                return busy["status"], busy["headers"], filled(busy["body"], self.known)
            case "cut":
                self.source.lose(asked)
                return None
            case _:
                return self.source.answer(exchange, asked, self.known)

    def _refused(self, reason: str) -> Answer:
        self.wrong.append(reason)
        return 422, {}, {"code": "not-expected", "detail": reason, "cashier": reason}


class Door(http.server.BaseHTTPRequestHandler):
    """Hands requests to the stage of its server, and its answers back."""

    stage: Stage
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nobody reads it."""

    def _take(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value.strip() for name, value in self.headers.items()}
        answer = self.stage.take(Asked(self.command, self.path, headers, body))
        if answer is None:
            self.close_connection = True
            return
        status, more, told = answer
        content = json.dumps(told).encode()
        self.send_response(status)
        kind = "application/json" if status < 400 else "application/problem+json"
        own = {"Content-Type": kind, "Content-Length": str(len(content)), "Sandbox": "?1"}
        for name, value in {**own, **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def opened(stage: Stage) -> http.server.ThreadingHTTPServer:
    """Give a server of this stage on a free port of this machine."""
    door = type("OwnDoor", (Door,), {"stage": stage})
    return http.server.ThreadingHTTPServer(("127.0.0.1", 0), door)
