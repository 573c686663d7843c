"""Which cells does a name stand for that names other cells in each formula?

A name may stand for "the cell to the right": a file has that as `Sheet!B1`, without dollar signs,
as seen from A1. Engines take it for the one cell B1. So they get formulas that name the cells
themselves: with `right` for `S!B1`, the formula `right*2` of A3 is `(S!B3)*2`.
"""

import re
from collections.abc import Sequence

from xlcalc.formula_text import Reference, replace_references, scanner
from xlcalc.ooxml.markup import Position, column_letters, column_number
from xlcalc.ooxml.names import DefinedName
from xlcalc.ooxml.sheet import MAX_COLUMN, MAX_ROW

_CELL = scanner(r"(?<![\w.$])(\$?)([a-z]{1,3})(\$?)(\d+)(?![\w(.!])")


class RelativeNames:
    """The names of a workbook that stand for other cells in each formula.

    Parameters
    ----------
    names : sequence of DefinedName
        All names of the workbook.
    """

    def __init__(self, names: Sequence[DefinedName]) -> None:
        self._texts = {
            (name.scope, name.name.lower()): name.text
            for name in names
            if "_xlpm." not in name.text and _is_relative(name.text)
        }
        self._fixed = {
            (name.scope, name.name.lower())
            for name in names
            if (name.scope, name.name.lower()) not in self._texts
        }

    def __bool__(self) -> bool:
        return bool(self._texts)

    def plain(self, formula: str, sheet: str, position: Position) -> str:
        """Return a formula that names the cells in place of such names.

        Parameters
        ----------
        formula : str
            A formula, without `=`.
        sheet, position : str and (int, int)
            The cell in which it stands.
        """

        def change(found: Reference) -> str | None:
            key = (found.sheets or sheet, found.name.lower())
            if not found.name or key in self._fixed:
                return None
            text = self._texts.get(key, self._texts.get((None, key[1])))
            return None if text is None else f"({_moved(text, position)})"

        return replace_references(formula, change) if self._texts else formula


def _is_relative(text: str) -> bool:
    return any(found[2] and not (found[1] and found[3]) for found in _CELL.finditer(text))


def _moved(text: str, position: Position) -> str:
    """Return what a name stands for, as seen from a cell in place of A1."""
    down, right = position[0] - 1, position[1] - 1

    def moved(found: re.Match[str]) -> str:
        if not found[2]:
            return found[0]
        column, row = column_number(found[2].upper().encode()), int(found[4])
        # Beyond the last row and column a name goes on at the first ones.
        column = column if found[1] else (column - 1 + right) % MAX_COLUMN + 1
        row = row if found[3] else (row - 1 + down) % MAX_ROW + 1
        return f"{found[1]}{column_letters(column)}{found[3]}{row}"

    return _CELL.sub(moved, text)
