"""The gates: what must be reached, what is aimed at, and how a run is written down against them."""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """A ratio that must be reached; with ``at_most`` it must not be exceeded."""

    key: str
    what: str
    must: float
    aim: float
    at_most: bool = False
    unit: str = ""

    def verdict(self, value: float) -> str:
        good, very_good = value >= self.must, value >= self.aim
        if self.at_most:
            good, very_good = value <= self.must, value <= self.aim
        if not good:
            return "**MISSED**"
        return "OK, aim reached" if very_good else "OK"


GATES: Final = (
    Gate(key="tpc_b_256", what="bookings/s ÷ best pgbench TPC-B, 256 in flight", must=5, aim=12),
    Gate(key="tpc_b_1024", what="bookings/s ÷ best pgbench TPC-B, 1,024 in flight", must=6, aim=15),
    Gate(key="raw", what="÷ raw `INSERT … SELECT unnest` of 128 rows", must=0.40, aim=0.70),
    Gate(key="hot", what="one hot account ÷ uniform over all accounts", must=0.8, aim=1.2),
    Gate(key="row_lock", what="one hot account ÷ a row lock per request on it", must=15, aim=50),
    Gate(
        key="http_no_database",
        what="HTTP redemption ÷ the same handler without database, one worker",
        must=0.7,
        aim=0.9,
    ),
    Gate(
        key="http_bare",
        what="HTTP redemption ÷ bare Litestar JSON POST, one worker",
        must=0.35,
        aim=0.60,
    ),
    Gate(
        key="p50_alone",
        what="median latency at one client ÷ direct call",
        must=1.1,
        aim=1.0,
        at_most=True,
    ),
    Gate(
        key="p99_crowd",
        what="99 % latency at 256 clients ÷ that of one call per request",
        must=0.2,
        aim=0.08,
        at_most=True,
    ),
    Gate(
        key="decile",
        what="throughput of the last ÷ the second decile, from empty, no reconnect",
        must=0.8,
        aim=0.95,
    ),
    Gate(
        key="flat_cost",
        what="cost of a redemption at the end ÷ after ten thousand entries",
        must=1.2,
        aim=1.05,
        at_most=True,
    ),
    Gate(
        key="recovery",
        what="`kill -9` at full load → accepting writes",
        must=10,
        aim=3,
        at_most=True,
        unit=" s",
    ),
    Gate(
        key="grant",
        what="time to grant passes ÷ time to COPY the same rows",
        must=5,
        aim=3,
        at_most=True,
    ),
    Gate(
        key="reach",
        what="time to report reach ÷ time of the bare aggregate",
        must=3,
        aim=2,
        at_most=True,
    ),
    Gate(
        key="reach_memory",
        what="memory of our process at its peak while it reports reach",
        must=300,
        aim=150,
        at_most=True,
        unit=" MB",
    ),
    Gate(
        key="memory",
        what="memory of a worker at its peak",
        must=300,
        aim=150,
        at_most=True,
        unit=" MB",
    ),
    Gate(
        key="letters",
        what="pass letters/s ÷ bare typst for the same pages",
        must=0.4,
        aim=0.7,
    ),
    Gate(
        key="letters_memory",
        what="memory of making letters at its peak, typst with it",
        must=600,
        aim=300,
        at_most=True,
        unit=" MB",
    ),
    Gate(
        key="settle",
        what="settling (propose and approve) ÷ the bare aggregate",
        must=2,
        aim=1.5,
        at_most=True,
    ),
    Gate(
        key="settle_memory",
        what="memory of the process that settles, at its peak",
        must=300,
        aim=150,
        at_most=True,
        unit=" MB",
    ),
    Gate(
        key="seal_load",
        what="throughput with the sealer ÷ without, 256 in flight",
        must=0.90,
        aim=0.98,
    ),
    Gate(
        key="seal_lag",
        what="from booked to sealed at full load, 99 %",
        must=2,
        aim=0.5,
        at_most=True,
        unit=" s",
    ),
    Gate(key="seal_rate", what="entries sealed/s ÷ entries booked/s at full load", must=3, aim=10),
)
OF_SEALS: Final = tuple(gate for gate in GATES if gate.key.startswith("seal_"))
NOT_MEASURABLE: Final = (
    "bookings/s ÷ best pgledger",
    "10",
    "25",
    "not measurable here: pgledger is on no package index, and its code may not be copied",
)


class Results:
    """Every value that was measured, by gate and by figure, in the order of the rounds."""

    def __init__(self) -> None:
        self.values: defaultdict[str, list[float]] = defaultdict(list)
        self.figures: defaultdict[str, list[float]] = defaultdict(list)
        self.notes: dict[str, str] = {}
        self.lines: list[str] = []

    def gate(self, key: str, value: float) -> None:
        assert key in {gate.key for gate in GATES}, key
        self.values[key].append(value)

    def figure(self, what: str, value: float) -> float:
        """Keep a plain figure for the second table; gives it back."""
        self.figures[what].append(value)
        return value

    def note(self, key: str, why: str) -> None:
        """Say why a gate has no value."""
        self.notes[key] = why

    def missed(self) -> list[str]:
        return [
            gate.what
            for gate in GATES
            if self.values[gate.key]
            and "MISSED" in gate.verdict(statistics.median(self.values[gate.key]))
        ]


def gates_table(results: Results, gates: Sequence[Gate] = GATES) -> list[str]:
    """Write gates as Markdown; with all of them the one that cannot be measured."""
    rows = ["| gate | must | aim | measured | |", "|---|---|---|---|---|"]
    for gate in gates:
        values = results.values[gate.key]
        sign = "≤ " if gate.at_most else ""
        row = [gate.what, f"{sign}{gate.must:g}{gate.unit}", f"{sign}{gate.aim:g}{gate.unit}"]
        if values:
            middle = statistics.median(values)
            row += [spread(values, gate.unit), gate.verdict(middle)]
        else:
            row += ["", results.notes.get(gate.key, "not measured")]
        rows.append(f"| {' | '.join(row)} |")
    if gates is GATES:
        what, must, aim, why = NOT_MEASURABLE
        rows.append(f"| {what} | {must} | {aim} | | {why} |")
    return rows


def figures_table(results: Results) -> list[str]:
    """Write the plain figures that the ratios come from."""
    rows = ["| figure | median (lowest to highest) |", "|---|---|"]
    rows += [f"| {what} | {spread(values)} |" for what, values in results.figures.items()]
    return rows


def spread(values: list[float], unit: str = "") -> str:
    middle = written(statistics.median(values)) + unit
    if len(values) == 1:
        return middle
    return f"{middle} ({written(min(values))} to {written(max(values))}, n = {len(values)})"


def written(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
