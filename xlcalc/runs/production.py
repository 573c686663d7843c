"""How do scenarios become files: in blocks, by one process, several, or a cluster?

A `Press` holds a workbook ready to be filled and turns blocks of scenarios into files. Where the
workbook cannot be compiled, or a scenario fails, the engine calculates it by itself: both roads
write the same bytes of XML.
"""

import contextlib
import functools
import math
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from xlcalc import catalogue as catalogue_package
from xlcalc._version import __version__
from xlcalc.calc.model import NamedCell, WorkbookModel
from xlcalc.calc.vectorised.compiled import KEEP, VectorisedWorkbook
from xlcalc.calc.vectorised.nodes import Values
from xlcalc.calc.vectorised.syntax import NotVectorised
from xlcalc.cells import CellError, CellValue
from xlcalc.dialects import convert
from xlcalc.errors import NotFoundError, OutputError, WorkerError, XlcalcError
from xlcalc.ooxml.markup import same
from xlcalc.runs.filling import Filling, NotCopyable
from xlcalc.runs.manifest import Entry, hash_of
from xlcalc.runs.scenarios import Scenario
from xlcalc.runs.stores import Store, fingerprint

FIRST_BLOCK, BLOCK = 20, 500
"""Scenarios that are calculated at once, in the beginning and at most."""
PACE = 1.0
"""Seconds that a block takes at most, so that little is lost when a batch is broken off."""


@dataclass(frozen=True)
class BatchJob:
    """What a batch makes, in a form that travels to other processes.

    Attributes
    ----------
    data, label : bytes and str
        The workbook, and what to call it in a sentence.
    columns : tuple of str
        Names of the inputs that scenarios set.
    store : Store
        Where the files go.
    suffix, dialect : str
        Ending of the files, and the form of their formulas.
    template : str
        Hash of the workbook, its form and the catalogues.
    catalogue : Path or None
        Folder of a team's own catalogue.
    """

    data: bytes = field(repr=False)
    label: str
    columns: tuple[str, ...]
    store: Store
    suffix: str
    dialect: str
    template: str
    catalogue: Path | None = None


@dataclass(frozen=True)
class Block:
    """Scenarios to make at once, and what an earlier run says of each."""

    scenarios: tuple[Scenario, ...]
    known: tuple[Entry | None, ...]


class Outcome(NamedTuple):
    """What became of a scenario: the file and the named values, or why there are none."""

    file: str = ""
    content: str = ""
    inputs: str = ""
    values: tuple[CellValue, ...] = ()
    units: tuple[str, ...] = ()
    failure: str = ""


@dataclass(frozen=True)
class BlockResult:
    """The outcomes of a task's scenarios, and why each was calculated alone, if it was."""

    outcomes: tuple[Outcome, ...]
    slow: str = ""
    seconds: float = 0.0


