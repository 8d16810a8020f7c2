"""Whether an Ed25519 signature is right (RFC 8032, 5.1.7), in whole numbers alone; slow, and enough.

It checks and never signs, so it holds no secret that its speed could tell.
"""

import hashlib

Point = tuple[int, int, int, int]

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def is_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether this signature of 64 bytes is by the holder of this key of 32 bytes."""
    if len(signature) != 64 or len(public) != 32:
        return False
    key, point = decoded(public), decoded(signature[:32])
    factor = int.from_bytes(signature[32:], "little")
    if key is None or point is None or factor >= ORDER:
        return False
    hashed = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(hashed, "little") % ORDER
    return same(times(factor, BASE), plus(point, times(challenge, key)))


def recover(y: int, *, odd: int) -> int | None:
    """Give the x of a point on the curve, or None where there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    return P - x if x % 2 != odd else x


def decoded(data: bytes) -> Point | None:
    """Read a point as extended coordinates, or None where it is none."""
    number = int.from_bytes(data, "little")
    y, odd = number & (2**255 - 1), number >> 255
    x = recover(y, odd=odd)
    return None if x is None else (x, y, 1, x * y % P)


def plus(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(factor: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = plus(found, point)
        point, factor = plus(point, point), factor >> 1
    return found


def same(one: Point, other: Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (
        one[1] * other[2] - other[1] * one[2]
    ) % P == 0


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover(BASE_Y, odd=0)
assert BASE_X is not None, "the base of the curve is on it"
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)
