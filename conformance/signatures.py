"""Checks the signatures of a till with nothing but integers: Ed25519 (RFC 8032) and ECDSA on P-256.

Slow, and not for secrets: only for what everybody may know, a public key, a text and a signature.
"""

import base64
import hashlib
import re
from collections.abc import Mapping

ED25519 = bytes.fromhex("302a300506032b6570032100")
P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
"""What stands before the numbers of a public key (SubjectPublicKeyInfo)."""
INPUT = re.compile(
    r'[a-z][a-z0-9_-]*=(\(("[@a-z-]+"(?: "[@a-z-]+")*)\)((?:;[a-z]+=(?:\d+|"[^"]*"))+))'
)
SIGNATURE = re.compile(r"[a-z][a-z0-9_-]*=:([A-Za-z0-9+/]+=*):")
PARAMETER = re.compile(r';([a-z]+)=(?:(\d+)|"([^"]*)")')
DIGEST = re.compile(r"sha-(256|512)=:([A-Za-z0-9+/]+=*):")
CLOCK_MAY_DIFFER = 300
Request = tuple[str, str, Mapping[str, str], bytes]
"""Method, target, headers by their names in small letters, body."""

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]

Q = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Affine = tuple[int, int] | None


def fits(public: bytes, signature: bytes, text: bytes) -> bool:
    """Whether the holder of this key signed this text; of P-256 r and s, 32 bytes each."""
    if len(signature) != 64:
        return False
    if public.startswith(P256) and len(public) == len(P256) + 64:
        return _fits_p256(public[len(P256) :], signature, text)
    return _fits_ed25519(public.removeprefix(ED25519), signature, text)


def fault_in(public: bytes, keyid: str, request: Request, *, now: float) -> str:
    """What is wrong with the signature of a request (RFC 9421); nothing when it is right."""
    method, target, headers, body = request
    given, made = (
        INPUT.fullmatch(headers.get("signature-input", "")),
        SIGNATURE.fullmatch(headers.get("signature", "")),
    )
    if given is None or made is None:
        return "it has no Signature-Input and Signature of the right form"
    parameters = {name: number or text for name, number, text in PARAMETER.findall(given[3])}
    if missing := {"created", "keyid", "nonce"} - parameters.keys():
        return f"its signature does not say {' and '.join(sorted(missing))}"
    if parameters["keyid"] != keyid:
        return "its keyid is not the id of the till"
    if abs(now - int(parameters["created"])) > CLOCK_MAY_DIFFER:
        return "its signature was made more than five minutes ago"
    path, mark, query = target.partition("?")
    values = {"@method": method, "@path": path, "@query": mark + query or "?"} | dict(headers)
    parts = [part.strip('"') for part in given[2].split(" ")]
    wanted = (
        {"@method", "@path"}
        | ({"content-digest"} if body else set())
        | ({"@query"} if mark else set())
    )
    if uncovered := wanted - set(parts):
        return f"its signature does not cover {' and '.join(sorted(uncovered))}"
    if body and not _is_digest(headers["content-digest"], body):
        return "its Content-Digest is not that of its body"
    lines = [f'"{part}": {values.get(part, "")}' for part in parts]
    base = "\n".join([*lines, f'"@signature-params": {given[1]}']).encode()
    return (
        ""
        if fits(public, base64.b64decode(made[1]), base)
        else "its signature is not of the till's key"
    )


def _is_digest(header: str, body: bytes) -> bool:
    found = DIGEST.search(header)
    return (
        found is not None
        and base64.b64decode(found[2]) == hashlib.new(f"sha{found[1]}", body).digest()
    )


def _fits_ed25519(public: bytes, signature: bytes, text: bytes) -> bool:
    key, r, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L:
        return False
    base = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    assert base is not None
    hashed = hashlib.sha512(signature[:32] + public + text).digest()
    left = _times(s, base)
    right = _sum(r, _times(int.from_bytes(hashed, "little") % L, key))
    return (
        (left[0] * right[2] - right[0] * left[2]) % P
        == 0
        == (left[1] * right[2] - right[1] * left[2]) % P
    )


def _point(packed: bytes) -> Point | None:
    """Read a point: y, and in the last bit the sign of x."""
    if len(packed) != 32:
        return None
    y = int.from_bytes(packed, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P:
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _sum(one: Point, two: Point) -> Point:
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _sum(total, point)
        point = _sum(point, point)
        number >>= 1
    return total


def _fits_p256(public: bytes, signature: bytes, text: bytes) -> bool:
    x, y = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if (y * y - x**3 + 3 * x - B) % Q or not (0 < r < N and 0 < s < N):
        return False
    inverse = pow(s, -1, N)
    hashed = int.from_bytes(hashlib.sha256(text).digest(), "big")
    found = _add(_multiply(hashed * inverse % N, G), _multiply(r * inverse % N, (x, y)))
    return found is not None and found[0] % N == r


def _add(one: Affine, two: Affine) -> Affine:
    if one is None or two is None:
        return one or two
    if one[0] == two[0] and (one[1] + two[1]) % Q == 0:
        return None
    rise, run = (
        (3 * one[0] ** 2 - 3, 2 * one[1]) if one == two else (two[1] - one[1], two[0] - one[0])
    )
    slope = rise * pow(run, -1, Q) % Q
    x = (slope * slope - one[0] - two[0]) % Q
    return x, (slope * (one[0] - x) - one[1]) % Q


def _multiply(number: int, point: Affine) -> Affine:
    total: Affine = None
    while number:
        if number & 1:
            total = _add(total, point)
        point = _add(point, point)
        number >>= 1
    return total
