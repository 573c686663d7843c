"""How does a block of scenarios become files whose tables have rows of their own?

Scenarios with as many rows are made together: the workbook is grown once for each number of rows,
and from then on it is filled like any other.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from xlcalc.calc.filled_tables import FilledTables, ListColumns
from xlcalc.calc.model import WorkbookModel
from xlcalc.errors import XlcalcError
from xlcalc.ooxml.pictures import Picture
from xlcalc.runs.jobs import BatchJob, Block, BlockResult
from xlcalc.runs.results import Result
from xlcalc.runs.scenarios import Scenario
from xlcalc.runs.workbook_writer import WorkbookWriter

KEPT_WRITERS = 100
"""Numbers of rows whose workbooks stay ready."""
MANY_CELLS = 2_000
"""Cells of rows from which on a single scenario is left to the engine."""


class Writer(Protocol):
    """What makes the files of blocks."""

    def make(self, block: Block) -> BlockResult:
        """Calculate and write the scenarios of a block."""


def writer_of(job: BatchJob, model: WorkbookModel) -> Writer:
    """Return what makes the files of a job from its workbook."""
    return RowsWriter(job, model) if job.lists else WorkbookWriter(job, model)


class RowsWriter:
    """A workbook, ready to be filled with rows again and again.

    Parameters
    ----------
    job : BatchJob
        What to make.
    model : WorkbookModel
        The workbook of the job.
    """

    def __init__(self, job: BatchJob, model: WorkbookModel) -> None:
        self._job = job
        lists = [ListColumns(model, table, columns) for table, columns in job.lists]
        self._tables = FilledTables(model, lists)
        self._writers: dict[tuple[int, ...], WorkbookWriter] = {}

    def make(self, block: Block) -> BlockResult:
        """Calculate and write the scenarios of a block; those that are intact are not written."""
        groups: dict[tuple[int, ...], list[tuple[Scenario, Result | None]]] = {}
        for scenario, known in zip(block.scenarios, block.known, strict=True):
            groups.setdefault(self._tables.counts(scenario.rows), []).append((scenario, known))
        made: dict[int, Result] = {}
        slow, seconds = "", 0.0
        for counts, members in groups.items():
            done = self._made(counts, members, block.pictures)
            made |= {result.row: result for result in done.results}
            slow, seconds = slow or done.slow, seconds + done.seconds
        return BlockResult(tuple(made[scenario.row] for scenario in block.scenarios), slow, seconds)

    def _made(
        self,
        counts: tuple[int, ...],
        members: list[tuple[Scenario, Result | None]],
        pictures: Mapping[str, Picture],
    ) -> BlockResult:
        scenarios = [scenario for scenario, _ in members]
        try:
            writer = self._writer(counts, len(members))
        except XlcalcError as error:
            return BlockResult(
                tuple(
                    Result(s.row, s.name, failure=s.problem or str(error), column=s.column)
                    for s in scenarios
                )
            )
        filled = tuple(self._filled(scenario, writer.model) for scenario in scenarios)
        return writer.make(Block(filled, tuple(known for _, known in members), pictures))

    def _filled(self, scenario: Scenario, model: WorkbookModel) -> Scenario:
        """Return a scenario whose settings have the cells of its rows."""
        if scenario.problem or not scenario.rows:
            return scenario
        lines = self._tables.settings(scenario.rows)
        refused = self._refused(lines, model)
        if refused is not None:
            column, sentence = refused
            return replace(scenario, settings={}, problem=sentence, column=column)
        return replace(scenario, settings={**scenario.settings, **lines})

    @staticmethod
    def _refused(lines: Mapping[str, object], model: WorkbookModel) -> tuple[str, str] | None:
        refused = model.refusal(lines)  # type: ignore[arg-type]
        return None if refused is None else (refused.name.partition("[")[0], refused.sentence)

    def _writer(self, counts: tuple[int, ...], members: int) -> WorkbookWriter:
        """Return what fills the workbook with so many rows."""
        known = self._writers.pop(counts, None)
        if known is None:
            model = self._tables.model(counts)
            names = self._tables.names(counts)
            job = replace(self._job, columns=(*self._job.columns, *names))
            at_once = members > 1 or len(names) < MANY_CELLS
            known = WorkbookWriter(job, model, at_once=at_once)
        self._writers[counts] = known  # at the end: it is the last to be dropped
        while len(self._writers) > KEPT_WRITERS:
            self._writers.pop(next(iter(self._writers)))
        return known
