"""What does a calculation say of the values that a workbook stores?

For each cell whose stored value our engine does not give back there is a `Difference`, with a
verdict. A `Verification` has all of them, and which engine is trusted with which cell.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from xlcalc.calc.dependents import Place
from xlcalc.cells import CellError, CellValue
from xlcalc.formula_text import bare_name
from xlcalc.ooxml.literals import stored_code
from xlcalc.ooxml.markup import cell_name, same

OURS = "formualizer"
"""The engine that is asked first."""
TOLERANCE = 1e-9
"""Relative difference up to which two numbers are one."""
_LAST_DIGITS = 1e-12
"""Relative difference up to which two numbers differ in their last digits alone."""
_SMALLEST = 1e-14
"""Absolute difference up to which they are: what is left of figures that cancel."""

_SEARCHED = 1e-7
"""The same for what a function searches for: Excel's IRR stops at 0.00001 %."""
_WHOLE = 1e15
"""Up to here a number of a cell has all digits of a whole number."""
_SEARCHING = {"IRR", "XIRR", "RATE", "YIELD", "ODDFYIELD"}


class Verdict(StrEnum):
    """What becomes of a cell whose stored value our engine does not give back."""

    RIGHT = "right"
    STALE = "stale"
    KEPT = "kept"
    UNSURE = "unsure"
    NEW = "new"


@dataclass(frozen=True)
class Difference:
    """A cell whose stored value our engine does not give back.

    Attributes
    ----------
    place : (str, (int, int))
        Where it stands.
    stored, calculated : CellValue
        The value in the file, and the one that engines agree on, or else ours.
    formula : str
        The formula, without `=`.
    verdict : Verdict
        What becomes of it.
    ours : CellValue
        What our engine makes of it, whether it has a voice on it or not; None if nothing.
    changed : bool
        Whether it is one for changed inputs: then `stored` is the value that is taken, and
        `calculated` what another engine gives.
    """

    place: Place
    stored: CellValue
    calculated: CellValue
    formula: str
    verdict: Verdict
    ours: CellValue = None
    changed: bool = False

    def __str__(self) -> str:
        """Return the difference as a line.

        `Sheet!C5  35 → 0  =SUM(...)` where another value is to take the place of the stored one,
        and `Sheet!C5  35 stays, formualizer gives 0  =SUM(...)` where the stored one is kept.
        For changed inputs, `Sheet!C5  35, another engine gives 0  =SUM(...)`.
        """
        said = shown(self.stored)
        keeps = self.verdict in {Verdict.RIGHT, Verdict.KEPT}
        if self.changed:
            said += "" if keeps else f", another engine gives {shown(self.calculated)}"
        elif keeps:
            agrees = same_value(self.stored, self.ours)
            said += "" if agrees else f" stays, {OURS} gives {shown(self.ours)}"
        else:
            said += f" → {shown(self.calculated)}"
        return f"{self.cell}  {said}  ={self.formula}"

    @property
    def cell(self) -> str:
        """The cell with its sheet, as Costs!C5."""
        sheet, position = self.place
        return f"{sheet}!{cell_name(position)}"


@dataclass(frozen=True)
class Verification:
    """What an untouched calculation of a workbook says of its stored values.

    Attributes
    ----------
    differences : tuple of Difference
        The cells that our engine does not give back, in the order of sheets, rows and columns.
    asked : tuple of str
        The engines that were asked, ours first.
    whole : tuple of str
        Those that give back every stored value that is not old.
    aside : frozenset of (str, (int, int))
        The cells that follow from volatile functions, which nobody compares.
    pins : mapping of str to mapping
        For each engine that was asked, the cells that it is not trusted with, and their values.
    circle : tuple of (str, (int, int))
        Cells among the differences that follow from themselves in a circle.
    """

    differences: tuple[Difference, ...]
    asked: tuple[str, ...]
    whole: tuple[str, ...]
    aside: frozenset[Place] = frozenset()
    pins: Mapping[str, Mapping[Place, CellValue]] = field(default_factory=dict)
    circle: tuple[Place, ...] = ()

    def of(self, *verdicts: Verdict) -> tuple[Difference, ...]:
        """Return the differences with one of some verdicts."""
        return tuple(found for found in self.differences if found.verdict in verdicts)


def same_value(stored: CellValue, calculated: CellValue, tolerance: float = TOLERANCE) -> bool:
    """Whether two values are one to a reader: numbers to nine digits, errors by their code.

    Parameters
    ----------
    stored, calculated : CellValue
        The values.
    tolerance : float
        Relative difference up to which two numbers are one.
    """
    if type(stored) is float and type(calculated) is float:
        if stored == calculated:
            return True
        if stored.is_integer() and calculated.is_integer() and abs(stored) < _WHOLE:
            return False  # a count that is one off is another count
        difference = abs(stored - calculated)
        return difference <= max(tolerance * max(abs(stored), abs(calculated)), _SMALLEST)
    if isinstance(stored, CellError) and isinstance(calculated, CellError):
        return stored_code(stored) == stored_code(calculated)
    if not stored and not calculated and {type(stored), type(calculated)} <= {str, type(None)}:
        return True  # an empty text and nothing look alike
    return type(stored) is type(calculated) and stored == calculated


def alike_but_last_digits(one: CellValue, other: CellValue) -> bool:
    """Whether two values are the same, or numbers that differ in their last digits alone."""
    if type(one) is float and type(other) is float:
        return abs(one - other) <= _LAST_DIGITS * max(abs(one), abs(other))
    return same(one, other)


def tolerance_of(functions: Collection[str]) -> float:
    """Return up to which relative difference two engines say the same of a formula.

    Functions that search for their result stop at different digits of it, and so does Excel.
    """
    return _SEARCHED if any(bare_name(name) in _SEARCHING for name in functions) else TOLERANCE


def shown(value: CellValue) -> str:
    """Return a value as a line of differences has it."""
    if value is None:
        return "nothing"
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.15g}" if isinstance(value, float) else f'"{value}"'