class WorkbookWriter:
    """A workbook, ready to be filled again and again.

    Parameters
    ----------
    order : BatchJob
        What to make.
    """

    def __init__(self, order: BatchJob) -> None:
        self.order = order
        self.model = WorkbookModel(order.data, order.label)
        self.slow = ""
        self._names = tuple(self.model.cells)
        self._places = [(cell.sheet, cell.position) for cell in self.model.cells.values()]
        self._outputs = {(cell.sheet, cell.position) for cell in self.model.outputs.values()}
        self._compiled: VectorisedWorkbook | None = None
        try:
            compiled = VectorisedWorkbook(self.model, order.columns)
            self._filling = self._fill(compiled)
            self._compiled = compiled
        except (NotVectorised, NotCopyable) as reason:
            self.slow = str(reason)

    def _fill(self, compiled: VectorisedWorkbook) -> Filling:
        values = self.order.dialect == "values"
        fresh = self.model.evaluate()
        if not values:
            # The cells that no scenario changes are written once, whatever the file has in them.
            live = set(compiled.live)
            cached = {
                sheet: {p: value for p, value in cells.items() if (sheet, p) not in live}
                for sheet, cells in fresh.cached.items()
            }
            fresh = replace(fresh, cached=cached)
        form = self.model.to_bytes(fresh)
        if values:
            form = convert(form, self.order.label, "values").data
        inputs = [(cell.sheet, cell.position) for cell in compiled.inputs.values()]
        return Filling(self.model, compiled.live, inputs, form, keeps_formulas=not values)

    def make(self, task: Block) -> BlockResult:
        """Calculate and write the scenarios of a task, those that are intact only calculated."""
        began = time.perf_counter()
        good = [scenario for scenario in task.scenarios if not scenario.problem]
        made = {}
        if self._compiled is not None and good:
            made = self._together(self._compiled, good, task)
        outcomes = []
        for scenario, known in zip(task.scenarios, task.known, strict=True):
            if scenario.problem:
                outcomes.append(Outcome(failure=scenario.problem))
            elif scenario.row in made:
                outcomes.append(made[scenario.row])
            else:
                outcomes.append(self._alone(scenario, known))
        return BlockResult(tuple(outcomes), self.slow, time.perf_counter() - began)

    def _together(
        self, compiled: VectorisedWorkbook, scenarios: Sequence[Scenario], task: Block
    ) -> dict[int, Outcome]:
        """Return the outcomes of the scenarios whose results hold no error, by row."""
        count = len(scenarios)
        settings = [self._settings(scenario) for scenario in scenarios]
        columns: dict[str, list[object]] = {
            name: [given.get(name, KEEP) for given in settings] for name in compiled.inputs
        }
        try:
            values = compiled.run(columns, count)
        except NotVectorised as reason:
            return self._slow_down(str(reason))
        needs_engine = set(compiled.needs_engine)
        if 0 not in needs_engine and not self._agrees(settings[0], values):
            return self._slow_down("the engine gives other figures for a block's first scenario")
        given = {
            (cell.sheet, cell.position): np.array([v is not KEEP for v in columns[name]])
            for name, cell in compiled.inputs.items()
        }
        wrong = np.zeros(count, np.bool_)
        for place in self._outputs & values.keys():
            codes = values[place].codes
            if codes is not None:
                wrong |= codes != 0
        files = self._filling.files(values, given, count)
        # A workbook may name no cell.
        named = list(zip(*self._columns(compiled, values, count), strict=True)) or [()] * count
        cells = self.model.cells.values()
        beside = [self._units(cell, values, count) for cell in cells]
        units = list(zip(*beside, strict=True)) or [()] * count
        alike: dict[tuple[str, ...], tuple[str, ...]] = {}  # what is one object travels once
        known = {s.row: entry for s, entry in zip(task.scenarios, task.known, strict=True)}
        made = {}
        for row, scenario in enumerate(scenarios):
            if wrong[row] or row in needs_engine:
                continue  # the engine knows the sentence behind the error
            made[scenario.row] = self._outcome(
                scenario,
                known[scenario.row],
                settings[row],
                functools.partial(files.file, row),
                named[row],
                alike.setdefault(units[row], units[row]),
            )
        return made

    def _slow_down(self, reason: str) -> dict[int, Outcome]:
        """Leave this block and all others to the engine."""
        self.slow = reason
        self._compiled = None
        return {}

    def _columns(
        self, compiled: VectorisedWorkbook, values: Values, count: int
    ) -> list[Sequence[CellValue]]:
        return [
            values[place].cells() if place in values else [compiled.constant(place)] * count
            for place in self._places
        ]

    def _units(self, cell: NamedCell, values: Values, count: int) -> list[str]:
        row, column = cell.position
        beside = values.get((cell.sheet, (row, column + 1)))
        if beside is None:
            return [cell.unit] * count
        return [unit if isinstance(unit, str) else "" for unit in beside.cells()]

    def _agrees(self, settings: Mapping[str, CellValue], values: Values) -> bool:
        """Whether the engine gives the same values for the first scenario."""
        try:
            evaluation = self.model.evaluate(settings)
        except XlcalcError:
            return True  # the scenario fails, and the engine will say so
        for (sheet, position), vector in values.items():
            if position in evaluation.cached[sheet]:
                ours = vector.first()
                if not same(0.0 if ours is None else ours, evaluation.cached[sheet][position]):
                    return False
        return True

    def _alone(self, scenario: Scenario, known: Entry | None) -> Outcome:
        """Calculate one scenario by the engine."""
        settings = self._settings(scenario)
        model = self.model
        try:
            evaluation = model.evaluate(settings)
            model.refuse_spoilt(evaluation, {"#NAME?"})
            wrong = [n for n in model.outputs if isinstance(evaluation.values[n], CellError)]
            if wrong:
                return Outcome(failure=evaluation.explain(wrong[0]))

            def file() -> bytes:
                data = model.to_bytes(evaluation)
                if self.order.dialect == "values":
                    data = convert(data, scenario.name, "values").data
                return data

            units = tuple(evaluation.unit(cell) for cell in model.cells.values())
            named = tuple(evaluation.values[name] for name in self._names)
            return self._outcome(scenario, known, settings, file, named, units)
        except OutputError:
            raise
        except XlcalcError as failure:
            return Outcome(failure=str(failure))

    def _outcome(
        self,
        scenario: Scenario,
        known: Entry | None,
        settings: Mapping[str, CellValue],
        file: Any,
        values: tuple[CellValue, ...],
        units: tuple[str, ...],
    ) -> Outcome:
        """Write the file of a scenario, unless it is there and intact."""
        name = f"{scenario.stem}{self.order.suffix}"
        inputs = hash_of(settings)
        if known is not None and self._is_done(known, name, inputs):
            return Outcome(name, known.content, inputs, values, units)
        data = file()
        self.order.store.write(name, data)
        return Outcome(name, fingerprint(data), inputs, values, units)

    def _is_done(self, known: Entry, name: str, inputs: str) -> bool:
        if (known.file, known.inputs, known.template, known.version) != (
            name,
            inputs,
            self.order.template,
            __version__,
        ):
            return False
        found = self.order.store.read(name)
        return found is not None and fingerprint(found) == known.content

    def _settings(self, scenario: Scenario) -> dict[str, CellValue]:
        """Return the settings of a scenario, accelerators by their full names where needed."""
        settings = dict(scenario.settings)
        if self.order.dialect == "lambda":
            for name, value in scenario.settings.items():
                rule = self.model.input(name).validation
                if (
                    isinstance(value, str)
                    and rule is not None
                    and rule.kind == "list"
                    and not rule.strict
                ):
                    with contextlib.suppress(NotFoundError):
                        full = catalogue_package.catalogues().gpu(value)["name"]
                        settings[name] = str(full)
        return settings


