"""Which ranges hold a cell, and who reads them? They are found without a look at each range.

The rows of a range are cut into blocks of 1, 2, 4, 8 … rows that begin at a multiple of their
length: rows 2 to 9 are the blocks 2-3, 4-7 and 8-9. A cell stands in one block of each length, so
that few blocks lead to all ranges around it. `follow` walks from cells over blocks and ranges to
readers, and each of them needs to be walked over once, however many cells lead to it: running
totals as SUM(A$1:A7) in each of n rows make n log n steps in the place of n².
"""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from xlcalc.ooxml.markup import Position

Place: TypeAlias = tuple[str, Position]
"""A sheet, and row and column of a cell."""
Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right and bottom of a range."""
_WIDE = 64
"""Columns from which a range is not listed under each of them."""


class Range(NamedTuple):
    """Cells of a sheet."""

    sheet: str
    box: Box


class Block(NamedTuple):
    """Rows of some columns: those numbered from `number` times 2 to the power of `length` on."""

    sheet: str
    left: int
    right: int
    length: int
    number: int


Node: TypeAlias = Place | Block | Range
"""What lies on the way from a cell to its readers."""


class ReadRanges:
    """Cells and ranges with those who read them."""

    def __init__(self) -> None:
        self._readers: dict[Node, list[Place]] = {}
        self._ranges: dict[Block, list[Range]] = {}
        # By sheet and column, wide ones by sheet and 0: left and right with lengths of blocks.
        self._spans: dict[tuple[str, int], dict[tuple[int, int], set[int]]] = {}

    def add(self, sheet: str, box: Box, reader: Place) -> None:
        """Add a range, perhaps of one cell, that the formula of a cell reads."""
        (left, right), (top, bottom) = sorted(box[::2]), sorted(box[1::2])
        if (left, top) == (right, bottom):
            self._readers.setdefault((sheet, (top, left)), []).append(reader)
            return
        area = Range(sheet, (left, top, right, bottom))
        readers = self._readers.setdefault(area, [])
        readers.append(reader)
        if len(readers) > 1:
            return
        lengths: set[int] = set()
        for length, number in _blocks(top, bottom):
            self._ranges.setdefault(Block(sheet, left, right, length, number), []).append(area)
            lengths.add(length)
        for column in range(left, right + 1) if right - left < _WIDE else (0,):
            spans = self._spans.setdefault((sheet, column), {})
            spans.setdefault((left, right), set()).update(lengths)

    def follow(self, node: Node) -> Iterator[Node]:
        """Yield what comes next on the ways from a cell to its readers."""
        if isinstance(node, Block):
            yield from self._ranges[node]
            return
        yield from self._readers.get(node, ())
        if not isinstance(node, Range):
            yield from self._around(node)

    def readers(self, place: Place) -> Iterator[Place]:
        """Yield the readers of a cell, and of the ranges around it."""
        yield from self._readers.get(place, ())
        for block in self._around(place):
            for found in self._ranges[block]:
                yield from self._readers[found]

    def _around(self, place: Place) -> Iterator[Block]:
        """Yield the blocks that a cell is in."""
        sheet, (row, column) = place
        for listed in (column, 0):
            for (left, right), lengths in self._spans.get((sheet, listed), {}).items():
                if left <= column <= right:
                    for length in lengths:
                        block = Block(sheet, left, right, length, row >> length)
                        if block in self._ranges:
                            yield block


def _blocks(top: int, bottom: int) -> Iterator[tuple[int, int]]:
    """Yield the fewest blocks that rows consist of: the logarithm of each length, and its place.

    Examples
    --------
    >>> list(_blocks(2, 9))
    [(1, 1), (2, 1), (1, 4)]
    """
    end = bottom + 1
    while top < end:
        fitting = (end - top).bit_length() - 1
        length = min(fitting, (top & -top).bit_length() - 1)
        yield length, top >> length
        top += 1 << length
