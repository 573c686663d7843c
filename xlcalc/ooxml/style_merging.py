"""How do the looks of one workbook stand behind those of another, each under a number of its own?

A cell names its style by a number, and a style its font, fill, border and number format by theirs.
What is added comes behind what is there, so that no number of the workbook changes. An example: the
workbook has 40 styles of cells and 12 fonts; the third style that is added, on its second font,
becomes style 42 on font 13.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from xlcalc.errors import WorkbookError
from xlcalc.ooxml.literals import attribute_xml
from xlcalc.ooxml.markup import whole_number
from xlcalc.ooxml.package import Package

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
_ORDER = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
)
"""The elements of the part in the order that they must have (ECMA-376, part 1, 18.8.39)."""
_FIRST_OWN_FORMAT = 164
"""Number formats below are known by number to every program."""
_FONT_ORDER = (
    *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign"),
    *("sz", "color", "name", "family", "charset", "scheme"),
)
"""The children of a font in the order of Excel, which is not that of openpyxl."""
_FONT = re.compile(rb"<font>(.*?)</font>", re.DOTALL)
_CHILD = re.compile(rb"<(\w+)\b[^<>]*(?:/>|></\1>)")
_ROOT = re.compile(rb"<((?:\w+:)?)styleSheet\b")
_COUNT = re.compile(rb"(\scount\s*=\s*[\"'])\d+")
_NUMBER = re.compile(rb"\s(fontId|fillId|borderId|numFmtId|xfId)=\"(\d+)")
_TAG = re.compile(rb"<(/?)(?=[A-Za-z])")
_PLAIN = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns='
    b'"http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill>'
    b'<fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    b"</styleSheet>"
)
"""The part of a workbook that has none, as programs show it."""


@dataclass(frozen=True)
class StyleNumbers:
    """What must be added to the numbers of styles that came from another workbook.

    Attributes
    ----------
    cells : int
        To the number of a cell's style.
    differences : int
        To the number of a difference, by which a conditional format changes a look.
    """

    cells: int
    differences: int


def merge_styles(package: Package, source: Package) -> StyleNumbers:
    """Add all styles of another workbook behind those of a workbook.

    Parameters
    ----------
    package : Package
        The workbook, which is changed.
    source : Package
        The other one, whose part of styles has no prefixes, as openpyxl writes it.

    Raises
    ------
    WorkbookError
        If the workbook's part of styles is none.
    """
    part = _part(package)
    if part is None:
        part = "xl/styles.xml"
        package.add(part, _PLAIN, _TYPE, _RELATION, package.workbook_part)
    origin = _part(source)
    if origin is None:
        return StyleNumbers(0, 0)
    data, added = package.part(part), source.part(origin)
    if _ROOT.search(data) is None:
        raise WorkbookError(f"{package.name} is damaged in {part}: it has no styles")
    formats = _format_numbers(package, part, source, origin)
    codes = b"".join(
        f'<numFmt numFmtId="{formats[old]}" formatCode={attribute_xml(code)}/>'.encode()
        for old, code in _formats(source, origin).items()
    )
    counts = {name: _count(package, part, name) for name in _ORDER}

    changes: dict[bytes, Callable[[int], int]] = {
        b"fontId": lambda old: old + counts["fonts"],
        b"fillId": lambda old: old + counts["fills"],
        b"borderId": lambda old: old + counts["borders"],
        b"numFmtId": lambda old: formats.get(old, old),
        b"xfId": lambda _: 0,  # the workbook's own Normal
    }
    styles = _NUMBER.sub(
        lambda found: b' %b="%d' % (found[1], changes[found[1]](whole_number(found[2]))),
        _body(added, "cellXfs"),
    )
    data = _longer(data, "numFmts", codes, counts["numFmts"] + len(formats))
    for name in ("fonts", "fills", "borders", "dxfs"):
        size = counts[name] + _count(source, origin, name)
        data = _longer(data, name, _FONT.sub(_ordered, _body(added, name)), size)
    data = _longer(data, "cellXfs", styles, counts["cellXfs"] + _count(source, origin, "cellXfs"))
    package.replace(part, data)
    return StyleNumbers(counts["cellXfs"], counts["dxfs"])


def _part(package: Package) -> str | None:
    parts = package.relations(package.workbook_part).values()
    return next((target for kind, target in parts if kind == "styles"), None)


def _count(package: Package, part: str, name: str) -> int:
    """Return how many children an element of the part has; the attribute `count` may be wrong."""
    root = package.xml(part)
    found = root.find(f"{root.tag.removesuffix('styleSheet')}{name}")
    return 0 if found is None else len(found)


def _formats(package: Package, part: str) -> dict[int, str]:
    """Return the number formats that a workbook has of its own."""
    root = package.xml(part)
    space = root.tag.removesuffix("styleSheet")
    return {
        whole_number(element.get("numFmtId", "0")): element.get("formatCode", "General")
        for element in root.iterfind(f"{space}numFmts/{space}numFmt")
    }


def _format_numbers(package: Package, part: str, source: Package, origin: str) -> dict[int, int]:
    taken = _formats(package, part)
    first = max([_FIRST_OWN_FORMAT - 1, *taken]) + 1
    return {old: first + place for place, old in enumerate(_formats(source, origin))}


def _body(data: bytes, name: str) -> bytes:
    """Return the children of an element that has no prefix."""
    tag = name.encode()
    found = re.search(rb"<%b\b[^<>]*(?<!/)>(.*?)</%b>" % (tag, tag), data, re.DOTALL)
    return found[1] if found else b""


def _ordered(font: re.Match[bytes]) -> bytes:
    """Return a font with its children in order."""
    children = sorted(
        _CHILD.finditer(font[1]), key=lambda child: _FONT_ORDER.index(child[1].decode())
    )
    return b"<font>%b</font>" % b"".join(child[0] for child in children)


def _longer(data: bytes, name: str, children: bytes, count: int) -> bytes:
    """Return the part with more children at the end of an element, which is made if missing."""
    if not children:
        return data
    root = _ROOT.search(data)
    assert root is not None  # noqa: S101  the caller has looked
    prefix = root[1]
    children = _TAG.sub(rb"<\1" + prefix, children)
    tag = prefix + name.encode()
    found = re.search(rb"<%b\b([^<>]*?)(?:/>|>(.*?)</%b\s*>)" % (tag, tag), data, re.DOTALL)
    if found is not None:
        attributes = _COUNT.sub(lambda old: b"%b%d" % (old[1], count), found[1])
        whole = b"<%b%b>%b%b</%b>" % (tag, attributes, found[2] or b"", children, tag)
        return data[: found.start()] + whole + data[found.end() :]
    later = b"|".join(other.encode() for other in _ORDER[_ORDER.index(name) + 1 :])
    behind = re.search(rb"<%b(?:%b)\b|</%bstyleSheet\s*>" % (prefix, later, prefix), data)
    place = len(data) if behind is None else behind.start()
    whole = b'<%b count="%d">%b</%b>' % (tag, count, children, tag)
    return data[:place] + whole + data[place:]
