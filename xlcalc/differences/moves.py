"""Where are the cells of an old workbook in a new one?

A `Track` says it of the rows, or of the columns, of a sheet: runs of lines that stayed together.
`Moves` has the tracks of every sheet that both workbooks have, and writes an old formula as it
would stand in the new one if nobody had changed it.
"""

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from xlcalc.differences.formulas import Area, Parted, parted, written
from xlcalc.ooxml.markup import Position
from xlcalc.ooxml.sheet import MAX_COLUMN, MAX_ROW


class Track:
    """Where each line of a sheet is, of those that are still there.

    Parameters
    ----------
    runs : sequence of (int, int, int)
        First old line, first new line, and how many lines stayed together; in order. What stands
        behind the last run stayed with it.

    Examples
    --------
    >>> track = Track([(1, 1, 4), (5, 7, 9)])
    >>> track.to(4), track.to(5), track.inserted
    (4, 7, [range(5, 7)])
    """

    def __init__(self, runs: Sequence[tuple[int, int, int]] = ((1, 1, 1),)) -> None:
        self.runs = list(runs)
        self._old = [run[0] for run in runs]
        self._new = [run[1] for run in runs]

    @property
    def is_still(self) -> bool:
        """Whether no line moved."""
        return all(old == new for old, new, _ in self.runs) and not self.deleted

    def to(self, line: int) -> int | None:
        """Return the new place of an old line; None if it is gone."""
        at = bisect_right(self._old, line) - 1
        if at < 0:
            return None
        old, new, count = self.runs[at]
        inside = line < old + count or at == len(self.runs) - 1
        return new + line - old if inside else None

    def back(self, line: int) -> int | None:
        """Return the old place of a new line; None if it is new."""
        at = bisect_right(self._new, line) - 1
        if at < 0:
            return None
        old, new, count = self.runs[at]
        inside = line < new + count or at == len(self.runs) - 1
        return old + line - new if inside else None

    def span(self, first: int, last: int) -> tuple[int, int] | None:
        """Return the new ends of a range, which shrinks and grows with its lines; None if gone."""
        at = bisect_right(self._old, first) - 1
        begin = self.to(first)
        if begin is None:
            if at + 1 == len(self.runs):
                return None
            begin = self._new[at + 1]
        end = self.to(last)
        if end is None:
            at = bisect_right(self._old, last) - 1
            if at < 0:
                return None
            end = self._new[at] + self.runs[at][2] - 1
        return (begin, end) if begin <= end else None

    @property
    def inserted(self) -> list[range]:
        """The new lines that were put in, before or between others."""
        return self._gaps(1)

    @property
    def deleted(self) -> list[range]:
        """The old lines that were taken out, before or between others."""
        return self._gaps(0)

    def _gaps(self, side: int) -> list[range]:
        edges = [(1, 1, 0), *self.runs]
        gaps = [range(one[side] + one[2], other[side]) for one, other in itertools.pairwise(edges)]
        return [gap for gap in gaps if gap]


@dataclass(frozen=True)
class SheetMoves:
    """Where the cells of a sheet are.

    Attributes
    ----------
    old, new : str
        What the sheet was called, and what it is called.
    rows, columns : Track
        Where its lines are.
    blocks : dict of (int, int) to (int, int)
        The new places of cells that were moved by themselves.
    """

    old: str
    new: str
    rows: Track = field(default_factory=Track)
    columns: Track = field(default_factory=Track)
    blocks: dict[Position, Position] = field(default_factory=dict)

    @property
    def is_still(self) -> bool:
        """Whether every cell is where it was, under the name that the sheet had."""
        same = self.old == self.new and not self.blocks
        return same and self.rows.is_still and self.columns.is_still

    def to(self, position: Position) -> Position | None:
        """Return the new place of an old cell; None if it is gone."""
        if position in self.blocks:
            return self.blocks[position]
        row, column = self.rows.to(position[0]), self.columns.to(position[1])
        return None if row is None or column is None else (row, column)

    def area(self, area: Area) -> Area | None:
        """Return an area of the sheet as it would be now; None if it is gone."""
        corner, end = (area.top, area.left), (area.bottom, area.right)
        start, stop = self.blocks.get(corner), self.blocks.get(end)
        if start is not None and stop is not None:
            (top, left), (bottom, right) = start, stop
            if (bottom - top, right - left) == (end[0] - corner[0], end[1] - corner[1]):
                return area._replace(top=top, left=left, bottom=bottom, right=right)
        rows: tuple[int, int] | None = (1, MAX_ROW)
        columns: tuple[int, int] | None = (1, MAX_COLUMN)
        if area.kind != "columns":
            rows = self.rows.span(area.top, area.bottom)
        if area.kind != "rows":
            columns = self.columns.span(area.left, area.right)
        if rows is None or columns is None:
            return None
        return area._replace(
            top=rows[0],
            left=columns[0],
            bottom=min(rows[1], MAX_ROW),
            right=min(columns[1], MAX_COLUMN),
        )


class Moves:
    """Where the cells of an old workbook are in a new one.

    Parameters
    ----------
    sheets : iterable of SheetMoves
        The sheets that both have.
    gone : iterable of str
        Sheets of the old workbook that the new one lacks.
    """

    def __init__(self, sheets: Iterable[SheetMoves], gone: Iterable[str] = ()) -> None:
        self.sheets: Mapping[str, SheetMoves] = {one.old.lower(): one for one in sheets}
        self._gone = {name.lower() for name in gone}
        self._still = all(one.is_still for one in self.sheets.values()) and not self._gone

    def formula(self, formula: Parted, sheet: str) -> Parted | None:
        """Return an old formula as it would stand now; None if what it names is gone.

        Parameters
        ----------
        formula : Parted
            The formula.
        sheet : str
            The old name of its sheet; empty for one that stands on none.
        """
        if self._still:
            return formula
        areas = [self._area(area, sheet) for area in formula.areas]
        if None in areas:
            return None
        return formula._replace(areas=tuple(area for area in areas if area is not None))

    def text(self, formula: str, sheet: str) -> str:
        """Return the text of an old formula as it would stand now, lost cells as #REF!."""
        if self._still:
            return formula
        return written(parted(formula), lambda area: self._area(area, sheet))

    def _area(self, area: Area, own: str) -> Area | None:
        first, _, last = area.sheet.partition(":")
        if "[" in area.sheet:
            return area  # of another file
        names = [name.lower() for name in (first or own, last) if name]
        if any(name in self._gone for name in names):
            return None
        known = [self.sheets.get(name) for name in names]
        if not known or known[0] is None or None in known:
            return area
        moved = known[0].area(area)
        if moved is None or not area.sheet:
            return moved
        return moved._replace(sheet=":".join(one.new for one in known if one))
