"""Of which lines is a block of workings made, and in which cells do their values stand?"""

from dataclasses import dataclass, field
from enum import Enum

from xlcalc.worksheet import Spec

VALUE_COLUMN, CHECK_COLUMN = "E", "F"
COUNTS = "#,##0"
"""How numbers of parameters and tokens are shown, in full."""


class Kind(Enum):
    """What a line of a block is."""

    CALL = "call"
    FILLED = "in one formula"
    ARGUMENT = "argument"
    LEFT_OUT = "left out"
    STEP = "step"
    VALID = "arguments valid?"
    RESULT = "result"
    SHOWN = "then the cell has"


@dataclass(frozen=True)
class Line:
    """A line of a block.

    Attributes
    ----------
    kind : Kind
        What it is.
    label : str
        What it is called.
    value : str, float or bool
        A formula with `=`, or a constant.
    check : str
        A formula with `=` whose value is "ok" or an error; empty where there is none.
    unit, note : str
        Its unit, and what it says in words.
    number_format : str
        How its value is shown.
    """

    kind: Kind
    label: str
    value: str | float | bool
    check: str = ""
    unit: str = ""
    note: str = ""
    number_format: str = ""


@dataclass
class Block:
    """The workings of one call.

    Attributes
    ----------
    spec : Spec
        The function.
    call : str
        The call as it was written.
    row : int
        The row of its first line.
    lines : list of Line
        Its lines.
    shown : str
        What stands in the cell in the place of the call.
    """

    spec: Spec
    call: str
    row: int
    lines: list[Line] = field(default_factory=list)
    shown: str = ""

    @property
    def next_row(self) -> int:
        """The row behind the last line."""
        return self.row + len(self.lines)

    def add(self, line: Line) -> str:
        """Add a line, and return the cell of its value."""
        self.lines.append(line)
        return f"{VALUE_COLUMN}{self.next_row - 1}"

    def result(self, formula: str, note: str) -> str:
        """Add the line of the result, and return the cell of its value."""
        returns = self.spec.returns
        line = Line(
            Kind.RESULT, "result", f"={formula}", "", returns.unit, note, returns.number_format
        )
        return self.add(line)

    def valid(self, first: int) -> str:
        """Add the line that says whether the arguments are valid, and return its cell."""
        last = self.next_row - 1
        areas = ",".join(f"{column}{first}:{column}{last}" for column in "EF")
        formula = f'=IF(ISERROR(MAX({areas})),MAX({areas}),"ok")'
        note = "ok, or the first error of the lines above"
        return self.add(Line(Kind.VALID, Kind.VALID.value, formula, "", "", note))
