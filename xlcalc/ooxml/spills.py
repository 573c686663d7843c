"""How far does a dynamic array reach in a file, and how is it written that it reaches elsewhere?

Excel marks the cell of such a formula with `cm`, a number of the workbook's metadata, and stores
the cells that it fills as `ref`. Array formulas of older versions have a fixed range and no mark.
"""

import re
from collections.abc import Mapping

from xlcalc.ooxml.markup import FORMULA, SHEET_DATA, Position, attributes_of, placed_cells

_MARKED = re.compile(rb"\bcm\s*=\s*[\"'][1-9]")
_REF = re.compile(rb"(\bref\s*=\s*)(?:\"[^\"]*\"|'[^']*')")


def dynamic_arrays(data: bytes) -> list[Position]:
    """Return the cells of a sheet whose formulas fill as many cells as they have values."""
    if not _MARKED.search(data):
        return []
    sheet = SHEET_DATA.search(data)
    found = []
    for position, cell, _, _ in placed_cells(sheet) if sheet else ():
        formula = FORMULA.search(cell[3] or b"") if _MARKED.search(cell[2]) else None
        if formula is not None and attributes_of(formula[2]).get("t") == "array":
            found.append(position)
    return found


def filled_cells(data: bytes) -> set[Position]:
    """Return the cells of a sheet that hold something."""
    sheet = SHEET_DATA.search(data)
    return {p for p, cell, _, _ in placed_cells(sheet) if cell[3]} if sheet else set()


def with_extents(data: bytes, extents: Mapping[Position, str]) -> bytes:
    """Return a sheet whose dynamic arrays fill other cells.

    Parameters
    ----------
    data : bytes
        XML of the sheet.
    extents : mapping of (int, int) to str
        The cells that a formula fills, as A1:C3, by the cell in which it stands.
    """
    sheet = SHEET_DATA.search(data)
    pieces, done = [], 0
    for position, cell, _, place in placed_cells(sheet) if sheet and extents else ():
        if position in extents:
            pieces.append(data[done:place])
            ref = rb'\g<1>"%b"' % extents[position].encode()
            pieces.append(_REF.sub(ref, cell[0], count=1))
            done = place + len(cell[0])
    return b"".join([*pieces, data[done:]])
