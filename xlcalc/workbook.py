"""A workbook as a function, in Python: what do its named results become for other inputs?

`load` opens an xlsx file or a template. The workbook is verified first, as on the command line:
where engines do not agree on what it stores, nothing goes on. Its file stays as it is; only
`recalculate` and `convert` write, and what they write is another file.
"""

import contextlib
import functools
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from xlcalc import catalogue as catalogues
from xlcalc.calc.dependents import Place
from xlcalc.calc.entries import number_bounds
from xlcalc.calc.evaluation import Evaluation
from xlcalc.calc.many import Answers, Given, ManyScenarios
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.named_cells import NamedCell
from xlcalc.calc.recalculation import calculated, recalculated, trusted
from xlcalc.calc.unread_inputs import refuse_copy
from xlcalc.calc.validation_rules import domain
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import NameNotFoundError, ScenarioError, UsageError
from xlcalc.files import write_file
from xlcalc.frames import table
from xlcalc.ooxml.package import Package

ERROR = "error"
"""The column of an evaluation that says why a scenario has no result, or an error for one."""


def load(
    workbook: str | Path,
    *,
    catalogue: str | Path | None = None,
    language: str | None = None,
    accept_differences: Collection[str] = (),
) -> "Workbook":
    """Open a workbook as a function of its named inputs.

    Parameters
    ----------
    workbook : str or Path
        An xlsx or xlsm file, or the name of a template.
    catalogue : str or Path, optional
        Folder of your own catalogue files. It holds for all workbooks of the process from then on.
    language : str, optional
        "en" or "zh", the language of a template's labels.
    accept_differences : collection of str, optional
        Cells, as Sheet!C5, or "all": go on though engines do not agree on their values.

    Raises
    ------
    DifferencesError
        If engines do not agree on what the workbook stores, and it is not accepted.
    UsageError
        If there is no such file, template or language, or the catalogue has a mistake.

    Examples
    --------
    >>> budget = load("training_budget")
    >>> f"{budget(gpu='H100 SXM5 80GB', mfu=0.4)['gpu_days']:,.0f}"
    '9,212'
    """
    if catalogue is not None:
        catalogues.use(Path(catalogue))
    model = opened(workbook, language=language)
    if is_template(str(workbook)):
        return Workbook(WorkbookModel(calculated(model), model.name))
    trusted(model, accept_differences)
    return Workbook(model, tuple(accept_differences))


def opened(workbook: str | Path, *, language: str | None = None) -> WorkbookModel:
    """Return the model of a workbook or a template whose values nobody has verified.

    Parameters and errors are those of `load`.
    """
    name = str(workbook)
    if is_template(name):
        from xlcalc.build import authored_template
        from xlcalc.dialects import Form

        package = authored_template(name, Form("udf", language=language))
        return WorkbookModel(package, f"the template {name}")
    if language is not None:
        raise UsageError(f"a language is chosen for a template, and {name} is a file")
    return WorkbookModel.read(Path(workbook))


def is_template(name: str) -> bool:
    """Whether a workbook is the name of a template, and no path to a file."""
    if "." in name:
        return False
    from xlcalc import templates  # they and openpyxl take longer to import than a file to calculate

    return name in templates.TEMPLATES


@dataclass(frozen=True)
class Input:
    """A named cell that may be set.

    Attributes
    ----------
    name, label, unit : str
        Its name, and the texts beside it.
    value : CellValue
        What it holds in the workbook as it stands.
    domain : str
        What its data validation allows, in words; empty where it allows anything.
    place : str
        Where it stands, as Inputs!C7.
    is_default : bool
        Whether it holds a formula, which a value takes the place of.
    """

    name: str
    label: str
    unit: str
    value: CellValue
    domain: str
    place: str
    is_default: bool


