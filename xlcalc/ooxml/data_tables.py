"""Which cells does a what-if data table fill, and what do they follow from?

Excel puts the values beside and above a table, one after the other, into one or two input cells,
and notes what a formula gives then. The first cell of the table has `<f t="dataTable">`, with the
range and the inputs; the values stand in all of them, like constants.
"""

from collections.abc import Iterator
from typing import NamedTuple

from xlcalc.ooxml.markup import FORMULA, Position, attributes_of, cell_name, cells_of
from xlcalc.ooxml.sheet import box_of

_TRUE = {"1", "true"}


class DataTable(NamedTuple):
    """A what-if data table.

    Attributes
    ----------
    position : (int, int)
        The cell that has it.
    ref : str
        The range that it fills, as the file says.
    inputs : tuple of str
        The cells into which it puts values.
    both : bool
        Whether it tries values beside and above it, with two inputs.
    deleted : bool
        Whether the cell of an input was deleted.
    """

    position: Position
    ref: str
    inputs: tuple[str, ...]
    both: bool
    deleted: bool

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the range that it fills."""
        return box_of(self.ref)


def data_tables(data: bytes) -> Iterator[DataTable]:
    """Yield the what-if data tables of a sheet."""
    for position, cell, _ in cells_of(data) if b"dataTable" in data else ():
        formula = FORMULA.search(cell[3] or b"")
        known = attributes_of(formula[2]) if formula is not None else {}
        if known.get("t") == "dataTable" and known.get("ref"):
            yield DataTable(
                position,
                known["ref"],
                tuple(known[name] for name in ("r1", "r2") if known.get(name)),
                known.get("dt2D") in _TRUE,
                bool({known.get("del1"), known.get("del2")} & _TRUE),
            )


def what_if_cells(data: bytes) -> dict[Position, str]:
    """Return the cells that what-if data tables of a sheet fill.

    Returns
    -------
    dict of (int, int) to str
        For each cell the cells that it follows from, as a formula names them: the values beside
        and above, the formulas, and the inputs.
    """
    found: dict[Position, str] = {}
    tables = [(table, table.box) for table in data_tables(data)]
    for (row, column), _, _ in cells_of(data) if tables else ():
        for table, (left, top, right, bottom) in tables:
            if top <= row <= bottom and left <= column <= right:
                around = {(row, left - 1), (top - 1, column), (top - 1, left - 1)}
                names = [cell_name(cell) for cell in sorted(around) if min(cell) > 0]
                found[row, column] = "+".join([*names, *table.inputs])
    return found
