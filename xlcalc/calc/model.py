"""A workbook as a function: what do its named results become for other named inputs?

A model reads the file once. Named cells without a formula are inputs, those with one are results;
an evaluation gives the values of all of them for some inputs, and can be written back into a copy
of the file in which nothing else changes.
"""

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xlcalc.calc.arguments import refuse_wrong_calls
from xlcalc.calc.dependents import Dependents, Place
from xlcalc.calc.engine import Engine
from xlcalc.calc.entries import entry_reader, read_entry, typed_entries
from xlcalc.calc.evaluation import Calculator, Evaluation, written
from xlcalc.calc.named_cells import NamedCell, read_named_cells
from xlcalc.cells import CellValue
from xlcalc.errors import InputValueError, NameNotFoundError, WorkbookError, suggestion
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.names import defined_names, named_places
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import FormulaCell, box_of, check_markup, formula_cells, last_cell
from xlcalc.ooxml.tables import tables

if TYPE_CHECKING:
    from openpyxl.formula.translate import Translator

CHECKS_NAME = "checks_hold"
"""A named result that says whether a workbook's own checks hold, where it has one."""
_RANGE_REFERENCE = re.compile(
    r"(?:(?:'((?:[^']|'')+)'|([^'!]+))!)?(\$?[A-Z]+\$?\d+:\$?[A-Z]+\$?\d+)"
)


