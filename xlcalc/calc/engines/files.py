"""Which file does an engine get?

One without the stored values of its formulas, so that it cannot hand them back.
"""

import re

from xlcalc.ooxml.edits import map_formulas
from xlcalc.ooxml.package import Package
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
