"""What does a sheet say of its cells: their formulas and their styles?"""

import functools
import re
from html import unescape
from typing import NamedTuple
from xml.parsers import expat

from xlcalc.cells import CellValue
from xlcalc.errors import WorkbookError
from xlcalc.ooxml.markup import (
    FORMULA,
    SHEET_DATA,
    Position,
    Texts,
    attributes_of,
    cell_name,
    cells_of,
    checked_position,
    column_number,
    read_cell,
    read_value,
    value_of,
    whole_number,
)

MAX_ARRAY_CELLS = 1_000_000
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_RANGE = re.compile(r"(\$?[A-Za-z]{1,3}\$?\d+|\$?[A-Za-z]{1,3}(?=:)|\$?\d+(?=:))(:([$A-Za-z\d]+))?")
_CORNER = re.compile(r"\$?([A-Za-z]{1,3})?\$?(\d+)?")
_USUAL_BODY = re.compile(rb"<f>([^<]*)</f>(?:<v>([^<]*)</v>|<v ?/>)?")
_ENDS = (b">", b" ", b"/", b"\n", b"\r", b"\t")
"""What stands after the name of an element."""
USUAL_CELL = re.compile(
    rb'(?P<open><c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="[0-9]+")?)'
    rb'(?: t="([a-zA-Z]+)")?(?P<meta>(?: [cv]m="[0-9]+")*)>'
    rb'(?P<formula><f((?: [\w:]+="[^"<>]*")*) ?(?:/>|>([^<]*)</f>))'
    rb'(?:<v(?: xml:space="preserve")?>([^<]*)</v>|<v ?/>)?</c>'
)
"""A cell with a formula, as spreadsheet programs write nearly all of them."""
_USUAL_ROW = re.compile(rb'<row r="[0-9]+"')
_WIDE_ARRAY = re.compile(rb"<f (?=[^<>]*\bt=\"array\")[^<>]*\bref=\"[^\"]*:")
_ODD_MARKUP = re.compile(rb"<!|<\?(?!xml\s)")


class FormulaCell(NamedTuple):
    """A cell whose value a formula gives.

    Attributes
    ----------
    kind : str
        "normal", "shared", "array" or "dataTable", as the file has it; "spill" for a cell that the
        array formula of another cell fills.
    text : str
        The formula, without `=`; empty where a shared or spilling formula stands elsewhere.
    extent : str
        The cells of an array formula or of a shared one.
    group : str
        Number of a shared formula.
    value : CellValue
        The cached value; None where there is none.
    """

    kind: str
    text: str
    extent: str
    group: str
    value: CellValue


