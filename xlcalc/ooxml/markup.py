"""How do cells stand in the XML of a sheet?

Well-formed XML never has a bare `<` inside text or an attribute, so the cells are found by pattern.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import TypeAlias

from xlcalc.cell_values import LAST_COLUMN, LAST_ROW, CellError, CellValue
from xlcalc.errors import WorkbookError
from xlcalc.ooxml.literals import text_of_xml
from xlcalc.ooxml.positions import Position as Position
from xlcalc.ooxml.positions import cell_name as cell_name
from xlcalc.ooxml.positions import cell_position as cell_position
from xlcalc.ooxml.positions import column_letters as column_letters
from xlcalc.ooxml.positions import column_number as column_number

Texts: TypeAlias = Callable[[int], CellValue]
"""Returns the text of a number in the table of shared texts."""
_ATTRIBUTES = rb"((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*"


def element(name: bytes) -> re.Pattern[bytes]:
    """Match an element that does not contain another of its name."""
    opening = rb"<((?:\w+:)?)" + name + _ATTRIBUTES
    return re.compile(opening + rb"(?:/>|>(.*?)</\1" + name + rb"\s*>)", re.DOTALL)


SHEET_DATA = re.compile(
    rb"<((?:\w+:)?)sheetData" + _ATTRIBUTES + rb"(?:/>|>(.*)</\1sheetData\s*>)", re.DOTALL
)
ROW = element(b"row")
CELL = element(b"c")
FORMULA = element(b"f")
_VALUE = element(b"v")
_INLINE = element(b"is")
_TEXT = element(b"t")
_PHONETIC = element(b"rPh")
_ATTRIBUTE = re.compile(rb"(?<![\w:.-])([\w:.-]++)\s*+=\s*(?:\"([^\"]*)\"|'([^']*)')")
TYPE = re.compile(rb"(?<!\s)\s++t\s*+=\s*(?:\"[^\"]*\"|'[^']*')")
# Attributes of a cell as spreadsheet programs write them; others are read one by one.
_USUAL = re.compile(
    rb'\s+r="([A-Z]{1,3})([0-9]{1,7})"(?:\s+s="([0-9]+)")?(?:\s+t="([a-zA-Z]+)")?\s*'
)
# Whole cells with a formula, as spreadsheet programs write nearly all of them.
PLAIN_CELL = re.compile(
    rb'(<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="[0-9]+")?)(?: t="([a-z]+)")?>'
    rb"(<f>([^<]*)</f>)(<v>[^<]*</v>|<v ?/>)?</c>"
)


def whole_number(text: str | bytes) -> int:
    """Return a whole number that the file holds as an attribute.

    Raises
    ------
    WorkbookError
        If it is not a whole number.
    """
    try:
        return int(text)
    except ValueError:  # also for thousands of digits
        shown = text if isinstance(text, str) else text.decode(errors="replace")
        raise WorkbookError(f'a sheet has "{shown}" where a whole number belongs') from None


def row_number(row: re.Match[bytes], before: int) -> int:
    """Return the number of a row, of which the file may leave out that it follows another one.

    Raises
    ------
    WorkbookError
        If no sheet has such a row.
    """
    number = whole_number(attributes_of(row[2]).get("r", str(before + 1)))
    return checked_position((number, 1))[0]


def checked_position(position: Position) -> Position:
    """Return a position that a sheet has.

    Raises
    ------
    WorkbookError
        If no sheet has it.
    """
    row, column = position
    if not (1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN):
        raise WorkbookError(
            f"a sheet has a cell in row {row:,} and column {column:,}, beyond the {LAST_ROW:,} "
            f"rows and {LAST_COLUMN:,} columns of Excel"
        )
    return position


def placed_cells(
    sheet: re.Match[bytes],
) -> Iterator[tuple[Position, re.Match[bytes], bytes, int]]:
    """Yield position, element, type of value and place in the part of every cell."""
    number = 0
    for row in ROW.finditer(sheet[3] or b""):
        number = row_number(row, number)
        column = 0
        place = sheet.start(3) + row.start(3)
        for cell in CELL.finditer(row[3] or b""):
            position, _, kind = read_cell(cell[2])
            column = position[1] if position else column + 1
            if not 1 <= column <= LAST_COLUMN:
                checked_position((number, column))
            yield (number, column), cell, kind, place + cell.start()


def cells_of(data: bytes) -> Iterator[tuple[Position, re.Match[bytes], bytes]]:
    """Yield position, element and type of value of every cell."""
    sheet = SHEET_DATA.search(data)
    for position, cell, kind, _ in placed_cells(sheet) if sheet else ():
        yield position, cell, kind


def value_of(
    cell: re.Match[bytes], texts: Texts | None = None, date1904: bool = False
) -> CellValue:
    """Return the value in a cell's element; one in the table of shared texts needs `texts`."""
    body = cell[3] or b""
    _, _, kind = read_cell(cell[2])
    if kind == b"inlineStr":
        inline = _INLINE.search(body)
        return None if inline is None else rich_text(inline[3] or b"")
    found = _VALUE.search(body)
    return None if found is None else read_value(found[3], kind, texts, date1904)


