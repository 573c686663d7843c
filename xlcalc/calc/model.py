"""A workbook as a function: what do its named results become for other named inputs?

A model reads the file once. Named cells without a formula are inputs, those with one are results;
an evaluation gives the values of all of them for some inputs, and can be written back into a copy
of the file in which nothing else changes.
"""

import functools
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

from xlcalc.calc.arguments import refuse_wrong_calls
from xlcalc.calc.dependents import Dependents, Place
from xlcalc.calc.engine import Engine
from xlcalc.calc.entries import convert_entry, entry_reader
from xlcalc.calc.evaluation import Calculator, Cells, Evaluation, written
from xlcalc.calc.iteration import Circle, circle_of
from xlcalc.calc.named_cells import NamedCell, read_named_cells
from xlcalc.calc.relative_names import RelativeNames
from xlcalc.calc.rule_formulas import RuleFormulas
from xlcalc.calc.rule_operands import RuleOperands
from xlcalc.calc.structured_references import StructuredReferences
from xlcalc.calc.validations import Refusal, Rules, literal_check
from xlcalc.cells import CellValue
from xlcalc.errors import InputValueError, NameNotFoundError, WorkbookError, suggestion
from xlcalc.ooxml.calculation import iteration
from xlcalc.ooxml.data_tables import what_if_cells
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.names import defined_names, named_places
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import FormulaCell, array_cells, check_markup, formula_cells, last_cell
from xlcalc.ooxml.stored_values import SharedTexts, counts_from_1904
from xlcalc.ooxml.tables import table_columns, tables
from xlcalc.ooxml.validations import Validation

if TYPE_CHECKING:
    from openpyxl.formula.translate import Translator

CHECKS_NAME = "checks_hold"
"""A named result that says whether a workbook's own checks hold, where it has one."""


@dataclass(frozen=True)
class Trust:
    """With which formula cells of a workbook is our engine not trusted?

    Attributes
    ----------
    untrusted : frozenset of (str, (int, int))
        These cells.
    decided : mapping of (str, (int, int)) to CellValue
        The values of cells that are not those that the file stores.
    """

    untrusted: frozenset[Place] = frozenset()
    decided: Mapping[Place, CellValue] = field(default_factory=dict)


