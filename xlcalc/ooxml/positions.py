"""How are cells named: B7, or row 7 and column 2?"""

import functools
import re
from typing import TypeAlias

from xlcalc.cell_values import LAST_COLUMN, LAST_ROW

Position: TypeAlias = tuple[int, int]
"""Row and column, counted from 1."""
_CELL_NAME = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


def cell_name(position: Position) -> str:
    """Return the name of a cell, as B7."""
    return f"{column_letters(position[1])}{position[0]}"


def cell_position(name: str) -> Position | None:
    """Return the position of a cell's name, as B7 or $B$7; None where no sheet has the cell."""
    found = _CELL_NAME.fullmatch(name)
    if found is None:
        return None
    position = int(found[2]), column_number(found[1].encode())
    return position if 1 <= position[0] <= LAST_ROW and position[1] <= LAST_COLUMN else None


@functools.cache
def column_number(letters: bytes) -> int:
    """Return the number of a column, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


@functools.cache
def column_letters(number: int) -> str:
    """Return the letters of a column, AA for 27."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters
