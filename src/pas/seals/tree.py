"""The Merkle tree of RFC 9162 (2.1), over tiles of 256 hashes (C2SP tlog-tiles): roots and proofs.

A tile of level L holds the hashes of up to 256 whole subtrees of 256^L leaves. A root, a proof that a
leaf is in a tree, and a proof that one tree goes on from another need only the tiles on the way from one
or two leaves to the top: ``path`` names them, whoever asks fetches them, and the rest is counting here.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

import msgspec

HASH_BYTES: Final = 32
TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
EMPTY_ROOT: Final = hashlib.sha256().digest()


class TileId(msgspec.Struct, frozen=True):
    """Which tile, and how many hashes of it there are in a tree of the size asked."""

    level: int
    number: int
    width: int


Tiles: TypeAlias = Mapping[tuple[int, int], bytes]
"""Fetched tiles by level and number: their hashes, one after the other, at least as wide as asked."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def path(index: int, size: int) -> list[TileId]:
    """Name the tiles on the way from a leaf to the top of a tree of this size, from below."""
    assert 0 <= index < size, "this leaf is not in the tree"
    found = list[TileId]()
    level = 0
    while (whole := size >> TILE_HEIGHT * level) > 0:
        number = index >> TILE_HEIGHT * (level + 1)
        width = min(TILE_WIDTH, whole - number * TILE_WIDTH)
        if width > 0:
            found.append(TileId(level, number, width))
        level += 1
    return found


def subtree(tiles: Tiles, height: int, index: int) -> bytes:
    """Hash the whole subtree of 2^height leaves at this place, counted in subtrees of its size."""
    level, inside = divmod(height, TILE_HEIGHT)
    first = index << inside
    tile = tiles[level, first >> TILE_HEIGHT]
    start = first % TILE_WIDTH * HASH_BYTES
    hashes = [
        tile[at : at + HASH_BYTES]
        for at in range(start, start + (HASH_BYTES << inside), HASH_BYTES)
    ]
    assert all(len(one) == HASH_BYTES for one in hashes), "this tile is less wide than was asked"
    return top_of(hashes)


def top_of(hashes: Sequence[bytes]) -> bytes:
    """Hash a power of two of hashes, pair by pair."""
    while len(hashes) > 1:
        hashes = [
            node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)
        ]
    return hashes[0]


def root(tiles: Tiles, size: int) -> bytes:
    """Give the root of the first so many leaves; needs the path of the last of them."""
    return _range(tiles, 0, size) if size else EMPTY_ROOT


def inclusion(tiles: Tiles, index: int, size: int) -> list[bytes]:
    """Prove that a leaf is in a tree (RFC 9162, 2.1.3.1); needs its path and that of the last leaf."""
    assert 0 <= index < size, "this leaf is not in the tree"
    proof = list[bytes]()
    low, high = 0, size
    while high - low > 1:
        middle = low + _left(high - low)
        if index < middle:
            proof.append(_range(tiles, middle, high))
            high = middle
        else:
            proof.append(_range(tiles, low, middle))
            low = middle
    return proof[::-1]


def consistency(tiles: Tiles, older: int, size: int) -> list[bytes]:
    """Prove that a tree goes on from an older one (RFC 9162, 2.1.4.1); needs the paths of both last leaves."""
    assert 0 < older <= size, "an older tree is smaller, and holds something"
    proof = list[bytes]()
    low, high = 0, size
    while older < high:
        middle = low + _left(high - low)
        if older <= middle:
            proof.append(_range(tiles, middle, high))
            high = middle
        else:
            proof.append(_range(tiles, low, middle))
            low = middle
    if low > 0:
        proof.append(_range(tiles, low, high))
    return proof[::-1]


def is_included(leaf: bytes, proof: Sequence[bytes], *, index: int, size: int, top: bytes) -> bool:
    """Whether a proof shows that this leaf stands there under this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    found, missing = leaf, _turns(index, size - 1)
    if len(proof) != len(missing):
        return False
    for one, is_left in zip(proof, missing, strict=True):
        found = node_hash(one, found) if is_left else node_hash(found, one)
    return found == top


def is_consistent(
    older: int, size: int, proof: Sequence[bytes], *, older_top: bytes, top: bytes
) -> bool:
    """Whether a proof shows that nothing before was changed (RFC 9162, 2.1.4.2)."""
    if older in {0, size}:
        return not proof and (older == 0 or older_top == top)
    if not 0 < older < size:
        return False
    whole = older & -older
    hashes = [older_top, *proof] if whole == older else list(proof)
    turns = _turns(older // whole - 1, (size - 1) // whole)
    if len(hashes) != len(turns) + 1:
        return False
    before = after = hashes[0]
    for one, is_left in zip(hashes[1:], turns, strict=True):
        if is_left:
            before = node_hash(one, before)
        after = node_hash(one, after) if is_left else node_hash(after, one)
    return before == older_top and after == top


class Growing:
    """The right edge of a tree that leaves are added to; tells of each whole subtree of 256^L leaves."""

    def __init__(
        self, size: int, edges: Sequence[Sequence[bytes]], whole: Callable[[int, int, bytes], None]
    ) -> None:
        """Go on from the last tile of each level that is not full; ``whole`` hears level, number, hash."""
        self.size = size
        self._edges = [list(edge) for edge in edges]
        self._whole = whole

    def add(self, leaf: bytes) -> None:
        self.size += 1
        hashed, level = leaf, 0
        while True:
            if level == len(self._edges):
                self._edges.append([])
            edge = self._edges[level]
            edge.append(hashed)
            if len(edge) < TILE_WIDTH:
                return
            hashed, level = top_of(edge), level + 1
            edge.clear()
            self._whole(level, (self.size >> TILE_HEIGHT * level) - 1, hashed)

    def root(self) -> bytes:
        """Give the root over all leaves so far."""
        tops = [top for edge in reversed(self._edges) for top in _tops(edge)]
        return _joined(tops) if tops else EMPTY_ROOT


def _turns(at: int, last: int) -> list[bool]:
    """On which side each hash of a proof stands, from a node up to the root: True where it is on the left."""
    turns = list[bool]()
    while last > 0:
        if at & 1 or at < last:
            turns.append(bool(at & 1))
        at, last = at >> 1, last >> 1
    return turns


def _left(leaves: int) -> int:
    """The largest power of two below a number of leaves above one."""
    return 1 << (leaves - 1).bit_length() - 1


def _range(tiles: Tiles, low: int, high: int) -> bytes:
    """Hash leaves from ``low``, which starts a subtree as large as all of them, up to ``high``."""
    tops = list[bytes]()
    while low < high:
        height = (high - low).bit_length() - 1
        tops.append(subtree(tiles, height, low >> height))
        low += 1 << height
    return _joined(tops)


def _tops(edge: Sequence[bytes]) -> list[bytes]:
    tops = list[bytes]()
    start = 0
    for height in range(TILE_HEIGHT - 1, -1, -1):
        if len(edge) & 1 << height:
            tops.append(top_of(edge[start : start + (1 << height)]))
            start += 1 << height
    return tops


def _joined(tops: Sequence[bytes]) -> bytes:
    """Join subtrees of falling height, from the right."""
    found = tops[-1]
    for left in tops[-2::-1]:
        found = node_hash(left, found)
    return found
