"""How does a block of scenarios become files?

A `WorkbookWriter` holds a workbook ready to be filled. It calculates a block at once, as vectors,
and the first scenario of each block by the engine as well: where the two differ, or the workbook is
not vectorised, every scenario is calculated by the engine alone. Both ways give the same values and
write the same XML.
"""

import contextlib
import functools
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from xlcalc import catalogue
from xlcalc.calc.differences import alike_but_last_digits, shown
from xlcalc.calc.evaluation import Evaluation
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.named_cells import NamedCell
from xlcalc.calc.recalculation import refuse_spoilt
from xlcalc.calc.vectorised.compiled import KEEP, VectorisedWorkbook
from xlcalc.calc.vectorised.nodes import Values
from xlcalc.calc.vectorised.syntax import NotVectorised
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import (
    DisagreementError,
    NotFoundError,
    OutputError,
    UsageError,
    XlcalcError,
)
from xlcalc.ooxml.markup import cell_name, same
from xlcalc.ooxml.pictures import Picture
from xlcalc.runs.file_forms import (
    FileForm,
    FileForms,
    Kinds,
    in_form,
    kinds_of,
    with_pictures,
)
from xlcalc.runs.filling import Files, NotCopyable
from xlcalc.runs.jobs import BatchJob, Block, BlockResult
from xlcalc.runs.manifest import hash_of
from xlcalc.runs.results import Result
from xlcalc.runs.scenarios import Scenario
from xlcalc.runs.stores import fingerprint


