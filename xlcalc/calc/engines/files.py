"""Which file does an engine get?

One without the stored values of its formulas, so that it cannot hand them back.
"""

import re
from collections.abc import Mapping

from xlcalc.cell_values import CellValue
from xlcalc.ooxml.edits import map_formulas, write_cells
from xlcalc.ooxml.literals import is_writable
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.positions import Position
from xlcalc.ooxml.stored_values import without_stored_values

_INSTEAD = {"betteroffice": "#CALC!"}
"""What stands for the values where an engine takes what it cannot calculate for empty cells.

formualizer does not read such files, and needs none: it has errors of its own.
"""
_UNESCAPES = "formulon"
"""An engine that takes _x0041_ in a formula for A, as it is in the text of a cell."""
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def engine_file(package: Package, engine: str) -> bytes:
    """Return the file that an engine gets of a workbook.

    Parameters
    ----------
    package : Package
        The workbook.
    engine : str
        Name of the engine.

    Raises
    ------
    WorkbookError
        If an array formula of the workbook fills too many cells.
    """
    bare = without_stored_values(package, _INSTEAD.get(engine, ""))
    if engine == _UNESCAPES:
        for part in bare.sheets.values():
            if _ESCAPE.search(bare.part(part).decode("latin-1")):
                bare.replace(part, map_formulas(bare.part(part), _escaped))
    return bare.to_stored_bytes()


def _escaped(formula: str) -> str:
    """Return a formula with texts such as _x0041_ that stay what they are."""
    return _ESCAPE.sub(r"_x005F_x\1_", formula)


def with_constants(
    package: Package, constants: Mapping[str, Mapping[Position, CellValue]]
) -> tuple[Package, dict[str, dict[Position, CellValue]]]:
    """Return a workbook with values in place of formulas, and those that no file can hold.

    Parameters
    ----------
    package : Package
        The workbook.
    constants : mapping of str to mapping of (int, int) to CellValue
        Values by sheet and position, of all cells of an array formula or of none.
    """
    if not constants:
        return package, {}
    package = package.copy()
    odd: dict[str, dict[Position, CellValue]] = {}
    for sheet, cells in constants.items():
        held = dict(cells)
        for position, value in cells.items():
            if isinstance(value, str) and not is_writable(value):
                held[position] = None
                odd.setdefault(sheet, {})[position] = value
        part = package.sheets[sheet]
        package.replace(part, write_cells(package.part(part), {}, held))
    return package, odd
