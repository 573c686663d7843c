"""How are some cells of a sheet written anew?

Every byte that is not part of a changed cell stays as it is. Sheets whose changed cells are written
as programs write nearly all of them, `<c r="B7" s="3"><f>…</f><v>…</v></c>`, are changed all at
once; all others are edited cell by cell.
"""

import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

import numpy as np

from xlcalc.cells import CellError, CellValue
from xlcalc.errors import InputValueError, WorkbookError
from xlcalc.ooxml.literals import (
    checked_text,
    formula_xml,
    number_lines,
    number_text,
    stored_code,
    xml_text,
    xml_texts,
)
from xlcalc.ooxml.markup import (
    CELL,
    FORMULA,
    PLAIN_CELL,
    ROW,
    SHEET_DATA,
    TYPE,
    Position,
    cell_name,
    column_number,
    placed_cells,
    read_cell,
    row_number,
    same,
    value_of,
)
from xlcalc.ooxml.sheet import FormulaCell, array_cells, formula_cells


@dataclass(frozen=True)
class _Edit:
    """What becomes of a cell; a formula of None stays as it is, an empty one goes."""

    value: CellValue
    formula: str | None


def write_cells(
    data: bytes, cached: Mapping[Position, CellValue], constants: Mapping[Position, CellValue]
) -> bytes:
    """Return the sheet with other values in some cells.

    Parameters
    ----------
    data : bytes
        XML of the sheet.
    cached : Mapping[Position, CellValue]
        New values of cells that keep their formula.
    constants : Mapping[Position, CellValue]
        Values of cells that lose their formula, if they have one.

    Returns
    -------
    bytes
        The very same bytes for every other cell.
    """
    sheet = SHEET_DATA.search(data)
    if sheet is None:
        raise WorkbookError("a sheet has no part for its cells")
    if not constants and (whole := _write_plain(sheet[3] or b"", cached)) is not None:
        return data[: sheet.start(3)] + whole + data[sheet.end(3) :]
    edits: dict[int, dict[int, _Edit]] = {}
    for (row, column), value in cached.items():
        edits.setdefault(row, {})[column] = _Edit(value, None)
    for (row, column), (value, formula) in _heirs(data, constants).items() if constants else ():
        edits.setdefault(row, {})[column] = _Edit(cached.get((row, column), value), formula)
    for (row, column), value in constants.items():
        edits.setdefault(row, {})[column] = _Edit(value, "")
    prefix, _, rows = sheet.groups()
    written = b"".join(_edit_rows(rows or b"", prefix, edits))
    if rows is None:
        return b"".join(
            (
                data[: sheet.start()],
                b"<%bsheetData>%b</%bsheetData>" % (prefix, written, prefix),
                data[sheet.end() :],
            )
        )
    return data[: sheet.start(3)] + written + data[sheet.end(3) :]


def _write_plain(rows: bytes, cached: Mapping[Position, CellValue]) -> bytes | None:
    """Return rows with other values behind formulas; None if these are not written plainly."""
    # In turn for each cell: what stands before it, its start with place and style, the letters and
    # the digits of its place, its type, its formula, the formula's text, and its value.
    pieces = PLAIN_CELL.split(rows)
    size = PLAIN_CELL.groups + 1
    count = len(pieces) // size
    letters, digits = pieces[2::size], pieces[3::size]
    places = list(zip(map(int, digits), map(column_number, letters), strict=True))
    if not cached.keys() <= set(places):
        return None
    contents = _formula_contents(cached)
    kept = [(b' t="%b"' % kind if kind else b"", value or b"") for kind, value in
            zip(pieces[4::size], pieces[7::size], strict=True)]  # fmt: skip
    chosen = [contents.get(place, old) for place, old in zip(places, kept, strict=True)]
    # What is written has seven pieces a cell, and after the last one what stands behind it.
    written = [b""] * (7 * count + 1)
    written[0::7] = pieces[0::size]
    written[1::7] = pieces[1::size]
    written[2::7] = [kind for kind, _ in chosen]
    written[3::7] = [b">"] * count
    written[4::7] = pieces[5::size]
    written[5::7] = [value for _, value in chosen]
    written[6::7] = [b"</c>"] * count
    return b"".join(written)


def _formula_contents(
    cached: Mapping[Position, CellValue],
) -> dict[Position, tuple[bytes, bytes]]:
    """Return type attribute and value element of formula cells; most values are made at once."""
    numbers = [value for value in cached.values() if type(value) is float]
    texts = [value for value in cached.values() if type(value) is str]
    written_numbers = iter(number_lines(np.array([numbers]))[0].split(b","))
    written_texts = iter(xml_texts(texts) if texts else ())
    return {
        place: (b"", b"<v>%b</v>" % next(written_numbers))
        if type(value) is float
        else (b' t="str"', b"<v>%b</v>" % next(written_texts))
        if type(value) is str
        else _content(b"", _Edit(value, None), formula=True)
        for place, value in cached.items()
    }


_EXAMPLES: dict[type, CellValue] = {float: 314_159_265_358_979.0, str: "314159265358979"}
"""A number and a text that no cell has, to see what stands around one."""


