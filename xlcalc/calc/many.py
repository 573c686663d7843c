"""What are some named cells of a workbook in many scenarios?

Only what these cells need is calculated, as vectors in blocks; what is no vector is calculated
scenario by scenario. The engine calculates the first good scenario of each block as well, and
where it gives another figure, that is an error and no result. A scenario that the workbook does not
take has a sentence in place of values, and the others go on.
"""

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xlcalc.calc.differences import alike_but_last_digits, shown
from xlcalc.calc.entries import is_empty, number_bounds
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.named_cells import NamedCell
from xlcalc.calc.vectorised.compiled import KEEP, Column, VectorisedWorkbook
from xlcalc.calc.vectorised.nodes import Values
from xlcalc.calc.vectorised.syntax import NotVectorised
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import DisagreementError, InputValueError, XlcalcError

Given: TypeAlias = Sequence[object] | NDArray[Any]
"""What scenarios give for an input, as a person or a file writes it."""
BLOCK = 1 << 17
"""Scenarios that are calculated at once; the vectors of a block take a few megabytes."""
_EXPLAINED = 20
"""Scenarios of a block whose errors the engine is asked to explain; the others have the code."""


@dataclass(frozen=True)
class Answers:
    """The values of named cells in some scenarios.

    Attributes
    ----------
    values : mapping of str to list or numpy.ndarray
        For each cell its value in each scenario: an array of floats where all are numbers, else a
        list of cell values, a `CellError` where the cell shows one. It is None where the scenario
        could not be calculated.
    problems : mapping of int to str
        For the scenarios that could not be calculated, and for those with an error in a cell, the
        reason; they count from 0.
    """

    values: Mapping[str, NDArray[np.float64] | list[CellValue]]
    problems: Mapping[int, str]


