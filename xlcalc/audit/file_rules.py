"""What does the file itself have that a reader does not see: sheets, rows, macros, settings?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, column_letter, named
from xlcalc.ooxml.calculation import iteration
from xlcalc.ooxml.markup import Position, attributes_of

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*?)/?>")
_MODE = re.compile(rb"<(?:\w+:)?calcPr\b([^>]*?)/?>")
_PROTECTION = re.compile(rb"<(?:\w+:)?sheetProtection\b([^>]*?)/?>")
_TRUE = {"1", "true"}


def file_findings(book: Audited) -> Iterator[Finding]:
    """Yield hidden sheets, rows and columns, macros, and how the workbook calculates."""
    package = book.package
    for element in package.xml(package.workbook_part).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            state = element.get("state", "visible")
            name = element.get("name", "")
            if state != "visible":
                how = "hidden" if state == "hidden" else "hidden from the menu as well"
                yield Finding("hidden-sheet", name, "", f"the sheet {name} is {how}", state)
    for sheet, part in package.sheets.items():
        yield from _hidden(sheet, package.part(part))
        yield from _protected(book, sheet, package.part(part))
    if any(name.endswith("vbaProject.bin") for name in package.names()):
        yield Finding("macros", "", "", "the workbook has macros", "vba")
    found = _MODE.search(package.part(package.workbook_part))
    if found is not None and attributes_of(found[1]).get("calcMode") == "manual":
        yield Finding("manual-calculation", "", "", "figures may be old when it opens", "calcMode")
    if iteration(package) is not None:
        yield Finding("iteration", "", "", "circles are calculated, and show no warning", "iterate")


def _hidden(sheet: str, data: bytes) -> Iterator[Finding]:
    unseen = unseen_in(data)
    rows = sorted(unseen.rows)
    if rows:
        text = f"{len(rows)} rows are hidden, the first is {rows[0]}"
        yield Finding("hidden-rows", sheet, f"A{rows[0]}", text, f"rows {len(rows)}")
    for first, _ in unseen.columns:
        letter = column_letter(first)
        text = f"columns from {letter} are hidden"
        yield Finding("hidden-rows", sheet, f"{letter}1", text, f"column {letter}")


@dataclass(frozen=True)
class Unseen:
    """The hidden rows and columns of a sheet; true if there are any.

    Attributes
    ----------
    rows : frozenset of int
        The rows.
    columns : tuple of (int, int)
        The columns, from the first to the last of each group.
    """

    rows: frozenset[int]
    columns: tuple[tuple[int, int], ...]

    def __bool__(self) -> bool:
        """Whether anything is hidden."""
        return bool(self.rows or self.columns)

    def holds(self, position: Position) -> bool:
        """Whether a cell is hidden."""
        row, column = position
        return row in self.rows or any(one <= column <= end for one, end in self.columns)


def unseen_in(data: bytes) -> Unseen:
    """Return what is hidden in a sheet.

    Parameters
    ----------
    data : bytes
        XML of the sheet.
    """
    rows = frozenset(
        int(attributes["r"])
        for found in _ROW.finditer(data)
        if b"hidden" in found[1]
        and (attributes := attributes_of(found[1])).get("hidden") in _TRUE
        and attributes.get("r", "").isdecimal()
    )
    columns = []
    for found in _COLUMN.finditer(data):
        attributes = attributes_of(found[1])
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if attributes.get("hidden") in _TRUE and first.isdecimal() and 1 <= int(first) <= 16384:
            columns.append((int(first), int(last) if last.isdecimal() else int(first)))
    return Unseen(rows, tuple(columns))


def _protected(book: Audited, sheet: str, data: bytes) -> Iterator[Finding]:
    """Yield formulas of a protected sheet that a person may overwrite or does not see."""
    found = _PROTECTION.search(data)
    if found is None or attributes_of(found[1]).get("sheet") not in _TRUE:
        return
    styles = book.styles[sheet]
    for code, chosen, words in (
        ("unlocked-formula", book.unlocked, "formulas of the protected sheet are not locked"),
        ("hidden-formula", book.formulas_hidden, "formulas are hidden by the protection"),
    ):
        cells = sorted(p for p in book.model.formulas[sheet] if styles.get(p, 0) in chosen)
        if cells:
            text = f"{len(cells)} {words}, the first is {named(cells[0])}"
            yield Finding(code, sheet, named(cells[0]), text, code)
