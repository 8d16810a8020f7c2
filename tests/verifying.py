"""The verifier of an export, run as a stranger would: another process, with nothing of the program."""

import subprocess
import sys
from pathlib import Path
from typing import Final

VERIFIER: Final = Path(__file__).parents[1] / "verifier" / "pas_verify.py"


class Verified:
    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.said = done.returncode, done.stdout + done.stderr


def verified(folder: Path | None, key: str, *more: str | Path) -> Verified:
    asked = [*([] if folder is None else [folder]), "--key", key, *more]
    # Without site-packages: the standard library alone.
    command = [sys.executable, "-S", str(VERIFIER), *map(str, asked)]
    return Verified(subprocess.run(command, capture_output=True, text=True, check=False))
