"""What does one of two workbooks hold that can differ: cells, names, rules, links, macros?"""

import functools
import posixpath
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from xlcalc.cells import CellValue
from xlcalc.differences.formulas import filled, with_linked_files
from xlcalc.ooxml.cell_styles import read_styles
from xlcalc.ooxml.markup import Position, cells_of, read_cell, value_of, whole_number
from xlcalc.ooxml.names import defined_names, named_places
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import FormulaCell, array_cells, check_markup, formula_cells
from xlcalc.ooxml.stored_values import SharedTexts, counts_from_1904
from xlcalc.ooxml.validations import Validation, validations

VISIBLE = "visible"


class Formula(NamedTuple):
    """A formula of a cell.

    Attributes
    ----------
    text : str
        The formula as it stands in the cell, without `=`; empty for a what-if data table.
    kind : str
        "normal", "array" or "dataTable".
    extent : str
        The cells of an array formula.
    """

    text: str
    kind: str
    extent: str


@dataclass
class Sheet:
    """A sheet of a workbook.

    Attributes
    ----------
    name, state : str
        What its tab says, and "visible", "hidden" or "veryHidden".
    values : dict of (int, int) to CellValue
        The value of every cell that is not empty, those of formulas included.
    formulas : dict of (int, int) to Formula
        The formulas.
    spills : set of (int, int)
        Cells that the array formula, or the what-if data table, of another cell fills.
    formats : dict of (int, int) to str
        The number format of each cell that is not General.
    rules : tuple of Validation
        Its data validations.
    """

    name: str
    state: str
    values: dict[Position, CellValue] = field(default_factory=dict)
    formulas: dict[Position, Formula] = field(default_factory=dict)
    spills: set[Position] = field(default_factory=set)
    formats: dict[Position, str] = field(default_factory=dict)
    rules: tuple[Validation, ...] = ()

    @functools.cached_property
    def cells(self) -> dict[Position, None]:
        """Every cell that holds something, in order."""
        return dict.fromkeys(sorted(self.values.keys() | self.formulas.keys()))

    def is_constant(self, position: Position) -> bool:
        """Whether a cell holds a value that no formula gives."""
        held = position in self.values
        return held and position not in self.formulas and position not in self.spills

    @functools.cached_property
    def _texts(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """The columns with a text of each row, and the rows with a text of each column."""
        across: dict[int, list[int]] = {}
        down: dict[int, list[int]] = {}
        for row, column in self.cells:
            if isinstance(self.values.get((row, column)), str):
                across.setdefault(row, []).append(column)
                down.setdefault(column, []).append(row)
        return across, down

    def label(self, position: Position) -> str:
        """Return the nearest text to the left of a cell, which says what its row is."""
        row, column = position
        columns = self._texts[0].get(row, [])
        at = bisect_left(columns, column)
        return str(self.values[row, columns[at - 1]]) if at else ""

    def heading(self, position: Position) -> str:
        """Return the nearest text above a cell, which says what its column is."""
        row, column = position
        rows = self._texts[1].get(column, [])
        at = bisect_left(rows, row)
        return str(self.values[rows[at - 1], column]) if at else ""


class Side:
    """One of two workbooks.

    Parameters
    ----------
    package : Package
        The workbook, with the values that count.

    Attributes
    ----------
    sheets : dict of str to Sheet
        The worksheets by name, in the order of the tabs.
    names : dict of (str or None, str) to DefinedName
        The defined names, by the sheet that they hold on and in lower case.
    links : tuple of str
        The files that it links to.
    macros : bytes
        Its project of macros; empty if it has none.
    date1904 : bool
        Whether its days are counted from 1904.

    Raises
    ------
    WorkbookError
        If a part of it cannot be read.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        self.name = package.name
        self.date1904 = counts_from_1904(package)
        self.links = tuple(_links(package))
        self.macros = b"".join(
            package.part(name) for name in package.names() if name.endswith("vbaProject.bin")
        )
        states = {
            element.get("name", ""): element.get("state", VISIBLE)
            for element in package.xml(package.workbook_part).iter()
            if element.tag.rpartition("}")[2] == "sheet"
        }
        texts, formats = SharedTexts(package), read_styles(package).formats
        self.sheets = {
            name: self._sheet(name, states.get(name, VISIBLE), package.part(part), texts, formats)
            for name, part in package.sheets.items()
        }
        self.names = {
            (one.scope and one.scope.lower(), one.name.lower()): one._replace(
                text=with_linked_files(one.text, self._files)
            )
            for one in defined_names(package, hidden=True)
        }

    @property
    def _files(self) -> list[str]:
        return [posixpath.basename(link.replace("\\", "/")) for link in self.links]

    def _sheet(
        self,
        name: str,
        state: str,
        data: bytes,
        texts: SharedTexts,
        formats: Mapping[int, str],
    ) -> Sheet:
        check_markup(data, f"the sheet {name}")
        sheet = Sheet(name, state, rules=validations(data))
        found = formula_cells(data, texts, self.date1904)
        for position, element, _ in cells_of(data):
            formula = found.get(position)
            value = formula.value if formula else value_of(element, texts, self.date1904)
            if isinstance(value, str):
                value = value.replace("\r\n", "\n")  # programs write either
            if value is not None and (value != "" or position in found):
                sheet.values[position] = value
            style = formats.get(whole_number(read_cell(element[2])[1]), "General")
            if style != "General":
                sheet.formats[position] = style
        groups = {
            cell.group: (position, cell.text)
            for position, cell in found.items()
            if cell.kind == "shared" and cell.text
        }
        files = self._files
        for position, cell in found.items():
            if cell.kind == "spill":
                sheet.spills.add(position)
                continue
            text = with_linked_files(_own_text(position, cell, groups), files)
            kind = cell.kind if cell.kind in {"array", "dataTable"} else "normal"
            if kind == "dataTable" and cell.extent:
                filled_by_it = set(array_cells(position, cell.extent)) - found.keys()
                sheet.spills |= filled_by_it & sheet.values.keys()
            if not text and kind == "normal":
                continue  # a mark that some programs leave where an array formula was
            sheet.formulas[position] = Formula(text, kind, cell.extent if kind == "array" else "")
        return sheet

    @functools.cached_property
    def named(self) -> dict[tuple[str, Position], str]:
        """The name of each cell that has one, the shortest of several."""
        found: dict[tuple[str, Position], str] = {}
        visible = defined_names(self.package)
        for name, place in named_places(visible, self.package).items():
            if place not in found or len(name) < len(found[place]):
                found[place] = name
        return found


def _own_text(
    position: Position, cell: FormulaCell, groups: Mapping[str, tuple[Position, str]]
) -> str:
    """Return the formula of a cell, a shared one as it stands in this cell."""
    if cell.text or cell.kind != "shared" or cell.group not in groups:
        return cell.text
    first, text = groups[cell.group]
    return filled(text, position[0] - first[0], position[1] - first[1])


def _links(package: Package) -> list[str]:
    """Return the files that a workbook links to, in the order of their numbers."""
    relations = package.relations(package.workbook_part)
    found = []
    for element in package.xml(package.workbook_part).iter():
        if element.tag.rpartition("}")[2] != "externalReference":
            continue
        identity = next((value for key, value in element.items() if key.endswith("}id")), "")
        part = relations.get(identity, ("", ""))[1]
        found.append(_target(package, part) or part)
    return found


def _target(package: Package, part: str) -> str:
    """Return the file, or the server, that a link is to."""
    folder, file = posixpath.split(part)
    beside = posixpath.join(folder, "_rels", f"{file}.rels")
    if not package.has(beside):
        return ""
    targets = [element.get("Target", "") for element in package.xml(beside)]
    return unquote(targets[0]) if targets else ""
