"""How do comments come to the cells of a sheet while everything else stays as it is?

A comment is an entry in the sheet's part of comments, and a shape in its old drawing (VML), without
which Excel repairs the file. A sheet that has either keeps what it has: entries and shapes are put
behind those that are there. A cell with a comment keeps it, with the new text below. Comments that
are threaded are Excel's own business: such a cell is left alone.
"""

import re
from collections.abc import Mapping
from html import unescape

from xlcalc.errors import WorkbookError
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.package import Package

_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_TYPES = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_COMMENT = re.compile(
    rb"<((?:\w+:)?)comment\s[^<>]*?\bref=\"([A-Z]{1,3}\d{1,7})\"[^<>]*>.*?(</\1text\s*>)", re.DOTALL
)
_REFERENCED = re.compile(rb"<(?:\w+:)?threadedComment\s[^<>]*?\bref=\"([A-Z]{1,3}\d{1,7})\"")
_AUTHORS = re.compile(rb"<((?:\w+:)?)authors\b[^<>]*>(.*?)</\1authors\s*>", re.DOTALL)
_NO_AUTHORS = re.compile(rb"<((?:\w+:)?)authors\s*/>")
_LEGACY = re.compile(rb"<(?:\w+:)?legacyDrawing\s[^<>]*?\bid=[\"']([^\"']+)[\"']")
_SHEET = re.compile(rb"<((?:\w+:)?)worksheet\b")
_BEHIND = (
    rb"<(?:mc:AlternateContent|%b(?:legacyDrawingHF|drawingHF|picture|oleObjects|controls|"
    rb"webPublishItems|tableParts|extLst))\b|</%bworksheet\s*>"
)
"""What stands behind the old drawing of a sheet (ECMA-376, part 1, 18.3.1.99)."""
_ALTERNATIVE = re.compile(rb"<mc:AlternateContent\b")
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EMPTY_DRAWING = b"""<xml xmlns:v="urn:schemas-microsoft-com:vml" \
xmlns:o="urn:schemas-microsoft-com:office:office" \
xmlns:x="urn:schemas-microsoft-com:office:excel">
<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="%d"/></o:shapelayout>
</xml>"""
_SHAPE_TYPE_ID = b'id="_x0000_t202"'
_SHAPE_ID = re.compile(rb'"_x0000_s(\d+)"')
_IDS = 1024
"""How many shapes Excel numbers for each sheet."""
_SHAPE_TYPE = b"""<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" \
path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>\
<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>
"""
_SHAPE = b"""<v:shape id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;\
width:220pt;height:%dpt;z-index:%d;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">\
<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>\
<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">\
<div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">\
<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%d, 15, %d, 2, %d, 15, %d, 4</x:Anchor>\
<x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>
"""
_WIDTH = 48
"""Characters of a line of a comment, by which its height is guessed."""


def add_comments(
    package: Package, sheet: str, texts: Mapping[Position, str], author: str
) -> set[Position]:
    """Put comments at cells of a sheet.

    Parameters
    ----------
    package : Package
        The workbook; it is changed.
    sheet : str
        The sheet.
    texts : mapping of (int, int) to str
        The comment of each cell; lines end with a line feed.
    author : str
        Who they are by.

    Returns
    -------
    set of (int, int)
        The cells that were left alone, as their comments are threaded.
    """
    part = package.sheets[sheet]
    related = package.relations(part)
    of_kind = {kind: (identity, target) for identity, (kind, target) in related.items()}
    threaded: set[str] = set()
    for kind, target in related.values():
        if kind == "threadedComment" and package.has(target):
            threaded |= {ref.decode() for ref in _REFERENCED.findall(package.part(target))}
    left = {position for position in texts if cell_name(position) in threaded}
    wanted = {p: _plain(text) for p, text in sorted(texts.items()) if p not in left}
    if not wanted:
        return left
    strict = _STRICT_MAIN.encode() in package.part(package.workbook_part)[:4096]
    if "comments" in of_kind:
        comments = of_kind["comments"][1]
    else:
        comments = _free(package, "xl/comments/comment{}.xml")
        empty = f'<comments xmlns="{_STRICT_MAIN if strict else _MAIN}"><authors></authors>'
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        data = f"{head}{empty}<commentList></commentList></comments>".encode()
        types = _STRICT_TYPES if strict else _TYPES
        package.add(comments, data, _COMMENTS, f"{types}/comments", part)
    new = _write_entries(package, comments, wanted, author)
    if new:
        _draw(package, part, new, strict=strict)
    return left


def _plain(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def _xml(text: str) -> bytes:
    for character, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, name)
    return text.encode()


def _free(package: Package, pattern: str) -> str:
    """Return the name of a part that the package does not have."""
    taken = {name.lower() for name in package.names()}
    number = 1
    while pattern.format(number).lower() in taken:
        number += 1
    return pattern.format(number)