@functools.lru_cache(maxsize=65536)  # formulas that were filled down name the same ranges
def box_of(extent: str) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a range; whole columns and rows end where sheets do.

    Raises
    ------
    WorkbookError
        If it is not a range, as A1:B7, A:B or 1:7.
    """
    found = _RANGE.fullmatch(extent)
    first, last = (found[1], found[3] or found[1]) if found else ("", "")
    if not first:
        raise WorkbookError(f'a sheet names the range "{extent}", which is not a range')
    (left, top), (right, bottom) = (_CORNER.fullmatch(corner).groups() for corner in (first, last))  # type: ignore[union-attr]
    return (
        column_number(left.encode()) if left else 1,
        int(top) if top else 1,
        column_number(right.encode()) if right else MAX_COLUMN,
        int(bottom) if bottom else MAX_ROW,
    )


def check_markup(data: bytes, name: str) -> None:
    """Refuse a part whose elements cannot be found by pattern; the name is for the sentence.

    Raises
    ------
    WorkbookError
        If it has comments, CDATA, a document type, another encoding, or is not well-formed.
    """
    if _ODD_MARKUP.search(data) or data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise WorkbookError(
            f"{name} has comments, CDATA, a document type or an encoding other than "
            "UTF-8, which no spreadsheet program writes"
        )
    try:
        expat.ParserCreate().Parse(data, True)
    except expat.ExpatError as error:
        raise WorkbookError(f"{name} is damaged: {error}") from None


def formula_cells(
    data: bytes, texts: Texts | None = None, date1904: bool = False
) -> dict[Position, FormulaCell]:
    """Return the cells of a sheet whose values come from formulas.

    Parameters
    ----------
    data : bytes
        The part of the sheet, which `check_markup` takes.
    texts : callable, optional
        Returns the shared text of a number; without it a shared text is its number.
    date1904 : bool
        Whether the days of the workbook are counted from 1904.

    Raises
    ------
    WorkbookError
        If a number or a range is not one, or an array formula fills too many cells.
    """
    usual = _usual_formula_cells(data, texts, date1904)
    if usual is not None:
        return usual
    found: dict[Position, FormulaCell] = {}
    spills: dict[Position, str] = {}
    for position, cell, kind in cells_of(data):
        body = cell[3] or b""
        usual_body = _USUAL_BODY.fullmatch(body)
        if usual_body is not None:
            text = unescape(usual_body[1].decode())
            value = read_value(usual_body[2], kind, texts, date1904)
            found[position] = FormulaCell("normal", text, "", "", value)
            continue
        formula = FORMULA.search(body)
        if formula is None:
            if position in spills:
                value = value_of(cell, texts, date1904)
                found[position] = FormulaCell("spill", "", "", "", value)
            continue
        form, extent, group = _form(formula[2])
        if form == "normal" and not formula[3] and position in spills:
            form = "spill"  # Excel marks cells of volatile arrays so, which have no own formula
        if form == "array":
            spills.update(dict.fromkeys(array_cells(position, extent), extent))
        found[position] = FormulaCell(
            form,
            unescape((formula[3] or b"").decode()),
            extent,
            group,
            value_of(cell, texts, date1904),
        )
    for position in spills.keys() - found.keys():
        found[position] = FormulaCell("spill", "", "", "", None)
    return found


def array_cells(position: Position, extent: str) -> list[Position]:
    """Return the cells that an array formula fills, its own among them.

    Raises
    ------
    WorkbookError
        If they are more than `MAX_ARRAY_CELLS`.
    """
    left, top, right, bottom = box_of(extent)
    if (bottom - top + 1) * (right - left + 1) > MAX_ARRAY_CELLS:
        raise WorkbookError(
            f"the array formula in {cell_name(position)} fills {extent}, more than "
            f"{MAX_ARRAY_CELLS:,} cells"
        )
    return [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]


@functools.lru_cache(maxsize=4096)
def _form(attributes: bytes) -> tuple[str, str, str]:
    """Return the kind of a formula, the cells that it is for, and the number of its group.

    Raises
    ------
    WorkbookError
        If the cells of an array formula are no range.
    """
    found = attributes_of(attributes) if attributes else {}
    if found.get("t") == "array":
        box_of(found.get("ref", ""))  # it is a range
    return found.get("t", "normal"), found.get("ref", ""), found.get("si", "")


def rows_with_usual_cells(data: bytes) -> tuple[bytes, int] | None:
    """Return the rows of a sheet and how many formulas they have; None if some may be unusual.

    They have as many formulas as `USUAL_CELL` finds, or some cell is not written in the usual way.
    Where an array formula fills more than its own cell, the others have no formula to find.
    """
    sheet = SHEET_DATA.search(data)
    rows: bytes = (sheet[3] or b"") if sheet else b""
    if (
        len(_USUAL_ROW.findall(rows)) != rows.count(b"<row")
        or any(b":f" + end in rows for end in _ENDS)
        or _WIDE_ARRAY.search(rows)
    ):
        return None
    return rows, sum(rows.count(b"<f" + end) for end in _ENDS)


def _usual_formula_cells(
    data: bytes, texts: Texts | None, date1904: bool
) -> dict[Position, FormulaCell] | None:
    """Return the formula cells of a sheet, all at once; None if not all are in the usual way."""
    rows = rows_with_usual_cells(data)
    if rows is None:
        return None
    if not rows[1]:
        return {}
    found = USUAL_CELL.findall(rows[0])
    if len(found) != rows[1]:
        return None
    _, letters, digits, kinds, _, _, attributes, formulas, written = zip(*found, strict=True)
    joined = b"\n\x00".join(formulas).decode()
    values = [
        read_value(value, kind or b"n", texts, date1904)
        for value, kind in zip(written, kinds, strict=True)
    ]
    return {
        checked_position((int(row), column_number(column))): FormulaCell(
            form, text, extent, group, value
        )
        for row, column, (form, extent, group), text, value in zip(
            digits,
            letters,
            map(_form, attributes),
            (unescape(joined) if "&" in joined else joined).split("\n\x00"),
            values,
            strict=True,
        )
    }


def last_cell(data: bytes) -> Position:
    """Return the last row and the last column that have a cell."""
    positions = [position for position, _, _ in cells_of(data)]
    return (
        max((row for row, _ in positions), default=1),
        max((column for _, column in positions), default=1),
    )


def cell_styles(data: bytes, wanted: set[Position]) -> dict[Position, int]:
    """Return the number of the style of each wanted cell that the sheet has."""
    return {
        position: whole_number(read_cell(cell[2])[1])
        for position, cell, _ in cells_of(data)
        if position in wanted
    }
