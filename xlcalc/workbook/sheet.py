"""Where do the cells of a sheet stand in its XML, and how are some of them written anew?

Well-formed XML never has a bare `<` inside text or an attribute, so the cells are found by pattern,
and every byte that is not part of a changed cell stays as it is.
"""

import functools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import repeat
from typing import NamedTuple, TypeAlias
from xml.parsers import expat
from xml.sax.saxutils import escape

import numpy as np
from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import column_index_from_string, get_column_letter, range_boundaries

from xlcalc.cells import CellError, CellValue
from xlcalc.errors import InputValueError, WorkbookError
from xlcalc.workbook.numerals import number_lines, number_text

Position: TypeAlias = tuple[int, int]
"""Row and column, counted from 1."""

MAX_ARRAY_CELLS = 1_000_000
MAX_TEXT_LENGTH = 32_767  # Excel's limit for the text of a cell

_ATTRIBUTES = rb"((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*"


def _element(name: bytes) -> re.Pattern[bytes]:
    """Match an element that does not contain another of its name."""
    opening = rb"<((?:\w+:)?)" + name + _ATTRIBUTES
    return re.compile(opening + rb"(?:/>|>(.*?)</\1" + name + rb"\s*>)", re.DOTALL)


_SHEET_DATA = re.compile(
    rb"<((?:\w+:)?)sheetData" + _ATTRIBUTES + rb"(?:/>|>(.*)</\1sheetData\s*>)", re.DOTALL
)
_ROW = _element(b"row")
_CELL = _element(b"c")
_FORMULA = _element(b"f")
_VALUE = _element(b"v")
_VALIDATION = _element(b"dataValidation")
_BOUNDS = tuple(_element(b"formula" + digit) for digit in (b"1", b"2"))
_ATTRIBUTE = re.compile(rb"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_TYPE = re.compile(rb"\s+t\s*=\s*(?:\"[^\"]*\"|'[^']*')")
# Attributes of a cell as spreadsheet programs write them; others are read one by one.
_USUAL = re.compile(
    rb'\s+r="([A-Z]{1,3})([0-9]{1,7})"(?:\s+s="([0-9]+)")?(?:\s+t="([a-zA-Z]+)")?\s*'
)
_USUAL_BODY = re.compile(rb"<f>([^<]*)</f>(?:<v>([^<]*)</v>|<v ?/>)?")
# Whole cells with a formula, as spreadsheet programs write nearly all of them.
_PLAIN = re.compile(
    rb'(<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="[0-9]+")?)(?: t="([a-z]+)")?>'
    rb"(<f>([^<]*)</f>)(<v>[^<]*</v>|<v ?/>)?</c>"
)
_ANY_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_ODD_ROW = re.compile(rb"""<(?:\w+:)?row\s(?:[^<>]*\s)?r\s*=\s*["'](?![0-9]+["'])""")
_ODD_MARKUP = re.compile(rb"<!|<\?(?!xml\s)")
_CELL_NAME = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]+)")
_BETWEEN = "\ue000"
"""Divides texts, and seldom is in one."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def cell_name(position: Position) -> str:
    """Return the name of a cell, as B7."""
    return f"{get_column_letter(position[1])}{position[0]}"


def cell_position(name: str) -> Position | None:
    """Return the position of a cell's name, as B7 or $B$7."""
    found = _CELL_NAME.fullmatch(name)
    return (int(found[2]), column_index_from_string(found[1])) if found else None


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


