"""SCRAM verifiers made here, so that no password travels to a server or reaches its log."""

import base64
import hashlib
import hmac
import secrets

ITERATIONS = 4096


def scram_verifier(password: str, salt: bytes | None = None) -> str:
    """Make what PostgreSQL stores for a password (RFC 5803, as in its pg_authid).

    The password is ASCII: no SASLprep.
    """
    assert password.isascii(), "only passwords that we derive ourselves"
    salt = secrets.token_bytes(16) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    server = hmac.digest(salted, b"Server Key", "sha256")
    return (
        f"SCRAM-SHA-256${ITERATIONS}:{_text(salt)}"
        f"${_text(hashlib.sha256(client).digest())}:{_text(server)}"
    )


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
