"""What does an audit know of a workbook: all cells with their values, formulas in relative form?"""

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.etree import ElementTree as ET

from openpyxl.utils import get_column_letter

from xlcalc.calc.dependents import Place
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellValue
from xlcalc.formula_text import TEXT, Call, Reference, calls, references
from xlcalc.ooxml.cell_styles import CellStyles, read_styles
from xlcalc.ooxml.markup import (
    Position,
    cell_name,
    cell_position,
    cells_of,
    read_cell,
    value_of,
)
from xlcalc.ooxml.positions import column_number
from xlcalc.ooxml.sheet import box_of
from xlcalc.ooxml.stored_values import SharedTexts, counts_from_1904

_CELL = re.compile(
    rf"(?P<passed>{TEXT}|'(?:[^']|'')*+(?:'!?|\Z)"
    r"|\[(?:[^\[\]]|\[[^\]]*+(?:\]|\Z))*+(?:\]|\Z))"
    r"|(?<![\w.$])(?P<fixed>\$?)(?P<column>[A-Za-z]{1,3})(?P<still>\$?)(?P<row>\d{1,7})(?![\w.(!])"
)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\sref=[\"']([A-Z0-9:$]+)[\"']")
_ONE_REFERENCE = re.compile(r"(?:'(?:[^']++|'')++'!|[^\W\d][\w.]*!)?[$\w.:\\]+")
"""Cells or a name, perhaps of another sheet, and nothing beside it."""


class Range(NamedTuple):
    """A rectangle of cells that a formula reads."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    def cells(self) -> Iterator[Position]:
        """Yield its cells, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column

    @property
    def size(self) -> tuple[int, int]:
        """How many rows and columns it has."""
        return self.bottom - self.top + 1, self.right - self.left + 1

    def holds(self, sheet: str, position: Position) -> bool:
        """Whether a cell is in it."""
        row, column = position
        return (
            sheet.lower() == self.sheet.lower()
            and self.top <= row <= self.bottom
            and self.left <= column <= self.right
        )