class ManyScenarios:
    """A workbook, ready for scenarios that set the same inputs.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    inputs : sequence of str
        Names of the inputs that scenarios set.
    wanted : sequence of str
        Names of the cells that are asked for.

    Attributes
    ----------
    slow : str
        Why scenarios are calculated one by one; empty where they are not.

    Raises
    ------
    UsageError
        If the workbook has no such input or cell, or no engine is trusted with what follows.
    """

    def __init__(self, model: WorkbookModel, inputs: Sequence[str], wanted: Sequence[str]) -> None:
        self.model = model
        self.inputs = [model.input(name) for name in inputs]
        self.wanted = [model.cell(name) for name in wanted]
        taken: dict[tuple[str, Any], NamedCell] = {}
        for cell in self.inputs:
            if taken.setdefault((cell.sheet, cell.position), cell) is not cell:
                raise InputValueError(f"{cell.name} is set twice: {cell.place} has two names")
        names = [cell.name for cell in self.inputs]
        model.refuse_to_change(names)
        self._readers = {name: model.entry_reader(name) for name in names}
        self._judged = not model.has_rules_with_formulas(names)
        self.slow = ""
        self._vectorised: VectorisedWorkbook | None = None
        try:
            places = [(cell.sheet, cell.position) for cell in self.wanted]
            self._vectorised = VectorisedWorkbook(model, names, places)
        except NotVectorised as reason:
            self.slow = str(reason)

    def answers(self, columns: Mapping[str, Given], count: int) -> Answers:
        """Return the values of the wanted cells in some scenarios.

        Parameters
        ----------
        columns : mapping of str to sequence
            For each input, in any letter case, what scenarios set it to, as `WorkbookModel.
            read_entry` takes it; None and nan keep the workbook's own value.
        count : int
            How many scenarios there are.

        Raises
        ------
        DisagreementError
            If vectors and the engine give different figures.
        """
        blocks = [
            self._block({n: c[at : at + BLOCK] for n, c in columns.items()}, at, count)
            for at in range(0, count, BLOCK)
        ]
        problems = {row: why for block in blocks for row, why in block.problems.items()}
        names = [cell.name for cell in self.wanted]
        return Answers({n: _joined([b.values[n] for b in blocks]) for n in names}, problems)

    def _block(self, columns: Mapping[str, Given], at: int, count: int) -> Answers:
        count = min(BLOCK, count - at)
        given = {self.model.input(name).name: column for name, column in columns.items()}
        problems: dict[int, str] = {}
        read = {
            cell.name: self._read(cell, given[cell.name], problems)
            for cell in self.inputs
            if cell.name in given
        }
        if not self._judged:
            self._judge(read, count, problems)
        by_hand = range(count)
        found: dict[str, Any] = {}
        if self._vectorised is not None:
            try:
                values = self._vectorised.run(read, count)
            except NotVectorised as reason:
                self._vectorised, self.slow = None, str(reason)
            else:
                self._compare(values, read, problems, count)
                found = {cell.name: self._column(cell, values, count) for cell in self.wanted}
                by_hand = sorted(self._vectorised.needs_engine)  # type: ignore[assignment]
        rows = sorted({*by_hand, *problems})
        if rows:
            found = {
                cell.name: list(_listed(found[cell.name])) if found else [None] * count
                for cell in self.wanted
            }
        for row in rows:
            values_of_row = self._alone(read, row, problems)
            for cell in self.wanted:
                found[cell.name][row] = values_of_row.get(cell.name)
        self._explain(found, read, problems)
        return Answers(found, {at + row: why for row, why in problems.items()})

    def _read(self, cell: NamedCell, column: Given, problems: dict[int, str]) -> Column:
        """Return what a column sets an input to; rows that cannot be read become problems."""
        least, most, compared_alone = number_bounds(cell)
        if isinstance(column, np.ndarray) and column.dtype.kind in "fiu":
            numbers = column.astype(np.float64)
            inside = (numbers >= least) & (numbers <= most)  # where nan is not
            if type(cell.value) is float and compared_alone and bool(inside.all()):
                return numbers
            column = column.tolist()
        reader, known = self._readers[cell.name], dict[Any, CellValue]()
        values: list[object] = []
        for row, value in enumerate(column):
            if is_empty(value):
                values.append(KEEP)
                continue
            key = value if type(value) is str else None
            if key is not None and key in known:
                values.append(known[key])
                continue
            try:
                values.append(reader(value))
            except InputValueError as error:
                problems.setdefault(row, str(error))
                values.append(KEEP)
                continue
            if key is not None and len(known) < BLOCK:
                known[key] = values[-1]  # type: ignore[assignment]
        return values

    def _judge(self, read: Mapping[str, Column], count: int, problems: dict[int, str]) -> None:
        """Let rules with formulas judge each scenario as a whole."""
        for row in range(count):
            if row not in problems:
                refused = self.model.refusal(_settings(read, row))
                if refused is not None:
                    problems[row] = refused.sentence

    def _column(
        self, cell: NamedCell, values: Values, count: int
    ) -> NDArray[np.float64] | list[CellValue]:
        assert self._vectorised is not None  # noqa: S101  it has just run
        place = cell.sheet, cell.position
        if place not in values:
            constant = self._vectorised.constant(place)
            if type(constant) is float:
                return np.full(count, constant)
            return [constant] * count
        column = values[place]
        return column.data if column.numeric and column.codes is None else column.cells()

    def _compare(
        self, values: Values, read: Mapping[str, Column], problems: Collection[int], count: int
    ) -> None:
        """Refuse vectors that give other figures for the first good scenario than the engine."""
        assert self._vectorised is not None  # noqa: S101  it has just run
        left_out = {*problems, *self._vectorised.needs_engine}
        row = next((row for row in range(count) if row not in left_out), None)
        if row is None:
            return
        try:
            evaluation = self.model.evaluate(_settings(read, row), judged=True)
        except XlcalcError:
            return  # the scenario fails, and the engine says so below
        for cell in self.wanted:
            place = cell.sheet, cell.position
            # What no formula leads to from the inputs has to be the same by the engine as well.
            vector = values.get(place)
            ours = self._vectorised.constant(place) if vector is None else vector.at(row)
            theirs = evaluation.values[cell.name]
            ours = 0.0 if ours is None else ours
            if not alike_but_last_digits(ours, theirs):
                raise DisagreementError(
                    f"{cell.name} ({cell.place}) in {self.model.name} is {shown(ours)} by vectors "
                    f"and {shown(theirs)} by the engine, and one of them is wrong"
                )

    def _alone(
        self, read: Mapping[str, Column], row: int, problems: dict[int, str]
    ) -> Mapping[str, CellValue]:
        """Return the values of one scenario by the engine; none where it has a problem."""
        if row in problems:
            return {}
        try:
            return self.model.evaluate(_settings(read, row), judged=True).values
        except XlcalcError as error:
            problems[row] = str(error)
            return {}

    def _explain(
        self, found: Mapping[str, Any], read: Mapping[str, Column], problems: dict[int, str]
    ) -> None:
        """Say for the scenarios with an error in a wanted cell why it is there."""
        asked = 0
        for name, column in found.items():
            if isinstance(column, np.ndarray):
                continue
            for row, value in enumerate(column):
                if not isinstance(value, CellError) or row in problems:
                    continue
                problems[row] = f"{name} is {value.code}"
                if asked < _EXPLAINED:
                    asked += 1
                    with contextlib.suppress(XlcalcError):
                        evaluation = self.model.evaluate(_settings(read, row), judged=True)
                        problems[row] = evaluation.explain(name, self.model.inputs)


def _settings(read: Mapping[str, Column], row: int) -> dict[str, Any]:
    """Return what a scenario sets."""
    found = {name: column[row] for name, column in read.items()}
    return {name: _plain(value) for name, value in found.items() if value is not KEEP}


def _plain(value: object) -> object:
    return float(value) if isinstance(value, np.floating) else value


def _joined(parts: Sequence[Any]) -> Any:
    if all(isinstance(part, np.ndarray) for part in parts):
        return np.concatenate(parts) if parts else np.empty(0)
    return [value for part in parts for value in _listed(part)]


def _listed(part: Any) -> Iterator[CellValue]:
    return iter(part.tolist() if isinstance(part, np.ndarray) else part)
