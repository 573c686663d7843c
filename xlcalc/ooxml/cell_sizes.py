"""How large are cells of a sheet on the page?

Columns are as wide as so many digits of the workbook's font, which is not measured: it is taken to
be Calibri 11 or one as wide, as Excel's own. A row without a height has that of the sheet.
"""

import math
import re

from xlcalc.ooxml.markup import ROW, SHEET_DATA, attributes_of, whole_number

PIXEL, POINT = 9_525, 12_700
"""Sizes in English Metric Units, of which an inch has 914,400."""
_DIGIT, _PADDING = 7, 5
"""Pixels of a digit of Calibri 11, and beside the digits: ECMA-376, part 1, 18.3.1.13."""
_FORMAT = re.compile(rb"<(?:\w+:)?sheetFormatPr\b([^<>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
_HIDDEN = {"1", "true"}


def size_of_cells(data: bytes, box: tuple[int, int, int, int]) -> tuple[int, int]:
    """Return width and height of a range [EMU]; what is hidden has none.

    Parameters
    ----------
    data : bytes
        The sheet.
    box : tuple of int
        Left, top, right and bottom of the range.
    """
    left, top, right, bottom = box
    found = _FORMAT.search(data)
    usual = attributes_of(found[1]) if found else {}
    return _width(data, usual, left, right), _height(data, usual, top, bottom)


def _width(data: bytes, usual: dict[str, str], left: int, right: int) -> int:
    base = int(usual.get("baseColWidth", "8")) * _DIGIT + _PADDING
    # Excel makes the standard column a whole number of 8 pixels wide: 64 for 8 digits.
    standard = -(-base // 8) * 8
    if "defaultColWidth" in usual:
        standard = _pixels(usual["defaultColWidth"])
    widths = dict.fromkeys(range(left, right + 1), standard)
    for column in _COLUMN.finditer(data):
        attributes = attributes_of(column[1])
        first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
        for number in range(max(first, left), min(last, right) + 1):
            if attributes.get("hidden") in _HIDDEN:
                widths[number] = 0
            elif "width" in attributes:
                widths[number] = _pixels(attributes["width"])
    return sum(widths.values()) * PIXEL


def _pixels(width: str) -> int:
    return math.floor(float(width) * _DIGIT + 0.5)


def _height(data: bytes, usual: dict[str, str], top: int, bottom: int) -> int:
    points = 0.0 if usual.get("zeroHeight") in _HIDDEN else float(usual.get("defaultRowHeight", 15))
    heights = dict.fromkeys(range(top, bottom + 1), points)
    sheet = SHEET_DATA.search(data)
    number = 0
    for row in ROW.finditer(sheet[3] or b"") if sheet else ():
        attributes = attributes_of(row[2])
        number = whole_number(attributes.get("r", str(number + 1)))
        if number in heights:
            if attributes.get("hidden") in _HIDDEN:
                heights[number] = 0.0
            elif "ht" in attributes:
                heights[number] = float(attributes["ht"])
    return round(sum(heights.values()) * POINT)
