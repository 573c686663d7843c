"""What does another workbook give for the runs of a report, so that guards can compare with it?

A `Base` is calculated for each run with the run's own inputs, so that only what differs between the
two workbooks counts: formulas, and the inputs that no run sets.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from xlcalc.calc.differences import shown
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import trusted
from xlcalc.calc.unread_inputs import refuse_copy
from xlcalc.calc.verification import EVERY
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import NameNotFoundError
from xlcalc.runs.scenarios import Scenario
from xlcalc.workbook import Workbook


class Base:
    """A workbook with which guards compare, calculated for the inputs of runs that it has too.

    Parameters
    ----------
    file, label : Path and str
        The workbook, and what to call it.
    now : datetime
        The moment of TODAY and NOW.
    accepted : collection of str
        Cells whose differences a person accepts; here only `EVERY` counts.

    Raises
    ------
    UsageError
        If it cannot be read, or engines do not agree on what it stores.
    """

    def __init__(self, file: Path, label: str, now: datetime, accepted: Collection[str]) -> None:
        model = WorkbookModel.read(file, now)
        trusted(model, (EVERY,) if EVERY in accepted else ())
        self.label = label
        self._book = Workbook(model)
        self._columns: dict[str, str] = {}
        self.missing: tuple[str, ...] = ()
        self._wanted: dict[str, str] = {}

    def take(self, columns: Iterable[str]) -> None:
        """Take the inputs that runs set; those that the base lacks keep to the runs.

        Raises
        ------
        UsageError
            If an input cannot be set in the base.
        """
        model = self._book.model
        for column in columns:
            try:
                self._columns[column] = model.input(column).name
            except NameNotFoundError:
                self.missing += (column,)
        refuse_copy(model, self._columns)
        model.refuse_to_change(self._columns)

    def want(self, name: str) -> CellValue:
        """Ask for a named cell, and return its value as the base stands.

        Raises
        ------
        NameNotFoundError
            If the base has no such cell.
        """
        cell = self._book.cell(name)
        self._wanted[name] = cell.name
        return cell.value

    def values(self, scenarios: Sequence[Scenario]) -> list[dict[str, float | str]]:
        """Return for each scenario the named cells, or the sentence why there is no value."""
        columns = {
            own: [scenario.settings.get(column) for scenario in scenarios]
            for column, own in self._columns.items()
        }
        if not columns:
            standing: Mapping[str, CellValue] = self._book()
            one = {name: _number(standing[own], "") for name, own in self._wanted.items()}
            return [dict(one) for _ in scenarios]
        found = self._book.answers(columns, len(scenarios), tuple(self._wanted.values()))
        return [
            {
                name: _number(found.values[own][row], found.problems.get(row, ""))
                for name, own in self._wanted.items()
            }
            for row in range(len(scenarios))
        ]


def _number(value: Any, problem: str) -> float | str:
    """Return a number of a base, or the sentence why there is none."""
    if isinstance(value, str | bool | CellError) or value is None:
        return problem or f"it is {shown(value)} there"
    return float(value)
