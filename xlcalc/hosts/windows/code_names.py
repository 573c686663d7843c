"""What do macros call the workbook and its sheets?

Each has a module of its own in the VBA project, and an attribute `codeName` that names it. Excel
writes both with the first macro of a workbook; where they do not fit it repairs the file.
"""

import re
from itertools import chain, count

from xlcalc.hosts.windows.vba_project import CodeNames
from xlcalc.ooxml.literals import attribute_xml
from xlcalc.ooxml.markup import attributes_of
from xlcalc.ooxml.package import Package

_KINDS = {"worksheet": "Sheet", "chartsheet": "Chart"}
"""Sheets that have a module, and how Excel calls it."""
# Only such names are the same in every code page.
_USABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^<>]*)>")
_ROOT = re.compile(rb"<((?:\w+:)?)(?:workbook|worksheet|chartsheet)\b[^<>]*>")
# What the schema puts before the properties of a workbook.
_BEFORE_PROPERTIES = re.compile(rb"<(?:\w+:)?(?:fileVersion|fileSharing)\b[^<>]*/>")


def give_code_names(package: Package) -> CodeNames:
    """Give code names to a workbook that has no macros, and to its sheets; good ones stay."""
    book = package.workbook_part
    relations = package.relations(book)
    taken: set[str] = set()
    workbook = _named(package, book, b"workbookPr", "ThisWorkbook", taken)
    sheets = []
    for place, listed in enumerate(_SHEET.finditer(package.part(book)), start=1):
        attributes = attributes_of(listed[1])
        identity = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        kind, part = relations.get(identity, ("", ""))
        if kind in _KINDS:
            name = _named(package, part, b"sheetPr", f"{_KINDS[kind]}{place}", taken)
            sheets.append((name, kind))
    return CodeNames(workbook, tuple(sheets))


def _named(package: Package, part: str, properties: bytes, usual: str, taken: set[str]) -> str:
    """Return the code name of a part, which it has now if it had no good one."""
    data = package.part(part)
    found = re.search(rb"<(?:\w+:)?" + properties + rb"\b([^<>]*?)/?>", data)
    own = attributes_of(found[1]).get("codeName", "") if found else ""
    if _USABLE.fullmatch(own) and own.lower() not in taken:
        taken.add(own.lower())
        return own
    more = (f"{usual.rstrip('0123456789')}{number}" for number in count(1))
    name = next(name for name in chain((usual,), more) if name.lower() not in taken)
    taken.add(name.lower())
    package.replace(part, _with_code_name(data, properties, name))
    return name


def _with_code_name(data: bytes, properties: bytes, name: str) -> bytes:
    attribute = b" codeName=" + attribute_xml(name).encode()
    found = re.search(rb"<(?:\w+:)?" + properties + rb"\b", data)
    if found:
        end = data.index(b">", found.end())
        inside = re.sub(rb"\s+codeName=(?:\"[^\"]*\"|'[^']*')", b"", data[found.end() : end])
        return data[: found.end()] + attribute + inside + data[end:]
    root = _ROOT.search(data)
    assert root is not None  # noqa: S101  the package was read
    before = _BEFORE_PROPERTIES.findall(data) if properties == b"workbookPr" else []
    place = data.index(before[-1]) + len(before[-1]) if before else root.end()
    return data[:place] + b"<%b%b%b/>" % (root[1], properties, attribute) + data[place:]
