"""What does openpyxl leave undone in the parts of a file that Excel, or a reader's program, wants?

The children of a font come in the order of the schema, texts stand in one list for the whole
workbook, as Excel keeps them, and each chart says in words what it shows.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from openpyxl.worksheet.worksheet import Worksheet

from xlcalc.ooxml.package import Package

STYLES, SHARED = "xl/styles.xml", "xl/sharedStrings.xml"
_FONT = re.compile(r"<font>(.*?)</font>", re.DOTALL)
_CHILD = re.compile(r"<(\w+)\b[^>]*?(?:/>|>\s*</\1>)")
_ORDER = (
    *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u"),
    *("vertAlign", "sz", "color", "name", "family", "charset", "scheme"),
)
_TEXT_CELL = re.compile(r'<c ([^>]*?) ?t="inlineStr"([^>]*)><is>(.*?)</is></c>', re.DOTALL)
_FRAME = re.compile(r"(<(?:\w+:)?graphicFrame\b.*?<(?:\w+:)?cNvPr\b[^>]*?)(/?>)", re.DOTALL)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
_KINDS = {
    "ScatterChart": "Scatter chart",
    "LineChart": "Line chart",
    "AreaChart": "Area chart",
}


def ordered_fonts(styles: str) -> str:
    """Return a part of styles with the children of each font in the order of the schema."""

    def ordered(font: re.Match[str]) -> str:
        children = [(found[1], found[0]) for found in _CHILD.finditer(font[1])]
        children.sort(key=lambda child: _ORDER.index(child[0]))
        return f"<font>{''.join(text for _, text in children)}</font>"

    return _FONT.sub(ordered, styles)


class SharedTexts:
    """The list of the texts of a workbook, which grows as its sheets are read."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._uses = 0

    def shared(self, sheet: str) -> str:
        """Return a sheet whose cells point into the list instead of holding their texts."""
        return _TEXT_CELL.sub(self._pointing, sheet)

    def _pointing(self, cell: re.Match[str]) -> str:
        place = self._places.setdefault(cell[3], len(self._places))
        self._uses += 1
        return f'<c {cell[1]} t="s"{cell[2]}><v>{place}</v></c>'

    def add_to(self, package: Package) -> None:
        """Give a workbook the list, if it has any texts."""
        if not self._places:
            return
        texts = "".join(f"<si>{text}</si>" for text in self._places)
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        part = (
            f'{head}<sst xmlns="{_MAIN}" count="{self._uses}" '
            f'uniqueCount="{len(self._places)}">{texts}</sst>'
        )
        package.add(SHARED, part.encode(), _TYPE, _RELATION, package.workbook_part)


def described(drawing: str, descriptions: Sequence[str]) -> str:
    """Return a drawing whose charts, in their order, have these descriptions."""
    left = iter(descriptions)
    return _FRAME.sub(lambda frame: f"{frame[1]} descr={quoteattr(next(left))}{frame[2]}", drawing)


def descriptions(sheet: Worksheet, texts: Callable[[str], str]) -> list[str]:
    """Return a description of each chart of a sheet: its kind, title, axes and series."""
    return [_description(chart, texts) for chart in sheet._charts]


def _description(chart: Any, texts: Callable[[str], str]) -> str:
    kind = type(chart).__name__
    if kind == "BarChart":
        what = "Bar chart" if chart.type == "bar" else "Column chart"
    else:
        what = _KINDS.get(kind, "Chart")
    names = [
        series.tx.v
        for part in chart._charts
        for series in part.series
        if series.tx is not None and series.tx.v
    ]
    said = {
        "{kind}: {title}.": {"kind": texts(what), "title": _words(chart.title).rstrip(".")},
        "Horizontal axis: {title}.": {"title": _words(chart.x_axis.title)},
        "Vertical axis: {title}.": {"title": _words(chart.y_axis.title)},
        "Series: {title}.": {"title": ", ".join(names) if len(names) > 1 else ""},
    }
    return " ".join(
        texts(sentence).format(**words) for sentence, words in said.items() if words["title"]
    )


def _words(title: Any) -> str:
    """Return the words of a title, in a line."""
    if title is None or title.tx is None or title.tx.rich is None:
        return ""
    runs = (run.t for paragraph in title.tx.rich.p for run in paragraph.r or ())
    return " ".join(" ".join(runs).split())
