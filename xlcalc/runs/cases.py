"""Does a workbook still give what its cases expect?

`judged` calculates each case of a list and compares its results. A case that cannot be calculated
has a problem, and the others go on.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from xlcalc.calc.entries import parse_number
from xlcalc.calc.named_cells import NamedCell
from xlcalc.cells import ERROR_CODES, NEWER_ERROR_CODES, CellError, CellValue
from xlcalc.errors import NameNotFoundError, ScenarioError, UsageError
from xlcalc.ooxml.cell_styles import is_date_format
from xlcalc.ooxml.dates import serial
from xlcalc.runs.case_lists import EMPTY, Case, CaseList
from xlcalc.runs.csv_listing import csv_text
from xlcalc.runs.tolerances import Tolerance
from xlcalc.workbook import Results, Workbook

_CODES = frozenset((*ERROR_CODES, *NEWER_ERROR_CODES))


@dataclass(frozen=True)
class Comparison:
    """What a named cell is in a case, and what it was to be; `reason` explains an error."""

    result: str
    expected: CellValue
    value: CellValue
    passed: bool
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a case; a problem says why it could not be calculated."""

    case: Case
    comparisons: tuple[Comparison, ...] = ()
    problem: str = ""
    values: Mapping[str, CellValue] | None = None

    @property
    def passed(self) -> bool:
        """Whether it was calculated, and all is as expected."""
        return not self.problem and all(one.passed for one in self.comparisons)


def judged(book: Workbook, cases: CaseList, against: Workbook | None = None) -> Iterator[Outcome]:
    """Yield what becomes of each case.

    Parameters
    ----------
    book : Workbook
        The workbook.
    cases : CaseList
        Its cases.
    against : Workbook, optional
        Another version, whose values are expected in place of those of the list: of the cells that
        the list has a column for, or of all results that both have.

    Raises
    ------
    NameNotFoundError
        If the other version has no cell of a name that is used.
    """
    if against is None:
        yield from (_outcome(book, case, cases, None, tuple(case.expected)) for case in cases.cases)
        return
    names = tuple(cases.results) or tuple(n for n in book.results if _knows(against, n))
    if not names:
        raise ScenarioError(f"{book.name} and {against.name} have no result in common")
    for name in names:
        against.cell(name)
    for name in {name for case in cases.cases for name in case.settings}:
        against.model.input(name)
    yield from (_outcome(book, case, cases, against, names) for case in cases.cases)


def _knows(book: Workbook, name: str) -> bool:
    try:
        book.cell(name)
    except NameNotFoundError:
        return False
    return True


def _outcome(
    book: Workbook,
    case: Case,
    cases: CaseList,
    against: Workbook | None,
    names: Sequence[str],
) -> Outcome:
    other: Results | None = None
    try:
        found = book(case.settings)
        if against is not None:
            other = against(case.settings)
    except UsageError as error:
        return Outcome(case, problem=str(error))
    comparisons = []
    for name in names:
        cell, value = book.cell(name), found[name]
        expected = _expected(case.expected[name], cell, value) if other is None else other[name]
        passed = _agree(expected, value, case.tolerance)
        reason = found.explain(name) if isinstance(value, CellError) and not passed else ""
        comparisons.append(Comparison(name, expected, value, passed, reason))
    return Outcome(case, tuple(comparisons), values={name: found[name] for name in cases.results})


def _expected(written: object, cell: NamedCell, value: CellValue) -> CellValue:
    """Return what an expectation means beside the value that is there.

    A CSV does not tell the text 5 from the number 5; where the cell shows a text, it is a text.
    """
    if isinstance(written, bool):
        return written
    if isinstance(written, int | float):
        return float(written)
    if isinstance(written, date):
        moment = written.replace(tzinfo=None) if isinstance(written, datetime) else written
        return serial(moment, cell.date1904)
    if isinstance(written, time):
        return (3600 * written.hour + 60 * written.minute + written.second) / 86_400.0
    text = str(written)
    word = text.strip().upper()
    if isinstance(value, str) and text in {csv_text(value), f"'{value}"}:
        return value  # as it was recorded, whatever it reads
    if word in _CODES:
        return CellError(word)
    if word == EMPTY:
        return ""
    if isinstance(value, str):
        return text
    if word in {"TRUE", "FALSE"}:
        return word == "TRUE"
    number = parse_number(text)
    if number is None and is_date_format(cell.number_format):
        with contextlib.suppress(ValueError):
            moment = datetime.fromisoformat(text.strip()).replace(tzinfo=None)
            number = serial(moment, cell.date1904)
        with contextlib.suppress(ValueError):
            number = _expected(time.fromisoformat(text.strip()), cell, value)  # type: ignore[assignment]
    return text if number is None else number


def _agree(expected: CellValue, value: CellValue, tolerance: Tolerance) -> bool:
    if isinstance(expected, CellError) or isinstance(value, CellError):
        codes = [one.code if isinstance(one, CellError) else "" for one in (expected, value)]
        return codes[0] == codes[1]
    if isinstance(expected, bool) or isinstance(value, bool):
        return expected is value
    if isinstance(expected, float) and isinstance(value, float):
        return tolerance.allows(expected, value)
    nothing = [None if one == "" else one for one in (expected, value)]
    return nothing[0] == nothing[1]
