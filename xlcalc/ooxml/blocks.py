"""Which rows of a workbook can a list of rows fill: the data of a table, or of a named range?

A block has a heading above each column, columns that a formula fills, and columns for values.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

from xlcalc.cells import CellValue
from xlcalc.errors import NameNotFoundError, WorkbookError, suggestion
from xlcalc.ooxml.literals import text_of_xml
from xlcalc.ooxml.markup import (
    FORMULA,
    SHEET_DATA,
    Position,
    attributes_of,
    cell_name,
    column_letters,
    placed_cells,
    value_of,
)
from xlcalc.ooxml.names import DefinedName, defined_names
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.row_moves import filled
from xlcalc.ooxml.sheet import box_of
from xlcalc.ooxml.stored_values import SharedTexts, counts_from_1904
from xlcalc.ooxml.tables import heading_of, read_tables

_NAMED_AREA = re.compile(
    r"(?:'((?:[^']|'')+)'|([^'!,(]+))!(\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}\$?\d+)?)"
)
_RELATIVE = re.compile(r"(?<![\w.$'\]])\$?[A-Za-z]{1,3}\d+(?![\w(.!\[])")


@dataclass(frozen=True)
class Formula:
    """A formula that fills a column: its text as it stands in the last row, and its attributes."""

    text: str
    array: bool = False


@dataclass(frozen=True)
class Block:
    """Rows that a list can fill.

    Attributes
    ----------
    name, sheet : str
        What it is called, as the workbook writes it, and where it stands.
    left, first, right, last : int
        Its columns, and its rows without those of headings and totals.
    headings : tuple of str
        What stands above each column; its letters where nothing does.
    is_table : bool
        Whether it is a table.
    formulas : dict of int to Formula
        What fills a column, by its number.
    examples : dict of int to CellValue
        A value that a column of values has, if it has one.
    """

    name: str
    sheet: str
    left: int
    first: int
    right: int
    last: int
    headings: tuple[str, ...]
    is_table: bool
    formulas: Mapping[int, Formula] = field(default_factory=dict, repr=False)
    examples: Mapping[int, CellValue] = field(default_factory=dict, repr=False)

    def column(self, heading: str) -> int | None:
        """Return the number of the column below a heading; case does not count."""
        wanted = heading_of(heading.strip())
        for number, own in enumerate(self.headings, start=self.left):
            if heading_of(own.strip()) == wanted:
                return number
        return None


def block_names(package: Package) -> list[str]:
    """Return the names of the tables and of the named ranges that lists can fill."""
    names = [_table_name(package, part) for _, part in _table_parts(package)]
    return names + [name.name for name in defined_names(package) if named_area(name, package)]


def is_block(package: Package, name: str) -> bool:
    """Whether a workbook has a table of this name, or a named range of more than one cell."""
    tables = {table.name for table in read_tables(package)}
    if name.lower() in tables:
        return True
    for known in defined_names(package):
        box = named_area(known, package) if known.name.lower() == name.lower() else None
        if box is not None:
            left, top, right, bottom = box[1]
            return (left, top) != (right, bottom)
    return False


def find_block(package: Package, name: str) -> Block:
    """Return the table or the named range of a name; case does not count.

    Raises
    ------
    NameNotFoundError
        If the workbook has neither.
    WorkbookError
        If a formula of its own fills several rows of it.
    """
    for table, (sheet, part) in zip(read_tables(package), _table_parts(package), strict=True):
        if table.name == name.lower():
            root = package.xml(part)
            columns = [e for e in root.iter() if e.tag.rpartition("}")[2] == "tableColumn"]
            headings = tuple(text_of_xml(column.get("name", "")) for column in columns)
            calculated = {
                number: Formula((child.text or "").strip(), child.get("array") in {"1", "true"})
                for number, column in enumerate(columns, start=table.left)
                for child in column
                if child.tag.rpartition("}")[2] == "calculatedColumnFormula" and child.text
            }
            box = (table.left, table.top + table.header, table.right, table.bottom - table.totals)
            own = _table_name(package, part)
            return _read(package, own, sheet, box, headings, is_table=True, known=calculated)
    for known in defined_names(package):
        found = named_area(known, package) if known.name.lower() == name.lower() else None
        if found is not None:
            return _read(package, known.name, *found, None, is_table=False, known={})
    names = block_names(package)
    raise NameNotFoundError(
        f'{package.name} has no table or named range "{name}"{suggestion(name, names)}'
    )


def _table_parts(package: Package) -> list[tuple[str, str]]:
    return [
        (sheet, target)
        for sheet, part in package.sheets.items()
        for kind, target in package.relations(part).values()
        if kind == "table" and package.has(target)
    ]


def _table_name(package: Package, part: str) -> str:
    table = package.xml(part)
    return table.get("displayName") or table.get("name") or ""


def named_area(name: DefinedName, package: Package) -> tuple[str, tuple[int, int, int, int]] | None:
    """Return sheet and box of a name that stands for one area; None if it does not."""
    found = _NAMED_AREA.fullmatch(name.text)
    if found is None:
        return None
    sheet = found[1].replace("''", "'") if found[1] else found[2]
    if sheet not in package.sheets:
        return None
    left, top, right, bottom = box_of(found[3])
    return sheet, (min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def _read(
    package: Package,
    name: str,
    sheet: str,
    box: tuple[int, int, int, int],
    headings: tuple[str, ...] | None,
    *,
    is_table: bool,
    known: dict[int, Formula],
) -> Block:
    left, first, right, last = box
    texts, date1904 = SharedTexts(package), counts_from_1904(package)
    found = SHEET_DATA.search(package.part(package.sheets[sheet]))
    above: dict[int, str] = {}
    examples: dict[int, CellValue] = {}
    own: dict[int, Formula] = {}
    shared: dict[str, tuple[str, Position]] = {}
    for position, cell, _, _ in placed_cells(found) if found else ():
        row, column = position
        formula = FORMULA.search(cell[3] or b"")
        attributes = attributes_of(formula[2]) if formula else {}
        text = unescape((formula[3] or b"").decode()) if formula else ""
        if attributes.get("t") == "shared" and text:
            shared[attributes.get("si", "")] = text, position
        if not left <= column <= right:
            continue
        if row == first - 1 and headings is None:
            value = value_of(cell, texts, date1904)
            above[column] = "" if value is None else _heading(value)
        if not first <= row <= last:
            continue
        if formula is None:
            value = value_of(cell, texts, date1904)
            if value is not None:
                examples.setdefault(column, value)
            continue
        kind = attributes.get("t")
        if kind == "dataTable" or (kind == "array" and attributes.get("ref", "").count(":")):
            raise WorkbookError(
                f"{name} in {package.name} cannot be filled: {sheet}!{cell_name(position)} has a "
                "formula for more than its own cell"
            )
        if row == last:
            if kind == "shared" and not text and attributes.get("si", "") in shared:
                master, place = shared[attributes["si"]]
                text = filled(master, row - place[0], column - place[1])
            own[column] = Formula(text, kind == "array")
    for column, formula_text in known.items():
        # Where it has addresses of its own, nobody says of which row they are: the first one.
        text = formula_text.text
        if _RELATIVE.search(text):
            text = filled(text, last - first)
        own.setdefault(column, Formula(text, formula_text.array))
    if headings is None:
        headings = tuple(above.get(c) or column_letters(c) for c in range(left, right + 1))
    return Block(name, sheet, left, first, right, last, headings, is_table, own, examples)


def _heading(value: CellValue) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)
