"""Which cells does a dynamic array fill now, if not those that the file says?

The engine spills a formula over as many cells as it has values. A file knows the cells of the last
time, and keeps a value for each of them.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from xlcalc.calc.engine import Engine
from xlcalc.cells import CellValue
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import FormulaCell, array_cells
from xlcalc.ooxml.spills import dynamic_arrays, filled_cells


@dataclass(frozen=True)
class Spills:
    """The dynamic arrays of a sheet that fill other cells than the file says.

    Attributes
    ----------
    extents : dict of (int, int) to str
        The cells that each fills now, as A1:C3, by the cell in which its formula stands.
    values : dict of (int, int) to CellValue
        The values of the cells that are new.
    """

    extents: dict[Position, str] = field(default_factory=dict)
    values: dict[Position, CellValue] = field(default_factory=dict)


class DynamicArrays:
    """The dynamic arrays of a workbook.

    Parameters
    ----------
    package : Package
        The workbook.
    formulas : mapping of str to mapping
        The formula cells of each sheet.
    """

    def __init__(
        self, package: Package, formulas: Mapping[str, Mapping[Position, FormulaCell]]
    ) -> None:
        self._formulas = formulas
        self._anchors: dict[str, list[Position]] = {}
        self._filled: dict[str, set[Position]] = {}
        for sheet, part in package.sheets.items():
            anchors = dynamic_arrays(package.part(part))
            if anchors:
                self._anchors[sheet] = anchors
                self._filled[sheet] = filled_cells(package.part(part)) | formulas[sheet].keys()

    def spills(self, engine: Engine, fixed: Container[tuple[str, Position]]) -> dict[str, Spills]:
        """Return the arrays of each sheet that fill other cells, after `engine.calculate`.

        Parameters
        ----------
        engine : Engine
            The workbook, calculated.
        fixed : container of (str, (int, int))
            Cells that hold a constant in place of their formula.
        """
        found: dict[str, Spills] = {}
        for sheet, anchors in self._anchors.items():
            for anchor in anchors:
                if (sheet, anchor) in fixed:
                    continue
                stored = set(array_cells(anchor, self._formulas[sheet][anchor].extent))
                height, width = self._size(engine, sheet, anchor, stored)
                last = (anchor[0] + height - 1, anchor[1] + width - 1)
                extent = f"{cell_name(anchor)}:{cell_name(last)}" if last != anchor else ""
                cells = array_cells(anchor, extent or cell_name(anchor))
                if set(cells) == stored:
                    continue
                spills = found.setdefault(sheet, Spills())
                spills.extents[anchor] = extent or cell_name(anchor)
                new = [cell for cell in cells if cell not in self._formulas[sheet]]
                spills.values.update(zip(new, engine.values(sheet, new), strict=True))
        return found

    def _size(
        self, engine: Engine, sheet: str, anchor: Position, stored: set[Position]
    ) -> tuple[int, int]:
        """Return how many rows and columns the values of a formula fill.

        What the file has in other cells, an array beside it too, is not of this formula.
        """
        row, column = anchor

        def is_filled(cell: Position) -> bool:
            own = cell in stored or cell not in self._filled[sheet]
            return own and engine.value(sheet, cell) is not None

        width = height = 1
        while is_filled((row, column + width)):
            width += 1
        while is_filled((row + height, column)):
            height += 1
        return height, width
