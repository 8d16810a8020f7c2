"""What a run was measured on: processor, versions, durability settings, and the disk's own time."""

import os
import platform
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

import asyncpg
import granian
import litestar

from pas.db import Connection

SETTINGS: Final = (
    *("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "commit_delay"),
    *("wal_compression", "shared_buffers", "max_wal_size", "checkpoint_timeout", "max_connections"),
)
PROBES: Final = 300
PAGE: Final = 8192
SEGMENT: Final = 16 * 1024 * 1024


async def describe(connection: Connection, data: Path) -> list[tuple[str, str]]:
    """List everything a reader needs to judge the figures; the disk is that of ``data``."""
    settings = await connection.fetch(
        "SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY($1)",
        SETTINGS,
    )
    by_name = {str(row["name"]): str(row["value"]) for row in settings}
    median, worst = sync_microseconds(data)
    version = await connection.fetchval("SHOW server_version")
    return [
        ("processor", f"{processor()}, {len(usable_cpus())} CPUs usable"),
        ("memory", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"),
        ("system", f"{platform.system()} {platform.release().partition('-')[0]}"),
        ("PostgreSQL", str(version)),
        *((f"`{name}`", by_name[name]) for name in SETTINGS if name in by_name),
        ("fdatasync of one page", f"median {median:.0f} µs, 99 % under {worst:.0f} µs"),
        ("Python", f"{platform.python_version()}, asyncpg {asyncpg.__version__}"),
        ("server", f"granian {granian.__version__}, litestar {litestar.__version__.formatted()}"),
        ("load average at the start", " ".join(f"{load:.2f}" for load in os.getloadavg())),
    ]


def usable_cpus() -> list[int]:
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def processor() -> str:
    """Find the name of the processor, where the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def sync_microseconds(folder: Path) -> tuple[float, float]:
    """Time fdatasync after writing one page in a file as large as a WAL segment."""
    sync = getattr(os, "fdatasync", os.fsync)
    times: list[float] = []
    with tempfile.TemporaryFile(dir=folder) as file:
        descriptor = file.fileno()
        os.write(descriptor, bytes(SEGMENT))
        os.fsync(descriptor)
        for probe in range(PROBES):
            os.pwrite(descriptor, b"x" * PAGE, probe * PAGE)
            began = time.perf_counter()
            sync(descriptor)
            times.append((time.perf_counter() - began) * 1e6)
    return statistics.median(times), sorted(times)[PROBES * 99 // 100]


def resident_megabytes(process: int) -> tuple[float, float]:
    """Memory of a process now and at its peak, in MB; zero where the system does not tell."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        found = subprocess.run(
            ["/bin/ps", "-o", "rss=", "-p", str(process)],
            capture_output=True,
            text=True,
            check=False,
        )
        now = int(found.stdout or 0) / 1000
        return now, now
    values = {line.partition(":")[0]: line.split()[1] for line in lines if line.startswith("Vm")}
    return int(values["VmRSS"]) * 1.024 / 1000, int(values["VmHWM"]) * 1.024 / 1000