class WorkbookModel:
    """A workbook as a function of its named cells.

    Parameters
    ----------
    source : Package or bytes
        The workbook, or an xlsx file.
    name : str
        What to call the file in a sentence.
    now : datetime, optional
        The moment of TODAY and NOW, with its time zone; that of the call if left out.

    Attributes
    ----------
    package : Package
        The workbook as it was read.
    now : datetime
        The moment of TODAY and NOW, one for all that the model calculates.
    formulas : dict of str to dict
        The formula cells of each sheet by position.

    Raises
    ------
    WorkbookError
        If it is no xlsx workbook, a sheet cannot be read, or a formula calls a function with a
        number of arguments that Excel does not take.
    """

    def __init__(self, source: Package | bytes, name: str, now: datetime | None = None) -> None:
        self.name = name
        self.now = datetime.now().astimezone() if now is None else now
        self.package = source.copy() if isinstance(source, Package) else Package(source, name)
        self.package.name = name
        self.formulas: dict[str, dict[Position, FormulaCell]] = {}
        for sheet, part in self.package.sheets.items():
            check_markup(self.package.part(part), f"the sheet {sheet}")
            self.formulas[sheet] = formula_cells(self.package.part(part))
        names = defined_names(self.package)
        refuse_wrong_calls(self.formulas, names, name)
        self.defined_names = {(n.scope, n.name.lower()): n.text for n in names}
        """What each name stands for, by the sheet that it holds on, if on one."""
        self._calculator = Calculator(
            self.package, self.formulas, named_places(names, self.package), self.now
        )
        self._lists: dict[str, list[str]] = {}
        self.pinned: frozenset[Place] = frozenset()
        """Formula cells that keep their stored value, because no engine is trusted with them."""
        self.pinned_values: Mapping[Place, CellValue] = {}
        """The values that these cells keep."""

    @classmethod
    def read(cls, path: Path) -> "WorkbookModel":
        """Read a file."""
        return cls(Package.read(path), str(path))

    @functools.cached_property
    def cells(self) -> dict[str, NamedCell]:
        """The named cells, in the order of sheets, rows and columns."""
        places = self._calculator.names
        return read_named_cells(self.package, places, self.formulas, self.engine.value)

    def pin(self, pinned: Mapping[Place, CellValue]) -> None:
        """Let formula cells have these values: our engine is not trusted with them."""
        if pinned.keys() == self.pinned:
            return
        values: dict[str, dict[Position, CellValue]] = {}
        for (sheet, position), value in pinned.items():
            values.setdefault(sheet, {})[position] = value
        self.pinned, self.pinned_values = frozenset(pinned), dict(pinned)
        self._calculator.pin(values)
        for name in ("cells", "inputs", "outputs"):
            self.__dict__.pop(name, None)

    def refuse_to_change(self, names: Iterable[str]) -> None:
        """Refuse inputs from which a cell follows that keeps its stored value.

        Raises
        ------
        WorkbookError
            If there is one; the sentence names it and the input.
        """
        for cell in map(self.input, names) if self.pinned else ():
            reached = self.dependents.reach([(cell.sheet, cell.position)]) & self.pinned
            if reached:
                sheet, position = min(reached)
                raise WorkbookError(
                    f"{cell.name} cannot be changed in {self.name}: "
                    f"{sheet}!{cell_name(position)} follows from it, and no engine calculates "
                    f"={self.formula_text(sheet, position):.80} as Excel does"
                )

    @functools.cached_property
    def dependents(self) -> Dependents:
        """What follows from what, through the formulas."""
        texts = {
            (sheet, position): self.formula_text(sheet, position)
            for sheet, cells in self.formulas.items()
            for position in cells
        }
        names, sheets = self.defined_names, list(self.package.sheets)
        return Dependents(texts, sheets, names, tables(self.package))

    @functools.cached_property
    def inputs(self) -> dict[str, NamedCell]:
        """The named cells that may be set."""
        return {name: cell for name, cell in self.cells.items() if cell.is_input}

    @functools.cached_property
    def outputs(self) -> dict[str, NamedCell]:
        """The named cells that a formula gives and that may not be set."""
        return {name: cell for name, cell in self.cells.items() if not cell.is_input}

    def cell(self, name: str) -> NamedCell:
        """Return a named cell; names are compared without regard to case, as Excel does.

        Raises
        ------
        NameNotFoundError
            If the workbook has no such name.
        """
        found = self._find(name)
        if found is None:
            raise NameNotFoundError(
                f'{self.name} has no named cell "{name}"{suggestion(name, self.cells)}'
            )
        return found

    def input(self, name: str) -> NamedCell:
        """Return a named cell that may be set.

        Raises
        ------
        NameNotFoundError
            If the workbook has no such name, or a formula in a locked cell gives it.
        """
        found = self._find(name)
        if found is None:
            raise NameNotFoundError(
                f'{self.name} has no input "{name}"{suggestion(name, self.inputs)}'
            )
        if not found.is_input:
            raise NameNotFoundError(
                f"{found.name} cannot be set: {found.place} holds a formula in a locked cell"
            )
        return found

    def _find(self, name: str) -> NamedCell | None:
        return self.cells.get(name) or next(
            (cell for key, cell in self.cells.items() if key.lower() == name.lower()), None
        )

    def read_entry(self, name: str, value: object) -> CellValue:
        """Return a value as a named input takes it, checked against the cell's validation.

        Parameters
        ----------
        name : str
            Name of the input.
        value : object
            A number, TRUE or FALSE, a date, or a text. Where the cell holds a number, a text is
            read as one: 175e9, 1,000 or 46.2%.

        Raises
        ------
        NameNotFoundError
            If the workbook has no such input.
        InputValueError
            If the cell does not take the value.
        """
        return read_entry(self.input(name), value, self._list)

    def entry_reader(self, name: str) -> Callable[[object], CellValue]:
        """Return `read_entry` of one input, for lists of many values."""
        return entry_reader(self.input(name), self._list)

    def evaluate(self, settings: Mapping[str, object] | None = None) -> Evaluation:
        """Calculate the workbook for some inputs.

        Parameters
        ----------
        settings : Mapping[str, object], optional
            Values of inputs by name; the others keep the workbook's own.

        Raises
        ------
        NameNotFoundError
            If the workbook has no such input.
        InputValueError
            If a cell does not take its value, or is set twice.
        WorkbookError
            If the engine cannot calculate the workbook, or is not trusted with what follows.
        """
        self.refuse_to_change(settings or ())
        constants: dict[str, dict[Position, CellValue]] = {}
        for name, value in (settings or {}).items():
            cell = self.input(name)
            values = constants.setdefault(cell.sheet, {})
            if cell.position in values:
                raise InputValueError(f"{cell.name} is set twice: {cell.place} has two names")
            values[cell.position] = self.read_entry(name, value)
        return self._calculator.calculate(constants)

    @property
    def engine(self) -> Engine:
        """The workbook as it stands, calculated; sheets may be added, but no cell changed."""
        return self._calculator.engine

    def to_package(self, evaluation: Evaluation) -> Package:
        """Return the workbook with the values of an evaluation, everything else as it was.

        Charts lose the points that they keep of their cells, which would show the old values.
        """
        return written(self.package, self.formulas, evaluation)

    def to_bytes(self, evaluation: Evaluation) -> bytes:
        """Return the file of `to_package`."""
        return self.to_package(evaluation).to_bytes()

    def formula_text(self, sheet: str, position: Position) -> str:
        """Return the formula of a cell, a shared one as it stands in this cell."""
        cell = self.formulas[sheet][position]
        shared = self._shared.get((sheet, cell.group)) if cell.kind == "shared" else None
        if cell.text or shared is None:
            return cell.text
        return str(shared.translate_formula(cell_name(position))).removeprefix("=")

    @functools.cached_property
    def _shared(self) -> "dict[tuple[str, str], Translator]":
        """What moves each shared formula to its other cells, by sheet and group."""
        from openpyxl.formula.translate import Translator  # slow to import

        # It does not move what stands beside a carriage return, which is only a blank.
        return {
            (sheet, cell.group): Translator(
                f"={cell.text.replace(chr(13), ' ')}", cell_name(position)
            )
            for sheet, formulas in self.formulas.items()
            for position, cell in formulas.items()
            if cell.kind == "shared" and cell.text
        }

    @functools.cached_property
    def areas(self) -> dict[str, Position]:
        """The last row and column that each sheet uses."""
        return {
            sheet: last_cell(self.package.part(part)) for sheet, part in self.package.sheets.items()
        }

    def _list(self, cell: NamedCell) -> list[str]:
        """Return the entries of a list, typed out or in a range; nothing where it is a formula."""
        if cell.name not in self._lists:
            rule = cell.validation
            self._lists[cell.name] = self._entries(
                cell, rule.formulas[0] if rule and rule.formulas else ""
            )
        return self._lists[cell.name]

    def _entries(self, cell: NamedCell, formula: str) -> list[str]:
        if formula.startswith('"'):
            return typed_entries(formula)
        target = _RANGE_REFERENCE.fullmatch(formula)
        if target is None:
            return []
        sheet = target[1].replace("''", "'") if target[1] else target[2] or cell.sheet
        left, top, right, bottom = box_of(target[3])
        engine = self.engine
        entries = (
            engine.value(sheet, (row, column))
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        )
        return [str(entry) for entry in entries if entry is not None]
