"""Settings: every wrong one has its own sentence, and no secret is shown."""

from pathlib import Path

import pytest

from pas.settings import Settings, WrongSettings, read_settings

SECRET = "s" * 32
URL = "postgresql://pas@db.example/pas"


def wrong(**given: str) -> list[str]:
    with pytest.raises(WrongSettings) as refused:
        read_settings({f"PAS_{name.upper()}": value for name, value in given.items()})
    return refused.value.sentences


def test_without_any_variable_the_defaults_hold() -> None:
    settings = read_settings({"HOME": "/home/me"})
    assert settings == Settings()
    assert (settings.host, settings.port, settings.data_dir) == ("127.0.0.1", 8000, Path(".data"))
    assert settings.keys == Path(".data/keys")
    assert settings.origin == "http://127.0.0.1:8000"
    assert settings.hosts == {"127.0.0.1", "::1", "localhost"}


def test_text_becomes_the_type_of_the_setting() -> None:
    settings = read_settings(
        {
            "PAS_PORT": " 9000 ",
            "PAS_DATA_DIR": "/srv/pas",
            "PAS_ALLOWED_HOSTS": "Pas.Example.nl, www.example.nl,2001:DB8::1,",
            "PAS_PUBLIC_URL": "https://pas.example.nl",
            "PAS_HOST": "0.0.0.0",  # noqa: S104 (nothing is opened)
        }
    )
    assert (settings.port, settings.data_dir) == (9000, Path("/srv/pas"))
    assert settings.hosts == {"pas.example.nl", "www.example.nl", "2001:db8::1"}


@pytest.mark.parametrize(
    "origin",
    ["https://pas.example.nl", "http://10.0.0.1:8000", "https://[2001:db8::1]:8443"],
)
def test_an_origin_is_taken_as_it_is(origin: str) -> None:
    assert read_settings({"PAS_PUBLIC_URL": origin}).origin == origin


@pytest.mark.parametrize(
    "address",
    [
        "https://u@pas.example.nl",
        "https://pas.example.nl?x",
        "https://pas.example.nl#x",
        "https://pas.example.nl/",
        "https://Pas.example.nl",
        "HTTPS://pas.example.nl",
        "https://pas.example.nl:443",
        "http://pas.example.nl:80",
        "https://pas.example.nl:0",
        "https://pas.example.nl:x",
        "https://pas example.nl",
        "https://pas.example.nl.",
        "https://",
    ],
)
def test_an_address_that_no_browser_writes_as_its_origin_is_refused(address: str) -> None:
    (sentence,) = wrong(public_url=address)
    assert "in small letters, with no name, path or question" in sentence


@pytest.mark.parametrize(
    "host",
    ["pas.example.nl:8000", "https://pas.example.nl", "pas.example.nl/x", "[::1]", "u@pas", "a."],
)
def test_a_host_that_no_header_has_is_refused(host: str) -> None:
    (sentence,) = wrong(allowed_hosts=f"www.example.nl,{host}")
    assert f"'{host}'; write names only, such as pas.example.nl" in sentence


def test_an_empty_variable_is_as_if_it_were_not_there() -> None:
    assert read_settings({"PAS_PORT": "", "PAS_DATABASE_URL": " "}) == Settings()


def test_all_that_is_wrong_is_said_together() -> None:
    sentences = wrong(port="0", log_level="loud", prot="1")
    assert sentences == [
        "PAS_LOG_LEVEL is 'loud'; expected debug or error or info or warning.",
        "PAS_PORT is '0'; expected a port number from 1 to 65535.",
        "PAS_PROT is not a setting; did you mean PAS_PORT?",
    ]


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"port": "12,5"}, "a port number"),
        ({"public_url": "https://a.nl/path"}, "an origin such as"),
        ({"embedded_version": "15"}, "16 or 18"),
        ({"database_url": "mysql://x", "database_secret": SECRET}, "must start with postgresql://"),
        ({"database_url": URL}, "needs PAS_DATABASE_SECRET"),
        ({"database_url": URL, "database_secret": "short"}, "at least 32 random characters"),
        ({"migrator_url": URL}, "no meaning without PAS_DATABASE_URL"),
        ({"database_secret": SECRET}, "no meaning without PAS_DATABASE_URL"),
        ({"pool_connections": "9", "process_connections": "5"}, "is larger than"),
        ({"workers": "4", "process_connections": "40"}, "is 160; the embedded PostgreSQL"),
    ],
)
def test_each_wrong_setting_has_its_own_sentence(given: dict[str, str], part: str) -> None:
    (sentence,) = wrong(**given)
    assert part in sentence


def test_no_secret_is_shown() -> None:
    settings = read_settings(
        {"PAS_DATABASE_URL": URL, "PAS_DATABASE_SECRET": SECRET, "PAS_MIGRATOR_URL": URL}
    )
    for shown in (repr(settings), str(settings), str(settings.described())):
        assert SECRET not in shown
        assert "db.example" not in shown
    assert "short" not in wrong(database_url=URL, database_secret="short")[0]
