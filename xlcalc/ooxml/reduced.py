"""What is a workbook to a program that only calculates?

Its sheets with their cells, hidden rows, filters and tables, its names, texts and styles, and the
values that it keeps of other workbooks: a file of these parts alone. Charts, pivot tables, drawings
and whatever else a program may stumble over are gone. What few programs read is written as all of
them do: Strict Open XML as the transitional kind, elements without prefixes, dates as numbers, and
the cells of what-if data tables as constants.
"""

import re
from html import escape

from xlcalc.ooxml.markup import CELL, SHEET_DATA, TYPE, attributes_of, element, read_cell, value_of
from xlcalc.ooxml.package import Package

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", _MAIN.encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", _DOCUMENT.encode()),
)
_CONFORMANCE = re.compile(rb"(?<!\s)\s++conformance\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_PREFIX = re.compile(rb"xmlns:(\w+)\s*=\s*[\"']" + re.escape(_MAIN.encode()) + rb"[\"']")
_ROOT = re.compile(rb"<(?:\w+:)?(?:worksheet|workbook)\b[^<>]*>")
_BEFORE, _AFTER = (b"cols",), (b"autoFilter", b"mergeCells")
"""Elements of a sheet that stay, before its cells and behind them."""
_OF_WORKBOOK = (b"definedNames", b"calcPr")
_WORKBOOK_PROPERTIES = element(b"workbookPr")
_ELEMENTS = {name: element(name) for name in (*_BEFORE, *_AFTER, *_OF_WORKBOOK)}
_DATA_TABLE = re.compile(rb"<f\b(?=[^<>]*\bt\s*=\s*[\"']dataTable[\"'])[^<>]*(?:/>|>[^<]*</f\s*>)")
_DATE = re.compile(rb"\bt\s*=\s*[\"']d[\"']")
_EMPTY = f'<worksheet xmlns="{_MAIN}"><sheetData/></worksheet>'.encode()
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_SHARED = {
    "sharedStrings": ("xl/sharedStrings.xml", f"{_TYPES}sharedStrings+xml"),
    "styles": ("xl/styles.xml", f"{_TYPES}styles+xml"),
    "theme": ("xl/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml"),
    "sheetMetadata": ("xl/metadata.xml", f"{_TYPES}sheetMetadata+xml"),
}
"""Parts that a workbook has once: where they go, and their type."""
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def reduced(package: Package) -> Package:
    """Return a workbook with what calculation needs, and no more.

    Raises
    ------
    WorkbookError
        If a part is damaged.
    """
    return _Reduction(package).package()


def is_unusual(package: Package) -> bool:
    """Whether a workbook is written as few programs write it, and not every program reads it."""
    parts = [package.workbook_part, *package.sheets.values()]
    heads = [package.part(part)[:4096] for part in parts]
    return any(_STRICT[0][0] in head or _PREFIX.search(head) for head in heads)


class _Reduction:
    """The parts of the smaller file."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._parts: dict[str, bytes] = {}
        self._types: dict[str, str] = {}
        properties = _WORKBOOK_PROPERTIES.search(_plain(package.part(package.workbook_part)))
        known = attributes_of(properties[2]) if properties else {}
        self._date1904 = known.get("date1904") in {"1", "true"}

    def package(self) -> Package:
        """Return the smaller file."""
        relations: list[tuple[str, str, str]] = []
        sheets = self._sheets(relations)
        self._once(relations)
        links = self._links(relations)
        self._parts["xl/workbook.xml"] = self._workbook(sheets, links)
        self._types["xl/workbook.xml"] = f"{_TYPES}sheet.main+xml"
        self._parts["xl/_rels/workbook.xml.rels"] = _relations(relations)
        root = [("rId1", "officeDocument", "xl/workbook.xml")]
        self._parts["_rels/.rels"] = _relations(root)
        types = "".join(
            f'<Override PartName="/{part}" ContentType="{kind}"/>'
            for part, kind in self._types.items()
        )
        listed = (
            f"{_XML}<Types "
            'xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>'
        ).encode()
        return Package.of_parts({"[Content_Types].xml": listed, **self._parts}, self._package.name)

    def _sheets(self, relations: list[tuple[str, str, str]]) -> str:
        """Write the sheets, and return how the workbook lists them.

        A sheet of another kind, as a chart, keeps its place as an empty one: names and references
        to several sheets count it.
        """
        root = self._package.xml(self._package.workbook_part)
        tabs = [tab for tab in root.iter() if tab.tag.rpartition("}")[2] == "sheet"]
        listed = []
        for number, tab in enumerate(tabs, start=1):
            name, part = tab.get("name", ""), f"xl/worksheets/sheet{number}.xml"
            source = self._package.sheets.get(name, "")
            known = bool(source) and self._package.has(source)
            self._parts[part] = self._sheet(source, part) if known else _EMPTY
            self._types[part] = f"{_TYPES}worksheet+xml"
            relations.append((f"rId{number}", "worksheet", f"xl/worksheets/sheet{number}.xml"))
            state = f' state="{tab.get("state")}"' if tab.get("state") else ""
            listed.append(
                f'<sheet name="{escape(name)}" sheetId="{number}"{state} r:id="rId{number}"/>'
            )
        return f"<sheets>{''.join(listed)}</sheets>"

    def _sheet(self, source: str, part: str) -> bytes:
        data = _plain(self._package.part(source))
        sheet, root = SHEET_DATA.search(data), _ROOT.search(data)
        if sheet is None or root is None:
            return _EMPTY
        cells = _DATA_TABLE.sub(b"", sheet[0]) if b"dataTable" in sheet[0] else sheet[0]
        if _DATE.search(cells):
            cells = CELL.sub(self._dated, cells)
        before = data[root.end() : sheet.start()]
        after = data[sheet.end() :]
        pieces = [root[0], *_kept(before, _BEFORE), cells, *_kept(after, _AFTER)]
        return b"".join([*pieces, self._tables(source, part), b"</worksheet>"])

    def _dated(self, cell: re.Match[bytes]) -> bytes:
        """Return a cell whose date is a number."""
        _, _, kind = read_cell(cell[2])
        value = value_of(cell, date1904=self._date1904) if kind == b"d" else None
        if not isinstance(value, float) or b"<f" in (cell[3] or b""):
            return cell[0]
        return b"<c" + TYPE.sub(b"", cell[2]) + b"><v>%a</v></c>" % value

    def _tables(self, source: str, part: str) -> bytes:
        relations: list[tuple[str, str, str]] = []
        for kind, target in self._package.relations(source).values():
            if kind == "table" and self._package.has(target):
                number = sum(name.startswith("xl/tables/") for name in self._parts) + 1
                name = f"xl/tables/table{number}.xml"
                self._parts[name] = _plain(self._package.part(target))
                self._types[name] = f"{_TYPES}table+xml"
                relations.append((f"rId{len(relations) + 1}", "table", name))
        if not relations:
            return b""
        file = part.rpartition("/")[2]
        self._parts[f"xl/worksheets/_rels/{file}.rels"] = _relations(relations)
        listed = "".join(
            f'<tablePart xmlns:r="{_DOCUMENT}" r:id="{identity}"/>' for identity, _, _ in relations
        )
        return f'<tableParts count="{len(relations)}">{listed}</tableParts>'.encode()

    def _once(self, relations: list[tuple[str, str, str]]) -> None:
        for kind, target in self._package.relations(self._package.workbook_part).values():
            if kind in _SHARED and self._package.has(target) and target not in self._parts:
                part, self._types[part] = _SHARED[kind]
                self._parts[part] = _plain(self._package.part(target))
                relations.append((f"rId{len(relations) + 1}", kind, part))

    def _links(self, relations: list[tuple[str, str, str]]) -> str:
        """Write what is kept of other workbooks, and return how the workbook lists it."""
        package = self._package
        known = package.relations(package.workbook_part)
        root = package.xml(package.workbook_part)
        listed: list[str] = []
        for link in root.iter():
            if link.tag.rpartition("}")[2] != "externalReference":
                continue
            identity = next((value for key, value in link.items() if key.endswith("}id")), "")
            kind, target = known.get(identity, ("", ""))
            if kind != "externalLink" or not package.has(target):
                continue
            name = f"externalLink{len(listed) + 1}.xml"
            part = f"xl/externalLinks/{name}"
            self._parts[part] = _plain(package.part(target))
            self._types[part] = f"{_TYPES}externalLink+xml"
            folder, _, file = target.rpartition("/")
            beside = f"{folder}/_rels/{file}.rels"
            if package.has(beside):
                self._parts[f"xl/externalLinks/_rels/{name}.rels"] = package.part(beside)
            relations.append((f"rId{len(relations) + 1}", "externalLink", part))
            listed.append(f'<externalReference r:id="{relations[-1][0]}"/>')
        return f"<externalReferences>{''.join(listed)}</externalReferences>" if listed else ""

    def _workbook(self, sheets: str, links: str) -> bytes:
        data = _plain(self._package.part(self._package.workbook_part))
        kept = {name: b"".join(_kept(data, (name,))) for name in _OF_WORKBOOK}
        counts = '<workbookPr date1904="1"/>' if self._date1904 else "<workbookPr/>"
        head = f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">{counts}{sheets}{links}'
        ending = kept[b"definedNames"] + kept[b"calcPr"] + b"</workbook>"
        return _XML.encode() + head.encode() + ending


def _plain(data: bytes) -> bytes:
    """Return a part in the usual namespaces, without prefixes of its own elements."""
    for strict, usual in _STRICT:
        data = data.replace(strict, usual)
    if b"conformance" in data[:4096]:
        data = _CONFORMANCE.sub(b"", data, count=1)
    prefix = _PREFIX.search(data[:4096])
    if prefix is not None:
        name = prefix[1]
        data = re.sub(rb"(</?)" + name + rb":", rb"\1", data)
        data = data.replace(b"xmlns:%b=" % name, b"xmlns=", 1)
    return data


def _kept(data: bytes, names: tuple[bytes, ...]) -> list[bytes]:
    return [found[0] for name in names if (found := _ELEMENTS[name].search(data))]


def _relations(relations: list[tuple[str, str, str]]) -> bytes:
    """Return the part that lists relationships: id, type and target part of each."""
    listed = "".join(
        f'<Relationship Id="{identity}" Type="{_DOCUMENT}/{kind}" Target="/{target}"/>'
        for identity, kind, target in relations
    )
    return (
        f"{_XML}<Relationships "
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{listed}</Relationships>"
    ).encode()
