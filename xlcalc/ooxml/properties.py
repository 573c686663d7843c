"""What does a workbook say of itself, whatever its sheets hold: its description, and its kind?

Excel shows the description as the comments of a file, LibreOffice as its description; programs keep
it. A copy of values says there that it is one, in words that `is_copy_of_values` knows again.
"""

import re
from html import unescape

from xlcalc.ooxml.literals import xml_text
from xlcalc.ooxml.package import Package

COPY_MARK = "xlcalc --dialect values"
"""Stands in the description of a copy of values, in every language."""
_PART = "docProps/core.xml"
_KIND = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_CONTENT_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
_EMPTY = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties xmlns:cp='
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties">'
    b"</cp:coreProperties>"
)
_DESCRIPTION = re.compile(
    rb"<((?:\w+:)?)description\b[^<>]*?(?:/>|>([^<]*)</\1description\s*>)", re.DOTALL
)
_END = re.compile(rb"</(?:\w+:)?coreProperties\s*>|(<((?:\w+:)?)coreProperties\b[^<>]*)/>")


def description(package: Package) -> str:
    """Return the description of a workbook; empty if it has none."""
    part = _part(package)
    found = _DESCRIPTION.search(package.part(part)) if part else None
    return unescape((found[2] or b"").decode("utf-8", "replace")) if found else ""


def describe(package: Package, text: str) -> None:
    """Give a workbook a description; the part for it is made where there is none."""
    part = _part(package)
    if part is None:
        part = _PART
        package.add(part, _EMPTY, _CONTENT_TYPE, _KIND)
    data = package.part(part)
    name = b'dc:description xmlns:dc="http://purl.org/dc/elements/1.1/"'
    element = b"<%b>%b</dc:description>" % (name, xml_text(text))
    if _DESCRIPTION.search(data):
        package.replace(part, _DESCRIPTION.sub(lambda _: element, data, count=1))
        return
    end = _END.search(data)
    if end is None:
        return  # it is no part of properties, and nobody will read it
    closing = (
        b"%b>%b</%bcoreProperties>" % (end[1], element, end[2]) if end[1] else element + end[0]
    )
    package.replace(part, data[: end.start()] + closing + data[end.end() :])


def is_copy_of_values(package: Package) -> bool:
    """Whether a workbook says that it is a copy of values."""
    return COPY_MARK in description(package)


def _part(package: Package) -> str | None:
    targets = (t for kind, t in package.relations("").values() if kind == "core-properties")
    return next((target for target in targets if package.has(target)), None)
