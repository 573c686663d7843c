"""How does a host calculate in another process, or in a Python that has nothing but numpy?

`call` takes the name of a function and the cells of its arguments as JSON has them, and returns the
cells of the result in the same way; it never raises. `python -m xlcalc.hosts.calls` answers calls
that come as lines: `["TRAIN_FLOPS", [7e9, 1.4e12]]` is answered by `5.88e+22`.

A cell is a number, a text, true or false, null for an empty one, or `{"error": "#NUM!"}`; a range
is a list of rows.
"""

import json
import sys
from functools import cache
from typing import Any, TextIO

from xlcalc.cells import CellError, CellRange, CellValue, call_function
from xlcalc.quantities import Choice, Day, Text
from xlcalc.registry import BY_NAME
from xlcalc.worksheet import spec_of


def call(name: str, cells: list[Any]) -> Any:
    """Return the result of a function as JSON has it.

    Parameters
    ----------
    name : str
        The function's Excel name.
    cells : list
        The arguments in order; null is an empty cell or an argument left out. Where a text, a
        choice or a day belongs, so is 0: LibreOffice hands it over for an empty cell.
    """
    if name not in BY_NAME:
        return {"error": "#NAME?"}
    given = [_from_json(cell) for cell in cells]
    for place in _without_zero(name):
        if place < len(given) and type(given[place]) is float and not given[place]:
            given[place] = None
    return _as_json(call_function(BY_NAME[name], given))


@cache
def _without_zero(name: str) -> tuple[int, ...]:
    """Return the places of the arguments that cannot be 0, by their kind."""
    arguments = spec_of(BY_NAME[name]).arguments
    return tuple(
        place
        for place, argument in enumerate(arguments)
        if isinstance(argument.kind, Choice | Day | Text)
    )


def answer(questions: TextIO, answers: TextIO) -> None:
    """Answer calls, a line each, until there are no more; the first line says that all is ready."""
    print(json.dumps("ready"), file=answers, flush=True)
    for line in questions:
        print(json.dumps(call(*json.loads(line))), file=answers, flush=True)


def _from_json(value: Any) -> CellValue | CellRange:
    if isinstance(value, list):
        return [[_cell(element) for element in row] for row in value]
    return _cell(value)


def _cell(value: Any) -> CellValue:
    if isinstance(value, dict):
        return CellError(value["error"])
    if isinstance(value, str):
        return value or None
    return float(value) if type(value) is int else value


def _as_json(value: CellValue | CellRange) -> Any:
    if isinstance(value, list):
        return [[_as_json(element) for element in row] for row in value]
    return {"error": value.code} if isinstance(value, CellError) else value


if __name__ == "__main__":
    answer(sys.stdin, sys.stdout)
