"""A client for HTTP/1.1 that does nothing but send ready-made requests and time the answers.

Used where ``wrk`` is not installed, and for what wrk cannot do: a fixed number of requests a second.
"""

import asyncio
import time
from collections import deque
from typing import Final, cast

import msgspec
import uvloop

SECOND: Final = 1e6


class Load(msgspec.Struct, frozen=True):
    """What became of the requests; times in seconds."""

    requests: int
    seconds: float
    wrong: int
    median: float
    worst: float
    """99 of 100 took less."""

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


class Visitor(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, queue: "Queue") -> None:
        self._queue = queue
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no asyncio.Transport, but do the same.
        self._transport = cast("asyncio.Transport", transport)
        self.send_next()

    def send_next(self) -> None:
        """Send what is waiting, or wait to be called."""
        assert self._transport is not None
        taken = self._queue.take()
        if taken is None:
            self._queue.idle.append(self)
            return
        self._due, request = taken
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, mark, body = self._received.partition(b"\r\n\r\n")
        if not mark or len(body) < content_length(head):
            return
        self._received = b""
        self._queue.answered(self._due, is_right=head[9:12] == b"200")
        self.send_next()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._queue.lost()


class Queue:
    """The requests that are still to be sent, and the times of those that were answered."""

    def __init__(self, requests: list[bytes], until: float, per_second: float | None) -> None:
        self.idle: deque[Visitor] = deque()
        self.latencies: list[float] = []
        self.wrong = 0
        self.until = until
        self._requests = deque(requests)
        self._due: deque[float] = deque()
        self._per_second = per_second

    def take(self) -> tuple[float, bytes] | None:
        now = time.perf_counter()
        if now >= self.until or not self._requests:
            return None
        if self._per_second is None:
            return now, self._requests.popleft()
        return (self._due.popleft(), self._requests.popleft()) if self._due else None

    def answered(self, due: float, *, is_right: bool) -> None:
        self.latencies.append(time.perf_counter() - due)
        self.wrong += not is_right

    def lost(self) -> None:
        self.wrong += time.perf_counter() < self.until

    async def tick(self) -> None:
        """Make requests due at a steady pace, whether or not a connection is free for them."""
        assert self._per_second is not None
        began, made = time.perf_counter(), 0
        while (now := time.perf_counter()) < self.until:
            while made < (now - began) * self._per_second:
                self._due.append(began + made / self._per_second)
                made += 1
                if self.idle:
                    self.idle.popleft().send_next()
            await asyncio.sleep(0.001)


def content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def load(
    port: int,
    requests: list[bytes],
    *,
    connections: int,
    seconds: float,
    per_second: float | None = None,
) -> Load:
    """Send until the time is over; with ``per_second`` no faster, counted from when each was due."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(
            _load(port, requests, connections=connections, seconds=seconds, per_second=per_second)
        )


async def _load(
    port: int,
    requests: list[bytes],
    *,
    connections: int,
    seconds: float,
    per_second: float | None,
) -> Load:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    queue = Queue(requests, began + seconds, per_second)
    made = [
        await loop.create_connection(lambda: Visitor(queue), "127.0.0.1", port)
        for _ in range(connections)
    ]
    if per_second is not None:
        await queue.tick()
    await asyncio.sleep(max(0.0, queue.until - time.perf_counter()) + 0.05)
    taken = time.perf_counter() - began - 0.05
    for transport, _ in made:
        transport.close()
    ordered = sorted(queue.latencies) or [0.0]
    return Load(
        requests=len(queue.latencies),
        seconds=taken,
        wrong=queue.wrong,
        median=ordered[len(ordered) // 2],
        worst=ordered[len(ordered) * 99 // 100],
    )


class Echo(asyncio.Protocol):
    """Answers whatever comes with the same few bytes: the least that a server can do."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        del data
        self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")


def echo(port: int) -> None:
    """Serve until the process is ended: what the client reaches here is its ceiling."""

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", port)
        await server.serve_forever()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())
