"""Which differences are one, because the same happened to cells beside each other?"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from xlcalc.ooxml.markup import Position, cell_name, column_letters


def rectangles(positions: Iterable[Position]) -> list[list[Position]]:
    """Return cells as rectangles, each as its cells row by row, in the order of first cells.

    Cells of a column that follow each other are one, and columns beside each other of the same rows
    are one.
    """
    runs: list[tuple[int, int, int]] = []  # first row, last row, column
    for row, column in sorted(positions, key=lambda p: (p[1], p[0])):
        if runs and runs[-1][2] == column and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row, column)
        else:
            runs.append((row, row, column))
    boxes: list[tuple[int, int, int, int]] = []  # top, bottom, left, right
    for top, bottom, column in sorted(runs):
        if boxes and boxes[-1][:2] == (top, bottom) and boxes[-1][3] == column - 1:
            boxes[-1] = (*boxes[-1][:3], column)
        else:
            boxes.append((top, bottom, column, column))
    return [
        [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
        for top, bottom, left, right in sorted(boxes, key=lambda box: (box[0], box[2]))
    ]


def box_name(positions: Sequence[Position]) -> str:
    """Return the cells of a rectangle, as D5:D16 or D5."""
    first, last = cell_name(positions[0]), cell_name(positions[-1])
    return first if first == last else f"{first}:{last}"


def lines_name(lines: Sequence[int], *, columns: bool = False) -> str:
    """Return rows or columns that follow each other, as 7:9 or C:D; a single one as 7 or C."""
    first, last = (column_letters(line) if columns else str(line) for line in (lines[0], lines[-1]))
    return first if first == last else f"{first}:{last}"


def consecutive(numbers: Iterable[int]) -> list[list[int]]:
    """Return numbers in runs of such that follow each other."""
    ordered = enumerate(sorted(numbers))
    return [
        [number for _, number in run]
        for _, run in groupby(ordered, key=lambda pair: pair[1] - pair[0])
    ]
