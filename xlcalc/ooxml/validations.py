"""Which rules does a sheet have for what may be typed into its cells?

The rules are its data validations. They stand in the sheet itself, or, as Excel writes them where
they name cells of another sheet, in an extension at its end. Either way a rule is a `Validation`.
"""

import csv
import functools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from xlcalc.ooxml.markup import Position, attributes_of, element
from xlcalc.ooxml.sheet import box_of

_VALIDATION = element(b"dataValidation")
_BOUNDS = tuple(element(b"formula" + digit) for digit in (b"1", b"2"))
_EXTENSION_FORMULA = element(b"f")
_EXTENSION_CELLS = element(b"sqref")
_LIST_WITH_COMMAS = element(b"list")
"""A list whose entries have commas of their own; Excel writes it beside a `formula1` without."""
_TRUE = {"1", "true"}


@dataclass(frozen=True)
class Validation:
    """A data validation: what may be typed into some cells.

    Attributes
    ----------
    boxes : tuple of (int, int, int, int)
        Left, top, right and bottom of its cells.
    kind : str
        whole, decimal, date, time, textLength, list, custom or none.
    operator : str
        between, notBetween, equal, notEqual, greaterThan, greaterThanOrEqual, lessThan or
        lessThanOrEqual.
    strict : bool
        Whether Excel refuses another entry.
    warns : bool
        Whether Excel warns of another entry, and takes it if a person insists.
    allows_blank : bool
        Whether it ignores blanks: an empty entry, and bounds that are empty cells.
    formulas : tuple of str
        What it compares with, as it stands in the file, without `=`.
    entries : tuple of str, optional
        The entries of a list that is typed into the rule; None where it has a formula for them.
    """

    boxes: tuple[tuple[int, int, int, int], ...]
    kind: str
    operator: str
    strict: bool
    warns: bool
    allows_blank: bool
    formulas: tuple[str, ...]
    entries: tuple[str, ...] | None = None

    @functools.cached_property
    def bounds(self) -> list[float] | None:
        """The numbers that it compares with; None where it has a formula for one."""
        try:
            numbers = [float(formula) for formula in self.formulas]
        except ValueError:
            return None
        return numbers if all(map(math.isfinite, numbers)) else None  # `inf` is a name to Excel

    @property
    def literal(self) -> bool:
        """Whether it compares with nothing but what stands in the rule itself."""
        return self.entries is not None or self.bounds is not None

    @property
    def corner(self) -> Position:
        """The cell that its relative references are written for: the first one of all it covers."""
        return min(box[1] for box in self.boxes), min(box[0] for box in self.boxes)

    def covers(self, position: Position) -> bool:
        """Whether the validation speaks of a cell."""
        row, column = position
        return any(
            left <= column <= right and top <= row <= bottom
            for left, top, right, bottom in self.boxes
        )


def validations(data: bytes) -> tuple[Validation, ...]:
    """Return the data validations of a sheet, those of the extension at its end among them.

    Raises
    ------
    WorkbookError
        If what a rule is for are no cells.
    """
    found = []
    for rule in _VALIDATION.finditer(data):
        attributes = attributes_of(rule[2])
        body = rule[3] or b""
        cells = attributes.get("sqref") or _text(_EXTENSION_CELLS.search(body))
        shown = attributes.get("showErrorMessage") in _TRUE
        style = attributes.get("errorStyle", "stop")
        formulas = tuple(_formulas(body))
        kind = attributes.get("type", "none")
        found.append(
            Validation(
                boxes=tuple(box_of(box) for box in cells.split()),
                kind=kind,
                operator=attributes.get("operator", "between"),
                strict=shown and style == "stop",
                warns=shown and style != "stop",
                allows_blank=attributes.get("allowBlank") in _TRUE,
                formulas=formulas,
                entries=_entries(body, "".join(formulas)) if kind == "list" else None,
            )
        )
    return tuple(found)


def _entries(body: bytes, formula: str) -> tuple[str, ...] | None:
    """Return the entries of a list that is typed into a rule; None where it has a formula.

    Blanks around an entry are not part of it. Quotation marks hold a comma together only in the
    element that Excel writes for such a list beside the formula.
    """
    listed = _LIST_WITH_COMMAS.search(body)
    if listed is not None:
        entries = next(csv.reader([_text(listed).replace("\n", " ")], skipinitialspace=True), [])
    elif formula.startswith('"'):
        entries = formula.removeprefix('"').removesuffix('"').replace('""', '"').split(",")
    else:
        return None
    return tuple(entry.strip() for entry in entries)


def _formulas(body: bytes) -> Iterator[str]:
    """Yield the formulas of a rule; the extension has an element more around each."""
    for bound in _BOUNDS:
        formula = bound.search(body)
        if formula is not None:
            inner = _EXTENSION_FORMULA.search(formula[3] or b"")
            yield _text(inner or formula)


def _text(found: re.Match[bytes] | None) -> str:
    return "" if found is None else unescape((found[3] or b"").decode()).strip()
