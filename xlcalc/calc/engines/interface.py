"""What does every spreadsheet engine do for us?

It takes a workbook, calculates it, gives values of cells, and takes other constants. The workbook
comes without the stored values of its formulas (`xlcalc.calc.engines.files`): engines hand those
back for what they cannot calculate, and say nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from xlcalc.cell_values import CellValue
from xlcalc.errors import WorkbookError
from xlcalc.ooxml.positions import Position

THE_WORKBOOK = "the workbook"
"""What a file is called in a sentence where nobody gave it a name."""


class EngineError(WorkbookError):
    """An engine cannot do what it was asked; the sentence names the engine and the file."""


class EngineDiedError(EngineError):
    """The process of an engine ended, by itself, for hunger or at its time limit."""


class SpreadsheetEngine(Protocol):
    """A workbook that calculates.

    Attributes
    ----------
    name : str
        Name of the engine, as in `xlcalc.calc.engines.local.ENGINES`.
    """

    name: str

    def load(self, data: bytes, file: str = THE_WORKBOOK, now: datetime | None = None) -> None:
        """Take a workbook in place of the one before, and calculate it.

        Parameters
        ----------
        data : bytes
            An xlsx file without stored values of its formulas, as `engine_file` makes it.
        file : str
            What to call the file in a sentence.
        now : datetime, optional
            The moment for TODAY and NOW, on the clock of its time zone; the present one if left
            out. ironcalc has no such setting and uses the present one.

        Raises
        ------
        EngineError
            If the engine cannot read or calculate the file.
        """
        ...

    def values(self, places: Mapping[str, Sequence[Position]]) -> dict[str, list[CellValue]]:
        """Return the values of cells, in the order of their positions.

        Errors have Excel's codes. A number that is not finite is #NUM!, and what the engine cannot
        say in a cell is #CALC! with a sentence.

        Parameters
        ----------
        places : mapping of str to sequence of (int, int)
            Positions by the name of their sheet.

        Raises
        ------
        EngineError
            If no workbook is loaded, or it has no such sheet.
        """
        ...

    def set_values(self, constants: Mapping[str, Mapping[Position, CellValue]]) -> None:
        """Put constants into cells, and calculate what follows from them.

        If that fails there is no workbook any more.

        Parameters
        ----------
        constants : mapping of str to mapping of (int, int) to CellValue
            Values by sheet and position; None empties a cell, and a text stays a text whatever it
            looks like.

        Raises
        ------
        EngineError
            If no workbook is loaded, it has no such sheet, or the engine does not take a value.
        """
        ...
