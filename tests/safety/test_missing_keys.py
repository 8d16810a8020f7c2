"""Keys that are missing or open to others: a refusal with whom to tell, and a command that helps."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

import pytest

from given.files import a_file, a_resident_row
from given.logins import a_key_store, without_a_key
from pas.auth.keys import Purpose
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.passes.resident_files import COLUMNS
from people import Town, a_town
from serving import run_pas, serving

FILE: Final = a_file(COLUMNS, a_resident_row()).read()
SEARCH: Final = {"purpose": "question", "citizenNumber": "999990019"}


@pytest.fixture
async def town(access: Access, tmp_path: Path) -> AsyncGenerator[Town]:
    async with a_town(access, tmp_path) as town:
        yield town


@pytest.mark.parametrize(
    ("purpose", "path", "body"),
    [
        (Purpose.UPLOAD_ENCRYPTION, "resident-imports", FILE),
        (Purpose.UPLOAD_ENCRYPTION, "scheme-imports", FILE),
        (Purpose.BSN_HASH, "resident-searches", SEARCH),
    ],
)
async def test_what_needs_a_key_that_is_not_there_is_refused_with_whom_to_tell(
    town: Town, connection: Connection, purpose: Purpose, path: str, body: object
) -> None:
    someone = await town.officer(connection, Role.OFFICER, Role.POLICY)
    without_a_key(town.keys, purpose)
    answer = await someone.post(f"/v1/velsen/{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (503, "keys-missing"), answer.text
    assert "uw beheerder" in answer.json()["nextStep"]
    assert purpose not in answer.text


async def test_keys_that_others_can_read_are_not_used_and_whoever_asks_hears_whom_to_tell(
    town: Town, connection: Connection
) -> None:
    someone = await town.officer(connection, Role.OFFICER)
    town.keys.path(MunicipalityName("velsen")).chmod(0o644)
    answer = await someone.get("/v1/velsen/session")
    assert (answer.status_code, answer.json()["code"]) == (503, "keys-unsafe"), answer.text
    assert "uw beheerder" in answer.json()["nextStep"]
    assert "keys.json" not in answer.text


def test_the_list_of_keys_tells_which_command_makes_what_is_missing(tmp_path: Path) -> None:
    purpose = Purpose.UPLOAD_ENCRYPTION
    without_a_key(a_key_store(tmp_path), purpose)
    done = run_pas("keys", "list", "velsen", key_dir=str(tmp_path / "keys"))
    assert done.returncode == 0, done.stderr
    assert f"pas keys rotate velsen --purpose {purpose}" in done.stderr
    assert done.stderr.count("has no key") == 1


@pytest.mark.usefixtures("almere")
def test_a_start_tells_which_command_makes_what_is_missing_and_serves(
    access: Access, tmp_path: Path
) -> None:
    without_a_key(a_key_store(tmp_path), Purpose.UPLOAD_ENCRYPTION)
    settings = {"database_url": access.address.url, "database_secret": access.address.secret}
    with serving(tmp_path, key_dir=str(tmp_path / "keys"), **settings) as served:
        said = served.wrote()
    assert "pas keys rotate velsen --purpose upload_encryption" in said
    assert "pas keys make almere" in said
