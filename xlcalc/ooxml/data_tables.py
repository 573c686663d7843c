"""Which cells does a what-if data table fill, and what do they follow from?

Excel puts the values beside and above a table, one after the other, into one or two input cells,
and notes what a formula gives then. The first cell of the table has `<f t="dataTable">`, with the
range and the inputs; the values stand in all of them, like constants.
"""

from xlcalc.ooxml.markup import FORMULA, Position, attributes_of, cell_name
from xlcalc.ooxml.sheet import box_of


def what_if_cells(data: bytes) -> dict[Position, str]:
    """Return the cells that what-if data tables of a sheet fill.

    Returns
    -------
    dict of (int, int) to str
        For each cell the cells that it follows from, as a formula names them: the values beside
        and above, the formulas, and the inputs.
    """
    found: dict[Position, str] = {}
    for formula in FORMULA.finditer(data) if b"dataTable" in data else ():
        known = attributes_of(formula[2])
        if known.get("t") != "dataTable" or not known.get("ref"):
            continue
        left, top, right, bottom = box_of(known["ref"])
        inputs = [known[name] for name in ("r1", "r2") if known.get(name)]
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                around = {(row, left - 1), (top - 1, column), (top - 1, left - 1)}
                names = [cell_name(cell) for cell in sorted(around) if min(cell) > 0]
                found[row, column] = "+".join([*names, *inputs])
    return found