@dataclass(frozen=True)
class Slot:
    """A cell of a sheet whose value changes from file to file.

    `write_cells` would make the same bytes of the same values.
    """

    position: Position
    element: re.Match[bytes]
    _around: dict[tuple[type, bool], tuple[bytes, bytes]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def render(self, value: CellValue, *, keeps_formula: bool) -> bytes:
        """Return the element of the cell with a value, its formula kept or dropped."""
        if keeps_formula and same(self.value, value):
            return self.element[0]
        if isinstance(value, str):
            head, tail = self.around(str, keeps_formula=keeps_formula)
            return b"".join((head, xml_text(value), tail))
        return _edit_cell(self.element, _Edit(value, None if keeps_formula else ""))

    def around(self, kind: type, *, keeps_formula: bool) -> tuple[bytes, bytes]:
        """Return what stands before and behind a float or a str in the element."""
        if (kind, keeps_formula) not in self._around:
            edit = _Edit(_EXAMPLES[kind], None if keeps_formula else "")
            head, _, tail = _edit_cell(self.element, edit).rpartition(b"314159265358979")
            self._around[kind, keeps_formula] = head, tail
        return self._around[kind, keeps_formula]

    @functools.cached_property
    def value(self) -> CellValue:
        """The value that the sheet has in the cell."""
        return value_of(self.element)

    @functools.cached_property
    def odd_value(self) -> CellValue:
        """The number or text that the sheet has in the cell, if it is not written as here."""
        value = self.value
        if not isinstance(value, float | str):
            return None
        head, tail = self.around(type(value), keeps_formula=True)
        usual = xml_text(value) if isinstance(value, str) else number_text(value).encode()
        return None if self.element[0] == b"".join((head, usual, tail)) else value


def split_cells(
    data: bytes, positions: Collection[Position]
) -> tuple[list[bytes], list[Slot]] | None:
    """Return the bytes of a sheet around some of its cells, and these cells as slots.

    None if the sheet lacks one of them: `write_cells` has to make it.
    """
    sheet = SHEET_DATA.search(data)
    if sheet is None or sheet[3] is None:
        return None
    chunks: list[bytes] = []
    slots: list[Slot] = []
    done = 0
    for position, element, _, start in placed_cells(sheet):
        if position in positions:
            chunks.append(data[done:start])
            slots.append(Slot(position, element))
            done = start + len(element[0])
    chunks.append(data[done:])
    return (chunks, slots) if len(slots) == len(positions) else None


def map_formulas(data: bytes, change: Callable[[str], str]) -> bytes:
    """Return the sheet with other formulas in its cells, shared and array formulas included."""

    def changed(formula: re.Match[bytes]) -> bytes:
        old = unescape((formula[3] or b"").decode())
        new = change(old)
        if new == old:
            return formula[0]
        start, end = formula.start(3) - formula.start(), formula.end(3) - formula.start()
        return formula[0][:start] + formula_xml(new).encode() + formula[0][end:]

    return FORMULA.sub(changed, data)


def map_cell_formulas(data: bytes, change: Callable[[Position, str], str]) -> bytes:
    """Return the sheet with other formulas in its cells, each made for its position.

    A formula that several cells share or fill is made once, for the cell in which it stands.
    """
    sheet = SHEET_DATA.search(data)
    pieces, done = [], 0
    for position, cell, _, place in placed_cells(sheet) if sheet else ():
        formula = FORMULA.search(cell[0])
        if formula is None or not formula[3]:
            continue
        old = unescape(formula[3].decode())
        start = place + formula.start(3)
        pieces += [data[done:start], formula_xml(change(position, old)).encode()]
        done = place + formula.end(3)
    return b"".join([*pieces, data[done:]])


def set_formulas(data: bytes, cells: Mapping[Position, tuple[str, CellValue]]) -> bytes:
    """Return the sheet with formulas of their own in some cells, each with its cached value.

    Parameters
    ----------
    data : bytes
        XML of the sheet.
    cells : Mapping[Position, tuple of (str, CellValue)]
        The formulas, without `=`. Where a cell of a shared formula gets one, all its cells must.
    """
    edits: dict[int, dict[int, _Edit]] = {}
    for (row, column), (formula, value) in cells.items():
        edits.setdefault(row, {})[column] = _Edit(value, formula)
    sheet = SHEET_DATA.search(data)
    if sheet is None or not edits:
        return data
    written = b"".join(_edit_rows(sheet[3] or b"", sheet[1], edits))
    return data[: sheet.start(3)] + written + data[sheet.end(3) :]


def drop_formulas(data: bytes, cells: Mapping[Position, FormulaCell]) -> bytes:
    """Return the sheet with the values of its formula cells in their place."""
    edits: dict[int, dict[int, _Edit]] = {}
    for (row, column), cell in cells.items():
        if cell.kind != "spill":
            edits.setdefault(row, {})[column] = _Edit(cell.value, "")
    sheet = SHEET_DATA.search(data)
    if sheet is None or not edits:
        return data
    written = b"".join(_edit_rows(sheet[3], sheet[1], edits))
    return data[: sheet.start(3)] + written + data[sheet.end(3) :]


def _edit_rows(
    data: bytes, prefix: bytes, edits: Mapping[int, Mapping[int, _Edit]]
) -> Iterator[bytes]:
    pending = sorted(edits, reverse=True)
    done = number = 0
    for row in ROW.finditer(data):
        number = row_number(row, number)
        while pending and pending[-1] <= number:
            yield data[done : row.start()]
            done = row.start()
            wanted = pending.pop()
            if wanted == number:
                cells = b"".join(_edit_cells(row[3] or b"", prefix, number, edits[number]))
                yield b"<%brow%b>%b</%brow>" % (prefix, row[2], cells, prefix)
                done = row.end()
            else:
                yield _new_row(prefix, wanted, edits[wanted])
    yield data[done:]
    for wanted in reversed(pending):
        yield _new_row(prefix, wanted, edits[wanted])


def _new_row(prefix: bytes, row: int, edits: Mapping[int, _Edit]) -> bytes:
    cells = b"".join(_edit_cells(b"", prefix, row, edits))
    return b'<%brow r="%d">%b</%brow>' % (prefix, row, cells, prefix) if cells else b""


def _edit_cells(
    data: bytes, prefix: bytes, row: int, edits: Mapping[int, _Edit]
) -> Iterator[bytes]:
    pending = sorted(edits, reverse=True)
    done = column = 0
    for cell in CELL.finditer(data):
        position, _, _ = read_cell(cell[2])
        column = position[1] if position else column + 1
        while pending and pending[-1] <= column:
            yield data[done : cell.start()]
            done = cell.start()
            wanted = pending.pop()
            if wanted == column:
                yield _edit_cell(cell, edits[column])
                done = cell.end()
            else:
                yield _new_cell(prefix, (row, wanted), edits[wanted])
    yield data[done:]
    for wanted in reversed(pending):
        yield _new_cell(prefix, (row, wanted), edits[wanted])


def _new_cell(prefix: bytes, position: Position, edit: _Edit) -> bytes:
    if edit.value is None:
        return b""
    kind, content = _content(prefix, edit)
    name = cell_name(position).encode()
    return b'<%bc r="%b"%b>%b</%bc>' % (prefix, name, kind, content, prefix)


def _edit_cell(cell: re.Match[bytes], edit: _Edit) -> bytes:
    prefix, attributes, body = cell.groups()
    formula = FORMULA.search(body or b"")
    if edit.formula is None and formula:
        kept = formula[0]
    elif edit.formula:
        kept = b"<%bf>%b</%bf>" % (prefix, formula_xml(edit.formula).encode(), prefix)
    else:
        kept = b""
    kind, content = _content(prefix, edit, formula=bool(kept))
    attributes = TYPE.sub(b"", attributes)
    if not kept and not content:
        return b"<%bc%b/>" % (prefix, attributes)
    return b"<%bc%b%b>%b%b</%bc>" % (prefix, attributes, kind, kept, content, prefix)


def _content(prefix: bytes, edit: _Edit, *, formula: bool = False) -> tuple[bytes, bytes]:
    """Return the type attribute and the value element of a cell."""
    value = edit.value
    if value is None:
        return b"", b""
    if isinstance(value, bool):
        kind, text = b' t="b"', str(int(value))
    elif isinstance(value, CellError):
        kind, text = b' t="e"', stored_code(value)
    elif isinstance(value, str):
        if not formula:
            shown = b'<%bis><%bt xml:space="preserve">%b</%bt></%bis>'
            own = xml_text(checked_text(value))
            return b' t="inlineStr"', shown % (prefix, prefix, own, prefix, prefix)
        return b' t="str"', b"<%bv>%b</%bv>" % (prefix, xml_text(value), prefix)
    else:
        kind, text = b"", number_text(value)
    return kind, b"<%bv>%b</%bv>" % (prefix, text.encode(), prefix)


def _heirs(
    data: bytes, constants: Mapping[Position, CellValue]
) -> dict[Position, tuple[CellValue, str]]:
    """Return the formulas of cells whose shared formula stands in a cell that loses it.

    Raises
    ------
    InputValueError
        If a part of an array formula's cells loses it, and not all of them.
    """
    from openpyxl.formula.translate import Translator  # slow to import, and seldom needed

    lost: dict[str, Translator] = {}
    heirs = {}
    cells = formula_cells(data)
    whole = {
        position
        for first, cell in cells.items()
        if cell.kind == "array" and constants.keys() >= set(array_cells(first, cell.extent))
        for position in array_cells(first, cell.extent)
    }
    for position, cell in cells.items():
        if position in constants:
            if cell.kind in {"array", "spill", "dataTable"} and position not in whole:
                raise InputValueError(f"{cell_name(position)} is part of an array formula")
            if cell.kind == "shared" and cell.text:
                lost[cell.group] = Translator(f"={cell.text}", cell_name(position))
        elif cell.kind == "shared" and cell.group in lost and not cell.text:
            moved = lost[cell.group].translate_formula(cell_name(position))
            heirs[position] = (cell.value, moved.removeprefix("="))
    return heirs
