"""What is a difference between two workbooks, and which ones make a comparison fail?"""

from dataclasses import dataclass
from typing import NamedTuple

from xlcalc.cells import CellValue


class Kind(NamedTuple):
    """A kind of difference.

    Attributes
    ----------
    title : str
        The heading under which such differences are listed.
    gate : str
        The name by which a person allows what else makes the comparison fail; empty for none.
    """

    title: str
    gate: str = ""


KINDS = {
    "sheet-hidden": Kind("sheets that were hidden", "hidden-sheets"),
    "external-link": Kind("external links", "external-links"),
    "formula-to-value": Kind("formulas that became values", "formula-to-value"),
    "error": Kind("new errors", "errors"),
    "macros": Kind("macros", "macros"),
    "sheet-added": Kind("sheets added"),
    "sheet-removed": Kind("sheets removed"),
    "sheet-renamed": Kind("sheets renamed"),
    "sheet-shown": Kind("sheets that were shown"),
    "external-link-removed": Kind("external links removed"),
    "macros-removed": Kind("macros removed"),
    "rows-inserted": Kind("rows inserted"),
    "rows-deleted": Kind("rows deleted"),
    "columns-inserted": Kind("columns inserted"),
    "columns-deleted": Kind("columns deleted"),
    "moved": Kind("cells moved"),
    "input": Kind("inputs"),
    "text": Kind("texts"),
    "formula": Kind("formulas"),
    "value-to-formula": Kind("values that became formulas"),
    "result": Kind("results"),
    "name": Kind("names"),
    "validation": Kind("validations"),
    "number-format": Kind("number formats"),
}
"""Every kind, those that make a comparison fail first."""
GATES = tuple(kind.gate for kind in KINDS.values() if kind.gate)


@dataclass(frozen=True)
class Change:
    """A difference between two workbooks, of one cell or of several alike ones.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    sheet, cells : str
        Where it is in the new workbook, as "Costs" and "D5:D16"; in the old one for what is gone.
    was : str
        Its cells in the old workbook, where they stood elsewhere.
    before, after : CellValue
        What stood there and stands there now: a value, or a formula with its `=`; None for
        nothing. For several cells that of the first one.
    value_before, value_after : CellValue
        Values beside formulas.
    count : int
        How many cells it is.
    name, label, heading : str
        The name of the cell, and the texts to its left and above it.
    note : str
        What is to be said beside it, in a few words.
    number_format : str
        By which the values are shown.
    each : tuple of (str, CellValue, CellValue)
        Cell, old and new value, where several inputs are one difference.
    """

    kind: str
    sheet: str = ""
    cells: str = ""
    was: str = ""
    before: CellValue = None
    after: CellValue = None
    value_before: CellValue = None
    value_after: CellValue = None
    count: int = 1
    name: str = ""
    label: str = ""
    heading: str = ""
    note: str = ""
    number_format: str = "General"
    each: tuple[tuple[str, CellValue, CellValue], ...] = ()

    @property
    def gate(self) -> str:
        """The gate that it makes fail; empty for none."""
        return KINDS[self.kind].gate

    @property
    def words(self) -> list[str]:
        """The texts to its left and above it that there are."""
        return [text for text in (self.label, self.heading) if text]

    @property
    def place(self) -> str:
        """Where it is, as Costs!D5:D16."""
        return f"{self.sheet}!{self.cells}" if self.cells else self.sheet

    @property
    def movement(self) -> float | None:
        """By how much a number moved; None for what is none."""
        one, other = self.before, self.after
        if type(one) is float and type(other) is float:
            return other - one
        return None

    @property
    def share(self) -> float | None:
        """By which share of itself a number moved; None where it was 0 or is none."""
        moved = self.movement
        if moved is None or not isinstance(self.before, float) or not self.before:
            return None
        return moved / abs(self.before)
