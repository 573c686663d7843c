"""What in the file would Excel refuse or repair when it opens it?

Excel takes out what it cannot read, says so in a dialogue, and keeps the rest. What is looked for
are the causes that a file shows by itself; sources are ECMA-376, part 1 (order of elements, limits
of names) and Microsoft's "Excel specifications and limits".
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, named
from xlcalc.ooxml.names import defined_names
from xlcalc.ooxml.positions import cell_position
from xlcalc.ooxml.sheet import MAX_COLUMN, MAX_ROW
from xlcalc.ooxml.tables import heading_of, read_tables

# fmt: off
_CHILDREN = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState",
    "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting",
    "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter",
    "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects",
    "controls", "webPublishItems", "tableParts", "extLst",
)
# fmt: on
"""The elements of a sheet in their order (ECMA-376, part 1, 18.3.1.99)."""
_DATA = re.compile(rb"<((?:\w+:)?)sheetData\b[^>]*>.*?</\1sheetData\s*>", re.DOTALL)
_NAME = re.compile(r"(?:[^\W\d]|[\\_])[\w.\\?]*")
_LIKE_A_CELL = re.compile(r"[rR]\d*[cC]\d*|[rRcC]")
_LONGEST_NAME, _LONGEST_SHEET, _LONGEST_FORMULA, _LONGEST_TEXT = 255, 31, 8192, 32_767
_EXTERNAL = re.compile(r"(?<![\w\]])'?\[(\d+)\]")
_TEXT = re.compile(r'"(?:[^"]++|"")*+"')
_MAY_BE_MISSING = {"hyperlink", "externalLinkPath", "calcChain"}
_MOST_MERGED = 2000
"""Merged areas up to which each is compared with each."""


def repair_findings(book: Audited) -> Iterator[Finding]:
    """Yield what Excel takes out or changes when it opens the workbook."""
    yield from _sheet_names(book)
    yield from _names(book)
    for sheet, part in book.package.sheets.items():
        for text in (*_order(book, part), *_cells(book, sheet), *_overlaps(book, sheet, part)):
            yield Finding("excel-repairs", sheet, "", text, text)
    yield from _tables(book)
    yield from _parts(book)
    yield from _formulas(book)


def _sheet_names(book: Audited) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for sheet in book.values:
        text = ""
        if len(sheet) > _LONGEST_SHEET:
            text = f"the name of the sheet has {len(sheet)} characters, and Excel takes 31"
        elif re.search(r"[\[\]:*?/\\]", sheet) or sheet[:1] == "'" or sheet[-1:] == "'":
            text = f'the name "{sheet}" has a character that Excel does not take'
        elif seen.setdefault(sheet.lower(), sheet) != sheet:
            text = f"{seen[sheet.lower()]} and {sheet} are one name to Excel"
        if text:
            yield Finding("excel-repairs", sheet, "", text, "name")


def _names(book: Audited) -> Iterator[Finding]:
    """Yield names that Excel does not take, and those that are one to it."""
    seen: dict[tuple[str | None, str], str] = {}
    for name in defined_names(book.package, hidden=True):
        scope = name.scope or ""
        wrong = ""
        if len(name.name) > _LONGEST_NAME:
            wrong = f"the name {name.name[:30]}… has {len(name.name)} characters"
        elif not _NAME.fullmatch(name.name):
            wrong = f'"{name.name}" is no name to Excel'
        elif cell_position(name.name.upper()) or _LIKE_A_CELL.fullmatch(name.name):
            wrong = f"the name {name.name} reads as a cell"
        if wrong:
            yield Finding("broken-name", scope, "", wrong, name.name)
        other = seen.setdefault((name.scope, name.name.lower()), name.name)
        if other != name.name:
            text = f"{other} and {name.name} are one name to Excel"
            yield Finding("duplicate-name", scope, "", text, name.name.lower())


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _order(book: Audited, part: str) -> Iterator[str]:
    """Yield the first element of a sheet that stands where Excel does not read it."""
    try:
        # The sheet was read, so it has no document type.
        root = ET.fromstring(_DATA.sub(b"", book.package.part(part)))  # noqa: S314
    except ET.ParseError:
        return
    known = [name for child in root if (name := _local(child.tag)) in _CHILDREN]
    for one, other in pairwise(known):
        if _CHILDREN.index(one) > _CHILDREN.index(other):
            yield f"<{other}> stands behind <{one}>, where it must stand before it"
            return
    relations = book.package.relations(part)
    for element in root.iter():
        identity = next((v for k, v in element.items() if _is_relation(k)), None)
        external = _local(element.tag) == "hyperlink"
        if identity is not None and identity not in relations and not external:
            yield f"<{_local(element.tag)}> names the relationship {identity}, which is missing"


def _is_relation(attribute: str) -> bool:
    ends = ("officeDocument/2006/relationships}id", "officeDocument/relationships}id")
    return attribute.endswith(ends)


def _cells(book: Audited, sheet: str) -> Iterator[str]:
    """Yield the first cell that is out of order or there twice, and one beyond the last row."""
    if sheet in book.disorder:
        one, other = book.disorder[sheet]
        yield f"the cell {named(other)} stands behind {named(one)}"
    beyond = [p for p in book.values[sheet] if p[0] > MAX_ROW or p[1] > MAX_COLUMN]
    if beyond:
        row, column = min(beyond)
        yield f"a cell stands in row {row} and column {column}, beyond the last one"


def _overlaps(book: Audited, sheet: str, part: str) -> Iterator[str]:
    boxes = [(box.left, box.top, box.right, box.bottom) for box in book.merged(sheet)]
    for one, other in combinations(boxes[:_MOST_MERGED], 2):
        if _overlap(one, other):
            yield f"merged cells overlap at {named((max(one[1], other[1]), max(one[0], other[0])))}"
            return


def _overlap(one: Sequence[int], other: Sequence[int]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _tables(book: Audited) -> Iterator[Finding]:
    known = read_tables(book.package)
    seen: set[str] = set()
    for table in known:
        text = ""
        heads = [
            book.values[table.sheet].get((table.top, table.left + place))
            for place in range(len(table.columns))
        ]
        if table.name in seen:
            text = f"two tables have the name {table.title}"
        elif len(set(table.columns)) < len(table.columns):
            text = f"two columns of {table.title} have one heading"
        elif table.right - table.left + 1 != len(table.columns):
            text = f"{table.title} has {table.right - table.left + 1} columns and "
            text += f"{len(table.columns)} headings"
        elif table.header and any(
            not isinstance(head, str) or heading_of(head) != column
            for head, column in zip(heads, table.columns, strict=True)
        ):
            text = f"the first row of {table.title} has other texts than its columns are named"
        seen.add(table.name)
        if text:
            cell = named((table.top, table.left))
            yield Finding("excel-repairs", table.sheet, cell, text, table.name)
    for one, other in combinations(known, 2):
        boxes = ((t.left, t.top, t.right, t.bottom) for t in (one, other))
        if one.sheet == other.sheet and _overlap(*boxes):
            text = f"the tables {one.title} and {other.title} overlap"
            yield Finding("excel-repairs", one.sheet, "", text, text)


def _parts(book: Audited) -> Iterator[Finding]:
    """Yield relationships to parts that are missing, and parts without a type."""
    package = book.package
    names = {name.lower() for name in package.names()}
    for part in (package.workbook_part, *package.sheets.values()):
        for kind, target in package.relations(part).values():
            if target.lower() not in names and kind not in _MAY_BE_MISSING:
                text = f"the part {target} is missing"
                yield Finding("excel-repairs", "", "", text, text)
    types = package.xml("[Content_Types].xml")
    listed = {e.get("PartName", "").lower() for e in types}
    endings = {e.get("Extension", "").lower() for e in types}
    for name in sorted(names):
        ending = name.rpartition(".")[2]
        if (
            f"/{name}" not in listed
            and ending not in endings
            and name != "[content_types].xml"
            and not name.endswith("/")
        ):
            text = f"the part {name} has no type in [Content_Types].xml"
            yield Finding("excel-repairs", "", "", text, text)


def _formulas(book: Audited) -> Iterator[Finding]:
    """Yield formulas that are too long, begin with a second sign, or read a link that is lost."""
    root = book.package.xml(book.package.workbook_part)
    links = sum(_local(element.tag) == "externalReference" for element in root.iter())
    told: set[tuple[str, int]] = set()
    for (sheet, position), formula in book.formulas.items():
        key = book.relative[sheet, position]
        if len(formula) > _LONGEST_FORMULA:
            text = f"the formula has {len(formula)} characters, and Excel takes {_LONGEST_FORMULA}"
            yield Finding("excel-repairs", sheet, named(position), text, key[:80])
        if formula.startswith("="):
            text = f"the file has ={formula:.60}, with a sign too many"
            yield Finding("double-equals", sheet, named(position), text, key)
        for found in _EXTERNAL.finditer(_TEXT.sub("", formula)) if "[" in formula else ():
            number = int(found[1])
            if number > links and (sheet, number) not in told:
                told.add((sheet, number))
                text = f"={formula:.60} reads the workbook [{number}], and the file names {links}"
                yield Finding("lost-link", sheet, named(position), text, key)
    for sheet, values in book.values.items():
        for position, value in values.items():
            if isinstance(value, str) and len(value) > _LONGEST_TEXT:
                text = f"the text has {len(value)} characters, and Excel takes {_LONGEST_TEXT}"
                yield Finding("excel-repairs", sheet, named(position), text, "text")
