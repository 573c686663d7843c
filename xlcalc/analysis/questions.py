"""What do all questions about a workbook have in common?

An output must be a named number that follows from the inputs that are asked about; the others keep
the workbook's own values. What is wrong with a question is one sentence, an `AnalysisError`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from xlcalc.calc.many import Answers, Given
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import AnalysisError, suggestion
from xlcalc.workbook import Input, Workbook


class Question:
    """A result of a workbook, asked for with other inputs.

    Parameters
    ----------
    book : Workbook
        The workbook.
    output : str
        Name of the result.

    Attributes
    ----------
    output : str
        The name as the workbook writes it.
    unit : str
        The unit beside it.
    value : float
        The result as the workbook stands.

    Raises
    ------
    AnalysisError
        If the workbook has no such result, or it is no number.
    """

    def __init__(self, book: Workbook, output: str) -> None:
        self.book = book
        names = {name.lower(): name for name in book.results}
        if output.lower() not in names:
            is_input = output.lower() in map(str.lower, book.inputs)
            what = f"; {output} is an input" if is_input else suggestion(output, book.results)
            raise AnalysisError(f'{book.name} has no result "{output}"{what}')
        self.output = names[output.lower()]
        self.unit = book.results[self.output].unit
        found = book()
        value = found[self.output]
        if isinstance(value, CellError):
            raise AnalysisError(found.explain(self.output))
        if isinstance(value, bool) or not isinstance(value, float):
            raise AnalysisError(f"{self.output} is no number in {book.name}")
        self.value = value

    def input(self, name: str) -> Input:
        """Return an input from which the output follows.

        Raises
        ------
        AnalysisError
            If there is none of the name, or the output does not follow from it.
        """
        names = {known.lower(): known for known in self.book.inputs}
        if name.lower() not in names:
            what = (
                ""
                if name.lower() not in map(str.lower, self.book.results)
                else (f"; {name} is a result")
            )
            raise AnalysisError(
                f'{self.book.name} has no input "{name}"'
                f"{what or suggestion(name, self.book.inputs)}"
            )
        found = self.book.inputs[names[name.lower()]]
        if not self.book.follows(self.output, found.name):
            raise AnalysisError(f"{self.output} does not follow from {found.name}")
        return found

    def number(self, name: str) -> Input:
        """Return an input that holds a number; errors are those of `input`."""
        found = self.input(name)
        if isinstance(found.value, bool) or not isinstance(found.value, float):
            raise AnalysisError(f"{found.name} holds no number in {self.book.name}")
        return found

    def numbers(self) -> list[Input]:
        """Return the inputs with a number from which the output follows."""
        return [
            found
            for found in self.book.inputs.values()
            if type(found.value) is float and self.book.follows(self.output, found.name)
        ]

    def outputs(self, given: Mapping[str, Given]) -> NDArray[np.float64]:
        """Return the output in some scenarios; nan where there is none."""
        return numbers(self._asked(given).values[self.output])

    def _asked(self, given: Mapping[str, Given]) -> Answers:
        count = max(map(len, given.values()))
        return self.book.answers(given, count, [self.output])

    def sure(self, given: Mapping[str, Given]) -> NDArray[np.float64]:
        """Return the output in some scenarios, each of which must have one.

        Raises
        ------
        AnalysisError
            If one has none; the sentence says why.
        """
        answers = self._asked(given)
        for row in sorted(answers.problems):
            shown = ", ".join(f"{name}={_shown(column[row])}" for name, column in given.items())
            raise AnalysisError(f"{answers.problems[row]} (with {shown})")
        return numbers(answers.values[self.output])


def seed_of(seed: int) -> int:
    """Return a seed of what is drawn.

    Raises
    ------
    AnalysisError
        If it is no whole number of at least 0.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise AnalysisError(f"seed must be a whole number of at least 0, got {seed}")
    return int(seed)


def numbers(column: NDArray[np.float64] | Sequence[CellValue]) -> NDArray[np.float64]:
    """Return values as numbers, nan for what is none."""
    if isinstance(column, np.ndarray):
        return column
    return np.array([v if type(v) is float else np.nan for v in column], np.float64)


def _shown(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