def rich_text(element: bytes) -> str:
    """Return the text of an element that has it in runs, without phonetic signs."""
    plain = _PHONETIC.sub(b"", element) if b"rPh" in element else element
    pieces = [piece[3] or b"" for piece in _TEXT.finditer(plain)]
    return text_of_xml(unescape(b"".join(pieces).decode()))


def read_value(
    data: bytes | None, kind: bytes, texts: Texts | None = None, date1904: bool = False
) -> CellValue:
    """Return the value that a cell's element holds as a text of some type.

    Parameters
    ----------
    data : bytes, optional
        The text of the element.
    kind : bytes
        The type, as `n` for numbers.
    texts : callable, optional
        Returns the shared text of a number; without it a shared text is its number.
    date1904 : bool
        Whether the days of the workbook are counted from 1904.

    Raises
    ------
    WorkbookError
        If there is no number where one belongs.
    """
    if kind == b"n":
        try:
            return float(data) if data else None
        except ValueError:
            raise WorkbookError(
                f'a cell has "{(data or b"").decode()}" where a number belongs'
            ) from None
    if not data and kind not in {b"str", b"inlineStr"}:
        return None
    text = unescape((data or b"").decode())
    if kind == b"s" and texts is not None:
        return texts(whole_number(text))
    if kind == b"b":
        return text in {"1", "true"}
    if kind == b"d":
        return _day_number(text, date1904)
    return CellError(text) if kind == b"e" else text_of_xml(text)


def _day_number(text: str, date1904: bool) -> CellValue:
    """Return the serial number of a date as ISO 8601 writes it; the text if it is none."""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text
    first = datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30)
    return (moment - first) / timedelta(days=1)


def same(old: CellValue, new: CellValue) -> bool:
    """Whether two values are one, of one kind."""
    if isinstance(old, CellError) and isinstance(new, CellError):
        return old.code == new.code
    return type(old) is type(new) and old == new


def read_cell(attributes: bytes) -> tuple[Position | None, str, bytes]:
    """Return the position of a cell, its style and the type of its value."""
    usual = _USUAL.fullmatch(attributes)
    if usual is None:
        found = attributes_of(attributes)
        kind = found.get("t", "n").encode()
        return cell_position(found.get("r", "")), found.get("s", "0"), kind
    letters, digits, style, kind = usual.groups()
    position = int(digits), column_number(letters)
    return position, "0" if style is None else style.decode(), kind or b"n"


def attributes_of(text: bytes) -> dict[str, str]:
    """Return the attributes of an element."""
    return {
        name.decode(): unescape((double or single).decode())
        for name, double, single in _ATTRIBUTE.findall(text)
    }
