"""What does the sheet of workings look like, and what stands in which column?

A row a line, each with its cell and its function, so that a filter on either shows one block or all
blocks of a function. The first line of a block links to the cell that it is for and shows the
value of that cell.
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

from xlcalc.native.lines import Block, Kind, Line
from xlcalc.ooxml.cell_styles import Look
from xlcalc.ooxml.literals import attribute_xml, formula_xml, number_text, xml_text
from xlcalc.ooxml.positions import cell_name

SHEET = "Workings"
TITLE = "Workings"
MARK = "Plain formulas in the place of functions of xlcalc: a block a call, a line a step."
"""What tells the sheet of workings from any other, below its title."""
HEADINGS = ("Cell", "Function", "Line", "Value", "Check", "Unit", "What it is")
FIRST_ROW = 5
CELL, FUNCTION, LABEL, VALUE, CHECK, UNIT, NOTE = range(2, 9)
"""The columns."""
_HEADING = {VALUE: "heading of a value", CHECK: "heading of a check"}
Looks: TypeAlias = dict[tuple[str, int], int]
_WIDTHS = (2, 22, 34, 34, 22, 10, 24, 110)
_NOTE_LETTERS = 105
"""Letters of a note in one line of its cell."""
_ROW_HEIGHT = 15
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

FONTS = (
    b'<font><sz val="10"/><name val="Arial"/></font>',
    b'<font><b/><sz val="10"/><color rgb="FF1F3864"/><name val="Arial"/></font>',
    b'<font><b/><sz val="18"/><color rgb="FF1F3864"/><name val="Arial"/></font>',
    b'<font><sz val="10"/><color rgb="FF6B7280"/><name val="Arial"/></font>',
    b'<font><b/><sz val="10"/><color rgb="FFFFFFFF"/><name val="Arial"/></font>',
    b'<font><u/><sz val="10"/><color rgb="FF0563C1"/><name val="Arial"/></font>',
    b'<font><sz val="10"/><color rgb="FF00733B"/><name val="Arial"/></font>',
)
_TEXT, _BOLD, _TITLE, _GREY, _WHITE, _LINK, _GREEN = range(7)
FILLS = (
    b'<fill><patternFill patternType="solid"><fgColor rgb="FF1F3864"/></patternFill></fill>',
    b'<fill><patternFill patternType="solid"><fgColor rgb="FFEEF2F7"/></patternFill></fill>',
)
_NO_FILL, _NAVY, _BAND = -1, 0, 1
_NUMBER_FORMATS = {"#,##0": 3, "#,##0.0": 4, "#,##0.00": 4, "0.00E+00": 11, "0.0%": 10}
"""The number under which every program knows a format, or one with a digit more."""
_FORMATS = (0, 3, 4, 10, 11)
STYLES: dict[tuple[str, int], Look] = {
    ("title", 0): Look(_TITLE),
    ("subtitle", 0): Look(_GREY),
    ("heading", 0): Look(_WHITE, _NAVY),
    ("heading of a value", 0): Look(_WHITE, _NAVY, "right"),
    ("heading of a check", 0): Look(_WHITE, _NAVY, "center"),
    ("key", 0): Look(_GREY),
    ("text", 0): Look(_TEXT),
    ("check", 0): Look(_GREY, align="center"),
    ("result", 0): Look(_BOLD),
    ("call", 0): Look(_BOLD, _BAND),
    ("place", 0): Look(_LINK, _BAND),
    ("note", 0): Look(_GREY, wraps=True),
    ("note of a result", 0): Look(_BOLD, wraps=True),
    ("note of a call", 0): Look(_BOLD, _BAND, wraps=True),
} | {
    (name, number): Look(font, fill, "right", number)
    for name, font, fill in (
        ("value", _TEXT, _NO_FILL),
        ("link", _GREEN, _NO_FILL),
        ("value of a result", _BOLD, _NO_FILL),
        ("value of a call", _BOLD, _BAND),
    )
    for number in _FORMATS
}
"""The looks of cells, by what they are for and the number of their format."""
HOW_TO_READ = (
    "The first line of a block has the cell, its value and the call; Check says ok, or which error "
    "an argument gives. A call that is filled down has one line. Filter Cell to see one block. Do "
    "not fill down or copy a cell that reads this sheet: it would go on reading these lines."
)


def workings_xml(blocks: Sequence[tuple[str, str, Block]], styles: Sequence[int]) -> bytes:
    """Return the part of the sheet of workings.

    Parameters
    ----------
    blocks : sequence of (str, str, Block)
        For each block the cell that it is for, as a person reads it and as a reference.
    styles : sequence of int
        The number of each style of `STYLES`.
    """
    look: Looks = dict(zip(STYLES, styles, strict=True))
    rows = [
        _row(1, [_text(1, 2, TITLE, look["title", 0])], 30),
        _row(2, [_text(2, 2, MARK, look["subtitle", 0])]),
        _row(3, [_text(3, 2, HOW_TO_READ, look["subtitle", 0])]),
        _row(
            4,
            [
                _text(4, column, text, look[_HEADING.get(column, "heading"), 0])
                for column, text in enumerate(HEADINGS, start=2)
            ],
            20,
        ),
    ]
    links = []
    last = FIRST_ROW - 1
    for place, reference, block in blocks:
        location = attribute_xml(reference)
        for last, line in enumerate(block.lines, start=block.row):
            rows.append(_line(last, place, block, line, look))
        shown = attribute_xml(place)
        links.append(f'<hyperlink ref="B{block.row}" location={location} display={shown}/>')
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(_WIDTHS, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="B1:H{last}"/><sheetViews><sheetView showGridLines="0" '
        'workbookViewId="0"><pane ySplit="4" topLeftCell="A5" activePane="bottomLeft" '
        'state="frozen"/><selection pane="bottomLeft" activeCell="E5" sqref="E5"/></sheetView>'
        f'</sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols>'
        f'<sheetData>{"".join(rows)}</sheetData><autoFilter ref="B4:H{last}"/>'
        f"<hyperlinks>{''.join(links)}</hyperlinks>"
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.7" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;L&amp;F&amp;C&amp;A&amp;R&amp;P / &amp;N</oddFooter>"
        "</headerFooter></worksheet>"
    ).encode()


def _line(row: int, place: str, block: Block, line: Line, look: Looks) -> str:
    call = line.kind in {Kind.CALL, Kind.FILLED}
    result = line.kind in {Kind.RESULT, Kind.SHOWN}
    words = "call" if call else "result" if result else "text"
    figure = f"value of a {words}" if call or result else "value"
    if line.kind is Kind.ARGUMENT and isinstance(line.value, str) and "!" in line.value:
        figure = "link"
    grey = "call" if call else "key"
    cells = [
        _text(row, CELL, place, look["place" if call else "key", 0]),
        _text(row, FUNCTION, block.spec.name, look[grey, 0]),
        _text(row, LABEL, line.label, look[words, 0]),
        _value(row, VALUE, line.value, look[figure, _NUMBER_FORMATS.get(line.number_format, 0)]),
        _value(row, CHECK, line.check, look["call" if call else "check", 0]),
        _text(row, UNIT, line.unit, look[grey, 0]),
        _text(row, NOTE, line.note, look[f"note of a {words}" if call or result else "note", 0]),
    ]
    return _row(row, cells, 13 * math.ceil(len(line.note) / _NOTE_LETTERS))


def _row(row: int, cells: list[str], height: int = 0) -> str:
    tall = f' ht="{height}" customHeight="1"' if height > _ROW_HEIGHT else ""
    return f'<row r="{row}"{tall}>{"".join(cells)}</row>'


def _text(row: int, column: int, text: str, style: int) -> str:
    place = f'<c r="{cell_name((row, column))}" s="{style}"'
    if not text:
        return f"{place}/>"
    shown = xml_text(text).decode()
    return f'{place} t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _value(row: int, column: int, value: str | float | bool, style: int) -> str:
    place = f'<c r="{cell_name((row, column))}" s="{style}"'
    if isinstance(value, bool):
        return f'{place} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, float | int):
        return f"{place}><v>{number_text(float(value))}</v></c>"
    if value.startswith("="):
        return f"{place}><f>{formula_xml(value[1:])}</f></c>"
    return _text(row, column, value, style)
