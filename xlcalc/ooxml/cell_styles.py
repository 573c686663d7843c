"""How does a workbook style its cells: their number formats, and which of them are unlocked?

A cell names its style by a number, and a style its number format: one of the workbook's own, or one
of those that every program knows by number.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from xlcalc.ooxml.markup import whole_number
from xlcalc.ooxml.package import Package

_BUILTIN_FORMATS = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)',
    6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)',
    8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "mm-dd-yy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "m/d/yy h:mm",
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0_);(#,##0)",
    38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)",
    41: r'_(* #,##0_);_(* \(#,##0\);_(* "-"_);_(@_)',
    42: r'_("$"* #,##0_);_("$"* \(#,##0\);_("$"* "-"_);_(@_)',
    43: r'_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)',
    44: r'_("$"* #,##0.00_)_("$"* \(#,##0.00\)_("$"* "-"??_)_(@_)',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mmss.0",
    48: "##0.0E+0",
    49: "@",
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"',
    56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
"""Number formats that a file names by number alone (ECMA-376, part 1, 18.8.30).

Those from 27 to 36 and from 50 to 58 are as Excel in simplified Chinese has them; in other
languages of East Asia the same numbers are dates and times too, in another order."""
# Quoted texts, escaped characters and what stands in brackets, but for hours and minutes that count
# on beyond a day or an hour, as [h]:mm does.
_NO_DATE = re.compile(r'"[^"]*"|[\\_*].|\[(?!(?:hh?|mm?|ss?)\])[^\]]*+(?:\]|\Z)', re.IGNORECASE)
_LOCKED = re.compile(
    rb"(<(?:\w+:)?protection\b[^<>]*?\slocked\s*=\s*)(?:\"(?:0|false)\"|'(?:0|false)')"
)
_FONTS = re.compile(
    rb"(<((?:\w+:)?)fonts\b[^<>]*?\scount=\")(\d+)(\"[^<>]*>.*?)(</\2fonts\s*>)", re.DOTALL
)
_FILLS = re.compile(
    rb"(<((?:\w+:)?)fills\b[^<>]*?\scount=\")(\d+)(\"[^<>]*>.*?)(</\2fills\s*>)", re.DOTALL
)
_CELL_STYLES = re.compile(
    rb"(<((?:\w+:)?)cellXfs\b[^<>]*?\scount=\")(\d+)(\"[^<>]*>.*?)(</\2cellXfs\s*>)", re.DOTALL
)
_DATE_LETTERS = re.compile("[dmyhs]", re.IGNORECASE)


@dataclass(frozen=True)
class CellStyles:
    """What the styles of a workbook say, by the number that a cell has as its style.

    Attributes
    ----------
    formats : dict of int to str
        The number format.
    unlocked : frozenset of int
        The styles whose cells may be changed while their sheet is protected.
    """

    formats: dict[int, str]
    unlocked: frozenset[int]


@dataclass(frozen=True)
class Look:
    """A style that is added to a workbook.

    Attributes
    ----------
    font, fill : int
        The place of its font and its fill among those that are added; -1 for no fill.
    align : str
        "left", "center" or "right".
    number_format : int
        The number of a format that every program knows.
    wraps : bool
        Whether a long text goes on in another line of its cell.
    """

    font: int
    fill: int = -1
    align: str = "left"
    number_format: int = 0
    wraps: bool = False

    def element(self, first_font: int, first_fill: int) -> bytes:
        """Return the element of the style, by the numbers of the first font and fill added."""
        return (
            b'<xf numFmtId="%d" fontId="%d" fillId="%d" borderId="0" xfId="0" '
            b'applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1">'
            b'<alignment horizontal="%b" vertical="center"%b/></xf>'
        ) % (
            self.number_format,
            first_font + self.font,
            first_fill + self.fill if self.fill >= 0 else 0,
            self.align.encode(),
            b' wrapText="1"' if self.wraps else b"",
        )


def read_styles(package: Package) -> CellStyles:
    """Return the styles of a workbook; none where it has no part for them."""
    part = _styles_part(package)
    if part is None:
        return CellStyles({}, frozenset())
    formats: dict[int, str] = {}
    unlocked: set[int] = set()
    root = package.xml(part)
    space = root.tag.removesuffix("styleSheet")
    codes = dict(_BUILTIN_FORMATS)
    for element in root.iter(f"{space}numFmt"):
        codes[_number(element.get("numFmtId"))] = element.get("formatCode", "General")
    for index, style in enumerate(root.iterfind(f"{space}cellXfs/{space}xf")):
        formats[index] = codes.get(_number(style.get("numFmtId")), "General")
        protection = style.find(f"{space}protection")
        if protection is not None and protection.get("locked") in {"0", "false"}:
            unlocked.add(index)
    return CellStyles(formats, frozenset(unlocked))


def lock_styles(package: Package) -> None:
    """Lock the cells of every style, which holds where their sheet is protected."""
    part = _styles_part(package)
    if part is not None:
        package.replace(part, _LOCKED.sub(rb'\1"1"', package.part(part)))


def add_font_style(package: Package, font: bytes) -> int | None:
    """Return the number of a new style that is a font alone.

    Parameters
    ----------
    package : Package
        The workbook, which is changed.
    font : bytes
        The element of the font, without prefixes.

    Returns
    -------
    int or None
        None where the part of styles is not written as spreadsheet programs write it.
    """
    part = _styles_part(package)
    data = b"" if part is None else package.part(part)
    fonts = _FONTS.search(data)
    styles = _CELL_STYLES.search(data)
    if part is None or fonts is None or styles is None or fonts[2] or styles[2]:
        return None
    number, style = whole_number(fonts[3]), whole_number(styles[3])
    look = b'<xf numFmtId="0" fontId="%d" fillId="0" borderId="0" xfId="0" applyFont="1"/>' % number
    for found, element in ((fonts, font), (styles, look)):
        longer = b"%b%d%b%b%b" % (found[1], whole_number(found[3]) + 1, found[4], element, found[5])
        data = data.replace(found[0], longer, 1)
    package.replace(part, data)
    return style


def add_styles(
    package: Package,
    fonts: Sequence[bytes],
    fills: Sequence[bytes],
    looks: Sequence[Look],
) -> list[int]:
    """Add styles behind those of a workbook, and return their numbers.

    Parameters
    ----------
    package : Package
        The workbook, which is changed.
    fonts, fills : sequence of bytes
        The elements of new fonts and fills, without prefixes.
    looks : sequence of Look
        The styles.

    Returns
    -------
    list of int
        All 0 where the part of styles is not written as spreadsheet programs write it.
    """
    part = _styles_part(package)
    data = b"" if part is None else package.part(part)
    found = [pattern.search(data) for pattern in (_FONTS, _FILLS, _CELL_STYLES)]
    if part is None or any(element is None or element[2] for element in found):
        return [0] * len(looks)
    first_font, first_fill, first = (whole_number(element[3]) for element in found if element)
    styles = [look.element(first_font, first_fill) for look in looks]
    package.replace(part, _longer(data, (fonts, fills, styles)))
    return list(range(first, first + len(looks)))


def drop_styles(
    package: Package,
    fonts: Sequence[bytes],
    fills: Sequence[bytes],
    looks: Sequence[Look],
) -> None:
    """Remove the styles that `add_styles` added, if they are still the last ones."""
    part = _styles_part(package)
    if part is None:
        return
    data = package.part(part)
    found = [pattern.search(data) for pattern in (_FONTS, _FILLS, _CELL_STYLES)]
    if any(element is None or element[2] for element in found):
        return
    font, fill, _ = (whole_number(element[3]) for element in found if element)
    styles = [look.element(font - len(fonts), fill - len(fills)) for look in looks]
    for element, added in zip(found, (fonts, fills, styles), strict=True):
        ending = b"".join(added)
        if element is None or not element[4].endswith(ending):
            return
        shorter = element[4].removesuffix(ending)
        now = b"%b%d%b%b" % (element[1], whole_number(element[3]) - len(added), shorter, element[5])
        data = data.replace(element[0], now, 1)
    package.replace(part, data)


def _longer(data: bytes, added: tuple[Sequence[bytes], ...]) -> bytes:
    """Return the part of styles with elements behind its fonts, fills and styles of cells."""
    for pattern, elements in zip((_FONTS, _FILLS, _CELL_STYLES), added, strict=True):
        found = pattern.search(data)
        assert found is not None  # noqa: S101  callers have looked
        size = whole_number(found[3]) + len(elements)
        longer = b"%b%d%b%b%b" % (found[1], size, found[4], b"".join(elements), found[5])
        data = data.replace(found[0], longer, 1)
    return data


def _styles_part(package: Package) -> str | None:
    parts = package.relations(package.workbook_part).values()
    return next((target for kind, target in parts if kind == "styles"), None)


@functools.lru_cache(maxsize=1024)
def date_letters(number_format: str) -> frozenset[str]:
    """Return the letters d, m, y, h and s for parts of a date in a format's first section."""
    section = _NO_DATE.sub("", number_format).partition(";")[0]
    return frozenset(letter.lower() for letter in _DATE_LETTERS.findall(section))


def is_date_format(number_format: str) -> bool:
    """Whether a number format shows a number as a date or a time, by its first section."""
    return bool(date_letters(number_format))


def _number(text: str | None) -> int:
    return whole_number(text) if text and text.isdecimal() else 0