def _box(extent: str) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a range; whole columns and rows end where sheets do."""
    try:
        left, top, right, bottom = range_boundaries(extent)
    except ValueError:
        raise WorkbookError(f'a sheet names the range "{extent}", which is none') from None
    return left or 1, top or 1, right or 16_384, bottom or 1_048_576


def _whole(text: str) -> int:
    """Return a whole number that the file holds as an attribute."""
    try:
        return int(text)
    except ValueError:
        raise WorkbookError(f'a sheet has "{text}" where a whole number belongs') from None


def check_markup(data: bytes, name: str) -> None:
    """Refuse a part whose elements cannot be found by pattern; the name is for the sentence."""
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
    """Return the cells of a sheet whose values come from formulas."""
    plain = _plain_formula_cells(data)
    if plain is not None:
        return plain
    found: dict[Position, FormulaCell] = {}
    spills: dict[Position, str] = {}
    for position, cell, kind in _cells(data):
        body = cell[3] or b""
        usual = _USUAL_BODY.fullmatch(body)
        if usual is not None:
            text = unescape(usual[1].decode())
            value = _read_value(usual[2], kind)
            found[position] = FormulaCell("normal", text, "", "", value)
            continue
        formula = _FORMULA.search(body)
        if formula is None:
            if position in spills:
                found[position] = FormulaCell("spill", "", "", "", _value(cell))
            continue
        attributes = attributes_of(formula[2]) if formula[2] else {}
        extent = attributes.get("ref", "")
        form = attributes.get("t", "normal")
        if form == "array":
            left, top, right, bottom = _box(extent)
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
            _value(cell),
        )
    for position in spills.keys() - found.keys():
        found[position] = FormulaCell("spill", "", "", "", None)
    return found


def _plain_formula_cells(data: bytes) -> dict[Position, FormulaCell] | None:
    """Return the formula cells of a sheet, all at once; None if not all are written plainly."""
    sheet = _SHEET_DATA.search(data)
    rows = (sheet[3] or b"") if sheet else b""
    found = _PLAIN.findall(rows)
    if len(found) != len(_ANY_FORMULA.findall(rows)) or _ODD_ROW.search(rows):
        return None
    if not found:
        return {}
    _, letters, digits, kinds, _, formulas, written = zip(*found, strict=True)
    texts = b"\n\x00".join(formulas).decode()
    values = [
        _read_value(value[3:-4] if value.startswith(b"<v>") else None, kind or b"n")
        for value, kind in zip(written, kinds, strict=True)
    ]
    cells = zip(
        repeat("normal"),
        (unescape(texts) if "&" in texts else texts).split("\n\x00"),
        repeat(""),
        repeat(""),
        values,
    )
    positions = zip(map(int, digits), map(_column_number, letters), strict=True)
    return dict(zip(positions, map(FormulaCell._make, cells), strict=False))


def last_cell(data: bytes) -> Position:
    """Return the last row and the last column that have a cell."""
    positions = [position for position, _, _ in _cells(data)]
    return (
        max((row for row, _ in positions), default=1),
        max((column for _, column in positions), default=1),
    )


def cell_styles(data: bytes, wanted: set[Position]) -> dict[Position, int]:
    """Return the number of the style of each wanted cell that the sheet has."""
    return {
        position: _whole(_read_cell(cell[2])[1])
        for position, cell, _ in _cells(data)
        if position in wanted
    }


def validations(data: bytes) -> tuple[Validation, ...]:
    """Return the data validations of a sheet."""
    found = []
    for element in _VALIDATION.finditer(data):
        attributes = attributes_of(element[2])
        body = element[3] or b""
        formulas = [bound.search(body) for bound in _BOUNDS]
        found.append(
            Validation(
                boxes=tuple(_box(box) for box in attributes.get("sqref", "").split()),
                kind=attributes.get("type", "none"),
                operator=attributes.get("operator", "between"),
                strict=attributes.get("showErrorMessage") in {"1", "true"}
                and attributes.get("errorStyle", "stop") == "stop",
                formulas=tuple(unescape((f[3] or b"").decode()) for f in formulas if f),
            )
        )
    return tuple(found)


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
    sheet = _SHEET_DATA.search(data)
    if sheet is None:
        raise WorkbookError("a sheet has no part for its cells")
    if not constants and (whole := _write_plain(sheet[3] or b"", cached)) is not None:
        return data[: sheet.start(3)] + whole + data[sheet.end(3) :]
    edits: dict[int, dict[int, _Edit]] = {}
    for (row, column), value in cached.items():
        edits.setdefault(row, {})[column] = _Edit(value, None)
    for (row, column), (value, formula) in _heirs(data, constants).items():
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
    pieces = _PLAIN.split(rows)
    size = _PLAIN.groups + 1
    count = len(pieces) // size
    letters, digits = pieces[2::size], pieces[3::size]
    places = list(zip(map(int, digits), map(_column_number, letters), strict=True))
    if not cached.keys() <= set(places):
        return None
    contents = _formula_contents(cached)
    kept = [(b' t="%b"' % kind if kind else b"", value or b"") for kind, value in
            zip(pieces[4::size], pieces[7::size], strict=True)]  # fmt: skip
    chosen = [contents.get(place, old) for place, old in zip(places, kept, strict=True)]
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
            return b"".join((head, _text(value), tail))
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
        return _value(self.element)

    @functools.cached_property
    def odd_value(self) -> CellValue:
        """The number or text that the sheet has in the cell, if it is not written as here."""
        value = self.value
        if not isinstance(value, float | str):
            return None
        head, tail = self.around(type(value), keeps_formula=True)
        usual = _text(value) if isinstance(value, str) else number_text(value).encode()
        return None if self.element[0] == b"".join((head, usual, tail)) else value


def xml_texts(values: list[str]) -> list[bytes]:
    """Return texts as XML has them, all that a cell can hold."""
    together = _BETWEEN.join(values)
    apart = together.count(_BETWEEN) == len(values) - 1
    fits = max(map(len, values)) <= MAX_TEXT_LENGTH
    if apart and fits and not _FORBIDDEN.search(together):
        return _xml(together).split(_BETWEEN.encode())
    return [_text(value) for value in values]


def split_cells(
    data: bytes, positions: Collection[Position]
) -> tuple[list[bytes], list[Slot]] | None:
    """Return the bytes of a sheet around some of its cells, and these cells as slots.

    None if the sheet lacks one of them: `write_cells` has to make it.
    """
    sheet = _SHEET_DATA.search(data)
    if sheet is None or sheet[3] is None:
        return None
    chunks: list[bytes] = []
    slots: list[Slot] = []
    done = 0
    for position, element, _, start in _placed_cells(sheet):
        if position in positions:
            chunks.append(data[done:start])
            slots.append(Slot(position, element))
            done = start + len(element[0])
    chunks.append(data[done:])
    return (chunks, slots) if len(slots) == len(positions) else None


def _placed_cells(
    sheet: re.Match[bytes],
) -> Iterator[tuple[Position, re.Match[bytes], bytes, int]]:
    """Yield position, element, type of value and place in the part of every cell."""
    number = 0
    for row in _ROW.finditer(sheet[3] or b""):
        number = _whole(attributes_of(row[2]).get("r", str(number + 1)))
        column = 0
        place = sheet.start(3) + row.start(3)
        for cell in _CELL.finditer(row[3] or b""):
            position, _, kind = _read_cell(cell[2])
            column = position[1] if position else column + 1
            yield (number, column), cell, kind, place + cell.start()


def drop_formulas(data: bytes, cells: Mapping[Position, FormulaCell]) -> bytes:
    """Return the sheet with the values of its formula cells in their place."""
    edits: dict[int, dict[int, _Edit]] = {}
    for (row, column), cell in cells.items():
        if cell.kind != "spill":
            edits.setdefault(row, {})[column] = _Edit(cell.value, "")
    sheet = _SHEET_DATA.search(data)
    if sheet is None or not edits:
        return data
    written = b"".join(_edit_rows(sheet[3], sheet[1], edits))
    return data[: sheet.start(3)] + written + data[sheet.end(3) :]


def _edit_rows(
    data: bytes, prefix: bytes, edits: Mapping[int, Mapping[int, _Edit]]
) -> Iterator[bytes]:
    pending = sorted(edits, reverse=True)
    done = number = 0
    for row in _ROW.finditer(data):
        number = _whole(attributes_of(row[2]).get("r", str(number + 1)))
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
    for cell in _CELL.finditer(data):
        position, _, _ = _read_cell(cell[2])
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
    formula = _FORMULA.search(body or b"")
    if edit.formula is None and formula:
        kept = formula[0]
    elif edit.formula:
        kept = b"<%bf>%b</%bf>" % (prefix, escape(edit.formula).encode(), prefix)
    else:
        kept = b""
    kind, content = _content(prefix, edit, formula=bool(kept))
    attributes = _TYPE.sub(b"", attributes)
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
        kind, text = b' t="e"', value.code
    elif isinstance(value, str):
        if not formula:
            shown = b'<%bis><%bt xml:space="preserve">%b</%bt></%bis>'
            return b' t="inlineStr"', shown % (prefix, prefix, _text(value), prefix, prefix)
        return b' t="str"', b"<%bv>%b</%bv>" % (prefix, _text(value), prefix)
    else:
        kind, text = b"", number_text(value)
    return kind, b"<%bv>%b</%bv>" % (prefix, text.encode(), prefix)


def _text(value: str) -> bytes:
    """Return a text as XML has it."""
    return _xml(checked_text(value))


def _xml(text: str) -> bytes:
    return escape(text).replace("\r", "&#13;").encode()


def checked_text(text: str) -> str:
    """Return a text that a cell can hold."""
    if len(text) > MAX_TEXT_LENGTH:
        raise InputValueError(
            f"a cell holds at most {MAX_TEXT_LENGTH:,} characters, got {len(text):,}"
        )
    found = _FORBIDDEN.search(text)
    if found:
        raise InputValueError(f"a cell cannot hold the control character {found[0]!r}")
    return text


def _heirs(
    data: bytes, constants: Mapping[Position, CellValue]
) -> dict[Position, tuple[CellValue, str]]:
    """Return the formulas of cells whose shared formula stands in a cell that loses it."""
    lost: dict[str, Translator] = {}
    heirs = {}
    for position, cell in formula_cells(data).items() if constants else ():
        if position in constants:
            if cell.kind in {"array", "spill", "dataTable"}:
                raise InputValueError(f"{cell_name(position)} is part of an array formula")
            if cell.kind == "shared" and cell.text:
                lost[cell.group] = Translator(f"={cell.text}", cell_name(position))
        elif cell.kind == "shared" and cell.group in lost and not cell.text:
            moved = lost[cell.group].translate_formula(cell_name(position))
            heirs[position] = (cell.value, moved.removeprefix("="))
    return heirs


def _cells(data: bytes) -> Iterator[tuple[Position, re.Match[bytes], bytes]]:
    """Yield position, element and type of value of every cell."""
    sheet = _SHEET_DATA.search(data)
    for position, cell, kind, _ in _placed_cells(sheet) if sheet else ():
        yield position, cell, kind


def _value(cell: re.Match[bytes]) -> CellValue:
    """Return the value in a cell's element, where it does not need the table of shared texts."""
    found = _VALUE.search(cell[3] or b"")
    _, _, kind = _read_cell(cell[2])
    return None if found is None else _read_value(found[3], kind)


