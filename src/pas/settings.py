"""Every setting of the program, typed, in one place; ``PAS_…`` variables are read nowhere else.

Wrong settings are reported all together, one sentence each, before anything starts.
"""

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, cast
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

PREFIX = "PAS_"
EMBEDDED_WORKER_CONNECTIONS = 80
"""Of the 100 of the embedded server; the rest is for commands, jobs, a migration and us."""
SECRETS = frozenset(
    {"database_url", "migrator_url", "database_secret", "mail_password", "text_token"}
)

NAME = r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?"
ADDRESS = r"[0-9a-f:]*:[0-9a-f:.]*:[0-9a-f:.]*"
MAIL_SERVER = rf"^{NAME}:[1-9][0-9]{{0,4}}$"
MAIL_ADDRESS = rf"^[A-Za-z0-9._+-]{{1,64}}@{NAME}$"
TEXT_URL = rf"^https://{NAME}/[!-~]*$"
ORIGIN = (
    rf"^(?:https://(?!.*:443$)|http://(?!.*:80$))(?:{NAME}|\[{ADDRESS}\])(?::[1-9][0-9]{{0,4}})?$"
)
"""As a browser writes it, because that is what it is compared with."""

Port = Annotated[int, Meta(ge=1, le=65535, description="a port number from 1 to 65535")]
Word = Annotated[str, Meta(min_length=1, max_length=255, description="a short text")]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an installation can choose; every field is ``PAS_`` plus its name in capitals."""

    data_dir: Path = Path(".data")
    key_dir: Path | None = None
    host: Word = "127.0.0.1"
    port: Port = 8000
    public_url: (
        Annotated[
            str,
            Meta(
                pattern=ORIGIN,
                description="an origin such as https://pas.example.nl: in small letters, with no "
                "name, path or question, and a port only when it is not the usual one",
            ),
        ]
        | None
    ) = None
    allowed_hosts: tuple[Word, ...] = ()

    database_url: Word | None = None
    migrator_url: Word | None = None
    database_secret: (
        Annotated[str, Meta(min_length=32, description="at least 32 random characters")] | None
    ) = None
    workers: Annotated[int, Meta(ge=1, le=64, description="a number from 1 to 64")] = 2
    pool_connections: Annotated[int, Meta(ge=1, le=20, description="a number from 1 to 20")] = 3
    process_connections: Annotated[
        int, Meta(ge=3, le=1000, description="a number from 3 to 1000")
    ] = 30
    idle_seconds: Annotated[int, Meta(ge=1, le=3600, description="seconds, from 1 to 3600")] = 60
    statement_cache_size: Annotated[
        int, Meta(ge=0, le=10_000, description="a number from 0 (for an old pgbouncer) to 10000")
    ] = 200
    embedded_version: Literal["18", "16"] = "18"

    mail_server: (
        Annotated[
            str,
            Meta(pattern=MAIL_SERVER, description="a name and a port, such as mail.example.nl:587"),
        ]
        | None
    ) = None
    mail_security: Literal["starttls", "tls"] = "starttls"
    mail_user: Word | None = None
    mail_password: Word | None = None
    mail_from: (
        Annotated[str, Meta(pattern=MAIL_ADDRESS, description="an address, such as pas@example.nl")]
        | None
    ) = None
    text_url: (
        Annotated[
            str,
            Meta(
                pattern=TEXT_URL,
                description="an https address without a port, such as https://sms.example.nl/send",
            ),
        ]
        | None
    ) = None
    text_token: Annotated[str, Meta(min_length=16, description="at least 16 characters")] | None = (
        None
    )

    product: Word = "Stadspas"
    telephone: Word = "1400"
    contact_email: Word = "stadspas@example.nl"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"

    def __repr__(self) -> str:
        """Show no secrets: settings end up in tracebacks and logs."""
        shown = ", ".join(f"{name}={value}" for name, value in self.described().items())
        return f"Settings({shown})"

    @property
    def keys(self) -> Path:
        return self.key_dir or self.data_dir / "keys"

    @property
    def origin(self) -> str:
        """Where people find the program, as their browser writes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """Names of the Host header that are answered; the loopback names only while on loopback."""
        named = {urlsplit(self.origin).hostname or self.host, *self.allowed_hosts}
        if self.host in {"127.0.0.1", "::1", "localhost"}:
            named |= {"127.0.0.1", "::1", "localhost"}
        return frozenset(named)

    def described(self) -> dict[str, str]:
        """Every setting as text, secrets masked."""
        return {
            name: "***" if name in SECRETS and value is not None else _text(value)
            for name, value in ((field, getattr(self, field)) for field in self.__struct_fields__)
        }


