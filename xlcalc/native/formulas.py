"""How do cells get other formulas, also those that share one?"""

from collections.abc import Mapping

from xlcalc.ooxml.edits import map_cell_formulas, set_formulas
from xlcalc.ooxml.markup import Position
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import FormulaCell


def write_formulas(
    package: Package,
    sheet: str,
    formulas: Mapping[Position, str],
    cells: Mapping[Position, FormulaCell],
) -> None:
    """Write other formulas into cells of a sheet; their cached values stay.

    Parameters
    ----------
    package : Package
        The workbook, which is changed.
    sheet : str
        The sheet.
    formulas : Mapping[Position, str]
        The formulas, without `=`. Where a cell of a shared formula gets one, all its cells must.
    cells : Mapping[Position, FormulaCell]
        The formula cells of the sheet as they are.
    """
    part = package.sheets[sheet]
    data = package.part(part)
    if any(cells[position].kind == "shared" for position in formulas):
        own = {position: (text, cells[position].value) for position, text in formulas.items()}
        package.replace(part, set_formulas(data, own))
    else:
        package.replace(
            part, map_cell_formulas(data, lambda position, old: formulas.get(position, old))
        )
