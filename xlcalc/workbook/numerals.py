"""How does a file write a number: as the shortest text that reads back as the same one?"""

import numpy as np
import orjson
from numpy.typing import NDArray

MAX_WHOLE = 1e16
"""From here on whole numbers are written with an exponent."""
_SMALL = 1e-4
"""Below it numbers are written with an exponent, but not by orjson."""


def number_text(value: float) -> str:
    """Return a number as a cell's text."""
    whole = value == int(value) and abs(value) < MAX_WHOLE
    return str(int(value)) if whole else repr(float(value))


def number_lines(table: NDArray[np.float64]) -> list[bytes]:
    """Return what `number_text` makes of the finite numbers of each row, divided by commas."""
    if not table.size:
        return [b""] * len(table)
    small = (np.abs(table) < _SMALL) & (table != 0.0)
    # Adding zero makes a plain one of a negative zero.
    written = orjson.dumps(np.ascontiguousarray(table + 0.0), option=orjson.OPT_SERIALIZE_NUMPY)
    lines = written.replace(b".0,", b",").replace(b".0]", b"]")[2:-2].split(b"],[")
    for row in np.flatnonzero(small.any(axis=1)):
        numbers = lines[row].split(b",")
        for column in np.flatnonzero(small[row]):
            numbers[column] = number_text(float(table[row, column])).encode()
        lines[row] = b",".join(numbers)
    return lines
