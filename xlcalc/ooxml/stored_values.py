"""Which values does a workbook store beside its formulas, and what is it without them?

An engine hands a stored value back for a formula that it cannot calculate, and says nothing. So it
gets the workbook without them, and they are compared with what it calculates. What-if data tables
keep theirs: few engines calculate them, and other formulas read them.

The parts of the sheets are such that `xlcalc.ooxml.sheet.check_markup` takes them.
"""

import functools
import re

from xlcalc.cell_values import CellValue
from xlcalc.errors import WorkbookError
from xlcalc.ooxml.markup import (
    FORMULA,
    SHEET_DATA,
    TYPE,
    Position,
    attributes_of,
    element,
    placed_cells,
    rich_text,
)
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import USUAL_CELL, array_cells, formula_cells, rows_with_usual_cells

_SHARED_TEXT = element(b"si")
_PROPERTIES = element(b"workbookPr")
_CONTENT = re.compile(rb"<((?:\w+:)?)(?:v|is)(?:\s[^<>]*)?(?:/>|>.*?</\1(?:v|is)\s*>)", re.DOTALL)
"""The value of a cell, or its text where that stands inside it."""
_DATA_TABLE = b"dataTable"


class SharedTexts:
    """The table of the texts that cells share, read when the first one is needed.

    Parameters
    ----------
    package : Package
        The workbook.
    """

    def __init__(self, package: Package) -> None:
        self._package = package

    def __call__(self, index: int) -> CellValue:
        """Return the text of a number.

        Raises
        ------
        WorkbookError
            If the table has no such text.
        """
        if not 0 <= index < len(self._texts):
            raise WorkbookError(f"{self._package.name} has no shared text {index}")
        return self._texts[index]

    @functools.cached_property
    def _texts(self) -> list[str]:
        package = self._package
        for kind, target in package.relations(package.workbook_part).values():
            if kind == "sharedStrings" and package.has(target):
                found = _SHARED_TEXT.finditer(package.part(target))
                return [rich_text(text[3] or b"") for text in found]
        return []


def counts_from_1904(package: Package) -> bool:
    """Whether the days of a workbook are counted from 1904."""
    properties = _PROPERTIES.search(package.part(package.workbook_part))
    return properties is not None and attributes_of(properties[2]).get("date1904") in {"1", "true"}


def stored_values(package: Package) -> dict[str, dict[Position, CellValue]]:
    """Return the values that formulas gave when the workbook was saved.

    Returns
    -------
    dict of str to dict of (int, int) to CellValue
        By sheet, the value of every cell with a formula and of every cell that an array formula
        fills; None where none is stored. The cells of what-if data tables are left out.

    Raises
    ------
    WorkbookError
        If a value or a range is not one, or an array formula fills too many cells.
    """
    texts = SharedTexts(package)
    date1904 = counts_from_1904(package)
    return {
        sheet: {
            position: cell.value
            for position, cell in formula_cells(package.part(part), texts, date1904).items()
            if cell.kind != _DATA_TABLE.decode()
        }
        for sheet, part in package.sheets.items()
    }


def without_stored_values(package: Package, instead: str = "") -> Package:
    """Return a copy of a workbook whose formulas have no stored values.

    Parameters
    ----------
    package : Package
        The workbook.
    instead : str
        An error that stands for the value of each formula, as `#CALC!`; nothing if left out. It
        is for an engine that takes a formula which it cannot calculate for an empty cell, and goes
        on calculating with that: so an error follows from it, and not a number.

    Raises
    ------
    WorkbookError
        If an array formula fills too many cells, or a range is not one.
    """
    bare = package.copy()
    for part in package.sheets.values():
        bare.replace(part, _bare_sheet(package.part(part), instead.encode()))
    return bare


def _bare_sheet(data: bytes, error: bytes) -> bytes:
    """Return a sheet whose formulas have no stored values."""
    usual = rows_with_usual_cells(data)
    if usual is not None and _DATA_TABLE not in data:
        rows, formulas = usual
        kind, value = (b' t="e"', b"<v>" + error + b"</v>") if error else (b"", b"")
        cell_now = rb"\g<open>" + kind + rb"\g<meta>>\g<formula>" + value + b"</c>"
        bare, replaced = USUAL_CELL.subn(cell_now, rows)
        if replaced == formulas:
            return data.replace(rows, bare, 1) if rows else data
    sheet = SHEET_DATA.search(data)
    if sheet is None:
        return data
    pieces = []
    done = 0
    filled: set[Position] = set()
    for position, cell, _, place in placed_cells(sheet):
        body = cell[3] or b""
        formula = FORMULA.search(body)
        form = None
        if formula is None and position not in filled:
            continue
        if formula is not None:
            attributes = attributes_of(formula[2])
            form = attributes.get("t")
            if form == _DATA_TABLE.decode():
                continue
            if form == "array":
                filled.update(array_cells(position, attributes.get("ref", "")))
        if cell[3] is not None:
            # Excel marks the cells that a volatile array fills by formulas without a text, which
            # an engine takes for something that is in the way of the array.
            marks = formula is not None and not formula[3] and form is None and position in filled
            own = formula is not None and not marks
            pieces += [data[done:place], _bare_cell(cell, error if own else b"", marks=marks)]
            done = place + cell.end() - cell.start()
    return b"".join([*pieces, data[done:]])


def _bare_cell(cell: re.Match[bytes], error: bytes, *, marks: bool = False) -> bytes:
    """Return a cell without its value and a formula without a text, or with an error instead."""
    whole, begin = cell[0], cell.start()
    opening = TYPE.sub(b"", whole[: cell.start(3) - begin])
    closing = whole[cell.end(3) - begin :]
    body = _CONTENT.sub(b"", cell[3])
    if marks:
        body = FORMULA.sub(b"", body)
    if not error:
        return opening + body + closing
    value = b"<%sv>%s</%sv>" % (cell[1], error, cell[1])
    return opening[:-1] + b' t="e">' + body + value + closing
