"""How does a sheet of one workbook, with its drawings and looks, become a sheet of another?

The sheet gets a part of its own behind the others; drawings, charts and pictures get free names,
styles come behind the workbook's own, texts stand in the cells themselves. Every other sheet of the
workbook stays as it is, byte for byte.

An example: `Tornado` of a small workbook, with `xl/drawings/drawing1.xml` and
`xl/charts/chart1.xml`, comes into a workbook that has three charts. They become
`xl/drawings/drawing4.xml` and `xl/charts/chart4.xml`, and style 2 of a cell becomes style 42.
"""

import posixpath
import re

from xlcalc.errors import WorkbookError
from xlcalc.ooxml.literals import attribute_xml
from xlcalc.ooxml.markup import whole_number
from xlcalc.ooxml.package import Package, free_part
from xlcalc.ooxml.style_merging import StyleNumbers, merge_styles
from xlcalc.ooxml.tabs import add_sheet, tab_names

"""Letters that the name of a sheet may have in Excel."""
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_CELL_STYLE = re.compile(rb"(<(?:c|row)\s(?:[^<>]*?\s)?s=\")(\d+)(?=\")")
_COLUMN_STYLE = re.compile(rb"(<col\s(?:[^<>]*?\s)?style=\")(\d+)(?=\")")
_DIFFERENCE = re.compile(rb"(\sdxfId=\")(\d+)(?=\")")
_SHARED_TEXT = re.compile(rb"(<c\s[^<>]*?)\st=\"s\"([^<>]*)><v>(\d+)</v>")
_TEXT = re.compile(rb"<si>(.*?)</si>|<si/>", re.DOTALL)
_SELECTED = re.compile(rb"\stabSelected=\"(?:1|true)\"")
_LINK = re.compile(rb"(\s\w+:(?:id|embed|link|pict)=\")([^\"<>]+)(?=\")")
# What may stand between the sheets and the names of a workbook.
_BEFORE_NAMES = re.compile(
    rb"</((?:\w+:)?)sheets\s*>"
    rb"(?:\s*<\1functionGroups\b(?:[^<>]*/>|.*?</\1functionGroups\s*>))?"
    rb"(?:\s*<\1externalReferences\b(?:[^<>]*/>|.*?</\1externalReferences\s*>))?",
    re.DOTALL,
)
_NAMES_END = re.compile(rb"</((?:\w+:)?)definedNames\s*>")
_NO_NAMES = re.compile(rb"<((?:\w+:)?)definedNames\s*/>")


def transplant_sheet(package: Package, source: Package, tab: str) -> None:
    """Add a sheet of another workbook behind the sheets of a workbook.

    Formulas, drawings and names of the sheet must not point at other sheets of its own workbook;
    links to the web are left out. Its formulas may point at sheets of the workbook that it gets to.

    Parameters
    ----------
    package : Package
        The workbook, which is changed.
    source : Package
        The other one, as openpyxl writes it.
    tab : str
        Name of the sheet, which the workbook does not have yet.

    Raises
    ------
    WorkbookError
        If the workbook has such a sheet, or is in the strict form of the file format.
    """
    if tab.lower() in {name.lower() for name in tab_names(package)}:
        raise WorkbookError(f"{package.name} has a sheet {tab} already")
    if _STRICT in package.part(package.workbook_part):
        raise WorkbookError(
            f"{package.name} is in the strict form of Open XML, which gets no sheet: save it as "
            "an Excel workbook (.xlsx) first"
        )
    origin = source.sheets[tab]
    data = _with_numbers(source.part(origin), merge_styles(package, source))
    data = _SELECTED.sub(b"", _with_texts(data, source))
    add_sheet(package, tab, data)
    part = package.sheets[tab]
    package.replace(part, _with_parts(package, source, origin, part, data))
    _add_names(package, source, tab)


def _with_numbers(data: bytes, numbers: StyleNumbers) -> bytes:
    """Return the sheet with the numbers that its styles have got."""

    def cell(old: re.Match[bytes]) -> bytes:
        return b"%b%d" % (old[1], whole_number(old[2]) + numbers.cells)

    def difference(old: re.Match[bytes]) -> bytes:
        return b"%b%d" % (old[1], whole_number(old[2]) + numbers.differences)

    return _DIFFERENCE.sub(difference, _COLUMN_STYLE.sub(cell, _CELL_STYLE.sub(cell, data)))


def _with_texts(data: bytes, source: Package) -> bytes:
    """Return the sheet with its texts in the cells, and not in the list of its workbook."""
    lists = (t for kind, t in source.relations(source.workbook_part).values()
             if kind == "sharedStrings")  # fmt: skip
    shared = next(lists, None)
    texts = [] if shared is None else [text or b"" for text in _TEXT.findall(source.part(shared))]
    return _SHARED_TEXT.sub(
        lambda cell: (
            b'%b t="inlineStr"%b><is>%b</is>' % (cell[1], cell[2], texts[whole_number(cell[3])])
        ),
        data,
    )


def _with_parts(package: Package, source: Package, origin: str, owner: str, data: bytes) -> bytes:
    """Copy what a part points at, and return the part with the links that this has got."""
    folder, file = posixpath.split(origin)
    rels = posixpath.join(folder, "_rels", f"{file}.rels")
    if not source.has(rels):
        return data
    kinds = {e.get("Id", ""): e.get("Type", "") for e in source.xml(rels)}
    links: dict[bytes, bytes] = {}
    for identity, (_, target) in source.relations(origin).items():
        copied = source.part(target)
        name = free_part(package, target)
        new = package.add(name, copied, _content_type(source, target), kinds[identity], owner)
        package.replace(name, _with_parts(package, source, target, name, copied))
        links[identity.encode()] = new.encode()
    return _LINK.sub(lambda old: old[1] + links.get(old[2], old[2]), data)


def _content_type(package: Package, part: str) -> str:
    ending = part.rpartition(".")[2].lower()
    found = ""
    for element in package.xml("[Content_Types].xml"):
        if element.get("PartName") == f"/{part}":
            return element.get("ContentType", "")
        if element.get("Extension", "").lower() == ending:
            found = element.get("ContentType", "")
    return found


def _add_names(package: Package, source: Package, tab: str) -> None:
    """Add the names that hold on the sheet alone, as that of what is printed."""
    place, origin = tab_names(package).index(tab), str(tab_names(source).index(tab))
    names = b"".join(
        f"<definedName name={attribute_xml(element.get('name', ''))} "
        f'localSheetId="{place}">{attribute_xml(element.text or "")[1:-1]}</definedName>'.encode()
        for element in source.xml(source.workbook_part).iter()
        if element.tag.rpartition("}")[2] == "definedName" and element.get("localSheetId") == origin
    )
    if not names:
        return
    workbook = package.workbook_part
    data = _NO_NAMES.sub(rb"<\1definedNames></\1definedNames>", package.part(workbook))
    end = _NAMES_END.search(data)
    if end is None:
        before = _BEFORE_NAMES.search(data)
        if before is None:
            return  # it has no sheets, and nobody opens it
        empty = b"<%bdefinedNames></%bdefinedNames>" % (before[1], before[1])
        data = data[: before.end()] + empty + data[before.end() :]
        end = _NAMES_END.search(data)
    assert end is not None  # noqa: S101  it is there now
    names = names.replace(b"<definedName ", b"<%bdefinedName " % end[1])
    names = names.replace(b"</definedName>", b"</%bdefinedName>" % end[1])
    package.replace(workbook, data[: end.start()] + names + data[end.start() :])
