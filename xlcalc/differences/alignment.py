"""Which lines of two sequences are the same ones, where some were put in or taken out?

Equal lines at both ends are matched first. Between them, lines that stand once on each side are
anchors, of which the longest increasing run is kept (patience alignment), and the gaps between
anchors are looked at in the same way. So the work grows with the lines, and not with their square.
"""

import difflib
import itertools
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeAlias

Pairs: TypeAlias = list[tuple[int, int]]
"""Places of lines on the old and on the new side, both increasing."""
_SMALL = 10_000
"""Lines of the old side times lines of the new one up to which every pair may be compared."""
_DEEPEST = 12
"""How often the gap between anchors is looked at again."""


def aligned(old: Sequence[Hashable], new: Sequence[Hashable]) -> Pairs:
    """Return the places of lines that are the same, in order.

    Examples
    --------
    >>> aligned("abcde", "abxcde")
    [(0, 0), (1, 1), (2, 3), (3, 4), (4, 5)]
    """
    found: Pairs = []
    gaps = [(0, len(old), 0, len(new), 0)]
    while gaps:
        first, last, start, end, depth = gaps.pop()
        while first < last and start < end and old[first] == new[start]:
            found.append((first, start))
            first, start = first + 1, start + 1
        while first < last and start < end and old[last - 1] == new[end - 1]:
            last, end = last - 1, end - 1
            found.append((last, end))
        if first == last or start == end:
            continue
        anchors = _anchors(old[first:last], new[start:end]) if depth < _DEEPEST else []
        if anchors:
            edges = [(-1, -1), *anchors, (last - first, end - start)]
            found += [(first + i, start + j) for i, j in anchors]
            gaps += [
                (first + i + 1, first + k, start + j + 1, start + m, depth + 1)
                for (i, j), (k, m) in itertools.pairwise(edges)
            ]
        elif (last - first) * (end - start) <= _SMALL:
            matcher = difflib.SequenceMatcher(None, old[first:last], new[start:end], autojunk=False)
            found += [
                (first + i + n, start + j + n)
                for i, j, count in matcher.get_matching_blocks()
                for n in range(count)
            ]
    return sorted(found)


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> Pairs:
    """Return lines that stand once on each side, or else as often on one as on the other."""
    many, others = Counter(old), Counter(new)
    for often in (1, None):
        places: dict[Hashable, list[int]] = defaultdict(list)
        for place, line in enumerate(new):
            if others[line] == many[line] and (often is None or many[line] == often):
                places[line].append(place)
        turns = {line: iter(found) for line, found in places.items()}
        pairs = [(place, next(turns[line])) for place, line in enumerate(old) if line in turns]
        if pairs:
            return heaviest(dict.fromkeys(pairs, 1))
    return []


def heaviest(weights: Mapping[tuple[int, int], int]) -> Pairs:
    """Return pairs that increase on both sides and weigh most together.

    Parameters
    ----------
    weights : mapping of (int, int) to int
        The weight of each pair of places.

    Examples
    --------
    >>> heaviest({(0, 5): 1, (1, 1): 1, (2, 2): 1, (3, 0): 1})
    [(1, 1), (2, 2)]
    """
    # The best chains by the new place at which they end: both the places and the weights increase.
    ends: list[int] = []
    best: list[tuple[int, tuple[int, int]]] = []
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    row: list[tuple[int, tuple[int, int], int]] = []
    ordered = sorted(weights)
    for count, pair in enumerate(ordered):
        at = bisect_left(ends, pair[1])
        weight = weights[pair] + (best[at - 1][0] if at else 0)
        before[pair] = best[at - 1][1] if at else None
        row.append((pair[1], pair, weight))
        if count + 1 < len(ordered) and ordered[count + 1][0] == pair[0]:
            continue  # pairs of one old place do not follow each other
        for place, one, total in row:
            at = bisect_left(ends, place)
            if at and best[at - 1][0] >= total:
                continue
            stop = at
            while stop < len(ends) and best[stop][0] <= total:
                stop += 1
            ends[at:stop], best[at:stop] = [place], [(total, one)]
        row.clear()
    chain: Pairs = []
    last = best[-1][1] if best else None
    while last is not None:
        chain.append(last)
        last = before[last]
    return chain[::-1]
