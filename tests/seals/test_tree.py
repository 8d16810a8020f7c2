"""The tree against its definition (RFC 9162, 2.1.1), written down as it stands there."""

import hashlib
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pas.seals.tree import (
    EMPTY_ROOT,
    Growing,
    TileId,
    consistency,
    inclusion,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    path,
    root,
)

DATA = (
    *("", "00", "10", "2021", "3031", "40414243"),
    *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""Of the test data of Certificate Transparency: the root after each leaf."""
SOME = [leaf_hash(number.to_bytes(4, "big")) for number in range(70_000)]
SIZES = st.integers(1, 1_200) | st.sampled_from([65_535, 65_536, 65_537, 65_791, 65_792, 69_999])


def unheard(_level: int, _number: int, _hash: bytes) -> None:
    """Whole subtrees that a test does not ask about."""


@cache
def defined(low: int, high: int) -> bytes:
    """MTH of the definition, over these leaves."""
    if high - low <= 1:
        return SOME[low] if low < high else hashlib.sha256().digest()
    middle = low + (1 << (high - low - 1).bit_length() - 1)
    return node_hash(defined(low, middle), defined(middle, high))


def changed(size: int) -> bytes:
    """MTH where the first leaf is another one."""
    if size == 1:
        return SOME[-1]
    left = 1 << (size - 1).bit_length() - 1
    return node_hash(changed(left), defined(left, size))


def tiles_of(wanted: Sequence[TileId]) -> dict[tuple[int, int], bytes]:
    """Make exactly the tiles asked, of exactly the width asked, from the definition."""
    return {
        (one.level, one.number): b"".join(
            defined(at << 8 * one.level, at + 1 << 8 * one.level)
            for at in range(one.number * 256, one.number * 256 + one.width)
        )
        for one in wanted
    }


@pytest.mark.parametrize(("size", "known"), list(enumerate(ROOTS, start=1)))
def test_roots_are_those_of_certificate_transparency(size: int, known: str) -> None:
    growing = Growing(0, [], unheard)
    for data in DATA[:size]:
        growing.add(leaf_hash(bytes.fromhex(data)))
    assert growing.root().hex() == known


def test_a_tree_of_nothing_has_the_root_of_the_standard() -> None:
    assert Growing(0, [], unheard).root() == root({}, 0) == EMPTY_ROOT == defined(0, 0)


@settings(deadline=None)
@given(SIZES)
@example(256)
@example(257)
def test_a_growing_tree_tells_its_root_and_every_whole_subtree(size: int) -> None:
    told = list[tuple[int, int, bytes]]()
    growing = Growing(0, [], lambda level, number, one: told.append((level, number, one)))
    for leaf in SOME[:size]:
        growing.add(leaf)
    assert growing.root() == defined(0, size) == root(tiles_of(path(size - 1, size)), size)
    assert sorted(told) == [
        (level, number, defined(number << 8 * level, number + 1 << 8 * level))
        for level in (1, 2)
        for number in range(size >> 8 * level)
    ]


@settings(deadline=None)
@given(SIZES, st.data())
def test_a_leaf_is_proved_where_it_stands_and_nowhere_else(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tiles = tiles_of([*path(index, size), *path(size - 1, size)])
    proof, top = inclusion(tiles, index, size), defined(0, size)
    assert is_included(SOME[index], proof, index=index, size=size, top=top)
    assert not is_included(SOME[index + 1], proof, index=index, size=size, top=top)
    assert not is_included(SOME[index], [*proof, top], index=index, size=size, top=top)
    assert not is_included(SOME[index], proof, index=size, size=size, top=top)
    if size > 1:
        other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index))
        assert not is_included(SOME[index], proof, index=other, size=size, top=top)
        assert not is_included(SOME[index], proof[:-1], index=index, size=size, top=top)


@settings(deadline=None)
@given(SIZES, st.data())
def test_a_tree_that_goes_on_is_told_from_one_that_was_changed(
    size: int, data: st.DataObject
) -> None:
    older = data.draw(st.integers(1, size))
    proof = consistency(tiles_of([*path(older - 1, size), *path(size - 1, size)]), older, size)
    before, after = defined(0, older), defined(0, size)
    assert is_consistent(older, size, proof, older_top=before, top=after)
    assert not is_consistent(older, size, proof, older_top=changed(older), top=after)
    assert not is_consistent(older, size, [*proof, after], older_top=before, top=after)
    assert not is_consistent(size + 1, size, proof, older_top=before, top=after)
    if older < size:
        assert not is_consistent(older, size, proof, older_top=before, top=changed(size))
        assert not is_consistent(older, size, proof[:-1], older_top=before, top=after)