class Audited:
    """A workbook as the rules see it.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.

    Attributes
    ----------
    values : dict of str to dict
        The value of every cell of each sheet that is not empty, formulas' stored ones included.
    styles : dict of str to dict
        The number of the style of each cell where it is not 0.
    disorder : dict of str to tuple
        The first cell of a sheet that stands behind a later one in the file, after that one.
    from_1904 : bool
        Whether its days are counted from 1904, and not from 1900.
    seen : set
        What a rule has judged already and need not judge for another formula.
    """

    def __init__(self, model: WorkbookModel) -> None:
        self.model = model
        self.package = model.package
        self.seen: set[tuple[object, ...]] = set()
        self._references: dict[Place, list[Reference]] = {}
        # Each workbook remembers its own, so that nothing keeps one that has been audited.
        self.pivots = functools.cache(self._pivots)
        self.merged = functools.cache(self._merged)
        self.rows_with_numbers = functools.cache(self._rows_with_numbers)
        texts = SharedTexts(self.package)
        self.from_1904 = date1904 = counts_from_1904(self.package)
        self.values: dict[str, dict[Position, CellValue]] = {}
        self.styles: dict[str, dict[Position, int]] = {}
        self.disorder: dict[str, tuple[Position, Position]] = {}
        for sheet, part in self.package.sheets.items():
            found = self.values[sheet] = {}
            styles = self.styles[sheet] = {}
            before = (0, 0)
            for position, cell, _ in cells_of(self.package.part(part)):
                if position <= before:
                    self.disorder.setdefault(sheet, (before, position))
                before = position
                value = value_of(cell, texts, date1904)
                style = read_cell(cell[2])[1]
                if value is not None:
                    found[position] = value
                if style != "0" and style.isdecimal():
                    styles[position] = int(style)

    @functools.cached_property
    def formulas(self) -> dict[Place, str]:
        """The text of every formula that a cell has of its own."""
        return {
            (sheet, position): self.model.formula_text(sheet, position)
            for sheet, cells in self.model.formulas.items()
            for position, cell in cells.items()
            if cell.kind not in {"spill", "dataTable"}
        }

    @functools.cached_property
    def relative(self) -> dict[Place, str]:
        """Every formula in relative form: alike where one was filled from the other."""
        return {place: relative(text, place[1]) for place, text in self.formulas.items()}

    @functools.cached_property
    def _look(self) -> CellStyles:
        return read_styles(self.package)

    @property
    def unlocked(self) -> frozenset[int]:
        """The styles whose cells may be changed while their sheet is protected."""
        return self._look.unlocked

    @functools.cached_property
    def formulas_hidden(self) -> frozenset[int]:
        """The styles whose cells show no formula while their sheet is protected."""
        for kind, part in self.package.relations(self.package.workbook_part).values():
            if kind == "styles" and self.package.has(part):
                root = self.package.xml(part)
                return frozenset(_hiding_styles(root))
        return frozenset()

    def _pivots(self, sheet: str) -> tuple[Range, ...]:
        """Return the cells of a sheet's pivot tables, which Excel fills."""
        related = self.package.relations(self.package.sheets[sheet]).values()
        areas = [
            found["ref"]
            for kind, part in related
            if kind == "pivotTable" and self.package.has(part)
            for element in self.package.xml(part)
            if element.tag.endswith("}location") and "ref" in (found := element.attrib)
        ]
        return tuple(range_of(area, sheet) for area in areas)

    def _merged(self, sheet: str) -> tuple[Range, ...]:
        """Return the merged cells of a sheet."""
        data = self.package.part(self.package.sheets[sheet])
        boxes = (box_of(found.decode()) for found in _MERGED.findall(data))
        return tuple(Range(sheet, top, left, bottom, right) for left, top, right, bottom in boxes)

    def number_format(self, sheet: str, position: Position) -> str:
        """Return the number format of a cell."""
        return self._look.formats.get(self.styles[sheet].get(position, 0), "General")

    @functools.cached_property
    def _columns(self) -> dict[tuple[str, int], list[int]]:
        """The rows of each column that hold a value, from the top."""
        found: dict[tuple[str, int], list[int]] = {}
        for sheet, values in self.values.items():
            for row, column in sorted(values):
                found.setdefault((sheet, column), []).append(row)
        return found

    def filled(self, area: Range) -> Iterator[tuple[Position, CellValue]]:
        """Yield the cells of a range that hold a value, column by column."""
        values = self.values.get(area.sheet, {})
        last = max((column for _, column in values), default=0) if area.size[1] > 64 else area.right
        for column in range(area.left, min(area.right, last) + 1):
            rows = self._columns.get((area.sheet, column), [])
            for row in rows[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)]:
                yield (row, column), values[row, column]

    def area(self, reference: Reference, sheet: str) -> Range | None:
        """Return the cells that a reference of a sheet stands for; None where it is not a range."""
        if reference.area:
            found = range_of(reference.area, reference.sheets or sheet)
        else:
            name = reference.name.lower()
            names = self.model.defined_names
            text = names.get((sheet, name)) or names.get((None, name)) or ""
            (meant, *more) = references(text) or [Reference("", "", "")]
            if more or not meant.area or "(" in text:
                return None
            found = range_of(meant.area, meant.sheets or sheet)
        if found.sheet not in self.values or not found.top:
            return None
        return found

    def argument(self, sheet: str, formula: str, call: Call, place: int) -> Range | None:
        """Return the range that is all of an argument of a call; None for anything else."""
        if len(call.arguments) <= place:
            return None
        start, end = call.arguments[place]
        return self.whole_range(sheet, formula[start:end])

    def whole_range(self, sheet: str, text: str) -> Range | None:
        """Return the range that a text names and nothing else; None for anything else."""
        if not _ONE_REFERENCE.fullmatch(text.strip()):
            return None
        found = references(text)
        return self.area(found[0], sheet) if len(found) == 1 else None

    def references(self, place: Place, formula: str) -> list[Reference]:
        """Return what the formula of a cell names, which is read once."""
        if place not in self._references:
            self._references[place] = references(formula)
        return self._references[place]

    @functools.cached_property
    def calls(self) -> dict[Place, list[Call]]:
        """The calls of each formula."""
        return {
            place: list(calls(text)) if "(" in text else [] for place, text in self.plain.items()
        }

    @functools.cached_property
    def plain(self) -> dict[Place, str]:
        """Every formula with cells in the place of tables and relative names."""
        return {place: self.model.texts[place] for place in self.formulas}

    def constants(self, sheet: str) -> Mapping[Position, CellValue]:
        """Return the cells of a sheet that hold a value and no formula."""
        formulas = self.model.formulas[sheet]
        return {p: value for p, value in self.values[sheet].items() if p not in formulas}

    def _rows_with_numbers(self, sheet: str) -> frozenset[int]:
        """Return the rows of a sheet that hold a number anywhere: a row of headings has none."""
        return frozenset(row for (row, _), v in self.values[sheet].items() if type(v) is float)

    def label(self, sheet: str, position: Position) -> str:
        """Return the text to the left of a cell, which says what its row is."""
        row, column = position
        for left in range(column - 1, 0, -1):
            value = self.values[sheet].get((row, left))
            if isinstance(value, str):
                return value
        return ""