class Together(Protocol):
    """Several engines that calculate a workbook together."""

    def __call__(self, model: "WorkbookModel", constants: Cells) -> Evaluation:
        """Return the values for constants in some cells."""

    def kept(self, model: "WorkbookModel", places: Collection[Place]) -> set[Place]:
        """Return the cells of some that none of them calculates as the file has it."""


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
        texts, date1904 = SharedTexts(self.package), counts_from_1904(self.package)
        for sheet, part in self.package.sheets.items():
            check_markup(self.package.part(part), f"the sheet {sheet}")
            self.formulas[sheet] = formula_cells(self.package.part(part), texts, date1904)
        names = defined_names(self.package)
        refuse_wrong_calls(self.formulas, names, name)
        self.defined_names = {(n.scope, n.name.lower()): n.text for n in names}
        """What each name stands for, by the sheet that it holds on, if on one."""
        self._places = named_places(names, self.package)
        self._calculator = self._calculates()
        self.trust = Trust()
        """Which of the formula cells our engine is trusted with: all, unless `verify` said else."""
        self.line_cells: dict[str, NamedCell] = {}
        """Cells of rows that a list fills, which have no name in the workbook."""
        self._together: Together | None = None
        self._pins: dict[str, dict[Position, CellValue]] = {}

    @classmethod
    def read(cls, path: Path, now: datetime | None = None) -> "WorkbookModel":
        """Read a file; `now` is as in the class."""
        return cls(Package.read(path), str(path), now)

    @functools.cached_property
    def cells(self) -> dict[str, NamedCell]:
        """The named cells, in the order of sheets, rows and columns."""
        places = self._calculator.names
        return read_named_cells(self.package, places, self.formulas, self.engine.value)

    def trusted(self, trust: "Trust", together: "Together | None" = None) -> None:
        """Let the values of some formula cells come from elsewhere than our engine.

        Parameters
        ----------
        trust : Trust
            The cells, and the values that they have as the workbook stands.
        together : callable, optional
            Calculates the workbook for other constants from which such a cell follows, with the
            help of other engines; without one such constants are refused.
        """
        self.trust, self._together = trust, together
        values: dict[str, dict[Position, CellValue]] = {}
        for sheet, position in trust.untrusted:
            values.setdefault(sheet, {})[position] = self.value_as_it_stands((sheet, position))
        self._pins = values
        self._calculator.pin(values)
        for name in ("cells", "inputs", "outputs", "_rules", "_operands"):
            self.__dict__.pop(name, None)

    def value_as_it_stands(self, place: Place) -> CellValue:
        """Return the value of a formula cell: what was decided on it, or what the file stores."""
        if place in self.trust.decided:
            return self.trust.decided[place]
        return self.formulas[place[0]][place[1]].value

    def needs_others(self, constants: Cells) -> set[Place]:
        """Return the cells that follow from some and with which our engine is not trusted."""
        untrusted = self.trust.untrusted | self.what_if_cells.keys()
        if not untrusted or not any(constants.values()):
            return set()
        roots = [(sheet, position) for sheet, cells in constants.items() for position in cells]
        return self.dependents.reach(roots) & untrusted

    def refuse_to_change(self, names: Iterable[str]) -> None:
        """Refuse inputs from which a cell follows that no engine calculates as the file has it.

        Raises
        ------
        WorkbookError
            If there is one; the sentence names it and the input.
        """
        for cell in map(self.input, names):
            reached = self.needs_others({cell.sheet: {cell.position: None}})
            kept = reached & self.what_if_cells.keys()
            if reached - kept:
                others = reached - kept
                kept |= self._together.kept(self, others) if self._together else others
            if kept:
                self.refuse(cell.name, min(kept))

    def refuse(self, name: str, place: Place) -> NoReturn:
        """Refuse to change an input, for a cell that follows from it.

        Raises
        ------
        WorkbookError
            Always.
        """
        sheet, position = place
        what = (
            "what-if data tables"
            if place in self.what_if_cells
            else f"={self.formula_text(sheet, position):.80} as Excel does"
        )
        raise WorkbookError(
            f"{name} cannot be changed in {self.name}: {sheet}!{cell_name(position)} follows from "
            f"it, and no engine calculates {what}"
        )

    def calculate(self, constants: Cells, pinned: Cells | None = None) -> Evaluation:
        """Return what our engine gives for constants in some cells.

        Parameters and errors are those of `xlcalc.calc.evaluation.Calculator.calculate`.
        """
        return self._calculator.calculate(constants, pinned)

    def plain_text(self, sheet: str, position: Position) -> str:
        """Return the formula of a cell that names cells in place of tables and relative names."""
        text = self.formula_text(sheet, position)
        references, names = self._references
        if names:
            text = names.plain(text, sheet, position)
        return references.plain(text, sheet, position) if "[" in text and references else text

    @functools.cached_property
    def _references(self) -> tuple[StructuredReferences, RelativeNames]:
        return StructuredReferences(self.package), RelativeNames(defined_names(self.package))

    @functools.cached_property
    def texts(self) -> dict[Place, str]:
        """The formula behind each cell, with the cells that tables and relative names stand for.

        A formula that fills several cells stands behind each of them.
        """
        found = {
            (sheet, position): self.plain_text(sheet, position)
            for sheet, cells in self.formulas.items()
            for position, cell in cells.items()
        }
        for sheet, cells in self.formulas.items():
            for position, cell in cells.items():
                if cell.kind == "array":
                    for other in array_cells(position, cell.extent):
                        if other in cells and cells[other].kind == "spill":
                            found[sheet, other] = found[sheet, position]
        return found

    @functools.cached_property
    def dependents(self) -> Dependents:
        """What follows from what, through the formulas."""
        names, sheets = self.defined_names, list(self.package.sheets)
        texts = {**self.texts, **self.what_if_cells}
        return Dependents(texts, sheets, names, tables(self.package))

    @functools.cached_property
    def what_if_cells(self) -> dict[Place, str]:
        """The cells of what-if data tables, which keep their values, and what they follow from."""
        return {
            (sheet, position): text
            for sheet, part in self.package.sheets.items()
            for position, text in what_if_cells(self.package.part(part)).items()
        }

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

    @property
    def place_names(self) -> set[str]:
        """The names of single cells."""
        return set(self._places)

    def _find(self, name: str) -> NamedCell | None:
        if name in self.line_cells:
            return self.line_cells[name]
        return self.cells.get(name) or next(
            (cell for key, cell in self.cells.items() if key.lower() == name.lower()), None
        )

    def _calculates(self) -> Calculator:
        return Calculator(self.package, self.formulas, self._places, self.now, lambda: self.circle)

    @functools.cached_property
    def circle(self) -> Circle | None:
        """The cells that follow from themselves, where the workbook iterates and has some."""
        how = iteration(self.package)
        if how is None:
            return None
        stored = {
            (sheet, position): cell.value
            for sheet, cells in self.formulas.items()
            for position, cell in cells.items()
        }
        return circle_of(self.dependents, self.texts, stored, how)

    def read_entry(self, name: str, value: object) -> CellValue:
        """Return a value as a named input takes it, checked against rules without a formula.

        Rules with a formula may follow from other inputs; `refusal` judges all of them together.

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
        cell = self.input(name)
        converted = convert_entry(cell, value)
        literal_check(cell)(converted)
        return converted

    def entry_reader(self, name: str) -> Callable[[object], CellValue]:
        """Return `read_entry` of one input, for lists of many values."""
        cell = self.input(name)
        return entry_reader(cell, literal_check(cell))

    def refusal(self, values: Mapping[str, CellValue]) -> Refusal | None:
        """Return why a data validation with a formula refuses one of some values, or None.

        Parameters
        ----------
        values : Mapping[str, CellValue]
            Values of inputs, as `read_entry` gives them.
        """
        if not self.has_rules_with_formulas(values):
            return None
        cells = [self.input(name) for name in values]
        named = {cell.name: value for cell, value in zip(cells, values.values(), strict=True)}
        return self._rules.refusal(cells, named)

    def has_rules_with_formulas(self, names: Iterable[str]) -> bool:
        """Whether a data validation of some inputs is for `refusal` to judge."""
        return any(
            rule.strict and not rule.literal
            for name in names
            for rule in self.input(name).validations
        )

    @property
    def undecided(self) -> Mapping[str, str]:
        """For inputs with a data validation that could not be decided so far, the reason."""
        return self._rules.undecided

    def entry_warnings(self, values: Mapping[str, object]) -> list[str]:
        """Return what data validations only warn of, and why some could not be decided.

        Parameters
        ----------
        values : Mapping[str, object]
            Values of inputs that `evaluate` takes.
        """
        cells = [self.input(name) for name in values]
        pairs = zip(cells, values.values(), strict=True)
        return self._rules.warnings(
            cells, {cell.name: convert_entry(cell, value) for cell, value in pairs}
        )

    def choices(self, cell: NamedCell, rule: Validation) -> tuple[CellValue, ...] | None:
        """Return the entries of the list of a data validation, or None if it cannot be told."""
        return self._rules.choices(cell, rule)

    @functools.cached_property
    def _rules(self) -> Rules:
        """What judges the data validations of the inputs."""
        return Rules(self._operands, lambda place: self.dependents.reach([place]), self.formulas)

    def part_value(self, place: Place, text: str) -> CellValue:
        """Return what an expression gives in a cell, as a part of its formula.

        Parameters
        ----------
        place : (str, (int, int))
            The cell.
        text : str
            The expression, without `=`.

        Raises
        ------
        Undecided
            If no engine calculates it as Excel does.
        """
        sheet, position = place
        self._operands.set({})
        read = self._operands.read(text, sheet, position, position, as_list=False)
        return read.operand.values[0]

    @functools.cached_property
    def _operands(self) -> RuleOperands:
        """What calculates formulas that stand in no cell."""
        sheets = {sheet.lower(): sheet for sheet in self.package.sheets}
        names = {
            (name.scope, name.name.lower()): name.text
            for name in defined_names(self.package, hidden=True)
        }
        formulas = RuleFormulas(names, table_columns(self.package), sheets)

        def load() -> Engine:
            own = self._calculates()
            own.pin(self._pins)
            return own.engine

        def formula_at(place: Place) -> str | None:
            sheet, position = place
            return self.formula_text(*place) if position in self.formulas[sheet] else None

        return RuleOperands(
            formulas, lambda: self.engine, load, self._put_back, lambda: self.areas, formula_at
        )

    def _put_back(self, engine: Engine, place: Place) -> None:
        """Give an engine what the workbook has in the cell of an input."""
        sheet, position = place
        if position in self.formulas[sheet]:
            engine.set_formula(sheet, position, f"={self.formula_text(sheet, position)}")
        else:
            engine.set_value(sheet, position, self.engine.value(sheet, position))

    def evaluate(
        self, settings: Mapping[str, object] | None = None, *, judged: bool = False
    ) -> Evaluation:
        """Calculate the workbook for some inputs.

        Parameters
        ----------
        settings : Mapping[str, object], optional
            Values of inputs by name; the others keep the workbook's own.
        judged : bool
            Whether `refusal` has been asked for them.

        Raises
        ------
        NameNotFoundError
            If the workbook has no such input.
        InputValueError
            If a cell does not take its value, or is set twice.
        WorkbookError
            If the engine cannot calculate the workbook, or is not trusted with what follows.
        """
        constants = self.constants(settings or {}, judged=judged)
        if not self.needs_others(constants):
            return self.calculate(constants)
        self.refuse_to_change(settings or ())
        assert self._together is not None  # noqa: S101  without it all of them are refused
        return self._together(self, constants)

    def constants(
        self, settings: Mapping[str, object], *, judged: bool = False
    ) -> dict[str, dict[Position, CellValue]]:
        """Return the values of inputs by sheet and position; errors are those of `evaluate`."""
        constants: dict[str, dict[Position, CellValue]] = {}
        read: dict[str, CellValue] = {}
        for name, value in settings.items():
            cell = self.input(name)
            values = constants.setdefault(cell.sheet, {})
            if cell.position in values:
                raise InputValueError(f"{cell.name} is set twice: {cell.place} has two names")
            values[cell.position] = read[cell.name] = self.read_entry(name, value)
        refused = None if judged else self.refusal(read)
        if refused is not None:
            raise InputValueError(refused.sentence)
        return constants

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
