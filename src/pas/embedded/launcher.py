"""Becomes PostgreSQL: gives up root, keeps only the right to walk through folders, and executes.

Runs as a script of its own (``python -I -S launcher.py …``), because between fork and exec only a
process without threads may change users safely. It imports nothing of pas.
"""

import argparse
import ctypes
import os
import signal
import sys

CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522
PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2

COULD_NOT = 96
"""Exit code for "could not become the other user"; the reason is on standard error."""


class Header(ctypes.Structure):
    """``struct __user_cap_header_struct``."""

    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class Capabilities(ctypes.Structure):
    """``struct __user_cap_data_struct``: the lower 32 capabilities come first, then the upper."""

    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--user", type=int)
    arguments.add_argument("--group", type=int)
    arguments.add_argument("--search", action="store_true")
    arguments.add_argument("--parent", type=int, required=True)
    arguments.add_argument("command", nargs="+")
    given = arguments.parse_args()
    os.umask(0o077)
    os.chdir("/")
    if given.user is not None:
        _become(given.user, given.group, search=given.search)
    _end_with(given.parent)
    os.execv(given.command[0], given.command)  # noqa: S606 (starting the server is what this program is for; the command comes from the supervisor and no shell reads it)


def _become(user: int, group: int, *, search: bool) -> None:
    if search:
        _call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)
    if search:
        bit = 1 << CAP_DAC_READ_SEARCH
        header = Header(CAPABILITY_VERSION_3, 0)
        sets = (Capabilities * 2)(Capabilities(bit, bit, bit), Capabilities(0, 0, 0))
        _call("capset", ctypes.byref(header), ctypes.byref(sets))
        _call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0)
    if sys.platform == "linux":
        _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _end_with(parent: int) -> None:
    """Let the kernel ask for a fast shutdown when the owner dies, even by ``kill -9``."""
    if sys.platform != "linux":
        return
    _call("prctl", PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("The owner ended before PostgreSQL started.")


def _call(function: str, *arguments: object) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, function)(*arguments) != 0:
        error = ctypes.get_errno()
        sys.stderr.write(f"{function}{arguments[:1]}: {os.strerror(error)}\n")
        sys.exit(COULD_NOT)


if __name__ == "__main__":
    main()