@dataclass(frozen=True)
class Output:
    """A named cell that a formula gives.

    Attributes
    ----------
    name, label, unit : str
        Its name, and the texts beside it.
    value : CellValue
        What it is in the workbook as it stands.
    place : str
        Where it stands, as Calculation!C7.
    """

    name: str
    label: str
    unit: str
    value: CellValue
    place: str


class Results(Mapping[str, CellValue]):
    """The named cells of a workbook for some inputs.

    A value is a float, a text, True or False, None for an empty cell, or a `CellError` with the
    code that the cell shows. Names are compared without regard to case.
    """

    def __init__(self, model: WorkbookModel, evaluation: Evaluation) -> None:
        self._model, self._evaluation = model, evaluation

    def __getitem__(self, name: str) -> CellValue:
        try:
            return self._evaluation.values[self._model.cell(name).name]
        except NameNotFoundError as error:
            raise KeyError(str(error)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._model.outputs)

    def __len__(self) -> int:
        return len(self._model.outputs)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.items())
        return f"Results({shown})"

    def explain(self, name: str) -> str:
        """Return why a named cell shows an error."""
        return self._evaluation.explain(self._model.cell(name).name, self._model.inputs)

    def unit(self, name: str) -> str:
        """Return the unit of a named cell, which may follow from an input."""
        return self._evaluation.unit(self._model.cell(name))


