"""What does the file itself have that a reader does not see: sheets, rows, macros, settings?"""

import re
from collections.abc import Iterator

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, column_letter
from xlcalc.ooxml.calculation import iteration
from xlcalc.ooxml.markup import attributes_of

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*?)/?>")
_MODE = re.compile(rb"<(?:\w+:)?calcPr\b([^>]*?)/?>")
_TRUE = {"1", "true"}


def file_findings(book: Audited) -> Iterator[Finding]:
    """Yield hidden sheets, rows and columns, macros, and how the workbook calculates."""
    package = book.package
    for element in package.xml(package.workbook_part).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            state = element.get("state", "visible")
            name = element.get("name", "")
            if state != "visible":
                how = "hidden" if state == "hidden" else "hidden from the menu as well"
                yield Finding("hidden-sheet", name, "", f"the sheet {name} is {how}", state)
    for sheet, part in package.sheets.items():
        yield from _hidden(sheet, package.part(part))
    if any(name.endswith("vbaProject.bin") for name in package.names()):
        yield Finding("macros", "", "", "the workbook has macros", "vba")
    found = _MODE.search(package.part(package.workbook_part))
    if found is not None and attributes_of(found[1]).get("calcMode") == "manual":
        yield Finding("manual-calculation", "", "", "figures may be old when it opens", "calcMode")
    if iteration(package) is not None:
        yield Finding("iteration", "", "", "circles are calculated, and show no warning", "iterate")


def _hidden(sheet: str, data: bytes) -> Iterator[Finding]:
    rows = [
        int(attributes["r"])
        for found in _ROW.finditer(data)
        if b"hidden" in found[1]
        and (attributes := attributes_of(found[1])).get("hidden") in _TRUE
        and attributes.get("r", "").isdecimal()
    ]
    if rows:
        text = f"{len(rows)} rows are hidden, the first is {rows[0]}"
        yield Finding("hidden-rows", sheet, f"A{rows[0]}", text, f"rows {len(rows)}")
    for found in _COLUMN.finditer(data):
        attributes = attributes_of(found[1])
        first = attributes.get("min", "")
        if attributes.get("hidden") in _TRUE and first.isdecimal() and 1 <= int(first) <= 16384:
            letter = column_letter(int(first))
            text = f"columns from {letter} are hidden"
            yield Finding("hidden-rows", sheet, f"{letter}1", text, f"column {letter}")
