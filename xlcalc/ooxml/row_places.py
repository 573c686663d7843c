"""What names rows of a sheet beside its cells, and how does it follow when they move?

In the sheet itself these are merged cells, formats, validations, links, page breaks and the like;
in other parts tables, names, charts, drawings, comments and pivot tables.
"""

import re
from collections.abc import Callable, Sequence
from html import escape, unescape

from xlcalc.ooxml.literals import formula_xml
from xlcalc.ooxml.markup import attributes_of, element, whole_number
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.row_moves import RowMoves
from xlcalc.ooxml.sheet import box_of

_PLACES = re.compile(
    rb"(\s(?:ref|sqref|activeCell|topLeftCell|r|authorCell)\s*=\s*)([\"'])([^\"']*)\2"
)
_LOCATION = re.compile(rb"(\s(?:location|textlink|fmlaLink|fmlaRange)\s*=\s*)\"([^\"]*)\"")
_FORMULAS = re.compile(
    rb"(<(?:(\w+):)?(formula[12]?|f|FmlaLink|FmlaRange|calculatedColumnFormula|totalsRowFormula)\b"
    rb"(?:[^<>/]|/(?!>))*>)([^<]*)(</(?:\w+:)?\3\s*>)"
)
_EXTENSION_CELLS = re.compile(rb"(<xm:sqref\s*>)([^<]*)(</xm:sqref\s*>)")
_REMOVED_WITH_CELLS = (
    *(b"conditionalFormatting", b"dataValidation", b"sparkline"),
    *(
        b"mergeCell",
        b"hyperlink",
        b"ignoredError",
        b"protectedRange",
        b"cellWatch",
        b"sortCondition",
    ),
)
"""Elements that go with their cells."""
_ELEMENTS = {name: element(name) for name in _REMOVED_WITH_CELLS}
_STAY_SMALL = {b"mergeCell", b"hyperlink", b"cellWatch"}
"""Elements whose cells do not grow with the block."""
_CONTAINERS = (
    *(b"mergeCells", b"hyperlinks", b"dataValidations", b"conditionalFormattings"),
    *(b"ignoredErrors", b"protectedRanges", b"cellWatches", b"sparklines", b"rowBreaks"),
)
_COUNT = re.compile(rb"(\s(?:count|manualBreakCount)\s*=\s*)[\"']\d+[\"']")
_BREAKS = element(b"rowBreaks")
_BREAK = re.compile(rb"<((?:\w+:)?)brk\b([^<>]*?)(/>|>\s*</\1brk\s*>)")
_ANCHOR = re.compile(
    rb"(<(?:\w+:)?from\b[^<>]*>.*?<(?:\w+:)?row>)(\d+)(</(?:\w+:)?row>.*?</(?:\w+:)?from>)"
    rb"(?:(\s*<(?:\w+:)?to\b[^<>]*>.*?<(?:\w+:)?row>)(\d+)(</(?:\w+:)?row>))?",
    re.DOTALL,
)
_CHART_FORMULA = re.compile(rb"(<((?:\w+:)?)f(?:\s[^<>]*)?>)([^<]*)(</\2f\s*>)")
_NAME = re.compile(rb"(<(?:\w+:)?definedName\b([^<>]*)>)([^<]*)(</(?:\w+:)?definedName\s*>)")
_TABLE = re.compile(rb"(\sref\s*=\s*[\"'])([^\"']*)")
_COMMENT = {name: element(name) for name in (b"comment", b"threadedComment")}
_SHAPE = re.compile(rb"<v:shape\b.*?</v:shape\s*>", re.DOTALL)
_SHAPE_ROW = re.compile(rb"(<x:Row>\s*)(\d+)(\s*</x:Row>)")
_SHAPE_ANCHOR = re.compile(rb"(<x:Anchor>\s*+)([^<]*)(</x:Anchor>)")