def _read_value(data: bytes | None, kind: bytes) -> CellValue:
    if kind == b"n":
        try:
            return float(data) if data else None
        except ValueError:
            raise WorkbookError(
                f'a cell has "{(data or b"").decode()}" where a number belongs'
            ) from None
    text = unescape((data or b"").decode())
    if kind == b"b":
        return text == "1"
    return CellError(text) if kind == b"e" else text


def same(old: CellValue, new: CellValue) -> bool:
    """Whether two values are one, of one kind."""
    if isinstance(old, CellError) and isinstance(new, CellError):
        return old.code == new.code
    return type(old) is type(new) and old == new


def _read_cell(attributes: bytes) -> tuple[Position | None, str, bytes]:
    """Return the position of a cell, its style and the type of its value."""
    usual = _USUAL.fullmatch(attributes)
    if usual is None:
        found = attributes_of(attributes)
        kind = found.get("t", "n").encode()
        return cell_position(found.get("r", "")), found.get("s", "0"), kind
    letters, digits, style, kind = usual.groups()
    position = int(digits), _column_number(letters)
    return position, "0" if style is None else style.decode(), kind or b"n"


@functools.cache
def _column_number(letters: bytes) -> int:
    return int(column_index_from_string(letters.decode()))


def attributes_of(text: bytes) -> dict[str, str]:
    """Return the attributes of an element."""
    return {
        name.decode(): unescape((double or single).decode())
        for name, double, single in _ATTRIBUTE.findall(text)
    }
