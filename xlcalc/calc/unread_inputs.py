"""Does anything follow from the inputs that a person sets?

In a copy of values nothing does, so that setting one is refused. In any other workbook an input may
be one that no formula reads; that is told by name, and is no failure: a chart, a rule or a formula
with OFFSET or INDIRECT may read it. A text that is not chosen from a list is a note to the reader,
as the name of a run is, and nobody expects that a result follows from it; so is an empty cell that
may hold any.
"""

import re
from collections.abc import Collection, Iterable

from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.named_cells import NamedCell
from xlcalc.errors import InputValueError
from xlcalc.ooxml.properties import is_copy_of_values

_BY_VALUE = re.compile(r"\b(?:OFFSET|INDIRECT)\s*\(", re.IGNORECASE)
"""What reads cells that the formula does not name."""
_NAMED = 3
"""Cells that a sentence names."""


def refuse_copy(model: WorkbookModel, names: Collection[str], wanted: Collection[str] = ()) -> None:
    """Refuse to set inputs of a workbook that says that it is a copy of values.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    names : collection of str
        The inputs that are to be set.
    wanted : collection of str
        The named cells that are asked for.

    Raises
    ------
    InputValueError
        If it is one, and has no formula.
    """
    if not names or any(model.formulas.values()) or not is_copy_of_values(model.package):
        return
    inputs = [model.input(name).name for name in names]
    numbers = [model.cell(name).name for name in wanted if model.cell(name).name not in inputs]
    what = f"{_listed(numbers)} {_are(numbers)}" if numbers else "its cells hold no formulas"
    raise InputValueError(
        f"{_listed(inputs)} cannot be set: {what}; {model.name} is a copy of values"
    )


def unread(model: WorkbookModel, names: Iterable[str]) -> list[str]:
    """Return a sentence for each input of some that no formula of a workbook reads."""
    cells = [model.input(name) for name in names]
    found = [
        cell
        for cell in cells
        if not cell.is_output
        and not _is_note(cell)
        and not model.dependents.reads((cell.sheet, cell.position))
    ]
    if not found:
        return []
    end = "" if not _reads_by_value(model) else ", but one with OFFSET or INDIRECT may"
    return [f"no formula of {model.name} reads {cell.name} ({cell.place}){end}" for cell in found]


def _is_note(cell: NamedCell) -> bool:
    free = all(rule.kind in {"none", "textLength", "custom"} for rule in cell.validations)
    return free and (cell.value is None or isinstance(cell.value, str))


def _reads_by_value(model: WorkbookModel) -> bool:
    texts = [formula.text for cells in model.formulas.values() for formula in cells.values()]
    return any(_BY_VALUE.search(text) for text in (*texts, *model.defined_names.values()))


def _listed(names: Collection[str]) -> str:
    first, rest = list(names)[:_NAMED], len(names) - _NAMED
    if rest > 0:
        return f"{', '.join(first)} and {rest:,} more"
    return " and ".join(", ".join(part) for part in (first[:-1], first[-1:]) if part)


def _are(names: Collection[str]) -> str:
    return "is a number and no formula" if len(names) == 1 else "are numbers and no formulas"