class BlockSize:
    """How many scenarios are a block.

    Parameters
    ----------
    count : int
        Scenarios in all.
    workers : int
        Processes that share them.
    """

    def __init__(self, count: int, workers: int) -> None:
        self._most = min(BLOCK, max(1, math.ceil(count / (2 * workers))))
        self.size = min(FIRST_BLOCK, self._most)

    def note(self, done: BlockResult) -> None:
        """Learn from a block that is done how many scenarios the next ones can have."""
        fitting = int(PACE * len(done.outcomes) / done.seconds) if done.seconds else self._most
        self.size = max(1, min(fitting, self._most))


def tasks(scenarios: Iterable[Scenario], known: Any, pace: BlockSize) -> Iterator[Block]:
    """Yield scenarios in blocks, with what `known` says of their rows."""
    waiting = iter(scenarios)
    while block := tuple(islice(waiting, pace.size)):
        yield Block(block, tuple(known(scenario.row) for scenario in block))


Production: TypeAlias = Generator[tuple[Block, BlockResult], None, None]
"""Tasks with what became of them, in their order."""


def produce(order: BatchJob, todo: Iterator[Block], jobs: int = 1) -> Production:
    """Make the files of all tasks, and yield what became of them in their order.

    Raises
    ------
    WorkerError
        If a process that was working died.
    """
    if jobs == 1:
        press = WorkbookWriter(order)
        for task in todo:
            yield task, press.make(task)
        return
    # Not forked: the engine has threads, which a fork would leave behind.
    with ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=_begin, initargs=(order,)
    ) as pool:
        waiting: deque[tuple[Block, Future[BlockResult]]] = deque()
        try:
            for task in todo:
                waiting.append((task, pool.submit(_work, task)))
                if len(waiting) > 2 * jobs:
                    first, future = waiting.popleft()
                    yield first, future.result()
            for task, future in waiting:
                yield task, future.result()
        except BrokenProcessPool:
            raise WorkerError(
                "a worker process died; what is done is kept, and --resume finishes the rest"
            ) from None
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


_press: WorkbookWriter | None = None


def _begin(order: BatchJob) -> None:
    """Prepare a worker process."""
    global _press
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    if order.catalogue is not None:
        catalogue_package.use(order.catalogue)
    _press = WorkbookWriter(order)


def _end_with(parent: int) -> None:
    """End this process when its parent is gone, which it would not notice by itself."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def _work(task: Block) -> BlockResult:
    assert _press is not None  # noqa: S101  _begin comes first
    return _press.make(task)
