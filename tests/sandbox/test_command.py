"""``pas sandbox`` makes a sandbox that works, and nothing of it in a real city."""

import os
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import pytest

from pas.db import Login
from pas.installation import Access
from serving import run_pas

NAME = f"proef_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


def with_its_user(login: Login) -> str:
    """Write a login as one address, as an operator does."""
    parts = urlsplit(login.url)
    who = f"{login.user}:{quote(login.password or '', safe='')}@{parts.netloc.rpartition('@')[2]}"
    return urlunsplit(parts._replace(netloc=who))


@pytest.mark.usefixtures("almere")
def test_a_sandbox_from_nothing_to_a_pairing_code(access: Access, tmp_path: Path) -> None:
    assert access.migrator is not None
    settings = {
        "database_url": access.address.url,
        "database_secret": access.address.secret,
        "migrator_url": with_its_user(access.migrator),
        "key_dir": str(tmp_path),
    }
    added = run_pas("sandbox", "add", NAME, **settings)
    till = run_pas("sandbox", "till", NAME, **settings)
    listed = run_pas("municipality", "list", **settings)

    assert added.returncode == 0, added.stderr
    assert f"/{NAME}/sandbox" in added.stderr
    assert till.returncode == 0, till.stderr
    assert len(till.stdout.strip().replace("-", "")) == 26
    kinds = {line.split()[0]: line.split()[-1] for line in listed.stdout.splitlines()}
    assert kinds == {"name": "kind", "velsen": "real", "almere": "real", NAME: "sandbox"}