def moved_markup(data: bytes, moves: RowMoves, sheet: str, merged: Sequence[str] = ()) -> bytes:
    """Return what stands around the cells of a sheet, or a part of its own, with other rows.

    Parameters
    ----------
    data : bytes
        A piece of the part; in that of another sheet only formulas follow.
    moves : RowMoves
        Which rows move.
    sheet : str
        Whose part it is.
    merged : sequence of str
        Columns that are merged in each new row.
    """
    own = sheet == moves.sheet
    for name, pattern in _ELEMENTS.items() if own else ():
        if b"<" + name in data or b":" + name in data:
            grows = name not in _STAY_SMALL

            def changed(found: re.Match[bytes], grows: bool = grows) -> bytes:
                return _element(found, moves, sheet, grows=grows)

            data = pattern.sub(changed, data)
    if not own:
        return _LOCATION.sub(_linked(moves, sheet), _with_formulas(data, moves, sheet))
    # Of elements that have gone through this already, the rows are new ones.
    kept: list[bytes] = []

    def hold(found: re.Match[bytes]) -> bytes:
        kept.append(found[0])
        return b"\x00%d\x00" % (len(kept) - 1)

    for pattern in _ELEMENTS.values():
        data = pattern.sub(hold, data)
    data = _with_formulas(data, moves, sheet)
    data = _PLACES.sub(lambda found: _attribute(found, moves), data)
    data = _BREAKS.sub(lambda found: _breaks(found, moves), data)
    data = moved_anchors(data, moves)
    while b"\x00" in data:
        data = re.sub(rb"\x00(\d+)\x00", lambda found: kept[whole_number(found[1])], data)
    if merged and moves.by > 0:
        data = _with_merged(data, moves, merged)
    return _tidy(data)


def _with_formulas(data: bytes, moves: RowMoves, sheet: str, *, inside: bool = False) -> bytes:
    def changed(found: re.Match[bytes]) -> bytes:
        text = unescape(found[4].decode())
        moved = moves.formula(text, sheet, inside=inside)
        return found[1] + formula_xml(moved).encode() + found[5] if moved != text else found[0]

    return _FORMULAS.sub(changed, data)


def _element(found: re.Match[bytes], moves: RowMoves, sheet: str, *, grows: bool) -> bytes:
    """Return an element whose cells have moved; nothing if they are gone."""
    whole = found[0]
    attributes = attributes_of(found[2])
    cells = attributes.get("sqref") or attributes.get("ref") or attributes.get("r")
    if cells is None:
        inner = _EXTENSION_CELLS.search(whole)
        cells = unescape(inner[2].decode()) if inner else None
    if not cells:
        return whole
    first = box_of(cells.split()[0])
    tall = first[1] < first[3]
    moved = moves.areas(cells, grows=grows or (tall and b"mergeCell" in whole[:20]))
    if not moved:
        return b""
    inside = moves.first <= first[1] <= moves.last
    end = found.end(2) - found.start()
    head = _PLACES.sub(
        lambda place: (
            place[1] + place[2] + moved.encode() + place[2]
            if place[3].decode() == cells
            else place[0]
        ),
        whole[:end],
    )
    head = _LOCATION.sub(_linked(moves, sheet), head)
    body = _EXTENSION_CELLS.sub(lambda m: m[1] + moved.encode() + m[3], whole[end:])
    return head + _with_formulas(body, moves, sheet, inside=inside)


def _linked(moves: RowMoves, sheet: str) -> Callable[[re.Match[bytes]], bytes]:
    def changed(found: re.Match[bytes]) -> bytes:
        text = unescape(found[2].decode())
        moved = moves.formula(text, sheet)
        return found[1] + b'"%b"' % escape(moved).encode() if moved != text else found[0]

    return changed