class WrongSettings(Exception):
    """One sentence per wrong setting, for the person who starts the program."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read ``PAS_…`` from the environment, or raise WrongSettings with everything that is wrong."""
    given = {
        name: value
        for name, value in (os.environ if environment is None else environment).items()
        if name.startswith(PREFIX) and value.strip()
    }
    wrong: list[str] = []
    values: dict[str, object] = {}
    fields = {PREFIX + field.name.upper(): field for field in msgspec.structs.fields(Settings)}
    for name, text in sorted(given.items()):
        field = fields.get(name)
        if field is None:
            wrong.append(_unknown(name, list(fields)))
            continue
        try:
            values[field.name] = _parsed(text.strip(), field.type)
        except msgspec.ValidationError as error:
            shown = "***" if field.name in SECRETS else repr(text)
            wrong.append(f"{name} is {shown}; expected {_expected(field.type, error)}.")
    if wrong:
        raise WrongSettings(wrong)
    settings = msgspec.structs.replace(Settings(), **values)
    if wrong := _together(settings):
        raise WrongSettings(wrong)
    return settings


def _parsed(text: str, kind: object) -> object:
    if kind == tuple[Word, ...]:
        return tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if kind in (Path, Path | None):
        return Path(text).expanduser()
    return msgspec.convert(text, kind, strict=False)


def _together(settings: Settings) -> list[str]:
    """Rules over more than one setting, and those that need more than a pattern."""
    wrong = _database_settings(settings) + _message_settings(settings)
    wrong += [
        f"PAS_ALLOWED_HOSTS has {host!r}; write names only, such as pas.example.nl, without "
        "https://, port or path."
        for host in settings.allowed_hosts
        if not re.fullmatch(f"{NAME}|{ADDRESS}", host)
    ]
    if settings.pool_connections > settings.process_connections:
        wrong.append("PAS_POOL_CONNECTIONS is larger than PAS_PROCESS_CONNECTIONS.")
    return wrong


def _message_settings(settings: Settings) -> list[str]:
    """What sends messages is set up whole, or not at all."""
    pairs = (
        ("mail_server", "mail_from"),
        ("mail_user", "mail_password"),
        ("text_url", "text_token"),
    )
    wrong = [
        f"PAS_{one.upper()} has no meaning without PAS_{other.upper()}."
        for pair in pairs
        for one, other in (pair, pair[::-1])
        if getattr(settings, one) is not None and getattr(settings, other) is None
    ]
    if settings.mail_user is not None and settings.mail_server is None:
        wrong.append("PAS_MAIL_USER has no meaning without PAS_MAIL_SERVER.")
    return wrong


def _database_settings(settings: Settings) -> list[str]:
    wrong: list[str] = []
    if settings.database_url is None:
        wrong += [
            f"PAS_{name.upper()} has no meaning without PAS_DATABASE_URL."
            for name in ("migrator_url", "database_secret")
            if getattr(settings, name) is not None
        ]
        connections = settings.workers * settings.process_connections
        if connections > EMBEDDED_WORKER_CONNECTIONS:
            wrong.append(
                f"PAS_WORKERS × PAS_PROCESS_CONNECTIONS is {connections}; the embedded PostgreSQL "
                f"has room for {EMBEDDED_WORKER_CONNECTIONS} connections of workers."
            )
        return wrong
    if urlsplit(settings.database_url).scheme not in {"postgresql", "postgres"}:
        wrong.append("PAS_DATABASE_URL must start with postgresql://.")
    if settings.database_secret is None:
        wrong.append(
            "PAS_DATABASE_URL needs PAS_DATABASE_SECRET: the passwords of the roles come from it. "
            "Make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'."
        )
    return wrong


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ". Try: pas settings."
    return f"{name} is not a setting{hint}"


def _expected(kind: object, error: msgspec.ValidationError) -> str:
    """Say the type's own description, else what msgspec said."""
    described = msgspec.json.schema(kind, schema_hook=lambda _: {"description": "a path"})
    options = described.get("anyOf", [described])
    for option in options:
        if "description" in option:
            return str(option["description"])
        if "enum" in option:
            return " or ".join(sorted(option["enum"]))
    return str(error).lower()


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, cast("tuple[object, ...]", value)))
    return "" if value is None else str(value)
