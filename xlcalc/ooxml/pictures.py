"""How does a picture come into named cells of a workbook?

A place is a named cell, with the cells that are merged with it, or a named range. A picture is
fitted into it from its upper left corner, keeps its ratio, and moves with its rows. Drawings that
the sheet has stay; a picture that begins in the place makes way.

An example: `logo` names Plan!A1, merged as A1:B3, and Plan has a chart. The drawing of the chart
gets an anchor more, and the picture becomes `xl/media/image1.png`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from xml.parsers import expat

from xlcalc.errors import NameNotFoundError, WorkbookError, suggestion
from xlcalc.ooxml.blocks import named_area
from xlcalc.ooxml.cell_sizes import size_of_cells
from xlcalc.ooxml.image_headers import CONTENT_TYPES
from xlcalc.ooxml.literals import attribute_xml
from xlcalc.ooxml.markup import SHEET_DATA, cell_name
from xlcalc.ooxml.names import defined_names
from xlcalc.ooxml.package import Package, free_part
from xlcalc.ooxml.sheet import box_of

Box = tuple[int, int, int, int]
"""Left, top, right and bottom of cells."""
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"
_NO_DRAWING = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<xdr:wsDr xmlns:xdr="%b/spreadsheetDrawing" xmlns:a="%b/main"></xdr:wsDr>'
) % ((_DRAWING.encode(),) * 2)
_EMPTY_DRAWING = re.compile(rb"<((?:\w+:)?wsDr)\b([^<>]*?)\s*/>")
_DRAWING_END = re.compile(rb"</(?:\w+:)?wsDr\s*>")
_ANCHOR = re.compile(
    rb"<((?:\w+:)?(?:twoCellAnchor|oneCellAnchor))\b[^<>]*>(.*?)</\1\s*>", re.DOTALL
)
_FROM = re.compile(
    rb"<(?:\w+:)?from\s*>.*?<(?:\w+:)?col\s*>\s*(\d+).*?<(?:\w+:)?row\s*>\s*(\d+)", re.DOTALL
)
_PICTURE = re.compile(rb"<(?:\w+:)?pic\b")
_NO_PICTURE = re.compile(rb"<(?:\w+:)?(?:grpSp|graphicFrame|AlternateContent)\b")
_ALTERNATIVE = re.compile(rb"<(?:\w+:)?(?:Choice|Fallback)\b[^<>]*>\s*\Z")
_LINK = re.compile(rb"\s\w+:(?:embed|link|id)=[\"']([^\"']+)[\"']")
_NUMBER = re.compile(rb"<(?:\w+:)?cNvPr\b[^<>]*\sid=[\"'](\d+)")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^<>]*\sref=[\"']([^\"']+)")
_BEHIND_DRAWING = {
    *("legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls"),
    *("webPublishItems", "tableParts", "extLst", "AlternateContent"),
}
"""Elements of a sheet that stand behind its drawing: ECMA-376, part 1, 18.3.1.99."""
_ANCHORED = (
    '<xdr:oneCellAnchor xmlns:xdr="{drawing}/spreadsheetDrawing" xmlns:a="{drawing}/main">'
    "<xdr:from><xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff>"
    "<xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"
    '<xdr:ext cx="{width}" cy="{height}"/><xdr:pic><xdr:nvPicPr>'
    '<xdr:cNvPr id="{number}" name={name} descr={name}/>'
    '<xdr:cNvPicPr><a:picLocks noChangeAspect="1"/></xdr:cNvPicPr></xdr:nvPicPr>'
    '<xdr:blipFill><a:blip xmlns:r="{office}" r:embed="{link}"/>'
    "<a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:xfrm>"
    '<a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic><xdr:clientData/>'
    "</xdr:oneCellAnchor>"
)


@dataclass(frozen=True)
class Picture:
    """A picture.

    Attributes
    ----------
    kind : str
        A key of `CONTENT_TYPES`.
    width, height : int
        Its size [pixel].
    data : bytes
        The file.
    digest : str
        Hash of the file.
    """

    kind: str
    width: int
    height: int
    data: bytes = field(repr=False)
    digest: str = ""


@dataclass(frozen=True)
class _Slot:
    """Where a picture goes: its first cell, the room for it [EMU], its drawing and its part."""

    name: str
    column: int
    row: int
    room: tuple[int, int]
    drawing: str
    media: str
    link: str
    number: int

    def anchor(self, picture: Picture) -> bytes:
        """Return the element that shows a picture, as large as its cells allow."""
        scale = min(self.room[0] / picture.width, self.room[1] / picture.height)
        return _ANCHORED.format(
            drawing=_DRAWING,
            office=_OFFICE,
            column=self.column,
            row=self.row,
            width=max(1, round(picture.width * scale)),
            height=max(1, round(picture.height * scale)),
            number=self.number,
            name=attribute_xml(self.name),
            link=self.link,
        ).encode()


class PictureSlots:
    """Places of a workbook, ready for pictures of some kinds.

    Parameters
    ----------
    package : Package
        The workbook, which is changed: it gets parts for the pictures, and loses those that stand
        in the places.
    kinds : mapping of str to str
        The kind of picture for each place, by its name.

    Attributes
    ----------
    part_names : list of str
        The parts that follow from the pictures.

    Raises
    ------
    NameNotFoundError
        If there is no such place.
    WorkbookError
        If a place is hidden, or the workbook is in the strict form of the file format.
    """

    def __init__(self, package: Package, kinds: Mapping[str, str]) -> None:
        areas = {name: picture_area(package, name) for name in kinds}
        if areas and _STRICT in package.part(package.workbook_part):
            raise WorkbookError(
                f"{package.name} is in the strict form of Open XML, which gets no picture: save it "
                "as an Excel workbook (.xlsx) first"
            )
        for sheet, box in areas.values():
            _remove_pictures(package, package.sheets[sheet], box)
        self._slots = [
            _slot(package, name, *areas[name], kind, number)
            for number, (name, kind) in enumerate(kinds.items())
        ]
        drawings = dict.fromkeys(slot.drawing for slot in self._slots)
        self._drawings = {drawing: _split(package.part(drawing)) for drawing in drawings}
        self.part_names = [*drawings, *(slot.media for slot in self._slots)]

    def parts(self, pictures: Mapping[str, Picture]) -> dict[str, bytes]:
        """Return the parts for pictures of the kinds, one for each place."""
        found = {
            drawing: b"".join(
                (
                    head,
                    *(s.anchor(pictures[s.name]) for s in self._slots if s.drawing == drawing),
                    tail,
                )
            )
            for drawing, (head, tail) in self._drawings.items()
        }
        return found | {slot.media: pictures[slot.name].data for slot in self._slots}


def picture_area(package: Package, name: str) -> tuple[str, Box]:
    """Return sheet and cells of a place for a picture; case does not count.

    Raises
    ------
    NameNotFoundError
        If the workbook has no such name of cells.
    """
    names = defined_names(package)
    for known in names:
        found = named_area(known, package) if known.name.lower() == name.lower() else None
        if found is not None:
            sheet, box = found
            return sheet, _with_merged(package.part(package.sheets[sheet]), box)
    hint = suggestion(name, [known.name for known in names if named_area(known, package)])
    raise NameNotFoundError(f'{package.name} has no named cell or range "{name}"{hint}')


def _with_merged(data: bytes, box: Box) -> Box:
    """Return the merged cells that a single cell begins, or what is given."""
    if box[:2] == box[2:]:
        for area in _MERGED.findall(data):
            merged = box_of(unescape(area.decode()))
            if merged[:2] == box[:2]:
                return merged
    return box


def _slot(package: Package, name: str, sheet: str, box: Box, kind: str, number: int) -> _Slot:
    part = package.sheets[sheet]
    room = size_of_cells(package.part(part), box)
    if not all(room):
        place = f"{sheet}!{cell_name((box[1], box[0]))}"
        raise WorkbookError(f"{name} of {package.name} has no room: {place} is hidden")
    drawing = _drawing_of(package, part)
    media = free_part(package, f"xl/media/image.{kind}")
    link = package.add(media, b"", CONTENT_TYPES[kind], f"{_OFFICE}/image", drawing)
    taken = [int(one) for one in _NUMBER.findall(package.part(drawing))]
    first = max(taken, default=1) + 1
    return _Slot(name, box[0] - 1, box[1] - 1, room, drawing, media, link, first + number)


def _drawing_of(package: Package, part: str) -> str:
    """Return the drawing of a sheet, which gets one if it has none."""
    for kind, target in package.relations(part).values():
        if kind == "drawing" and package.has(target):
            return target
    name = free_part(package, "xl/drawings/drawing.xml")
    link = package.add(name, _NO_DRAWING, _DRAWING_TYPE, f"{_OFFICE}/drawing", part)
    package.replace(part, _with_drawing(package.part(part), link))
    return name


def _with_drawing(data: bytes, link: str) -> bytes:
    """Return a sheet with the element that names its drawing, in the order of the schema."""
    cells = SHEET_DATA.search(data)
    start, end = cells.span() if cells else (0, 0)
    prefix = cells[1] if cells else b""
    places: list[int] = []
    depth = 0
    parser = expat.ParserCreate()

    def begins(name: str, _: object) -> None:
        nonlocal depth
        behind = name.rpartition(":")[2] in _BEHIND_DRAWING
        if depth == 1 and behind and parser.CurrentByteIndex >= start:
            places.append(parser.CurrentByteIndex)
        depth += 1

    def ends(_: str) -> None:
        nonlocal depth
        depth -= 1
        if not depth:
            places.append(parser.CurrentByteIndex)

    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    parser.Parse(data[:start] + data[end:], True)
    place = places[0] + end - start
    element = f'drawing xmlns:r="{_OFFICE}" r:id="{link}"/>'.encode()
    return data[:place] + b"<" + prefix + element + data[place:]


def _split(drawing: bytes) -> tuple[bytes, bytes]:
    """Return what stands before and behind a new anchor of a drawing."""
    drawing = _EMPTY_DRAWING.sub(rb"<\1\2></\1>", drawing)
    end = _DRAWING_END.search(drawing)
    place = end.start() if end else len(drawing)
    return drawing[:place], drawing[place:]


def _remove_pictures(package: Package, part: str, box: Box) -> None:
    """Remove the pictures of a sheet that begin in some cells, with what they alone show."""
    for kind, drawing in package.relations(part).values():
        if kind != "drawing" or not package.has(drawing):
            continue
        data = package.part(drawing)
        gone = list(_pictures_in(data, box))
        if not gone:
            continue
        pieces, done = [], 0
        links: set[str] = set()
        for anchor in gone:
            pieces.append(data[done : anchor.start()])
            done = anchor.end()
            links |= {link.decode() for link in _LINK.findall(anchor[0])}
        rest = b"".join((*pieces, data[done:]))
        package.replace(drawing, rest)
        links -= {link.decode() for link in _LINK.findall(rest)}
        for link in sorted(links):
            package.unlink(drawing, link)


def _pictures_in(drawing: bytes, box: Box) -> Iterator[re.Match[bytes]]:
    left, top, right, bottom = box
    for anchor in _ANCHOR.finditer(drawing):
        start = _FROM.search(anchor[2])
        if start is None or _NO_PICTURE.search(anchor[2]) or not _PICTURE.search(anchor[2]):
            continue
        inside = left <= int(start[1]) + 1 <= right and top <= int(start[2]) + 1 <= bottom
        if inside and not _ALTERNATIVE.search(drawing[: anchor.start()][-200:]):
            yield anchor
