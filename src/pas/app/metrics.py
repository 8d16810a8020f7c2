"""What we count of requests; workers share their counts through files that ``pas serve`` makes."""

from functools import cache
from typing import Final

from prometheus_client import REGISTRY as OF_THIS_PROCESS
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
MEDIA_TYPE: Final = "text/plain; version=1.0.0; escaping=underscores"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

REQUESTS = Counter(
    "pas_requests", "Answered requests", ["method", "route", "status"], registry=OF_THIS_PROCESS
)
DURATION = Histogram(
    "pas_request_seconds",
    "Time from request to the end of the answer",
    ["route"],
    buckets=SECONDS,
    registry=OF_THIS_PROCESS,
)


def count(method: str, route: str, *, status: int, seconds: float) -> None:
    """Count one answered request; ``route`` is the template, so that ids make no new series."""
    counted(method if method in METHODS else "other", route, status).inc()
    timed(route).observe(seconds)


# The label look-up takes a lock and builds a tuple of strings; the children are few and stay.
@cache
def counted(method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(method, route, str(status))


@cache
def timed(route: str) -> Histogram:
    return DURATION.labels(route)


def exposition(shared_folder: str | None) -> bytes:
    """All workers' counts where they share a folder, else those of this process."""
    if shared_folder is None:
        return generate_latest(OF_THIS_PROCESS)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=shared_folder)
    return generate_latest(registry)
