"""Tokens: believed from our own key, for this municipality, now; everything else is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from given.logins import a_key_store
from pas.auth import tokens
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyRing, KeyStore, Purpose
from pas.auth.tokens import TokenReader, TokenWrong, sign_token
from pas.ids import MunicipalityName

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ISSUER = "https://pas.example.nl"
SUBJECT = UUID(int=7)
ALMERE = MunicipalityName("almere")
VELSEN = MunicipalityName("velsen")


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return a_key_store(tmp_path)


@pytest.fixture
def ring(store: KeyStore) -> KeyRing:
    return store.ring(VELSEN)


def a_token(ring: KeyRing, *, issuer: str = ISSUER, lasts: timedelta = timedelta(hours=1)) -> str:
    return sign_token(
        ring,
        issuer=issuer,
        subject=SUBJECT,
        kind="api",
        row=SUBJECT.hex,
        now=NOW,
        expires_at=NOW + lasts,
    )


def forged(ring: KeyRing, **changes: object) -> str:
    """A token with something wrong, signed with the right key all the same."""
    key = ring.current(Purpose.TOKEN_SIGNING)
    said = jwt.decode(a_token(ring), options={"verify_signature": False})
    given = {name: value for name, value in {**said, **changes}.items() if value is not None}
    return jwt.encode(given, key.secret, algorithm="HS256", headers={"kid": key.key_id})


def test_our_own_token_is_believed(ring: KeyRing) -> None:
    claims = TokenReader(ISSUER).read(ring, a_token(ring), now=NOW)
    assert (claims.sub, claims.aud, claims.kind) == (SUBJECT, "velsen", "api")


def test_a_token_says_nothing_of_what_one_may_do(ring: KeyRing) -> None:
    said = jwt.decode(a_token(ring), options={"verify_signature": False})
    assert set(said) == {"iss", "aud", "sub", "kind", "row", "iat", "exp"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "almere"},
        {"aud": None},
        {"iss": "https://other.example"},
        {"iss": None},
        {"sub": "joke"},
        {"sub": None},
        {"exp": None},
        {"exp": int(NOW.timestamp())},
        {"kind": "admin"},
        {"row": 5},
    ],
)
def test_a_token_that_says_something_else_is_refused(
    ring: KeyRing, wrong: dict[str, object]
) -> None:
    with pytest.raises(TokenWrong):
        TokenReader(ISSUER).read(ring, forged(ring, **wrong), now=NOW)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é.é.é", "A" * 3000, ". ." * 9])
def test_what_is_no_token_is_refused(ring: KeyRing, text: str) -> None:
    with pytest.raises(TokenWrong):
        TokenReader(ISSUER).read(ring, text, now=NOW)


def test_a_token_without_signature_is_refused(ring: KeyRing) -> None:
    said = jwt.decode(a_token(ring), options={"verify_signature": False})
    key_id = ring.current(Purpose.TOKEN_SIGNING).key_id
    unsigned = jwt.encode(said, "", algorithm="none", headers={"kid": key_id})
    with pytest.raises(TokenWrong):
        TokenReader(ISSUER).read(ring, unsigned, now=NOW)


def test_another_algorithm_is_refused(ring: KeyRing) -> None:
    said = jwt.decode(a_token(ring), options={"verify_signature": False})
    key_id = ring.current(Purpose.TOKEN_SIGNING).key_id
    other = jwt.encode(
        said, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": key_id}
    )
    with pytest.raises(TokenWrong):
        TokenReader(ISSUER).read(ring, other, now=NOW)


def test_a_token_of_another_municipality_is_refused(store: KeyStore, ring: KeyRing) -> None:
    almere = make_keys(store, ALMERE, demo=False, now=NOW)
    with pytest.raises(TokenWrong):
        TokenReader(ISSUER).read(almere, a_token(ring), now=NOW)


def test_a_token_remembered_in_one_municipality_is_refused_in_another(
    store: KeyStore, ring: KeyRing
) -> None:
    reader, token = TokenReader(ISSUER), a_token(ring)
    almere = make_keys(store, ALMERE, demo=False, now=NOW)
    reader.read(ring, token, now=NOW)
    with pytest.raises(TokenWrong):
        reader.read(almere, token, now=NOW)


def test_a_remembered_token_still_expires(ring: KeyRing) -> None:
    reader, token = TokenReader(ISSUER), a_token(ring)
    reader.read(ring, token, now=NOW)
    with pytest.raises(TokenWrong):
        reader.read(ring, token, now=NOW + timedelta(hours=1))


def test_a_signature_is_checked_once_in_five_minutes(
    ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    really = tokens._checked

    def counting(ring: KeyRing, token: str, *, issuer: str) -> object:
        checked.append(token)
        return really(ring, token, issuer=issuer)

    clock = [1000.0]
    monkeypatch.setattr(tokens, "_checked", counting)
    monkeypatch.setattr(tokens.time, "monotonic", lambda: clock[0])
    reader, token = TokenReader(ISSUER), a_token(ring)
    for _ in range(3):
        reader.read(ring, token, now=NOW)
    assert len(checked) == 1
    clock[0] += 301
    reader.read(ring, token, now=NOW)
    assert len(checked) == 2


def test_what_is_remembered_is_bounded(ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "REMEMBERED", 3)
    reader = TokenReader(ISSUER)
    for minutes in range(1, 10):
        reader.read(ring, a_token(ring, lasts=timedelta(minutes=minutes)), now=NOW)
    assert len(reader._right) == 3


def test_a_wrong_token_is_not_remembered(ring: KeyRing) -> None:
    reader = TokenReader(ISSUER)
    with pytest.raises(TokenWrong):
        reader.read(ring, forged(ring, aud="almere"), now=NOW)
    assert not reader._right
