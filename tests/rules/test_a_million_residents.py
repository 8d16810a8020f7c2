"""A file of a million residents is judged in bounded memory.

The peak comes from ``/proc``: ``ru_maxrss`` of a new process begins at that of its parent, so it
told of the whole test run.
"""

import subprocess
import sys

import pytest

PROGRAM = """
import tempfile
from datetime import date
from pathlib import Path
from pas.passes.resident_files import COLUMNS, read_residents, survey

with tempfile.TemporaryFile() as file:
    file.write((";".join(COLUMNS) + "\\n").encode())
    for n in range(1_000_000):
        home = n // 2
        born = "1990-05-17" if n % 2 else "2015-05-17"
        file.write(
            f"{n};;Jan;de Boer {n};{born};Duinpad 1;1971 AB;IJmuiden;;H{home};alone;95;;;2026-01-01;;;\\n"
            .encode()
        )
    found = survey(file, today=date(2026, 1, 1))
    rows = read_residents(file, found, today=date(2026, 1, 1))
    good = sum(1 for one in rows if one.resident)
    peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
    print(good, int(peak) // 1024)
"""
MOST_MEGABYTES = 300


@pytest.mark.slow
def test_a_million_rows_fit_in_bounded_memory() -> None:
    output = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    ).stdout

    good, megabytes = map(int, output.split())
    assert good == 1_000_000
    assert megabytes < MOST_MEGABYTES
