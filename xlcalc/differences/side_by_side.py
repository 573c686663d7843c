"""Which cells of a changed sheet stand side by side, and how is each of them marked?

Of both versions of a sheet, the rows and columns around what changed are put beside each other, the
same ones in the same line. The marks say what happened to a cell; the number of lines is bounded.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from xlcalc.differences.changes import Change
from xlcalc.differences.moves import SheetMoves, Track
from xlcalc.differences.sides import Sheet
from xlcalc.ooxml.markup import Position
from xlcalc.ooxml.sheet import box_of

Pair: TypeAlias = tuple[int | None, int | None]
"""A row or a column in both versions; None where one has none."""
ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
MOST_ROWS, MOST_COLUMNS = 400, 24
"""Rows and columns that are shown of a sheet."""
_AROUND = 2
"""Rows and columns around a change."""
_MARKED = {
    *("input", "text", "formula", "formula-to-value", "value-to-formula", "error", "result"),
    *("rows-inserted", "rows-deleted", "columns-inserted", "columns-deleted", "moved"),
}


@dataclass
class SideBySide:
    """What is shown of a sheet.

    Attributes
    ----------
    old, new : Sheet
        The sheet in both versions.
    rows, columns : list of Pair
        What is shown of it, in order.
    marks : tuple of dict of (int, int) to str
        What happened to cells of the old and of the new version.
    formulas : set of (int, int)
        Cells of the new version whose formulas are shown in place of their values.
    is_whole : bool
        Whether all changes are shown.
    """

    old: Sheet
    new: Sheet
    rows: list[Pair] = field(default_factory=list)
    columns: list[Pair] = field(default_factory=list)
    marks: tuple[dict[Position, str], dict[Position, str]] = field(default_factory=lambda: ({}, {}))
    formulas: tuple[set[Position], set[Position]] = field(default_factory=lambda: (set(), set()))
    is_whole: bool = True


def side_by_side(
    old: Sheet, new: Sheet, here: SheetMoves, changes: Iterable[Change]
) -> SideBySide | None:
    """Return what is shown of a sheet; None where nothing in its cells changed."""
    found = SideBySide(old, new)
    for one in changes:
        if one.kind in _MARKED and one.sheet in (old.name, new.name):
            _mark(found, one)
    if not any(found.marks):
        return None
    for axis, track, most in ((0, here.rows, MOST_ROWS), (1, here.columns, MOST_COLUMNS)):
        lines = _lines(found, axis, track)
        (found.rows, found.columns)[axis].extend(lines[:most])
        found.is_whole = found.is_whole and len(lines) <= most
    return found


def _mark(found: SideBySide, change: Change) -> None:
    """Mark the cells of a change."""
    sheets = (found.old, found.new)
    if change.kind.endswith(("-inserted", "-deleted")):
        side = int(change.kind.endswith("-inserted"))
        cells = _cells(change.cells, sheets[side])
        found.marks[side].update(dict.fromkeys(cells, ADDED if side else REMOVED))
        return
    if change.kind == "moved":
        found.marks[0].update(dict.fromkeys(_cells(change.was, found.old), MOVED))
        found.marks[1].update(dict.fromkeys(_cells(change.cells, found.new), MOVED))
        return
    # A sheet that was new to a cell has no mark of the cell that was not there.
    words = (
        REMOVED if change.after is None else CHANGED,
        ADDED if change.before is None else CHANGED,
    )
    for side, area in enumerate((change.was or change.cells, change.cells)):
        held = _cells(area, sheets[side])
        for cell in held:
            found.marks[side].setdefault(cell, words[side])
        if "formula" in change.kind or change.kind == "error":
            found.formulas[side].update(held)


def _cells(cells: str, sheet: Sheet) -> list[Position]:
    """Return the cells of a range, of rows or of columns that hold something, or a few others."""
    if not cells:
        return []
    text = cells if ":" in cells or not (cells.isdigit() or cells.isalpha()) else f"{cells}:{cells}"
    left, top, right, bottom = box_of(text)
    if (bottom - top + 1) * (right - left + 1) <= MOST_ROWS:
        return [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]
    return [(r, c) for r, c in sheet.cells if top <= r <= bottom and left <= c <= right]


def _lines(found: SideBySide, axis: int, track: Track) -> list[Pair]:
    """Return the rows, or columns, around what changed, with those that name them."""
    wanted: tuple[set[int], set[int]] = (set(), set())
    for side, marks in enumerate(found.marks):
        for line in {p[axis] for p in marks}:
            wanted[side].update(n for n in range(line - _AROUND, line + _AROUND + 1) if n > 0)
        if axis:  # the first columns say what a row is
            wanted[side].update((1, 2))
    used = [
        max((p[axis] for p in (*sheet.cells, *marks)), default=1)
        for sheet, marks in zip((found.old, found.new), found.marks, strict=True)
    ]
    marked = {p[axis] for p in found.marks[0]}
    pairs: dict[Pair, tuple[int, int, int]] = {}
    for line in wanted[1]:
        if line <= used[1]:
            pairs[track.back(line), line] = (line, 0, 0)
    for line in wanted[0]:
        there = track.to(line)
        if line <= used[0] and (there is not None or line in marked):
            before = track.span(1, line)
            end = before[1] if before else 0
            pairs.setdefault((line, there), (there, 0, 0) if there else (end, 1, line))
    return sorted(pairs, key=lambda pair: pairs[pair])
