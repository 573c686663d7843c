"""What does a cell hold?

A cell value is a float, a text, TRUE or FALSE, None for an empty cell, or a `CellError`; a range is
a list of rows. This module imports nothing heavy, for the processes that engines run in.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class CellError:
    """An error as a cell shows it, with the sentence behind it where there is one."""

    code: str
    message: str = ""


CellValue: TypeAlias = float | str | bool | CellError | None
CellRange: TypeAlias = list[list[CellValue]]