def _attribute(found: re.Match[bytes], moves: RowMoves) -> bytes:
    """Return an attribute that names cells; those of a view, and single ones, do not grow."""
    text = found[3].decode()
    moved = moves.areas(text, grows=found[1].strip().startswith(b"ref"))
    if not moved:
        moved = re.sub(r"\d+", str(moves.gone.start - 1), (text.split() or [""])[0])
    return found[1] + found[2] + moved.encode() + found[2]


def _breaks(found: re.Match[bytes], moves: RowMoves) -> bytes:
    """Return page breaks; each has the number of the row above it."""

    def changed(brk: re.Match[bytes]) -> bytes:
        number = whole_number(attributes_of(brk[2]).get("id", "0"))
        below = moves.row(number + 1)
        if below is None or below < 2:
            return b""
        return re.sub(rb"(\sid\s*=\s*[\"'])\d+", rb"\g<1>%d" % (below - 1), brk[0], count=1)

    whole = found[0]
    return _BREAK.sub(changed, whole)


def _with_merged(data: bytes, moves: RowMoves, merged: Sequence[str]) -> bytes:
    """Return a sheet in whose new rows cells are merged as in the last one."""
    new = b"".join(
        b'<mergeCell ref="%s%d:%s%d"/>' % (left.encode(), row, right.encode(), row)
        for row in range(moves.last + 1, moves.first + moves.count)
        for left, right in (columns.split(":") for columns in merged)
    )
    return re.sub(
        rb"(</(?:\w+:)?mergeCells\s*>)", new.replace(b"\\", rb"\\") + rb"\1", data, count=1
    )


def _tidy(data: bytes) -> bytes:
    """Return a sheet whose lists have the count of their entries, and which has no empty list."""
    for name in _CONTAINERS:
        container = element(name)

        def counted(found: re.Match[bytes], name: bytes = name) -> bytes:
            entry = b"brk" if name == b"rowBreaks" else name.removesuffix(b"s")
            entry = b"cellWatch" if name == b"cellWatches" else entry
            number = len(re.findall(rb"<(?:\w+:)?" + entry + rb"\b", found[3] or b""))
            if not number:
                return b""
            end = found.end(2) - found.start()
            return _COUNT.sub(rb'\g<1>"%d"' % number, found[0][:end]) + found[0][end:]

        if name in data:
            data = container.sub(counted, data)
    return data


def moved_anchors(data: bytes, moves: RowMoves) -> bytes:
    """Return drawings at other rows; each keeps its size."""

    def changed(found: re.Match[bytes]) -> bytes:
        start = whole_number(found[2])
        moved = moves.row(start + 1)
        offset = (moves.gone.start if moved is None else moved) - 1 - start
        if not offset:
            return found[0]
        end = (
            b""
            if found[5] is None
            else found[4] + b"%d" % (whole_number(found[5]) + offset) + found[6]
        )
        return found[1] + b"%d" % (start + offset) + found[3] + end

    return _ANCHOR.sub(changed, data)


def move_parts(package: Package, moves: RowMoves, name: str | None) -> None:
    """Let all parts of a workbook but its sheets follow.

    Parameters
    ----------
    package : Package
        The workbook, which is changed.
    moves : RowMoves
        Which rows move.
    name : str, optional
        The name of the block, where it is a named range.
    """
    _move_names(package, moves, name)
    for sheet, part in package.sheets.items():
        own = sheet == moves.sheet
        for kind, target in package.relations(part).values():
            if not package.has(target):
                continue
            data = package.part(target)
            if kind == "table":
                data = _table(data, moves, sheet, own=own)
            elif kind == "drawing":
                data = _LOCATION.sub(_linked(moves, sheet), data)
                data = moved_anchors(data, moves) if own else data
            elif kind in {"comments", "threadedComment"} and own:
                data = _comments(data, moves)
            elif kind == "vmlDrawing":
                data = _with_formulas(data, moves, sheet)
                data = _SHAPE.sub(lambda found: _shape(found, moves), data) if own else data
            elif kind == "pivotTable" and own:
                data = _with_places(data, moves)
            package.replace(target, data)
    for part in package.names():
        if part.startswith("xl/charts/") and part.endswith(".xml"):
            package.replace(part, _CHART_FORMULA.sub(_charted(moves), package.part(part)))
        elif part.startswith("xl/ctrlProps/"):
            package.replace(part, _LOCATION.sub(_linked(moves, ""), package.part(part)))
        elif part.startswith("xl/pivotCache/pivotCacheDefinition"):
            package.replace(part, _pivot_source(package.part(part), moves))


def _charted(moves: RowMoves) -> Callable[[re.Match[bytes]], bytes]:
    def changed(found: re.Match[bytes]) -> bytes:
        text = unescape(found[3].decode())
        moved = moves.formula(text, None, cells_grow=True)
        return found[1] + formula_xml(moved).encode() + found[4]

    return changed


def _move_names(package: Package, moves: RowMoves, name: str | None) -> None:
    def changed(found: re.Match[bytes]) -> bytes:
        own = attributes_of(found[2]).get("name", "")
        text = unescape(found[3].decode())
        block = name is not None and own.lower() == name.lower()
        moved = moves.formula(text, None, cells_grow=block, fixed_alone=not block)
        return found[1] + formula_xml(moved).encode() + found[4] if moved != text else found[0]

    part = package.workbook_part
    package.replace(part, _NAME.sub(changed, package.part(part)))


def _table(data: bytes, moves: RowMoves, sheet: str, *, own: bool) -> bytes:
    data = _with_formulas(data, moves, sheet, inside=own)
    return _with_places(data, moves) if own else data


def _with_places(data: bytes, moves: RowMoves) -> bytes:
    """Return a part whose own places have moved; one that is gone stays, a file needs one."""
    return _TABLE.sub(lambda m: m[1] + (moves.area(m[2].decode()) or m[2].decode()).encode(), data)


def _comments(data: bytes, moves: RowMoves) -> bytes:
    def changed(found: re.Match[bytes]) -> bytes:
        place = attributes_of(found[2]).get("ref", "")
        moved = moves.area(place, grows=False)
        if moved is None:
            return b""
        end = found.end(2) - found.start()
        return _TABLE.sub(rb"\g<1>" + moved.encode(), found[0][:end], count=1) + found[0][end:]

    for pattern in _COMMENT.values():
        data = pattern.sub(changed, data)
    return data


def _shape(found: re.Match[bytes], moves: RowMoves) -> bytes:
    """Return the box of a note, or a control, at another row; nothing if its cell is gone."""
    whole = found[0]
    offset = None
    place = _SHAPE_ROW.search(whole)
    anchor = _SHAPE_ANCHOR.search(whole)
    numbers = [part.strip() for part in anchor[2].decode().split(",")] if anchor else []
    if place is not None:
        moved = moves.row(whole_number(place[2]) + 1)
        if moved is None:
            return b""
        offset = moved - 1 - whole_number(place[2])
        whole = _SHAPE_ROW.sub(rb"\g<1>%d\g<3>" % (moved - 1), whole, count=1)
    elif len(numbers) == 8:
        moved = moves.row(whole_number(numbers[2]) + 1)
        offset = (moves.gone.start if moved is None else moved) - 1 - whole_number(numbers[2])
    if offset and len(numbers) == 8:
        for index in (2, 6):
            numbers[index] = str(max(0, whole_number(numbers[index]) + offset))
        text = ", ".join(numbers).encode()
        whole = _SHAPE_ANCHOR.sub(lambda m: m[1] + text + m[3], whole, count=1)
    return whole


def _pivot_source(data: bytes, moves: RowMoves) -> bytes:
    def changed(found: re.Match[bytes]) -> bytes:
        if attributes_of(found[0]).get("sheet", "").lower() != moves.sheet.lower():
            return found[0]
        return _with_places(found[0], moves)

    return re.sub(rb"<(?:\w+:)?worksheetSource\b[^<>]*>", changed, data)
