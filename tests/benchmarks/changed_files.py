"""Workbooks changed in their markup: without stored values, or with another number in a cell.

Engines hand stored values back for what they cannot calculate, and say nothing: what an engine is
worth is seen on a file that has none.
"""

import io
import re
import zipfile
from collections.abc import Callable, Collection, Mapping

from tests.benchmarks.cell_values import Key, position
from tests.benchmarks.stored_values import Stored
from xlcalc.calc.engines.interface import THE_WORKBOOK
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.stored_values import without_stored_values

_CELL = re.compile(rb"<((?:\w+:)?)c(\s[^>]*?)?(?:/>|>(.*?)</\1c>)", re.DOTALL)
_PLACE = re.compile(rb'\sr="([A-Z]+[0-9]+)"')
_TYPE = re.compile(rb'\st="[^"]*"')


def rewritten(data: bytes, stored: Stored, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return a workbook whose worksheets went through `change(name, markup)`."""
    names = {part: name for name, part in stored.parts.items()}
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as written:
        for item in source.infolist():
            body = source.read(item)
            name = names.get(item.filename)
            written.writestr(item.filename, body if name is None else change(name, body))
    return target.getvalue()


def _each_cell(markup: bytes, change: Callable[[int, int, re.Match[bytes]], bytes | None]) -> bytes:
    """Return a sheet in which `change` gave new markup for some cells; None leaves one alone."""

    def replace(found: re.Match[bytes]) -> bytes:
        place = _PLACE.search(found[2] or b"")
        if place is None:
            return found[0]
        new = change(*position(place[1].decode()), found)
        return found[0] if new is None else new

    return _CELL.sub(replace, markup)


def without_values(data: bytes) -> bytes:
    """Return a workbook without the values of its formulas; data tables keep theirs.

    Raises
    ------
    WorkbookError
        If the file is no workbook.
    """
    return without_stored_values(Package(data, THE_WORKBOOK)).to_bytes()


def with_numbers(data: bytes, stored: Stored, numbers: Mapping[Key, float]) -> bytes:
    """Return a workbook with other numbers in some cells of constants."""

    def change(sheet: str, markup: bytes) -> bytes:
        def cell(row: int, column: int, found: re.Match[bytes]) -> bytes | None:
            number = numbers.get(Key(sheet, row, column))
            if number is None:
                return None
            p, attributes = found[1], _TYPE.sub(b"", found[2] or b"")
            text = repr(number).removesuffix(".0").encode()
            return b"<%bc%b><%bv>%b</%bv></%bc>" % (p, attributes, p, text, p, p)

        return _each_cell(markup, cell)

    return rewritten(data, stored, change)


def without_cells(data: bytes, stored: Stored, cells: Collection[Key]) -> bytes:
    """Return a workbook in which some cells, and what spills from them, are empty."""
    gone = set(cells)

    def change(sheet: str, markup: bytes) -> bytes:
        def cell(row: int, column: int, found: re.Match[bytes]) -> bytes | None:
            key = Key(sheet, row, column)
            known = stored.cells.get(key)
            spilled = known is not None and known.kind == "spill" and known.master in gone
            return b"" if key in gone or spilled else None

        return _each_cell(markup, cell)

    return rewritten(data, stored, change)