class Workbook:
    """A workbook as a function of its named inputs; `load` makes one.

    Examples
    --------
    >>> budget = load("training_budget")
    >>> budget.inputs["mfu"].value
    0.462
    >>> frame = budget.evaluate({"mfu": [0.231, 0.462]}, ["train_days"])
    >>> [round(days, 1) for days in frame["train_days"]]
    [50.6, 25.3]
    """

    def __init__(self, model: WorkbookModel, accepted: tuple[str, ...] = ()) -> None:
        self._model, self._accepted = model, accepted
        self._leading: dict[str, frozenset[Place]] = {}
        self._elsewhere: Callable[[Mapping[str, Given], int, Collection[str]], Answers] | None = (
            None
        )
        self._many: dict[tuple[tuple[str, ...], tuple[str, ...]], ManyScenarios] = {}

    def __repr__(self) -> str:
        return (
            f"<workbook {self._model.name}: {len(self.inputs)} inputs, {len(self.results)} results>"
        )

    @functools.cached_property
    def inputs(self) -> Mapping[str, Input]:
        """The named cells that may be set, by name."""
        found = {
            name: Input(c.name, c.label, c.unit, c.value, domain(c), c.place, c.is_output)
            for name, c in self._model.inputs.items()
        }
        return MappingProxyType(found)

    @functools.cached_property
    def results(self) -> Mapping[str, Output]:
        """The named cells that a formula gives and that may not be set, by name."""
        found = {
            name: Output(c.name, c.label, c.unit, c.value, c.place)
            for name, c in self._model.outputs.items()
        }
        return MappingProxyType(found)

    @property
    def name(self) -> str:
        """What to call the workbook in a sentence."""
        return self._model.name

    @property
    def sha256(self) -> str:
        """The SHA-256 of the workbook's file, in hexadecimal digits."""
        return hashlib.sha256(self._model.package.to_bytes()).hexdigest()

    @property
    def has_macros(self) -> bool:
        """Whether the workbook is of the kind that holds macros, a file that ends in .xlsm."""
        return b"macroEnabled.main+xml" in self._model.package.part("[Content_Types].xml")

    def cell(self, name: str) -> NamedCell:
        """Return what the workbook says of a named cell, its number format and place among it."""
        return self._model.cell(name)

    def fresh_package(self) -> Package:
        """Return a copy of the workbook's parts, with fresh values behind its formulas."""
        return recalculated(self._model, self._accepted).package.copy()

    def read(self, settings: Mapping[str, object]) -> dict[str, CellValue]:
        """Return values of inputs under their names, as their cells take them.

        Errors are those of calling the workbook.
        """
        return {
            self._model.input(name).name: self._model.read_entry(name, value)
            for name, value in settings.items()
        }

    def follows(self, result: str, name: str) -> bool:
        """Whether a result follows from an input, through formulas."""
        cell, start = self._model.cell(result), self._model.input(name)
        if cell.name not in self._leading:
            inputs = [(one.sheet, one.position) for one in self._model.inputs.values()]
            leading = self._model.dependents.leading_to((cell.sheet, cell.position), inputs)
            self._leading[cell.name] = frozenset(leading)
        return (start.sheet, start.position) in self._leading[cell.name]

    def bounds(self, name: str) -> tuple[float, float]:
        """Return the least and the greatest number that the rules of an input allow.

        Rules with a formula are not among them.
        """
        return number_bounds(self._model.input(name))[:2]

    def is_date(self, name: str) -> bool:
        """Whether an input holds a date, by its number format; a duration is none."""
        cell = self._model.input(name)
        return isinstance(cell.moment(cell.value), date)

    def is_whole(self, name: str) -> bool:
        """Whether an input takes whole numbers alone, by its rules."""
        rules = self._model.input(name).validations
        return any(rule.strict and rule.kind == "whole" for rule in rules)

    def takes_numbers(self, name: str) -> bool:
        """Whether a name is that of an input which holds no text, in any letter case.

        A number or a day in a list, which each country writes in its own way, is for such a one.
        """
        try:
            return not isinstance(self._model.input(name).value, str)
        except NameNotFoundError:
            return False

    def contract(self) -> dict[str, Any]:
        """Return what the workbook takes and gives, as a JSON Schema of draft 2020-12."""
        from xlcalc.contracts import contract_of

        return contract_of(self._model)

    def labels(self, columns: Iterable[str]) -> list[str]:
        """Return those of some columns that are no inputs, which `evaluate` leaves as they are.

        Raises
        ------
        NameNotFoundError
            If one has the name of a cell that cannot be set.
        """
        return [name for name in columns if self._input(name) is None]

    def __call__(self, settings: Mapping[str, object] | None = None, /, **named: object) -> Results:
        """Calculate the workbook for some inputs; the others keep the workbook's own values.

        Parameters
        ----------
        settings : mapping of str to object, optional
            Values of inputs by name.
        **named : object
            More of them. None keeps the workbook's own value.

        Returns
        -------
        Results
            The named cells.

        Raises
        ------
        UsageError
            If there is no such input, it does not take the value, or no engine is trusted with
            what follows from it.
        """
        # As in a table, None keeps what the workbook has.
        asked = {**({} if settings is None else settings), **named}
        given = {name: value for name, value in asked.items() if value is not None}
        refuse_copy(self._model, given)
        self._model.refuse_to_change(given)
        return Results(self._model, self._model.evaluate(given))

    def evaluate(self, scenarios: Any, results: str | Collection[str] | None = None) -> Any:
        """Calculate the workbook for many scenarios, without writing a file.

        Parameters
        ----------
        scenarios : dict, list of dict, or data frame
            A row a scenario: columns are named inputs, and what is none is a label, which stays.
            An empty cell, None or nan, keeps the workbook's own value. Frames are those of pandas,
            polars (a LazyFrame too) and pyarrow.
        results : str or collection of str, optional
            Named cells that are asked for; all results if left out. What they do not need is not
            calculated.

        Returns
        -------
        dict, list of dict, or data frame
            The same kind, with a column for each result behind those that were given. Where a cell
            shows an error, or a scenario cannot be calculated, there is no value (None, nan), and
            the last column, `error`, says why; it is empty elsewhere.

        Raises
        ------
        ScenarioError
            If it is no table, no column is an input, or a label has the name of a result.
        UsageError
            If there is no such result, or no engine is trusted with what follows from an input.
        """
        given = table(scenarios)
        inputs = {name: self._input(name) for name in given.columns}
        used: dict[str, Given] = {}
        for name, cell in inputs.items():
            if cell is not None and cell.name in used:
                raise ScenarioError(f"two columns set {cell.name}, one of them {name}")
            if cell is not None:
                used[cell.name] = given.columns[name]
        asked = (results,) if isinstance(results, str) else results or self._model.outputs
        wanted = tuple(self._model.cell(name).name for name in asked)
        if not given.count and not given.columns:
            return given.like({})  # no scenario gives no result
        if not used:
            raise ScenarioError(
                f"no column is an input of {self._model.name}; it has "
                f"{', '.join(self.inputs) or 'none'}"
            )
        for name, cell in inputs.items():
            if cell is None and name in (*wanted, ERROR):
                raise ScenarioError(f'the column "{name}" has the name of a result')
        answers = self.answers(used, given.count, wanted)
        made: dict[str, Any] = {
            name: column if isinstance(column, np.ndarray) else list(map(_without_error, column))
            for name, column in answers.values.items()
        }
        made[ERROR] = [answers.problems.get(row, "") for row in range(given.count)]
        return given.like(made)

    def answers(
        self, columns: Mapping[str, Given], count: int, results: Collection[str]
    ) -> Answers:
        """Return named cells in many scenarios as arrays, for whoever needs no table.

        Parameters
        ----------
        columns : mapping of str to sequence
            For each input its values; None and nan keep the workbook's own.
        count : int
            How many scenarios there are.
        results : collection of str
            Named cells that are asked for.
        """
        if self._elsewhere is not None:
            return self._elsewhere(columns, count, results)
        inputs = tuple(self._model.input(name).name for name in columns)
        return self._ready(inputs, tuple(results)).answers(columns, count)

    @contextlib.contextmanager
    def answered_by(
        self, elsewhere: Callable[[Mapping[str, Given], int, Collection[str]], Answers]
    ) -> Iterator[None]:
        """Let `answers` come from elsewhere for a while, as from a cluster."""
        self._elsewhere = elsewhere
        try:
            yield
        finally:
            self._elsewhere = None

    @property
    def model(self) -> WorkbookModel:
        """The workbook as a function of its named cells."""
        return self._model

    def recalculate(self, path: str | Path) -> None:
        """Write the workbook with fresh values behind its formulas, everything else as it was.

        Raises
        ------
        UsageError
            If the file cannot be written.
        """
        write_file(Path(path), self.fresh_package().to_bytes())

    def convert(self, dialect: str, path: str | Path, *, namespace: str | None = None) -> list[str]:
        """Write the workbook in another dialect.

        Parameters
        ----------
        dialect : str
            One of `xlcalc.dialects.DIALECTS`.
        path : str or Path
            The file to write.
        namespace : str, optional
            Namespace of the Office add-in, for "officejs".

        Returns
        -------
        list of str
            What stays as it was, a sentence each.

        Raises
        ------
        DialectError
            If there is no such dialect, or a function has no form in it.
        """
        from xlcalc.dialects import convert_package

        converted = convert_package(self.fresh_package(), dialect, namespace)
        write_file(Path(path), converted.data)
        return list(converted.remarks)

    def _input(self, name: str) -> NamedCell | None:
        """Return the input that a column sets, or None for a label."""
        try:
            return self._model.input(name)
        except NameNotFoundError:
            if any(name.lower() == known.lower() for known in self._model.cells):
                raise  # a result: the sentence says that it cannot be set
            return None

    def _ready(self, inputs: tuple[str, ...], wanted: tuple[str, ...]) -> ManyScenarios:
        key = inputs, wanted
        if key not in self._many:
            refuse_copy(self._model, inputs)
            self._many[key] = ManyScenarios(self._model, inputs, wanted)
        return self._many[key]


def _without_error(value: CellValue) -> CellValue:
    return None if isinstance(value, CellError) else value
