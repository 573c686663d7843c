"""What do the adapters of engines have in common?"""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from xlcalc.calc.engines.interface import EngineError
from xlcalc.cell_values import CellError, CellValue

NOT_FINITE = CellError("#NUM!", "the result is no finite number")
_FIRST_DAY = datetime(1899, 12, 30)
"""Day 0 of serial numbers, which know no time zone."""


def number(value: float) -> CellValue:
    """Return a number as a cell holds it."""
    return value if math.isfinite(value) else NOT_FINITE


def unsayable(what: object) -> CellError:
    """Return the error of a cell whose content the engine has no plain value for."""
    return CellError("#CALC!", f"the engine gives {what}, which is no value of a cell")


def serial_number(moment: datetime) -> float:
    """Return Excel's serial number of a moment, on the clock of its time zone [days]."""
    return (moment.replace(tzinfo=None) - _FIRST_DAY) / timedelta(days=1)


def sheet_indices(names: Iterable[str]) -> dict[str, int]:
    """Return the number of each sheet by its name."""
    return {name: index for index, name in enumerate(names)}


def sheet_index(indices: Mapping[str, int], sheet: str) -> int:
    """Return the number of a sheet, whose name is written in any case.

    Raises
    ------
    EngineError
        If the engine knows no such sheet.
    """
    if sheet in indices:
        return indices[sheet]
    for name, index in indices.items():
        if name.casefold() == sheet.casefold():
            return index
    raise EngineError(f'it knows no sheet "{sheet}"')
