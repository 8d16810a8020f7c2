"""Which cells of the report are kept back: small ones, and those that would tell one; pure."""

from collections.abc import Collection, Mapping, Sequence


def suppressed(
    cells: Mapping[str, int], *, smallest: int, besides: Collection[str] = ()
) -> frozenset[str]:
    """Small cells and those to hide besides; and one more where one of them could be told from the total."""
    small = frozenset(
        key for key, number in cells.items() if 0 < number < smallest or key in besides
    )
    return small | _one_more(cells, small)


def hide_together(
    tables: Sequence[Mapping[str, int]],
    *,
    smallest: int,
    besides: Sequence[Collection[str]] | None = None,
) -> list[frozenset[str]]:
    """What to keep back of tables of which the first is mostly the sum of the others.

    A cell that is kept back in one of them alone is the difference of the others. The first, which
    says most, is spared as long as it can be.
    """
    others = besides or [()] * len(tables)
    hidden = [
        suppressed(one, smallest=smallest, besides=some)
        for one, some in zip(tables, others, strict=True)
    ]
    while True:
        before = list(hidden)
        for key in sorted({key for one in tables for key in one}):
            there = [place for place, one in enumerate(tables) if one.get(key)]
            rest = [place for place in there if key not in hidden[place]]
            if rest and len(rest) == len(there) - 1:
                hidden[max(rest)] |= {key}
        hidden = [some | _one_more(one, some) for one, some in zip(tables, hidden, strict=True)]
        if hidden == before:
            return hidden


def _one_more(cells: Mapping[str, int], hidden: Collection[str]) -> frozenset[str]:
    """The least of the others, where what is hidden is one cell, or as many ones as there are cells."""
    others = [key for key in cells if cells[key] and key not in hidden]
    tells = len(hidden) == 1 or 0 < sum(cells[key] for key in hidden) == len(hidden)
    return frozenset([min(others, key=lambda key: (cells[key], key))] if tells and others else [])
