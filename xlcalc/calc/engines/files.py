"""Which file does an engine get?

One without the stored values of its formulas, so that it cannot hand them back.
"""

from xlcalc.ooxml.package import Package
from xlcalc.ooxml.stored_values import without_stored_values

_INSTEAD = {"betteroffice": "#CALC!"}
"""What stands for the values where an engine takes what it cannot calculate for empty cells.

formualizer does not read such files, and needs none: it has errors of its own.
"""


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
    return without_stored_values(package, _INSTEAD.get(engine, "")).to_stored_bytes()
