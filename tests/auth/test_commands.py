"""The commands an operator starts with: keys, the first administrator, and where people sign in."""

from pathlib import Path

import pytest

from given.logins import a_key_store
from pas.auth.events import read_events
from pas.auth.keys import KeyStore, Purpose
from pas.auth.logins import list_logins
from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.installation import Access
from serving import free_port, run_pas

VELSEN = MunicipalityName("velsen")


@pytest.fixture
def settings(access: Access, tmp_path: Path) -> dict[str, str]:
    a_key_store(tmp_path)
    return {
        "database_url": access.address.url,
        "database_secret": access.address.secret,
        "data_dir": str(tmp_path / "data"),
        "key_dir": str(tmp_path / "keys"),
    }


async def test_the_first_administrator_is_invited_by_a_link(
    connection: Connection, settings: dict[str, str]
) -> None:
    invite = ("login", "invite", "velsen", "--name", "Joke", "--role", "administrator")
    done = run_pas(*invite, **settings)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("http://127.0.0.1:8000/velsen/sign-in/provider?invitation=")
    (joke,) = await list_logins(connection)
    assert (joke.name, joke.state, joke.roles) == ("Joke", "invited", ["administrator"])
    take = ("login", "role", "velsen", str(joke.id), "--take", "administrator", "--give", "officer")
    assert run_pas(*take, **settings).returncode == 0
    (joke,) = await list_logins(connection)
    assert joke.roles == ["officer"]


async def test_an_invitation_with_roles_that_do_not_go_together_leaves_nothing(
    connection: Connection, settings: dict[str, str]
) -> None:
    both = ("--role", "officer", "--role", "approver")
    done = run_pas("login", "invite", "velsen", "--name", "Joke", *both, **settings)
    assert done.returncode == 1
    assert "niet zelf bevestigen" in done.stderr
    assert await list_logins(connection) == []


async def test_where_people_sign_in_is_set_with_what_the_provider_must_know(
    connection: Connection, settings: dict[str, str], tmp_path: Path
) -> None:
    chosen = ("--issuer", "https://login.example.nl", "--client-id", "pas", "--acr", "substantial")
    done = run_pas("login", "provider", "velsen", *chosen, **settings)
    assert done.returncode == 0, done.stderr
    assert "http://127.0.0.1:8000/velsen/sign-in/callback" in done.stdout
    assert "http://127.0.0.1:8000/v1/velsen/client-keys" in done.stdout
    provider = (await read_municipality_settings(connection)).identity_provider
    assert provider is not None
    assert (provider.issuer, provider.acr_values) == ("https://login.example.nl", ("substantial",))
    assert KeyStore(tmp_path / "keys").ring(VELSEN).current(Purpose.OIDC_CLIENT)


async def test_where_holders_sign_in_is_set_with_the_level_that_suffices(
    connection: Connection, settings: dict[str, str]
) -> None:
    chosen = ("--issuer", "https://broker.example.nl", "--client-id", "pas", "--holders")
    unsure = run_pas("login", "provider", "velsen", *chosen, **settings)
    level = ("--acr", "substantial", "--scope", "openid", "--scope", "bsn", "--bsn-claim", "nsi")
    done = run_pas("login", "provider", "velsen", *chosen, *level, **settings)
    assert (unsure.returncode, done.returncode) == (2, 0), done.stderr
    stored = await read_municipality_settings(connection)
    assert stored.identity_provider is None
    assert stored.holder_identity_provider is not None
    assert stored.holder_identity_provider.citizen_number_claim == "nsi"
    assert stored.holder_identity_provider.scopes == ("openid", "bsn")


async def test_the_operator_sets_what_the_pages_refuse(
    connection: Connection, settings: dict[str, str]
) -> None:
    for value in ("3", "91"):
        chosen = ("payoutCoolingDays", value)
        done = run_pas("municipality", "set", "velsen", *chosen, **settings)
        assert done.returncode == (0 if value == "3" else 1), done.stderr
    run_pas("municipality", "set", "velsen", "title", "Velsen", **settings)
    chosen = await read_municipality_settings(connection)
    assert (chosen.payout_cooling_days, chosen.title) == (3, "Velsen")


def test_keys_are_rotated_listed_and_never_shown(settings: dict[str, str], tmp_path: Path) -> None:
    before = KeyStore(tmp_path / "keys").ring(VELSEN).current(Purpose.TOKEN_SIGNING)
    rotated = run_pas("keys", "rotate", "velsen", "--purpose", "token_signing", **settings)
    assert rotated.returncode == 0, rotated.stderr
    listed = run_pas("keys", "list", "velsen", **settings).stdout
    assert f"{before.key_id}  token_signing" in listed
    assert listed.count("token_signing") == 2
    assert "reads only" in listed
    assert before.secret.hex() not in listed


async def test_each_change_of_a_key_is_an_event(
    connection: Connection, settings: dict[str, str], tmp_path: Path
) -> None:
    before = KeyStore(tmp_path / "keys").ring(VELSEN).current(Purpose.TOKEN_SIGNING)
    run_pas("keys", "rotate", "velsen", "--purpose", "token_signing", **settings)
    after = KeyStore(tmp_path / "keys").ring(VELSEN).current(Purpose.TOKEN_SIGNING)
    assert run_pas("keys", "end", "velsen", before.key_id, **settings).returncode == 0
    refused = run_pas("keys", "end", "velsen", after.key_id, **settings)

    assert refused.returncode == 3
    ended, rotated = await read_events(connection)
    assert (rotated.kind, rotated.content) == (
        "key.rotated",
        f'{{"after":{{"keyId":"{after.key_id}","purpose":"token_signing"}}}}',
    )
    assert (ended.kind, ended.content) == (
        "key.ended",
        f'{{"before":{{"keyId":"{before.key_id}","purpose":"token_signing"}}}}',
    )


def test_keys_are_not_made_twice(settings: dict[str, str]) -> None:
    done = run_pas("keys", "make", "velsen", **settings)
    assert done.returncode == 1
    assert "has keys already" in done.stderr


def test_missing_keys_say_what_to_do(settings: dict[str, str]) -> None:
    done = run_pas("keys", "list", "almere", **settings)
    assert done.returncode == 3
    assert "pas keys make almere" in done.stderr


def test_serving_is_refused_with_keys_of_the_demonstration(
    settings: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    a_key_store(folder, demo=True)
    settings |= {"key_dir": str(folder / "keys"), "port": str(free_port())}
    done = run_pas("serve", **settings)
    assert done.returncode == 3
    assert "velsen has keys of the demonstration" in done.stderr


def test_serving_is_refused_with_keys_that_others_can_read(
    settings: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "keys" / "velsen" / "keys.json").chmod(0o644)
    done = run_pas("serve", port=str(free_port()), **settings)
    assert done.returncode == 3
    assert "chmod 600" in done.stderr
