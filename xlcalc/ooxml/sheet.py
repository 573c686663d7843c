"""What does a sheet say of its cells: formulas, styles, what may be typed into them?"""

import functools
import re
from dataclasses import dataclass
from html import unescape
from itertools import repeat
from typing import NamedTuple
from xml.parsers import expat

from xlcalc.cells import CellValue
from xlcalc.errors import WorkbookError
from xlcalc.ooxml.markup import (
    FORMULA,
    PLAIN_CELL,
    SHEET_DATA,
    Position,
    attributes_of,
    cell_name,
    cells_of,
    column_number,
    element,
    read_cell,
    read_value,
    value_of,
    whole_number,
)

MAX_ARRAY_CELLS = 1_000_000
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_RANGE = re.compile(r"(\$?[A-Za-z]{1,3}\$?\d+|\$?[A-Za-z]{1,3}(?=:)|\$?\d+(?=:))(:([$A-Za-z\d]+))?")
_CORNER = re.compile(r"\$?([A-Za-z]{1,3})?\$?(\d+)?")
_VALIDATION = element(b"dataValidation")
_BOUNDS = tuple(element(b"formula" + digit) for digit in (b"1", b"2"))
_USUAL_BODY = re.compile(rb"<f>([^<]*)</f>(?:<v>([^<]*)</v>|<v ?/>)?")
# A row as programs write it, and marks of formulas that are not plain.
_PLAIN_ROW = re.compile(rb'<row r="[0-9]+"')
_ODD_FORMULAS = (
    *(b"<f" + end for end in (b" ", b"/", b"\n", b"\r", b"\t")),
    *(b":f" + end for end in (b">", b" ", b"/", b"\n", b"\r", b"\t")),
)
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


@dataclass(frozen=True)
class Validation:
    """A data validation: what may be typed into some cells."""

    boxes: tuple[tuple[int, int, int, int], ...]
    kind: str
    operator: str
    strict: bool
    formulas: tuple[str, ...]

    @functools.cached_property
    def bounds(self) -> list[float] | None:
        """The numbers that it compares with; None where it has a formula for one."""
        try:
            return [float(formula) for formula in self.formulas]
        except ValueError:
            return None

    def covers(self, position: Position) -> bool:
        """Whether the validation speaks of a cell."""
        row, column = position
        return any(
            left <= column <= right and top <= row <= bottom
            for left, top, right, bottom in self.boxes
        )


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


def formula_cells(data: bytes) -> dict[Position, FormulaCell]:
    """Return the cells of a sheet whose values come from formulas.

    Raises
    ------
    WorkbookError
        If a number or a range is not one, or an array formula fills too many cells.
    """
    plain = _plain_formula_cells(data)
    if plain is not None:
        return plain
    found: dict[Position, FormulaCell] = {}
    spills: dict[Position, str] = {}
    for position, cell, kind in cells_of(data):
        body = cell[3] or b""
        usual = _USUAL_BODY.fullmatch(body)
        if usual is not None:
            text = unescape(usual[1].decode())
            value = read_value(usual[2], kind)
            found[position] = FormulaCell("normal", text, "", "", value)
            continue
        formula = FORMULA.search(body)
        if formula is None:
            if position in spills:
                found[position] = FormulaCell("spill", "", "", "", value_of(cell))
            continue
        attributes = attributes_of(formula[2]) if formula[2] else {}
        extent = attributes.get("ref", "")
        form = attributes.get("t", "normal")
        if form == "array":
            left, top, right, bottom = box_of(extent)
            if (bottom - top + 1) * (right - left + 1) > MAX_ARRAY_CELLS:
                raise WorkbookError(
                    f"the array formula in {cell_name(position)} fills {extent}, more than "
                    f"{MAX_ARRAY_CELLS:,} cells"
                )
            spills.update(
                ((row, column), extent)
                for row in range(top, bottom + 1)
                for column in range(left, right + 1)
            )
        found[position] = FormulaCell(
            form,
            unescape((formula[3] or b"").decode()),
            extent,
            attributes.get("si", ""),
            value_of(cell),
        )
    for position in spills.keys() - found.keys():
        found[position] = FormulaCell("spill", "", "", "", None)
    return found


def _plain_formula_cells(data: bytes) -> dict[Position, FormulaCell] | None:
    """Return the formula cells of a sheet, all at once; None if not all are written plainly."""
    sheet = SHEET_DATA.search(data)
    rows = (sheet[3] or b"") if sheet else b""
    found = PLAIN_CELL.findall(rows)
    if (
        len(found) != rows.count(b"<f>")
        or len(_PLAIN_ROW.findall(rows)) != rows.count(b"<row")
        or any(odd in rows for odd in _ODD_FORMULAS)
    ):
        return None
    if not found:
        return {}
    _, letters, digits, kinds, _, formulas, written = zip(*found, strict=True)
    texts = b"\n\x00".join(formulas).decode()
    values = [
        read_value(value[3:-4] if value.startswith(b"<v>") else None, kind or b"n")
        for value, kind in zip(written, kinds, strict=True)
    ]
    cells = zip(
        repeat("normal"),
        (unescape(texts) if "&" in texts else texts).split("\n\x00"),
        repeat(""),
        repeat(""),
        values,
    )
    positions = zip(map(int, digits), map(column_number, letters), strict=True)
    return dict(zip(positions, map(FormulaCell._make, cells), strict=False))


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


def validations(data: bytes) -> tuple[Validation, ...]:
    """Return the data validations of a sheet."""
    found = []
    for rule in _VALIDATION.finditer(data):
        attributes = attributes_of(rule[2])
        body = rule[3] or b""
        formulas = [bound.search(body) for bound in _BOUNDS]
        found.append(
            Validation(
                boxes=tuple(box_of(box) for box in attributes.get("sqref", "").split()),
                kind=attributes.get("type", "none"),
                operator=attributes.get("operator", "between"),
                strict=attributes.get("showErrorMessage") in {"1", "true"}
                and attributes.get("errorStyle", "stop") == "stop",
                formulas=tuple(unescape((f[3] or b"").decode()) for f in formulas if f),
            )
        )
    return tuple(found)
