"""Which cells of a table stay hidden, so that nobody can work a small one out.

A cell of one up to the threshold is hidden. Zero is shown, for it is nobody; so whoever reads the
table knows that a hidden cell is at least one. Sums are known too, and a hidden cell can then be
narrowed to a single value by subtraction, or because so little is left that it must be one. Then
more cells are hidden, the smallest first.

A table is a network: a cell is a stream from one sum to another, and every sum is known. Another
table with the same sums differs from ours by a ring of hidden cells, along which one is moved
round. A hidden cell is safe when such a ring passes through it.
"""

import heapq
from collections.abc import Hashable, Mapping, Sequence
from typing import Final, TypeVar

import msgspec

Node = Hashable
Name = TypeVar("Name", bound=Hashable)

THRESHOLD: Final = 10


class Cell(msgspec.Struct, frozen=True):
    """A number between two sums: it leaves ``source`` and comes in at ``sink``.

    ``cost`` is what hiding it takes away from the reader.
    """

    value: int
    source: Node
    sink: Node
    cost: int


class _Arc(msgspec.Struct, frozen=True):
    to: Node
    name: Hashable
    cost: int


def is_small(value: int, threshold: int) -> bool:
    return 0 < value < threshold


def hidden_cells(cells: Mapping[Name, Cell], *, threshold: int) -> frozenset[Name] | None:
    """Give the names of the cells to hide; None when no choice keeps them safe: hide the table."""
    hidden = {name for name, cell in cells.items() if is_small(cell.value, threshold)}
    waiting = sorted(hidden, key=lambda name: cells[name].value)
    while waiting:
        name = waiting.pop()
        if _is_safe(cells, hidden, name):
            continue
        ring = _cheapest_ring(cells, hidden, name)
        if ring is None:
            return None
        hidden |= ring
        # What was hidden for the sake of another needs a ring as well.
        waiting += [name, *ring]
    return frozenset(hidden)


def hidden_parts(
    values: Sequence[int], *, threshold: int, adds_up: bool = True
) -> frozenset[int] | None:
    """Give the places to hide in a row of numbers whose sum is known."""
    if not adds_up:
        return frozenset(n for n, value in enumerate(values) if is_small(value, threshold))
    cells = {n: Cell(value, "parts", "sum", value) for n, value in enumerate(values)}
    return hidden_cells(cells, threshold=threshold)


def _is_safe(cells: Mapping[Name, Cell], hidden: set[Name], name: Name) -> bool:
    some = {one: cells[one] for one in hidden}
    return _cheapest_ring(some, hidden, name) is not None


def _cheapest_ring(
    cells: Mapping[Name, Cell], hidden: set[Name], name: Name
) -> frozenset[Name] | None:
    """The cells to hide besides, so that a ring passes through this one, up or down."""
    cell = cells[name]
    arcs = _arcs(cells, hidden, without=name)
    found = [_cheapest_path(arcs, cell.sink, cell.source)]
    if cell.value > 1:
        found.append(_cheapest_path(arcs, cell.source, cell.sink))
    paths = [path for path in found if path is not None]
    if not paths:
        return None
    _, names = min(paths, key=lambda path: path[0])
    return frozenset(one for one in cells if one in names and one not in hidden)


def _arcs(
    cells: Mapping[Name, Cell], hidden: set[Name], *, without: Name
) -> dict[Node, list[_Arc]]:
    """How one can be moved: any cell but a zero can become more, and those above one less."""
    arcs: dict[Node, list[_Arc]] = {}
    for name, cell in cells.items():
        if name == without or cell.value == 0:
            continue
        cost = 0 if name in hidden else cell.cost
        arcs.setdefault(cell.source, []).append(_Arc(cell.sink, name, cost))
        if cell.value > 1:
            arcs.setdefault(cell.sink, []).append(_Arc(cell.source, name, cost))
    return arcs


def _cheapest_path(
    arcs: Mapping[Node, Sequence[_Arc]], start: Node, end: Node
) -> tuple[int, frozenset[Hashable]] | None:
    """Walk from sum to sum (Dijkstra); the counter keeps sums of any type out of the comparison."""
    queue: list[tuple[int, int, Node, frozenset[Hashable]]] = [(0, 0, start, frozenset())]
    done: set[Node] = set()
    count = 0
    while queue:
        cost, _, node, names = heapq.heappop(queue)
        if node == end:
            return cost, names
        if node in done:
            continue
        done.add(node)
        for arc in arcs.get(node, ()):
            if arc.to not in done:
                count += 1
                heapq.heappush(queue, (cost + arc.cost, count, arc.to, names | {arc.name}))
    return None
