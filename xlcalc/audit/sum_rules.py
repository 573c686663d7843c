"""Which sums miss a figure, take one twice, or do not come to what their parts come to?"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, Range, named, range_of
from xlcalc.calc.dependents import Place
from xlcalc.formula_text import calls, references
from xlcalc.ooxml.markup import Position

_SUM_ALONE = re.compile(r"SUM\([^()]*\)", re.IGNORECASE)
_SUMS = {"SUM", "AVERAGE", "COUNT", "COUNTA", "MAX", "MIN"}
_PLUS_ONE = re.compile(r"(\$?[A-Z]{1,3}\$?\d+)\+\||\|\+(\$?[A-Z]{1,3}\$?\d+)", re.IGNORECASE)
"""One cell more, before or behind a sum."""
_ENDS = re.compile(r"(?:.*!)?(\$?)[A-Z]+(\$?)\d+:(\$?)[A-Z]+(\$?)\d+", re.IGNORECASE)
"""A range; of a running total one end stays and the other moves."""
_REST = re.compile(r"(?:all )?others?\b|rest\b|(?:grand )?total", re.IGNORECASE)
"""The label of what a sum of the largest leaves out on purpose."""
_LEAST = 3
"""Cells of a range from which a number below it is missed by a total that stands elsewhere."""


class _Parts:
    """The cells of a sheet that sum ranges of the sheet, with these ranges."""

    def __init__(self) -> None:
        self._ranges: dict[Position, list[Range]] = {}
        self._rows: dict[int, list[int]] = {}
        self._columns: dict[int, list[int]] = {}

    def add(self, position: Position, ranges: list[Range]) -> None:
        """Add the cell of a sum; cells come row by row."""
        row, column = position
        self._ranges[position] = ranges
        if any(one.left == one.right == column for one in ranges):
            self._rows.setdefault(column, []).append(row)
        if any(one.top == one.bottom == row for one in ranges):
            self._columns.setdefault(row, []).append(column)

    def within(self, area: Range) -> Iterator[tuple[Position, Range]]:
        """Yield the cells of a range that sum cells of one, row by row.

        In a range of one column these are the sums of cells of the same column, and likewise in
        one of one row.
        """
        if area.left == area.right:
            rows = self._rows.get(area.left, [])
            inside = [
                (row, area.left)
                for row in rows[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)]
            ]
        elif area.top == area.bottom:
            columns = self._columns.get(area.top, [])
            inside = [
                (area.top, column)
                for column in columns[
                    bisect_left(columns, area.left) : bisect_right(columns, area.right)
                ]
            ]
        else:
            rows_by_columns = area.size[0] * area.size[1]
            every = area.cells() if rows_by_columns < len(self._ranges) else self._ranges
            inside = [cell for cell in every if area.holds(area.sheet, cell)]
        for position in inside:
            for part in self._ranges.get(position, ()):
                yield position, part


def sum_findings(book: Audited) -> Iterator[Finding]:
    """Yield sums that leave out a neighbour of their range, or count a part twice."""
    parts = _parts_of_sums(book)
    for place, formula in book.formulas.items():
        yield from _ranges(book, place, formula, parts)


def _ranges(
    book: Audited,
    place: Place,
    formula: str,
    parts: Mapping[str, _Parts],
) -> Iterator[Finding]:
    """Yield sums that leave out a neighbour of their range, or count a part twice."""
    sheet, position = place
    for call in calls(formula):
        if call.name.upper() not in _SUMS or len(call.arguments) != 1:
            continue
        start, end = call.arguments[0]
        found = references(formula[start:end])
        if len(found) != 1 or ":" not in found[0].area or formula[start:end].strip()[-1:] == ")":
            continue
        area = range_of(found[0].area, found[0].sheets or sheet)
        if area.bottom - area.top > 100_000 or area.sheet not in book.values:
            continue
        alone = (call.start, call.end) == (0, len(formula))
        ends = _ENDS.fullmatch(formula[start:end].strip())
        running = ends is not None and ends.group(1, 2) != ends.group(3, 4)
        if alone and not running and (missed := _missed(book, area, place)):
            text = f"{call.name}({formula[start:end].strip()}) leaves out {named(missed)} beside it"
            yield Finding("range-misses", sheet, named(position), text, book.relative[place])
        if call.name.upper() != "SUM":
            continue
        again = _added_again(formula[: call.start], formula[call.end :], sheet, area)
        if again is not None:
            text = f"the sum takes in {named(again)}, which is added to it once more"
            yield Finding("double-count", sheet, named(position), text, book.relative[place])
        twice = _twice(area, parts.get(area.sheet))
        beside = f"{formula[: call.start]}0{formula[call.end :]}"
        if twice is not None and not _names(beside, sheet, area.sheet, twice):
            text = f"the sum takes in {named(twice)}, which sums cells of the same range"
            yield Finding("double-count", sheet, named(position), text, book.relative[place])


def _missed(book: Audited, area: Range, place: Place) -> Position | None:
    """Return the number that stands right beside the end of a range and belongs to it.

    It stands between the range and its total; or the total stands elsewhere, and the number is
    the last one of its column. What stands before a range is as often a year or a capacity.
    """
    if area.left == area.right and area.bottom > area.top:
        down, across = 1, 0
        end = (area.bottom + 1, area.left)
        beyond, in_line = (area.bottom + 2, area.left), place[1][1] == area.left
    elif area.top == area.bottom and area.right > area.left:
        down, across = 0, 1
        end = (area.top, area.right + 1)
        beyond, in_line = (area.top, area.right + 2), place[1][0] == area.top
    else:
        return None
    values = book.values[area.sheet]
    inside = [position for position in area.cells() if type(values.get(position)) is float]
    kinds = {book.relative.get((area.sheet, position)) for position in inside}

    def is_like(cell: Position) -> bool:
        """Whether a cell is one more of the range: typed, or filled, as all of them are."""
        other = book.relative.get((area.sheet, cell))
        return type(values.get(cell)) is float and kinds == {other}

    if not is_like(end):  # a formula behind numbers may be another total
        return None
    between = (
        place[0] == area.sheet
        and in_line
        and (place[1][1] > end[1] if across else place[1][0] > end[0])
    )
    if not between and (across or area.size[0] < _LEAST or is_like(beyond)):
        return None
    if between:  # all of the numbers up to the total, and none of another block
        while is_like(beyond) and beyond != place[1]:
            beyond = (beyond[0] + down, beyond[1] + across)
        if beyond != place[1] and values.get(beyond) is not None:
            return None
    rest = _REST.match(book.label(area.sheet, end).strip())
    is_year = not kinds - {None} and 1900 <= float(str(values[end])) <= 2100
    return None if rest or is_year else end


def _added_again(before: str, behind: str, sheet: str, area: Range) -> Position | None:
    """Return a cell of a range that is added to its sum, and nothing else is done with either."""
    found = _PLUS_ONE.fullmatch(f"{before}|{behind}")
    if found is None:
        return None
    cell = range_of((found[1] or found[2]).replace("$", ""), sheet)
    at = (cell.top, cell.left)
    return at if area.holds(sheet, at) else None


def _parts_of_sums(book: Audited) -> dict[str, _Parts]:
    """Return the cells of each sheet that sum ranges of the sheet."""
    found: dict[str, _Parts] = {}
    for (sheet, position), formula in sorted(book.formulas.items()):
        if _SUM_ALONE.fullmatch(formula):
            ranges = [
                range_of(reference.area, sheet)
                for reference in book.references((sheet, position), formula)
                if ":" in reference.area and not reference.sheets
            ]
            found.setdefault(sheet, _Parts()).add(position, ranges)
    return found


def _twice(area: Range, parts: _Parts | None) -> Position | None:
    """Return a cell of a range that sums other cells of it."""
    for position, part in parts.within(area) if parts else ():
        ends = ((part.top, part.left), (part.bottom, part.right))
        if all(area.holds(area.sheet, end) for end in ends):
            return position
    return None


def _names(formula: str, sheet: str, other: str, position: Position) -> bool:
    """Whether a formula reads a cell, as one does that takes a subtotal out again."""
    return any(
        range_of(found.area, found.sheets or sheet).holds(other, position)
        for found in references(formula)
        if found.area
    )