def _write_entries(
    package: Package, part: str, texts: Mapping[Position, str], author: str
) -> dict[Position, str]:
    """Write the texts of comments; return those of cells that had none."""
    data = _NO_AUTHORS.sub(rb"<\1authors></\1authors>", package.part(part))
    authors = _AUTHORS.search(data)
    if authors is None:
        raise WorkbookError(f"{package.name} is damaged in {part}: it has no authors")
    prefix = authors[1]
    known = re.findall(rb"<(?:\w+:)?author(?:\s*/>|>(.*?)</)", authors[2], re.DOTALL)
    names = [unescape(name.decode()) for name in known]
    if author not in names:
        names.append(author)
        entry = b"<%bauthor>%b</%bauthor>" % (prefix, _xml(author), prefix)
        data = data[: authors.end(2)] + entry + data[authors.end(2) :]
    added: set[bytes] = set()
    wanted = {cell_name(position).encode(): text for position, text in texts.items()}

    def longer(found: re.Match[bytes]) -> bytes:
        text = wanted.get(found[2])
        if text is None or found[2] in added:
            return found[0]
        added.add(found[2])
        end = found.start(3) - found.start()
        return found[0][:end] + _run(found[1], f"\n\n{text}") + found[3]

    data = _COMMENT.sub(longer, data)
    new = {p: text for p, text in texts.items() if cell_name(p).encode() not in added}
    number = names.index(author)
    entries = b"".join(
        b'<%bcomment ref="%b" authorId="%d"><%btext>%b</%btext></%bcomment>'
        % (prefix, cell_name(p).encode(), number, prefix, _run(prefix, text), prefix, prefix)
        for p, text in new.items()
    )
    data = re.sub(rb"<((?:\w+:)?)commentList\s*/>", rb"<\1commentList></\1commentList>", data)
    end = data.rindex(b"</%bcommentList" % prefix)
    package.replace(part, data[:end] + entries + data[end:])
    return new


def _run(prefix: bytes, text: str) -> bytes:
    shown = b'<%br><%bt xml:space="preserve">%b</%bt></%br>'
    return shown % (prefix, prefix, _xml(text), prefix, prefix)


def _draw(package: Package, part: str, texts: Mapping[Position, str], *, strict: bool) -> None:
    """Put a shape for each comment into the old drawing of a sheet, which gets one if need be."""
    data = package.part(part)
    legacy = _LEGACY.search(data)
    if legacy is not None:
        relation = package.relations(part).get(legacy[1].decode())
        if relation is None or not package.has(relation[1]):
            raise WorkbookError(f"{package.name} is damaged: the drawing of {part} is missing")
        drawing = relation[1]
    else:
        number = list(package.sheets.values()).index(part) + 1
        drawing = _free(package, "xl/drawings/vmlDrawing{}.vml")
        types = _STRICT_TYPES if strict else _TYPES
        identity = package.add(
            drawing, _EMPTY_DRAWING % number, _DRAWING, f"{types}/vmlDrawing", part
        )
        package.replace(part, _with_drawing(data, identity, types))
    shapes = package.part(drawing)
    made = [] if _SHAPE_TYPE_ID in shapes else [_SHAPE_TYPE]
    place = list(package.sheets.values()).index(part) + 1
    last = max([_IDS * place, *map(int, _SHAPE_ID.findall(shapes))])
    for number, ((row, column), text) in enumerate(texts.items(), start=last + 1):
        lines = sum(1 + len(line) // _WIDTH for line in text.split("\n")) + 1
        top = max(row - 2, 0)
        made.append(
            _SHAPE
            % (
                number,
                14 * lines,
                number,
                column,
                top,
                column + 4,
                top + lines,
                row - 1,
                column - 1,
            )
        )
    end = shapes.rindex(b"</")
    package.replace(drawing, shapes[:end] + b"".join(made) + shapes[end:])


def _with_drawing(data: bytes, identity: str, types: str) -> bytes:
    """Return a sheet that names its old drawing, where Excel reads it."""
    root = _SHEET.search(data)
    prefix = root[1] if root else b""
    start = max(data.rfind(b"</%bsheetData" % prefix), data.rfind(b"<%bsheetData/>" % prefix))
    for found in re.finditer(_BEHIND % (prefix, prefix), data[start:]):
        place = start + found.start()
        if _ALTERNATIVE.match(found[0]) and not _holds_controls(data[place:]):
            continue  # it holds a drawing, which stands before the old one
        named = b'<%blegacyDrawing xmlns:r="%b" r:id="%b"/>'
        return data[:place] + named % (prefix, types.encode(), identity.encode()) + data[place:]
    return data


def _holds_controls(data: bytes) -> bool:
    inside = data[: data.find(b"</mc:AlternateContent")]
    return re.search(rb"<(?:\w+:)?(?:oleObjects|controls)\b", inside) is not None