def relative(formula: str, position: Position) -> str:
    """Return a formula with its relative references as distances from its cell.

    Examples
    --------
    >>> relative("B2*$C$1+Rates!B2", (2, 3))
    'R[0]C[-1]*R1C3+Rates!R[0]C[-1]'
    """
    row, column = position

    def changed(found: re.Match[str]) -> str:
        if found["passed"]:
            return found[0]
        at = cell_position(found["column"].upper() + found["row"])
        if at is None:
            return found[0]
        across = f"C{at[1]}" if found["fixed"] else f"C[{at[1] - column}]"
        down = f"R{at[0]}" if found["still"] else f"R[{at[0] - row}]"
        return down + across

    return _CELL.sub(changed, formula)


@functools.lru_cache(maxsize=65536)
def range_of(area: str, sheet: str) -> Range:
    """Return the rectangle of an area such as B2:C9, without dollar signs; columns reach far."""
    first, _, last = area.partition(":")
    last = last or first
    if first.isdigit():
        return Range(sheet, int(first), 1, int(last), 16384)
    if first.isalpha():
        left, right = (column_number(column.upper().encode()) for column in (first, last))
        return Range(sheet, 1, min(left, right), 1048576, max(left, right))
    begin, end = cell_position(first.upper()), cell_position(last.upper())
    if begin is None or end is None:
        return Range(sheet, 0, 0, 0, 0)  # beyond the last cell: nothing is there
    (top, left), (bottom, right) = begin, end
    return Range(sheet, min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def _hiding_styles(styles: ET.Element) -> Iterator[int]:
    """Yield the numbers of the styles whose protection hides a formula."""
    for element in styles:
        if element.tag.rpartition("}")[2] != "cellXfs":
            continue
        for number, style in enumerate(element):
            for child in style:
                local = child.tag.rpartition("}")[2]
                if local == "protection" and child.get("hidden") in {"1", "true"}:
                    yield number


def named(position: Position) -> str:
    """Return a cell as B7."""
    return cell_name(position)


def column_letter(column: int) -> str:
    """Return a column as B."""
    return str(get_column_letter(column))


def runs_of(places: Sequence[int]) -> Iterator[list[int]]:
    """Yield rows or columns that stand side by side."""
    run: list[int] = []
    for place in places:
        if run and place != run[-1] + 1:
            yield run
            run = []
        run.append(place)
    if run:
        yield run