class WorkbookWriter:
    """A workbook, ready to be filled again and again.

    Parameters
    ----------
    job : BatchJob
        What to make.
    model : WorkbookModel
        The workbook of the job.
    at_once : bool
        Whether it may calculate many scenarios at once, which takes some time to prepare.
    """

    def __init__(self, job: BatchJob, model: WorkbookModel, *, at_once: bool = True) -> None:
        self.job, self.model = job, model
        self.slow = ""
        self._values_only = job.dialect == "values"
        self._cells = tuple(model.cells.values())
        self._names = tuple(model.cells)
        self._vectorised: VectorisedWorkbook | None = None
        if not at_once:
            return
        try:
            vectorised = VectorisedWorkbook(model, job.columns)
            self._forms = FileForms(model, vectorised, values_only=self._values_only)
            self._vectorised = vectorised
        except (NotVectorised, NotCopyable) as reason:
            self.slow = str(reason)

    def make(self, block: Block) -> BlockResult:
        """Calculate and write the scenarios of a block; those that are intact are not written."""
        began = time.perf_counter()
        good = [scenario for scenario in block.scenarios if not scenario.problem]
        known = {
            scenario.row: result
            for scenario, result in zip(block.scenarios, block.known, strict=True)
        }
        pictures = {scenario.row: block.pictures_of(scenario) for scenario in good}
        groups: dict[Kinds, list[Scenario]] = {}
        for scenario in good:
            groups.setdefault(kinds_of(pictures[scenario.row]), []).append(scenario)
        made: dict[int, Result] = {}
        for kinds, members in groups.items():
            try:
                form = None if self._vectorised is None else self._forms.form(kinds)
            except UsageError as error:  # there is no room for a picture
                made |= {s.row: self._failed(s, str(error)) for s in members}
                continue
            if self._vectorised is not None and form is not None:
                made |= self._at_once(self._vectorised, form, members, known, pictures)
        results = tuple(
            (
                made[scenario.row]
                if scenario.row in made
                else self._alone(scenario, known, pictures.get(scenario.row, {}))
            )._replace(labels=scenario.labels)
            for scenario in block.scenarios
        )
        return BlockResult(results, self.slow, time.perf_counter() - began)

    def _at_once(
        self,
        vectorised: VectorisedWorkbook,
        form: FileForm,
        scenarios: Sequence[Scenario],
        known: Mapping[int, Result | None],
        pictures: Mapping[int, Mapping[str, Picture]],
    ) -> dict[int, Result]:
        """Return the results of the scenarios that hold no error, by row."""
        count = len(scenarios)
        settings = [self._settings(scenario) for scenario in scenarios]
        columns: dict[str, list[object]] = {
            name: [given.get(name, KEEP) for given in settings] for name in vectorised.inputs
        }
        try:
            values = vectorised.run(columns, count)
        except NotVectorised as reason:
            return self._slow_down(str(reason))
        needs_engine = set(vectorised.needs_engine)
        row = next((row for row in range(count) if row not in needs_engine), None)
        if row is not None and not self._agrees(scenarios[row], settings[row], values, row):
            return self._slow_down("the engine gives other last digits")
        given = {
            (cell.sheet, cell.position): np.array([v is not KEEP for v in columns[name]])
            for name, cell in vectorised.inputs.items()
        }
        files = form.filling.files(values, given, count)
        named = self._rows([self._values(vectorised, cell, values, count) for cell in self._cells])
        beside = self._rows([self._units(cell, values, count) for cell in self._cells])
        failing = self._failing(vectorised, values, count) | needs_engine
        alike: dict[tuple[str, ...], dict[str, str]] = {}  # what is one object travels once
        made = {}
        for row, scenario in enumerate(scenarios):
            if row in failing:
                continue  # the engine knows the sentence behind the error
            units = beside[row] if beside else ()
            if units not in alike:
                alike[units] = dict(zip(self._names, units, strict=True))
            made[scenario.row] = self._written(
                scenario,
                known[scenario.row],
                settings[row],
                pictures[scenario.row],
                functools.partial(_file_with_pictures, files, form, row, pictures[scenario.row]),
                dict(zip(self._names, named[row] if named else (), strict=True)),
                alike[units],
            )
        return made

    def _slow_down(self, reason: str) -> dict[int, Result]:
        """Leave this block and all others to the engine."""
        self.slow = reason
        self._vectorised = None
        return {}

    def _failing(self, vectorised: VectorisedWorkbook, values: Values, count: int) -> set[int]:
        """Return the scenarios with an error in a named result, whatever it follows from."""
        wrong = np.zeros(count, np.bool_)
        for cell in self.model.outputs.values():
            place = (cell.sheet, cell.position)
            if place not in values:
                if isinstance(vectorised.constant(place), CellError):
                    return set(range(count))
            elif (codes := values[place].codes) is not None:
                wrong |= codes != 0
        return set(np.flatnonzero(wrong).tolist())

    @staticmethod
    def _rows(columns: list[Sequence[Any]]) -> list[tuple[Any, ...]]:
        return list(zip(*columns, strict=True))

    @staticmethod
    def _values(
        vectorised: VectorisedWorkbook, cell: NamedCell, values: Values, count: int
    ) -> Sequence[CellValue]:
        place = (cell.sheet, cell.position)
        if place in values:
            return values[place].cells()
        return [vectorised.constant(place)] * count

    @staticmethod
    def _units(cell: NamedCell, values: Values, count: int) -> Sequence[str]:
        row, column = cell.position
        beside = values.get((cell.sheet, (row, column + 1)))
        if beside is None:
            return [cell.unit] * count
        return [unit if isinstance(unit, str) else "" for unit in beside.cells()]

    def _agrees(
        self, scenario: Scenario, settings: Mapping[str, CellValue], values: Values, row: int
    ) -> bool:
        """Whether the engine gives the same values for a scenario, to the last digit.

        Raises
        ------
        DisagreementError
            If it gives other figures: neither is written, since one of them is wrong, and what
            earlier blocks have written would be of the one and the rest of the other.
        """
        try:
            evaluation = self.model.evaluate(settings, judged=True)
        except XlcalcError:
            return True  # the scenario fails, and the engine will say so
        for (sheet, position), vector in values.items():
            if position in evaluation.cached[sheet]:
                ours = vector.at(row)
                ours = 0.0 if ours is None else ours
                theirs = evaluation.cached[sheet][position]
                if same(ours, theirs):
                    continue
                if not alike_but_last_digits(ours, theirs):
                    raise DisagreementError(
                        f"{sheet}!{cell_name(position)} in {self.model.name} is "
                        f"{shown(ours)} by vectors and {shown(theirs)} by the engine for the "
                        f'scenario "{scenario.name}", and one of them is wrong: '
                        f"={self.model.formula_text(sheet, position):.80}"
                    )
                return False
        return True

    def _alone(
        self,
        scenario: Scenario,
        known: Mapping[int, Result | None],
        pictures: Mapping[str, Picture],
    ) -> Result:
        """Calculate one scenario by the engine."""
        if scenario.problem:
            return self._failed(scenario, scenario.problem)
        settings = self._settings(scenario)
        model = self.model
        try:
            evaluation = model.evaluate(settings, judged=True)
            refuse_spoilt(model, evaluation, {"#NAME?"})
            wrong = [n for n in model.outputs if isinstance(evaluation.values[n], CellError)]
            if wrong:
                return self._failed(scenario, evaluation.explain(wrong[0], model.inputs))
            return self._written(
                scenario,
                known[scenario.row],
                settings,
                pictures,
                functools.partial(self._file, evaluation, pictures),
                {name: evaluation.values[name] for name in self._names},
                {cell.name: evaluation.unit(cell) for cell in self._cells},
            )
        except OutputError:
            raise
        except XlcalcError as failure:
            return self._failed(scenario, str(failure))

    def _file(self, evaluation: Evaluation, pictures: Mapping[str, Picture]) -> bytes:
        package = in_form(self.model.to_package(evaluation), values_only=self._values_only)
        return with_pictures(package, pictures).to_bytes()

    @staticmethod
    def _failed(scenario: Scenario, failure: str) -> Result:
        return Result(scenario.row, scenario.name, failure=failure, column=scenario.column)

    def _written(
        self,
        scenario: Scenario,
        known: Result | None,
        settings: Mapping[str, CellValue],
        pictures: Mapping[str, Picture],
        file: Callable[[], bytes],
        values: Mapping[str, CellValue],
        units: Mapping[str, str],
    ) -> Result:
        """Write the file of a scenario, unless it is there and intact."""
        name = f"{scenario.stem}{self.job.suffix}"
        shown = {f"the picture {place}": picture.digest for place, picture in pictures.items()}
        inputs_hash = hash_of({**settings, **shown})
        if known is not None and self._is_done(known, name, inputs_hash):
            size_crc32 = known.size_crc32
        else:
            data = file()
            self.job.store.write(name, data)
            size_crc32 = fingerprint(data)
        return Result(
            scenario.row,
            scenario.name,
            name,
            values,
            units,
            inputs_hash=inputs_hash,
            size_crc32=size_crc32,
        )

    def _is_done(self, known: Result, name: str, inputs_hash: str) -> bool:
        if (known.file, known.inputs_hash) != (name, inputs_hash):
            return False
        found = self.job.store.read(name)
        return found is not None and fingerprint(found) == known.size_crc32

    def _settings(self, scenario: Scenario) -> dict[str, CellValue]:
        """Return the settings of a scenario, accelerators by their full names where needed."""
        settings = dict(scenario.settings)
        if self.job.dialect == "lambda":
            for name, value in scenario.settings.items():
                rule = self.model.input(name).validation
                if (
                    isinstance(value, str)
                    and rule is not None
                    and rule.kind == "list"
                    and not rule.strict
                ):
                    with contextlib.suppress(NotFoundError):
                        settings[name] = str(catalogue.catalogues().gpu(value)["name"])
        return settings


def _file_with_pictures(
    files: Files, form: FileForm, row: int, pictures: Mapping[str, Picture]
) -> bytes:
    """Return the file of a scenario among some that are calculated at once."""
    return files.file(row, form.slots.parts(pictures))
